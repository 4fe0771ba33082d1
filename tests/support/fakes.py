"""Stand-ins for the world: a clock to set, stores that count, doubt and lag, rows in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, repeat
from threading import Lock
from typing import Any

from application.commit import Commit
from application.failures import Failure
from application.ports import EventStore, RowConflict, StoredRow, Unavailable, UnreadableRow
from kernel.messages import AggregateId
from kernel.projection import Row, RowKey
from skafu.testing.converging import merged

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved, backwards if need be."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Stopwatch:
    """Seconds that pass by waiting, and with every look at the time."""

    naps: list[float] = field(default_factory=list)
    look: float = 0.0
    seconds: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds

    def __call__(self) -> float:
        self.seconds += self.look
        return self.seconds


@dataclass
class CountingStore:
    """Counts appends, reads and the commits that each read took from the store."""

    inner: EventStore
    appends: int = 0
    reads: list[str] = field(default_factory=list)
    commits_read: int = 0

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        self.appends += 1
        return self.inner.append(commit, state_due=state_due, claim=claim)

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        self.reads.append("strong" if consistent else "weak")
        for commit in self.inner.newest_first(aggregate, consistent=consistent):
            self.commits_read += 1
            yield commit

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        self.reads.append("forward")
        for commit in self.inner.read(aggregate, from_sequence):
            self.commits_read += 1
            yield commit

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        self.reads.append("back")
        for commit in self.inner.back_from(aggregate, sequence):
            self.commits_read += 1
            yield commit

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


Lag = Callable[[], int]
"""How many of the newest commits the replica that answers next does not have yet."""


@dataclass
class LaggingStore:
    """Weak reads are answered by replicas: each page by another one, each with its own lag."""

    inner: EventStore
    lag: Lag
    pages: Sequence[int] = (4, 4, 64)

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        return self.inner.append(commit, state_due=state_due, claim=claim)

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        known = self.inner.newest_first(aggregate, consistent=True)
        return known if consistent else self._paged(known)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return self.inner.read(aggregate, from_sequence)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()

    def _paged(self, newest_first: Iterator[Commit]) -> Iterator[Commit]:
        """A page goes on where the one before it ended, as far as its own replica knows."""
        numbered = enumerate(newest_first)
        for size in chain(self.pages, repeat(512)):
            lag = self.lag()
            page = list(islice((commit for n, commit in numbered if n >= lag), size))
            yield from page
            if len(page) < size:
                return


@dataclass
class DoubtfulStore:
    """Appends whose answer is lost: half of them had been stored, half had not."""

    inner: EventStore
    doubt: Callable[[], str]

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        fate = self.doubt()
        if fate == "lost":
            raise Unavailable("timed out before it was stored")
        stored = self.inner.append(commit, state_due=state_due, claim=claim)
        if fate == "stored":
            raise Unavailable("timed out after it was stored")
        return stored

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return self.inner.newest_first(aggregate, consistent=consistent)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return self.inner.read(aggregate, from_sequence)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


@dataclass
class WithoutKeyTimes:
    """Stores commits as a release did that knew nothing of the times of keys."""

    inner: EventStore

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        older = replace(commit, key_times=None)
        return self.inner.append(older, state_due=state_due, claim=claim)

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return self.inner.newest_first(aggregate, consistent=consistent)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return self.inner.read(aggregate, from_sequence)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


@dataclass
class OvertakenStore:
    """Before each append, `rival` gets its turn."""

    inner: EventStore
    rival: Callable[[], None]

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        self.rival()
        return self.inner.append(commit, state_due=state_due, claim=claim)

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return self.inner.newest_first(aggregate, consistent=consistent)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return self.inner.read(aggregate, from_sequence)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


@dataclass
class MemoryReadModels:
    """Rows by compare-and-set, counted. Those of `unreadable` are stored, and cannot be read.

    Threads may share them: as in DynamoDB, nobody comes between a comparison and its write.
    """

    rows: dict[RowKey, Row] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    unreadable: dict[RowKey, UnreadableRow] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def get(self, key: RowKey) -> StoredRow | None:
        with self._lock:
            self.calls["get"] += 1
            return self.unreadable.get(key) or self.rows.get(key)

    def create(self, key: RowKey, row: Row) -> None:
        with self._lock:
            self.calls["create"] += 1
            if key in self.rows or key in self.unreadable:
                raise RowConflict(key)
            self.rows[key] = row

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        with self._lock:
            self.calls["update"] += 1
            stored = self.unreadable.get(key) or self.rows.get(key)
            if stored is None or guards(stored) != guards(replaces):
                raise RowConflict(key)
            self.unreadable.pop(key, None)
            unread = isinstance(stored, UnreadableRow)
            self.rows[key] = row if unread else merged(stored, row, replaces)

    def spoil(self, key: RowKey, *, version: int | None, projection_version: int | None) -> None:
        """Let the row no longer be readable, apart from these guards."""
        del self.rows[key]
        self.unreadable[key] = UnreadableRow(version, projection_version)


def guards(row: StoredRow) -> tuple[int | None, int | None]:
    return row.version, row.projection_version


@dataclass
class Bus:
    """Keeps what was put; the events of `refuses` fail for good."""

    refuses: Callable[[Mapping[str, Any]], bool] = lambda _: False
    put_entries: list[Mapping[str, Any]] = field(default_factory=list)

    def put(self, entries: Sequence[Mapping[str, Any]]) -> list[int]:
        self.put_entries += [entry for entry in entries if not self.refuses(entry)]
        return [n for n, entry in enumerate(entries) if self.refuses(entry)]


@dataclass
class Failures:
    """Keeps what was reported."""

    reported: list[Failure] = field(default_factory=list)

    def report(self, failure: Failure) -> None:
        self.reported.append(failure)


class BrokenFailures:
    """An error bus that is down."""

    def report(self, failure: Failure) -> None:
        raise RuntimeError("the error bus is down")


def newest(store: EventStore, aggregate: AggregateId, count: int = 1) -> list[Commit]:
    return list(islice(store.newest_first(aggregate, consistent=True), count))
