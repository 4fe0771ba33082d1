"""Mending: rows that differ are folded anew, and the feed gets the events that it lacks.

Rows are written by compare-and-set, and pages of the feed on the condition that their number is
free. So mending may run beside projectors, rebuilds and other menders: whoever comes second reads
again, and finds nothing left to write.
"""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from application.patience import patiently
from application.ports import Refused, RowConflict, Unavailable
from application.publishing.feed import FeedWriter
from application.reading.catch_up import CatchUp
from application.reading.survey import Survey
from application.reading.verify import FEED, HISTORY, SHARED, STRAY, UNREADABLE, Discrepancy
from kernel.messages import AggregateId
from kernel.projection import Projection

Place: TypeAlias = tuple[AggregateId, str]
"""A stream and what is wrong about it: a projection, or the feed."""
BEYOND = (HISTORY, STRAY, SHARED)
"""What no fold mends: a person has to decide."""
BEYOND_REPAIR = (Refused, RowConflict, Unavailable, *UNREADABLE)
SETTLING_SECONDS, PAUSE = 10.0, 0.5

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Mending:
    """Mends places, one at a time; `unmended` is told of each that cannot be, and why.

    `catch_up` returns what folds the rows of a projection.
    The check afterwards (`remaining`) tells what is still wrong.
    """

    projections: tuple[Projection, ...]
    catch_up: Callable[[Projection], CatchUp]
    feed_writer: Callable[[], FeedWriter]
    unmended: Callable[[Place, Exception], None]
    sleep: Sleep = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def mend(self, place: Place) -> None:
        try:
            self._mend(*place)
        except BEYOND_REPAIR as error:
            self.unmended(place, error)

    def _mend(self, stream: AggregateId, where: str) -> None:
        if where == FEED:
            self.feed_writer().reach(stream)
            return
        for projection in self.projections:
            if projection.name == where:
                patiently(partial(self.catch_up(projection).rebuild, stream), self.sleep)


def places(found: Iterable[Discrepancy]) -> list[Place]:
    """Return where something is wrong that can be mended, in order, each once."""
    return sorted({place_of(one) for one in found if one.where not in BEYOND})


def place_of(found: Discrepancy) -> Place:
    return found.aggregate, found.where


def remaining(
    wrong: Collection[Place],
    survey: Survey,
    sleep: Sleep = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> set[Place]:
    """Check the mended streams again; rows are read eventually consistent, so for a while."""
    end = monotonic() + SETTLING_SECONDS
    left = set(wrong)
    while left := still_wrong(left, survey):
        if monotonic() > end:
            break
        sleep(PAUSE)
    return left


def still_wrong(wrong: set[Place], survey: Survey) -> set[Place]:
    found = survey.again(sorted({stream for stream, _ in wrong}))
    return wrong & set(map(place_of, found))
