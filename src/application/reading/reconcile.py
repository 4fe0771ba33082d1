"""The reconciler: a survey of all rows, and the mending of what it finds, within a limit of time.

Of what is found, a part at a time is held in memory, mended, and checked again. A run that is out
of time ends where it is: what it has mended is mended, and the next run begins anew. Two runs at
once do no harm, as mending does none beside other writers; they cost twice.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock

from application.reading.mending import Mending, Place, place_of, places, remaining
from application.reading.survey import Survey
from application.reading.verify import HISTORY, TIME_TO_FEED, Discrepancy

GRACE: timedelta = TIME_TO_FEED
"""How old an event is before a row that does not show it is no longer on its way."""


class OutOfTime(Exception):
    """The run has to end before everything was compared."""


class RowsLeft(Exception):
    """Rows differ from their events, and the reconciler cannot mend them."""


@dataclass(slots=True)
class Reconciled:
    """What a run has done so far: `seen` counts rows, commits, pages of the feed and streams.

    Findings are rows, or faults of a stream or of the feed. Of a run that has not finished, those
    that are neither mended nor left were on their way to be.
    """

    seen: Counter[str] = field(default_factory=Counter)
    streams: int = 0
    found: int = 0
    mended: int = 0
    left: int = 0
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Reconciler:
    """One run. `going_on`, called often, ends it by raising `OutOfTime`; `leave` is told what stays
    as it is, once for each finding.
    """

    survey: Survey
    mending: Mending
    going_on: Callable[[], None]
    leave: Callable[[Discrepancy], None]
    done: Reconciled = field(default_factory=Reconciled)
    _lock: Lock = field(default_factory=Lock)

    def run(self) -> Reconciled:
        survey = replace(self.survey, seen=self._seen)
        try:
            with suppress(OutOfTime):
                for found in survey.found():
                    self._deal_with(found, survey)
                self.done.finished = True
        finally:
            self.done.streams = survey.spool.streams()
        return self.done

    def _seen(self, kind: str, number: int) -> None:
        with self._lock:
            self.done.seen[kind] += number
        self.going_on()

    def _deal_with(self, found: list[Discrepancy], survey: Survey) -> None:
        self.done.found += len(found)
        wrong = mendable(found)
        with survey.threads(survey.at_once) as threads:
            list(threads.map(self._mend, wrong))
        left = remaining(wrong, survey, self.mending.sleep, self.mending.monotonic)
        mended = {*wrong} - left
        for one in found:
            if place_of(one) in mended:
                self.done.mended += 1
            else:
                self.done.left += 1
                self.leave(one)

    def _mend(self, place: Place) -> None:
        self.going_on()
        self.mending.mend(place)


def mendable(found: list[Discrepancy]) -> list[Place]:
    """Return the places to mend: none of a stream whose history is broken.

    Its rows may be all that still shows what was lost.
    """
    broken = {one.aggregate for one in found if one.where == HISTORY}
    return [place for place in places(found) if place[0] not in broken]
