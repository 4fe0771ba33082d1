"""The lag of projections: the events of the store that their rows do not show yet.

A survey finds in few large requests the streams whose rows look behind. Only these are read once
more, each by reads of its own: a list of rows may be stale, and so may be what was scanned.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import NamedTuple

from application.commit import Commit
from application.patience import patiently
from application.ports import StoredRow, StoredRows, UnreadableRow
from application.reading.survey import STREAMS, Survey, parts
from application.reading.verify import UNREADABLE, recorded_for
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey, row_changes


class Unshown(NamedTuple):
    """An event that a row does not show yet."""

    timestamp: str
    stream: AggregateId
    sequence: int


@dataclass(slots=True)
class Lag:
    """How far the rows of a projection are behind the events.

    `streams` have a row that does not show all its events, and `events` are those that at least one
    row does not show. A row that is missing, or that today's schema cannot read, shows none.
    `unfolded` are streams that the projection cannot fold: their rows get nowhere.
    """

    projection: str
    streams: int = 0
    events: int = 0
    unfolded: int = 0
    oldest: Unshown | None = None

    def add(self, other: "Lag") -> None:
        self.streams += other.streams
        self.events += other.events
        self.unfolded += other.unfolded
        oldest = (one for one in (self.oldest, other.oldest) if one is not None)
        self.oldest = min(oldest, default=None)

    def seconds(self, now: datetime) -> float:
        """Return the age of the oldest event that is not shown; 0 if all events are."""
        if self.oldest is None:
            return 0.0
        age = now - datetime.fromisoformat(self.oldest.timestamp)
        return max(0.0, age.total_seconds())


def lags(survey: Survey) -> list[Lag]:
    """Return the lag of each of the survey's projections, in their order."""
    found = {projection.name: Lag(projection.name) for projection in survey.projections}
    failed = survey.compared(survey.fold)
    behind = (stream for stream in survey.spool.behind() if stream not in failed)
    shared = frozenset(survey.spool.shared())
    look = partial(lags_of, survey, shared)
    with ThreadPoolExecutor(survey.at_once) as threads:
        for some in parts(chain(behind, failed)):
            for lag in chain.from_iterable(threads.map(look, some)):
                found[lag.projection].add(lag)
    return list(found.values())


def lags_of(survey: Survey, shared: frozenset[RowKey], stream: AggregateId) -> list[Lag]:
    """Return the lag of each projection of this stream, by reads of its own.

    A row that several streams yield has the version of one of them: it tells nothing about others.
    """
    own = survey.projections_of(stream)
    commits: list[Commit] | None = None
    with suppress(*UNREADABLE):
        commits = patiently(lambda: list(survey.store.read(stream)))
    found = [lag_of(projection, commits, survey.rows, shared) for projection in own]
    survey.seen(STREAMS, 1)
    return found


def lag_of(
    projection: Projection,
    commits: Sequence[Commit] | None,
    rows: StoredRows,
    shared: frozenset[RowKey],
) -> Lag:
    """Return the lag of one stream; without commits, it cannot be read."""
    with suppress(*UNREADABLE):
        if commits is not None:
            missed = unshown(projection, commits, rows, shared)
            return Lag(
                projection.name, int(bool(missed)), len(missed), 0, min(missed, default=None)
            )
    return Lag(projection.name, unfolded=1)


def unshown(
    projection: Projection,
    commits: Sequence[Commit],
    rows: StoredRows,
    shared: frozenset[RowKey],
) -> list[Unshown]:
    """Return the events of a stream that a row does not show, though they touch it."""
    recorded = recorded_for(projection, commits)
    changes = [(key, row.version) for key, row in row_changes(projection, recorded)]
    own = dict.fromkeys(key for key, _ in changes if key not in shared)
    shown = {key: patiently(partial(version_shown, rows, key)) for key in own}
    missed = {version for key, version in changes if key in shown and version > shown[key]}
    return [
        Unshown(r.timestamp, r.aggregate_id, r.sequence) for r in recorded if r.sequence in missed
    ]


def version_shown(rows: StoredRows, key: RowKey) -> int:
    stored: StoredRow | None = rows.get(key)
    return 0 if stored is None or isinstance(stored, UnreadableRow) else stored.version
