"""The reconciler: check streams against themselves, the feed and the read models."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from application.commit import GENESIS, Commit
from application.failures import reason
from application.folding import stored_state
from application.ports import (
    OpensRows,
    StoredRow,
    StoredRows,
    Streams,
    Unavailable,
    UnreadableRow,
)
from application.publishing.feed import FeedEntry
from application.reading.sums import wrong_sums
from application.reading.words import Words, key_of_words
from application.writing.identity import key_milliseconds
from application.writing.key_times import KeyTimes, is_far
from kernel.aggregate import Aggregate
from kernel.messages import AggregateId, Recorded, iso_milliseconds
from kernel.personal import Unopened
from kernel.projection import Projection, Row, RowKey, fold_rows, row_changes

HISTORY, STRAY, FEED, SHARED = "history", "stray", "feed", "shared"
TIME_TO_FEED = timedelta(minutes=10)
# Whatever reading and folding a stream may raise, apart from a service that does not answer.
UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between what is stored and what it should be.

    `where` is the name of a projection, `history` for a stream that was tampered with, `stray` for
    a row that no stream yields, `shared` for one that several streams yield, or `feed` for events
    that are missing from the feed. `row` is the row in question, if there is one.
    """

    aggregate: AggregateId
    where: str
    what: str
    row: RowKey | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of checking a stream: the discrepancies, and the rows that the stream yields."""

    discrepancies: list[Discrepancy]
    yields: frozenset[RowKey]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks streams of one aggregate type, which is that of the projections.

    With a kind, their stored states are checked too. With `compare`, the whole content of each row
    is compared; without it, only versions beyond the end of the stream are found. `fed` holds the
    feed's entries of each stream; they prove its last commit, whose hash no later commit carries.
    With `now`, a stream that has been missing from the feed for long is found, too. The `opener` of
    a projection opens what is sealed where a row differs. A row that lacks events of the time of
    `grace` alone is on its way. With `words`, the entries of the index of words are compared.
    """

    store: Streams
    rows: StoredRows
    projections: tuple[Projection, ...]
    kind: Aggregate[Any, Any, Any] | None = None
    compare: bool = True
    fed: Mapping[AggregateId, Sequence[FeedEntry]] = field(default_factory=dict)
    now: datetime | None = None
    opener: Callable[[Projection], OpensRows | None] = lambda _: None
    grace: timedelta = timedelta(0)
    words: Callable[[Projection], Words | None] = lambda _: None

    def check(self, aggregate: AggregateId) -> Verified:
        """Fold the whole stream, and compare each row."""
        try:
            commits = list(self.store.read(aggregate))
            hashes = [commit.hash() for commit in commits]
            faults = list(history_faults(commits, self.kind, hashes))
            faults += contradictions(commits, self.fed.get(aggregate, ()), hashes)
            recorded = recorded_for(self.projections[0], commits) if self.projections else []
        except UNREADABLE as error:
            fault = f"a commit cannot be read: {reason(error)}"
            return Verified([Discrepancy(aggregate, HISTORY, fault)], self._known_rows(aggregate))
        found = [Discrepancy(aggregate, HISTORY, fault) for fault in faults]
        found += self._missing_from_feed(aggregate, commits)
        yields: set[RowKey] = set()
        for projection in self.projections:
            own = self._projected(projection, aggregate, recorded)
            found += own.discrepancies
            yields |= own.yields
        return Verified(found, frozenset(yields))

    def _projected(
        self, projection: Projection, aggregate: AggregateId, recorded: list[Recorded[Any]]
    ) -> Verified:
        """Compare the rows of one projection; what its own code raises is its finding alone."""
        try:
            expected = fold_rows(projection, recorded)
        except UNREADABLE as error:
            fault = f"the stream cannot be projected: {reason(error)}"
            known = touched(projection, aggregate, recorded)
            return Verified([Discrepancy(aggregate, projection.name, fault)], frozenset(known))
        found = [
            difference
            for key, row in expected.items()
            for difference in self._compared(
                projection,
                Discrepancy(aggregate, projection.name, f"{key.model} {key.id}", key),
                key,
                row,
                recorded,
            )
        ]
        found += self._sums(projection, aggregate, expected)
        words = self.words(projection)
        if words is None:
            return Verified(found, frozenset(expected))
        found += self._worded(words, aggregate, recorded)
        return Verified(found, frozenset({*expected, key_of_words(projection.head(aggregate))}))

    def _worded(
        self, words: Words, aggregate: AggregateId, recorded: list[Recorded[Any]]
    ) -> Iterator[Discrepancy]:
        """Yield the entry of the stream's row in the index of words, if it differs."""
        expected = words.entry_of(recorded)
        key = words.projection.head(aggregate)
        if not self.compare or expected is None:
            return
        known = words.index.entry(key)
        fresh = self._is_fresh(next(r for r in recorded if r.sequence == expected.version))
        if known == expected or fresh or self._has_grown(aggregate, recorded):
            return
        about = key_of_words(key)
        what = f"{about.model} {about.id}: not those of the row"
        yield Discrepancy(aggregate, words.projection.name, what, about)

    def _has_grown(self, aggregate: AggregateId, recorded: list[Recorded[Any]]) -> bool:
        return self._end(aggregate) > recorded[-1].sequence

    def _sums(
        self, projection: Projection, aggregate: AggregateId, expected: Mapping[RowKey, Row]
    ) -> Iterator[Discrepancy]:
        """Yield the sums that do not show what the stream contributes."""
        head = projection.head(aggregate)
        if not self.compare or head not in expected:
            return

        def truth() -> Row:
            return expected_rows(projection, list(self.store.read(aggregate)))[head]

        for key, what in wrong_sums(self.rows, projection, head.id, expected[head], truth):
            yield Discrepancy(aggregate, projection.name, what, key)

    def _known_rows(self, aggregate: AggregateId) -> frozenset[RowKey]:
        """Return the rows that the readable beginning of a stream yields: they are not stray."""
        known: set[RowKey] = set()
        for projection in self.projections:
            beginning: list[Recorded[Any]] = []
            with suppress(*UNREADABLE):
                for commit in self.store.read(aggregate):
                    beginning += list(commit.recorded(projection.events))
            known |= touched(projection, aggregate, beginning)
        return frozenset(known)

    def _missing_from_feed(
        self, aggregate: AggregateId, commits: list[Commit]
    ) -> Iterator[Discrepancy]:
        if self.now is not None:
            missing = missing_from_feed(commits, self.fed.get(aggregate, ()), self.now)
            yield from [] if missing is None else [Discrepancy(aggregate, FEED, missing)]

    def _compared(
        self,
        projection: Projection,
        about: Discrepancy,
        key: RowKey,
        expected: Row,
        recorded: list[Recorded[Any]],
    ) -> Iterator[Discrepancy]:
        """Compare a row. One that is ahead has seen commits that were lost, or are new."""
        stored = self.rows.get(key)
        version = None if stored is None else stored.version
        if version is not None and version > expected.version:
            end = self._end(about.aggregate)
            if version > end:
                lost = f"{about.what} has seen event {version}; the stream ends at {end}"
                yield replace(about, where=HISTORY, what=lost)
            if end > expected.version:
                return  # the row was written meanwhile
        if not self.compare:
            return
        difference = still_differs(expected, stored, key, self.opener(projection))
        if difference is not None and not self._is_on_its_way(projection, recorded, key, stored):
            yield replace(about, what=f"{about.what}: {difference}")

    def _is_on_its_way(
        self,
        projection: Projection,
        recorded: list[Recorded[Any]],
        key: RowKey,
        stored: StoredRow | None,
    ) -> bool:
        if not self.grace or isinstance(stored, UnreadableRow):
            return False
        oldest = first_unshown(projection, recorded, key, 0 if stored is None else stored.version)
        return oldest is not None and self._is_fresh(oldest)

    def _is_fresh(self, event: Recorded[Any]) -> bool:
        """Tell whether an event is so young that rows need not show it yet."""
        return (
            self.now is not None
            and bool(self.grace)
            and event.timestamp >= iso_milliseconds(self.now - self.grace)
        )

    def _end(self, aggregate: AggregateId) -> int:
        return max((commit.last_sequence for commit in self.store.read(aggregate)), default=0)


def verify(
    store: Streams,
    rows: StoredRows,
    projections: tuple[Projection, ...],
    aggregate: AggregateId,
) -> Iterator[Discrepancy]:
    """Fold the whole stream, compare each row, and check the chain of commits."""
    yield from Verifier(store, rows, projections).check(aggregate).discrepancies


def history_faults(
    commits: list[Commit],
    kind: Aggregate[Any, Any, Any] | None,
    hashes: Sequence[bytes] | None = None,
) -> Iterator[str]:
    yield from broken_chain(commits, hashes or [commit.hash() for commit in commits])
    yield from times_run_back(commits)
    yield from keys_out_of_bounds(commits)
    if kind is not None:
        yield from wrong_states(kind, commits)


def stray(listed: tuple[RowKey, int | None]) -> Discrepancy:
    """Return the discrepancy of a row that no stream yields."""
    key, version = listed
    at = "whose version cannot be read" if version is None else f"at version {version}"
    what = f"{key.model} {key.id} {at}: no stream yields it"
    return Discrepancy(AggregateId(""), STRAY, what)


def broken_chain(commits: list[Commit], hashes: Sequence[bytes]) -> Iterator[str]:
    """Yield the commits that do not begin where their predecessor ended, or lack its hash."""
    version, previous = 0, GENESIS
    for commit, own in zip(commits, hashes, strict=True):
        if commit.first_sequence != version + 1:
            yield f"commit {commit.first_sequence} follows sequence {version}"
        elif commit.previous_hash != previous:
            yield f"commit {commit.first_sequence} does not carry its predecessor's hash"
        version, previous = commit.last_sequence, own


def times_run_back(commits: list[Commit]) -> Iterator[str]:
    for before, commit in pairwise(commits):
        if commit.timestamp < before.timestamp:
            yield f"commit {commit.first_sequence} is older than its predecessor"


def keys_out_of_bounds(commits: list[Commit]) -> Iterator[str]:
    """Yield the commits whose times of keys are too low: a command could be recorded twice."""
    made: dict[str, int] = {}
    for commit in commits:
        principal, key = commit.identity
        known = 0 if is_far(key, commit.timestamp) else key_milliseconds(key) or 0
        made[principal] = max(known, made.get(principal, 0))
        if commit.key_times is not None:
            times = KeyTimes.decode(commit.key_times)
            if any(times.bound(one) < newest for one, newest in made.items()):
                yield f"commit {commit.first_sequence} knows of fewer keys than were used before"


def wrong_states(kind: Aggregate[Any, Any, Any], commits: list[Commit]) -> Iterator[str]:
    """Yield the commits whose state is wrong. No hash covers a state, so a fold has to prove it."""
    state = kind.initial
    for commit in commits:
        state = kind.fold((r.event for r in commit.recorded(kind.events)), state)
        stored = stored_state(kind, commit)
        if stored is not None and stored != state:
            yield f"commit {commit.first_sequence} holds a state that its events do not yield"


def contradictions(
    commits: list[Commit], fed: Sequence[FeedEntry], hashes: Sequence[bytes] | None = None
) -> Iterator[str]:
    """Yield the commits that were fed and that the store has changed or lost."""
    own = hashes or [commit.hash() for commit in commits]
    by_end = {c.last_sequence: digest.hex() for c, digest in zip(commits, own, strict=True)}
    for entry in fed:
        stored = by_end.get(entry.last)
        if stored is None:
            yield f"no commit ends with event {entry.last}, as one did that was fed"
        elif stored != entry.hash:
            yield f"the commit that ends with event {entry.last} is not the one that was fed"


def missing_from_feed(commits: list[Commit], fed: Sequence[FeedEntry], now: datetime) -> str | None:
    """Describe the events missing from the feed, once it had time to get them."""
    end = max((entry.last for entry in fed), default=0)
    late = iso_milliseconds(now - TIME_TO_FEED)
    missing = [commit for commit in commits if commit.last_sequence > end]
    if missing and missing[0].timestamp < late:
        return f"events {end + 1} to {missing[-1].last_sequence} are not in it"
    return None


def first_unshown(
    projection: Projection, recorded: Sequence[Recorded[Any]], key: RowKey, version: int
) -> Recorded[Any] | None:
    """Return the first event that touches the row beyond this version, if there is one."""
    changes = row_changes(projection, recorded)
    beyond = [row.version for changed, row in changes if changed == key and row.version > version]
    first = min(beyond, default=None)
    return next((event for event in recorded if event.sequence == first), None)


def expected_rows(projection: Projection, commits: list[Commit]) -> dict[RowKey, Row]:
    return fold_rows(projection, recorded_for(projection, commits))


def touched(
    projection: Projection, aggregate: AggregateId, recorded: Iterable[Recorded[Any]]
) -> set[RowKey]:
    """Return the rows of a stream as far as its events name them, without projecting any."""
    found = {projection.head(aggregate)}
    for event in recorded:
        with suppress(*UNREADABLE):  # an event that concerns rows of before names none itself
            found.update(projection.touches(None, event))
    return found


def recorded_for(projection: Projection, commits: Iterable[Commit]) -> list[Recorded[Any]]:
    return [r for commit in commits for r in commit.recorded(projection.events)]


def differs(expected: Row, stored: StoredRow | None) -> str | None:
    """Describe how the stored row differs; `None` if it does not."""
    if expected == stored:
        return None
    if stored is None:
        return "missing"
    if isinstance(stored, UnreadableRow):
        return "cannot be read"
    if stored.version < expected.version:
        return f"at version {stored.version} of {expected.version}"
    pairs = [(name, value, getattr(stored, name)) for name, value in _values(expected)]
    names = [name for name, value, found in pairs if not _shows(found, value)]
    return f"differs in {', '.join(names)}" if names else None


def still_differs(
    expected: Row, stored: StoredRow | None, key: RowKey, opener: OpensRows | None
) -> str | None:
    """Describe how the stored row differs, even from what can be opened of the expected one.

    A broken seal shows nothing, and no repair could change that. Only rows that differ are opened.
    """
    difference = differs(expected, stored)
    if difference is None or opener is None:
        return difference
    with suppress(Unavailable):
        return differs(opener.opened(key, expected), stored)
    return difference


def _shows(found: object, value: object) -> bool:
    """Tell if a field shows the value. What is sealed is not opened here: it has to show a text."""
    return found is not None if isinstance(value, Unopened) else found == value


def _values(row: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any row class
    for column in fields(row):
        yield column.name, getattr(row, column.name)
