"""The reconciler: what the store says, of itself and against what the read models show."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from application.commit import GENESIS, Commit
from application.folding import stored_state
from application.ports import EventStore, ReadModels
from application.publishing.feed import Entry
from kernel.aggregate import Aggregate
from kernel.messages import AggregateId, iso_milliseconds
from kernel.projection import Projection, Row, RowKey, fold_rows

HISTORY, STRAY, FEED, SHARED = "history", "stray", "feed", "shared"
TIME_TO_FEED = timedelta(minutes=10)
UNREADABLE = (KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    `where` is a projection's name, `history` for what was tampered with, `stray` for a row that no
    stream yields, `shared` for one that several streams yield, or `feed` for events that are not in
    the feed. `row` is the row in question, if there is one.
    """

    aggregate: AggregateId
    where: str
    what: str
    row: RowKey | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """One stream: what was found, and the rows that it yields."""

    findings: list[Finding]
    yields: frozenset[RowKey]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks streams of one aggregate type.

    With a kind their stored states are checked, with `compare` the whole content of each row;
    without, only whether a row has seen more than the store holds. `fed` is what the feed knows of
    each stream: it bears witness of its last commits, of which no later one carries a hash. With
    `now` a stream of which the feed does not know all for long is found, too.
    """

    store: EventStore
    rows: ReadModels
    projections: tuple[Projection, ...]
    kind: Aggregate[Any, Any, Any] | None = None
    compare: bool = True
    fed: Mapping[AggregateId, Sequence[Entry]] = field(default_factory=dict)
    now: datetime | None = None

    def check(self, aggregate: AggregateId) -> Verified:
        """Fold the whole stream, and compare each row."""
        try:
            commits = list(self.store.read(aggregate))
            faults = list(history_faults(commits, self.kind))
            faults += contradicted(commits, self.fed.get(aggregate, ()))
            expected = {p.name: expected_rows(p, commits) for p in self.projections}
        except UNREADABLE as error:
            fault = f"a commit cannot be read: {type(error).__name__} {error}"
            return Verified([Finding(aggregate, HISTORY, fault)], frozenset())
        found = [Finding(aggregate, HISTORY, fault) for fault in faults]
        found += self._unfed(aggregate, commits)
        for name, own in expected.items():
            for key, row in own.items():
                found += self._compared(
                    Finding(aggregate, name, f"{key.model} {key.id}", key), key, row
                )
        return Verified(found, frozenset(key for own in expected.values() for key in own))

    def _unfed(self, aggregate: AggregateId, commits: list[Commit]) -> Iterator[Finding]:
        if self.now is not None:
            missing = unfed(commits, self.fed.get(aggregate, ()), self.now)
            yield from [] if missing is None else [Finding(aggregate, FEED, missing)]

    def _compared(self, about: Finding, key: RowKey, expected: Row) -> Iterator[Finding]:
        """A row that is ahead has seen commits that the store does not have, or has by now."""
        stored = self.rows.get(key)
        if stored is not None and stored.version > expected.version:
            end = self._end(about.aggregate)
            if stored.version > end:
                lost = f"{about.what} has seen event {stored.version}; the stream ends at {end}"
                yield replace(about, where=HISTORY, what=lost)
            if end > expected.version:
                return  # the row was written meanwhile
        difference = differs(expected, stored) if self.compare else None
        if difference is not None:
            yield replace(about, what=f"{about.what}: {difference}")

    def _end(self, aggregate: AggregateId) -> int:
        return max((commit.last_sequence for commit in self.store.read(aggregate)), default=0)


def verify(
    store: EventStore,
    rows: ReadModels,
    projections: tuple[Projection, ...],
    aggregate: AggregateId,
) -> Iterator[Finding]:
    """Fold the whole stream, and compare each row; the chain of commits is checked on the way."""
    yield from Verifier(store, rows, projections).check(aggregate).findings


def history_faults(commits: list[Commit], kind: Aggregate[Any, Any, Any] | None) -> Iterator[str]:
    yield from broken_chain(commits)
    yield from times_run_back(commits)
    if kind is not None:
        yield from wrong_states(kind, commits)


def strays(listed: Iterable[tuple[RowKey, int]], yielded: Collection[RowKey]) -> Iterator[Finding]:
    """Rows, listed before the streams were, that none of these yields."""
    for key, version in listed:
        if key not in yielded:
            what = f"{key.model} {key.id} at version {version}: no stream yields it"
            yield Finding(AggregateId(""), STRAY, what)


def shared(results: Mapping[AggregateId, Verified]) -> dict[RowKey, list[AggregateId]]:
    """Return the rows that several streams yield, each with these streams.

    Streams written before ids within an aggregate were made from its id may hold one id.
    """
    streams: dict[RowKey, list[AggregateId]] = {}
    for aggregate, result in results.items():
        for key in result.yields:
            streams.setdefault(key, []).append(aggregate)
    return {key: yielding for key, yielding in streams.items() if len(yielding) > 1}


def all_findings(results: Mapping[AggregateId, Verified]) -> list[Finding]:
    """Return what was found in all streams; a shared row is one finding and nothing else.

    Its content follows whichever stream was projected last, so it proves no tampering, and a
    repair would never end.
    """
    several = shared(results)
    own = [f for result in results.values() for f in result.findings if f.row not in several]
    return own + [
        Finding(yielding[0], SHARED, f"{key.model} {key.id}: {', '.join(yielding)} yield it", key)
        for key, yielding in several.items()
    ]


def broken_chain(commits: list[Commit]) -> Iterator[str]:
    """Each commit begins where its predecessor ended and carries the predecessor's hash."""
    version, previous = 0, GENESIS
    for commit in commits:
        if commit.first_sequence != version + 1:
            yield f"commit {commit.first_sequence} follows sequence {version}"
        elif commit.previous_hash != previous:
            yield f"commit {commit.first_sequence} does not carry its predecessor's hash"
        version, previous = commit.last_sequence, commit.hash()


def times_run_back(commits: list[Commit]) -> Iterator[str]:
    for before, commit in pairwise(commits):
        if commit.timestamp < before.timestamp:
            yield f"commit {commit.first_sequence} is older than its predecessor"


def wrong_states(kind: Aggregate[Any, Any, Any], commits: list[Commit]) -> Iterator[str]:
    """The hash does not cover the states that loads begin with; a fold proves them."""
    state = kind.initial
    for commit in commits:
        state = kind.fold((r.event for r in commit.recorded(kind.events)), state)
        stored = stored_state(kind, commit)
        if stored is not None and stored != state:
            yield f"commit {commit.first_sequence} holds a state that its events do not yield"


def contradicted(commits: list[Commit], fed: Sequence[Entry]) -> Iterator[str]:
    """Yield where the feed has seen another commit than the store has, or one that it lacks."""
    hashes = {commit.last_sequence: commit.hash().hex() for commit in commits}
    for entry in fed:
        stored = hashes.get(entry.last)
        if stored is None:
            yield f"no commit ends with event {entry.last}, as one did that was fed"
        elif stored != entry.hash:
            yield f"the commit that ends with event {entry.last} is not the one that was fed"


def unfed(commits: list[Commit], fed: Sequence[Entry], now: datetime) -> str | None:
    """Return the events missing in the feed, in words, once it has had time to get them."""
    end = max((entry.last for entry in fed), default=0)
    late = iso_milliseconds(now - TIME_TO_FEED)
    missing = [commit for commit in commits if commit.last_sequence > end]
    if missing and missing[0].timestamp < late:
        return f"events {end + 1} to {missing[-1].last_sequence} are not in it"
    return None


def expected_rows(projection: Projection, commits: list[Commit]) -> dict[RowKey, Row]:
    recorded = (r for commit in commits for r in commit.recorded(projection.events))
    return fold_rows(projection, recorded)


def differs(expected: Row, stored: Row | None) -> str | None:
    """Return what is wrong with the stored row, in words; `None` when nothing is."""
    if stored is None:
        return "missing"
    if stored.version < expected.version:
        return f"at version {stored.version} of {expected.version}"
    names = [name for name, value in _values(expected) if value != getattr(stored, name)]
    return f"differs in {', '.join(names)}" if names else None


def _values(row: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any row class
    for column in fields(row):
        yield column.name, getattr(row, column.name)
