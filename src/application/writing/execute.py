"""`execute`: the only place where the write side happens."""

import random
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from application.commit import Commit, canonical_json, encode_events
from application.ports import ClaimTaken, Clock, CommitConflict, EventStore, Unavailable
from application.writing.heads import Head, Seen, StreamBroken, newer_than, remembered, seen_as
from application.writing.identity import Identity, look_back_to
from application.writing.limits import check_sizes
from application.writing.requests import (
    Accepted,
    CommandIdReused,
    MergeConflict,
    OnConflict,
    Request,
    WrongExpectedVersion,
)
from kernel.aggregate import Aggregate
from kernel.errors import DomainError
from kernel.messages import AggregateId, Command, Event, iso_milliseconds

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

MAX_ATTEMPTS = 8
SMALL_STATE = 1536  # bytes: with an event it costs one further write unit
SMALL_STATE_EVERY = 4  # commits: the first page of a load finds it
STATE_EVERY = 8  # commits: a load finds it in two pages at most
BACKOFF = 0.01  # seconds, doubled with each lost race, with full jitter


class Contended(Unavailable):
    """Others wrote first, every time we tried."""


@dataclass(frozen=True)
class Executor(Generic[S, C, E]):
    """Runs the commands of one kind of aggregate against a store.

    `warm` keeps heads between commands of one process; a collision corrects a stale one.
    """

    store: EventStore
    kind: Aggregate[S, C, E]
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
        head = self._load(request, since, Head(self.kind.initial), consistent=True)
        return head if isinstance(head, Accepted) else None

    def _first_head(self, request: Request[C], since: str) -> "Head[S] | Accepted":
        """A creation expects an empty stream, a warm head may serve; else read, weakly."""
        if self.kind.creates(request.command):
            return Head(self.kind.initial)
        warm = self.warm.get(request.aggregate_id)
        if warm is None or warm.seen_after >= since:
            return self._load(request, since, Head(self.kind.initial), consistent=False)
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
        if commit.state is None or commit.state_version != self.kind.state_version:
            return None
        state = self.kind.states.validate_json(commit.state)
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
        recorded = commit.recorded(self.kind.events)
        return self.kind.fold((r.event for r in recorded), state)

    def _decided(self, request: Request[C], head: Head[S]) -> list[E]:
        """What the command causes on this head; only a consistent head may refuse or do nothing."""
        try:
            self._authorize(request, head)
            self._reconcile(request, head)
            events = self.kind.decide(head.state, request.command)
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
        if head.version == 0 and not self.kind.creates(request.command):
            return  # not there: refused as what is another's is, else ids could be told apart
        if expected > head.version or request.on_conflict is OnConflict.REJECT:
            raise WrongExpectedVersion(expected, head.version)
        if request.on_conflict is OnConflict.MERGE:
            self._merge(request, expected, head.version)

    def _merge(self, request: Request[C], expected: int, version: int) -> None:
        """Events up to `version` are looked at; a later one makes the append fail."""
        commits = self.store.read(request.aggregate_id, expected + 1)
        between = (r for commit in commits for r in commit.recorded(self.kind.events))
        met = [
            type(recorded.event).__name__
            for recorded in between
            if expected < recorded.sequence <= version
            and self.kind.conflicts(request.command, recorded.event)
        ]
        if met:
            raise MergeConflict(list(dict.fromkeys(met)))

    def _authorize(self, request: Request[C], head: Head[S]) -> None:
        owner = self.kind.owner_of(head.state)
        if request.actor.may_command_all or owner in (None, request.actor.owner):
            return
        raise self.kind.not_found()

    def _append(self, request: Request[C], events: list[E], head: Head[S]) -> Accepted:
        if not events:
            return _accepted(request, head.version, head.timestamp)
        state = self.kind.fold(events, head.state)
        commit = self._commit(request, events, state, head)
        check_sizes(commit)
        stored = self._stored(request.command, commit, head)
        self._keep(stored, state, head)
        return _accepted(request, commit.last_sequence, commit.timestamp)

    def _stored(self, command: C, commit: Commit, head: Head[S]) -> Commit:
        due = state_due(commit, head.commits_since_state)
        try:
            return self.store.append(commit, state_due=due, claim=self.kind.claim(command))
        except ClaimTaken:
            raise self.kind.claimed(command) from None

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
                self.kind.states.dump_python(state, mode="json", exclude_defaults=True)
            ),
            state_version=self.kind.state_version,
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


def answer_again(request: Request[C], seen: Seen) -> Accepted:
    if seen.fingerprint != request.fingerprint():
        raise CommandIdReused(request.command_id)
    return _accepted(request, seen.version, seen.timestamp)


def _accepted(request: Request[C], version: int, timestamp: str) -> Accepted:
    return Accepted(request.command_id, request.aggregate_id, version, timestamp)
