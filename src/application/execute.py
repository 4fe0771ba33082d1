"""`execute`: the only place where the write side happens."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from typing import Any, Generic, NamedTuple, TypeVar

from application.commit import GENESIS, Commit, canonical_json, encode_events, fingerprint
from application.identity import Identity, look_back_to
from application.limits import check_sizes
from application.ports import ClaimTaken, Clock, CommitConflict, EventStore, Unavailable
from domain.decider import Decider
from domain.errors import AggregateNotFound, DomainError
from domain.messages import AggregateId, Command, Event, iso_milliseconds

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

MAX_ATTEMPTS = 8
SMALL_STATE = 1536  # bytes: with an event it costs one further write unit
SMALL_STATE_EVERY = 4  # commits: the first page of a load finds it
STATE_EVERY = 8  # commits: a load finds it in two pages at most
# Identities that a warm head remembers. A stream with more commands in five minutes is loaded for
# each; 512 take a quarter of a megabyte.
MAX_SEEN = 512
BACKOFF = 0.01  # seconds, doubled with each lost race, with full jitter


class WrongExpectedVersion(Exception):
    """The client decided on another version than the stream's."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, the stream is at {actual}")
        self.expected, self.actual = expected, actual


class CommandIdReused(Exception):
    """This principal has sent another command under the same id."""


class MergeConflict(Exception):
    """Events since the version that the client decided on touch what the command touches."""

    def __init__(self, events: Sequence[str]) -> None:
        super().__init__(f"Since then: {', '.join(events)}.")
        self.events = events


class OnConflict(StrEnum):
    """What to do with a command that was decided on an older version."""

    REJECT = "reject"
    LAST_WRITE_WINS = "last-write-wins"
    MERGE = "merge"


class StreamBroken(RuntimeError):
    """A commit is missing between two that were read."""


class Contended(Unavailable):
    """Others wrote first, every time we tried."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `owner` is `<sub>::<username>`, and so is `machine`, which asks in their name."""

    owner: str
    may_command_all: bool = False
    machine: str | None = None

    @property
    def principal(self) -> str:
        """Whose command it is: command ids are theirs."""
        return self.machine or self.owner

    @property
    def on_behalf_of(self) -> str | None:
        return self.owner if self.machine else None


@dataclass(frozen=True, slots=True)
class Request(Generic[C]):
    """A command with what surrounds it. `expected_version` is the one that the client saw.

    `client`, where it came from, is sealed already.
    """

    aggregate_id: AggregateId
    command: C
    command_id: str
    actor: Actor
    correlation_id: str
    expected_version: int | None = None
    traceparent: str | None = None
    on_conflict: OnConflict = OnConflict.REJECT
    client: bytes | None = None

    @property
    def identity(self) -> Identity:
        return self.actor.principal, self.command_id

    def fingerprint(self) -> bytes:
        return fingerprint(
            self.command, self.aggregate_id, self.actor.principal, self.expected_version
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """`version` is the stream's after the command; `timestamp` is the commit's."""

    command_id: str
    aggregate_id: AggregateId
    version: int
    timestamp: str


class Seen(NamedTuple):
    """What it takes to answer a command again."""

    fingerprint: bytes
    version: int
    timestamp: str


@dataclass(frozen=True, slots=True)
class Head(Generic[S]):
    """The newest commit known of a stream, folded. `consistent`: no newer one existed when read.

    `seen` holds every identity recorded after `seen_after`, so that a warm head can tell a command
    sent twice without a read.
    """

    state: S
    version: int = 0
    hash: bytes = GENESIS
    timestamp: str = ""
    commits_since_state: int = 0
    consistent: bool = False
    seen: Mapping[Identity, "Seen"] = field(default_factory=dict)
    seen_after: str = ""


@dataclass(frozen=True)
class Executor(Generic[S, C, E]):
    """Runs one decider's commands against a store.

    `warm` keeps heads between commands of one process; a collision corrects a stale one.
    """

    store: EventStore
    decider: Decider[S, C, E]
    clock: Clock
    warm: MutableMapping[AggregateId, Head[Any]]
    sleep: Callable[[float], None] = time.sleep

    def execute(self, request: Request[C]) -> Accepted:
        """Append what the command causes; the same command again gets the same answer.

        Raises a `DomainError` when a rule forbids it, `WrongExpectedVersion`, `MergeConflict`,
        `CommandIdReused`, a `TooLarge`, and `Unavailable` when it may be sent again as it is.
        """
        since = look_back_to(request.command_id, self.clock())
        head = self._first_head(request, since)
        for attempt in range(MAX_ATTEMPTS):
            if isinstance(head, Accepted):
                return head
            try:
                return self._append(request, self._decided(request, head), head)
            except CommitConflict as conflict:
                head = self._after(conflict, request, since, head, attempt)
            except _NotFinal:
                head = self._load(request, since, head, consistent=True)
        self.warm.pop(request.aggregate_id, None)
        raise Contended(request.aggregate_id)

    def answered(self, request: Request[C]) -> Accepted | None:
        """The answer that this command has got already, if it recorded events.

        Raises `CommandIdReused`, `KeyExpired`, `KeyFromTheFuture` and `Unavailable`.
        """
        since = look_back_to(request.command_id, self.clock())
        head = self._load(request, since, Head(self.decider.initial), consistent=True)
        return head if isinstance(head, Accepted) else None

    def _first_head(self, request: Request[C], since: str) -> "Head[S] | Accepted":
        """A creation expects an empty stream, a warm head may serve; else read, weakly."""
        if self.decider.creates(request.command):
            return Head(self.decider.initial)
        warm = self.warm.get(request.aggregate_id)
        if warm is None or warm.seen_after >= since:
            return self._load(request, since, Head(self.decider.initial), consistent=False)
        seen = warm.seen.get(request.identity)
        if seen is not None and seen.timestamp >= since:
            return answer_again(request, seen)
        return warm

    def _load(
        self, request: Request[C], since: str, known: Head[S], *, consistent: bool
    ) -> "Head[S] | Accepted":
        try:
            return self._read_back(request, since, known, consistent)
        except StreamBroken:
            if consistent:
                raise
            return self._read_back(request, since, known, True)

    def _read_back(
        self, request: Request[C], since: str, known: Head[S], consistent: bool
    ) -> "Head[S] | Accepted":
        """Newest first: to the newest usable state and the end of the look-back, or to `known`."""
        base: Head[S] | None = None
        tail: list[Commit] = []  # newer than the base
        seen: dict[Identity, Seen] = {}
        commits = self.store.newest_first(request.aggregate_id, consistent=consistent)
        for commit in newer_than(known.version, commits):
            if commit.timestamp >= since and commit.identity == request.identity:
                return answer_again(request, seen_as(commit))
            seen.setdefault(commit.identity, seen_as(commit))
            if base is None:
                base = self._stored_head(commit)
                tail += [commit] if base is None else []
            if base is not None and commit.timestamp < since:
                return self._head(base, tail, seen, commit.timestamp, consistent)
        seen = {**known.seen, **seen}
        return self._head(base or known, tail, seen, known.seen_after, consistent)

    def _stored_head(self, commit: Commit) -> Head[S] | None:
        """The head at a commit that holds a state of today's `evolve`."""
        if commit.state is None or commit.state_version != self.decider.state_version:
            return None
        state = self.decider.states.validate_json(commit.state)
        return Head(state, commit.last_sequence, commit.hash(), commit.timestamp)

    def _head(
        self,
        base: Head[S],
        tail: list[Commit],
        seen: dict[Identity, Seen],
        seen_after: str,
        consistent: bool,
    ) -> Head[S]:
        """`base` with the commits of `tail`, newest first, folded on."""
        state = reduce(self._fold, reversed(tail), base.state)
        newest = tail[0] if tail else None
        return Head(
            state,
            newest.last_sequence if newest else base.version,
            newest.hash() if newest else base.hash,
            newest.timestamp if newest else base.timestamp,
            base.commits_since_state + len(tail),
            consistent,
            seen,
            seen_after,
        )

    def _fold(self, state: S, commit: Commit) -> S:
        recorded = commit.recorded(self.decider.events)
        return self.decider.fold((r.event for r in recorded), state)

    def _decided(self, request: Request[C], head: Head[S]) -> list[E]:
        """What the command causes on this head; only a consistent head may refuse or do nothing."""
        try:
            self._authorize(request, head)
            self._reconcile(request, head)
            events = self.decider.decide(head.state, request.command)
        except (DomainError, WrongExpectedVersion, MergeConflict):
            if head.consistent:
                raise
            raise _NotFinal from None
        if not events and not head.consistent:
            raise _NotFinal
        return events

    def _reconcile(self, request: Request[C], head: Head[S]) -> None:
        """Whether a command that was decided on another version may be decided on this one."""
        expected = request.expected_version
        if expected is None or expected == head.version:
            return
        if head.version == 0 and not self.decider.creates(request.command):
            return  # not there: refused as what is another's is, else ids could be told apart
        if expected > head.version or request.on_conflict is OnConflict.REJECT:
            raise WrongExpectedVersion(expected, head.version)
        if request.on_conflict is OnConflict.MERGE:
            self._merge(request, expected, head.version)

    def _merge(self, request: Request[C], expected: int, version: int) -> None:
        """Events up to `version` are looked at; a later one makes the append fail."""
        commits = self.store.read(request.aggregate_id, expected + 1)
        between = (r for commit in commits for r in commit.recorded(self.decider.events))
        met = [
            type(recorded.event).__name__
            for recorded in between
            if expected < recorded.sequence <= version
            and self.decider.conflicts(request.command, recorded.event)
        ]
        if met:
            raise MergeConflict(list(dict.fromkeys(met)))

    def _authorize(self, request: Request[C], head: Head[S]) -> None:
        owner = self.decider.owner_of(head.state)
        if request.actor.may_command_all or owner in (None, request.actor.owner):
            return
        raise AggregateNotFound(aggregate=f"The {self.decider.aggregate_type.lower()}")

    def _append(self, request: Request[C], events: list[E], head: Head[S]) -> Accepted:
        if not events:
            return _accepted(request, head.version, head.timestamp)
        state = self.decider.fold(events, head.state)
        commit = self._commit(request, events, state, head)
        check_sizes(commit)
        stored = self._stored(request.command, commit, head)
        self._keep(stored, state, head)
        return _accepted(request, commit.last_sequence, commit.timestamp)

    def _stored(self, command: C, commit: Commit, head: Head[S]) -> Commit:
        due = state_due(commit, head.commits_since_state)
        try:
            return self.store.append(commit, state_due=due, claim=self.decider.claims(command))
        except ClaimTaken:
            raise self.decider.claimed(command) from None

    def _commit(self, request: Request[C], events: list[E], state: S, head: Head[S]) -> Commit:
        return Commit(
            aggregate_id=request.aggregate_id,
            first_sequence=head.version + 1,
            command_id=request.command_id,
            fingerprint=request.fingerprint(),
            actor=request.actor.principal,
            on_behalf_of=request.actor.on_behalf_of,
            correlation_id=request.correlation_id,
            traceparent=request.traceparent,
            client=request.client,
            # Never before its predecessor's: the look-back stops at the first older commit.
            timestamp=max(iso_milliseconds(self.clock()), head.timestamp),
            previous_hash=head.hash,
            events=encode_events(events),
            count=len(events),
            state=canonical_json(
                self.decider.states.dump_python(state, mode="json", exclude_defaults=True)
            ),
            state_version=self.decider.state_version,
        )

    def _keep(self, stored: Commit, state: S, head: Head[S]) -> None:
        self.warm[stored.aggregate_id] = Head(
            state,
            stored.last_sequence,
            stored.hash(),
            stored.timestamp,
            0 if stored.state is not None else head.commits_since_state + 1,
            **remembered({**head.seen, stored.identity: seen_as(stored)}, head.seen_after),
        )

    def _after(
        self,
        conflict: CommitConflict,
        request: Request[C],
        since: str,
        head: Head[S],
        attempt: int,
    ) -> "Head[S] | Accepted":
        """The winner may be this very command, sent twice or stored before a lost answer."""
        self.warm.pop(request.aggregate_id, None)
        winner = conflict.winner
        # Before the look-back it is another's use of an opaque key; a newer one may be recorded.
        if winner.identity == request.identity and winner.timestamp >= since:
            return answer_again(request, seen_as(winner))
        self.sleep(random.uniform(0, BACKOFF * 2**attempt))
        return self._load(request, since, head, consistent=True)


class _NotFinal(Exception):
    """A refusal or no-op decided on what may be stale: decide again on a strong read."""


def state_due(commit: Commit, commits_since_state: int) -> bool:
    """Whether the state is kept whatever it costs, so that loads stay short."""
    small = len((commit.state or "").encode()) <= SMALL_STATE
    return commits_since_state + 1 >= (SMALL_STATE_EVERY if small else STATE_EVERY)


def seen_as(commit: Commit) -> Seen:
    return Seen(commit.fingerprint, commit.last_sequence, commit.timestamp)


def remembered(seen: dict[Identity, Seen], after: str) -> dict[str, Any]:
    """`seen` and `seen_after` of a head, with all but the newest forgotten when they are many."""
    if len(seen) > MAX_SEEN:
        oldest_first = sorted(seen.items(), key=lambda item: item[1].version)
        forgotten, kept = oldest_first[: -MAX_SEEN // 2], oldest_first[-MAX_SEEN // 2 :]
        seen, after = dict(kept), max(after, forgotten[-1][1].timestamp)
    return {"seen": seen, "seen_after": after}


def answer_again(request: Request[C], seen: Seen) -> Accepted:
    if seen.fingerprint != request.fingerprint():
        raise CommandIdReused(request.command_id)
    return _accepted(request, seen.version, seen.timestamp)


def newer_than(version: int, newest_first: Iterator[Commit]) -> Iterator[Commit]:
    """The commits down to the one after `version`; raises `StreamBroken` where one is missing.

    Each page of a weak read is answered by another replica, which may lag behind the one before.
    """
    begins: int | None = None
    for commit in newest_first:
        if begins not in (None, commit.last_sequence + 1):
            raise StreamBroken(f"{commit.aggregate_id}: {commit.last_sequence} before {begins}")
        if commit.last_sequence <= version:
            return
        yield commit
        begins = commit.first_sequence
    if begins not in (None, version + 1):
        raise StreamBroken(f"{version} before {begins}")


def _accepted(request: Request[C], version: int, timestamp: str) -> Accepted:
    return Accepted(request.command_id, request.aggregate_id, version, timestamp)
