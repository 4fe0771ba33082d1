"""Append: one commit, within its caps, stored, and remembered by the warm process."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from application.commit import Commit, canonical_json, encode_events
from application.ports import ClaimTaken, Clock, EventStore
from application.writing.heads import Head
from application.writing.identity import longest_look_back
from application.writing.limits import check_sizes
from application.writing.receipts import receipt_of
from application.writing.requests import Request
from kernel.aggregate import Aggregate
from kernel.messages import AggregateId, Command, Event, iso_milliseconds

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

SMALL_STATE = 1536  # bytes: with an event it costs one further write unit
SMALL_STATE_EVERY = 4  # commits: the first page of a load finds it
STATE_EVERY = 8  # commits: a load finds it in two pages at most


@dataclass(frozen=True)
class Appender(Generic[S, C, E]):
    """Appends to streams of one kind of aggregate; keeps their heads in `warm`."""

    store: EventStore
    kind: Aggregate[S, C, E]
    clock: Clock
    warm: MutableMapping[AggregateId, Head[Any]]

    def append(self, request: Request[C], events: Sequence[E], head: Head[S]) -> Commit:
        """Store the events behind the head as one commit, and return it.

        Raises a `TooLarge`, `CommitConflict`, `Unavailable`, and the aggregate's own `DomainError`
        when another one holds its unique value.
        """
        state = self.kind.fold(events, head.state)
        commit = self._commit(request, events, state, head)
        check_sizes(commit)
        stored = self._store(request.command, commit, head)
        head.receipts.forget_before(longest_look_back(self.clock()))
        self.warm[request.aggregate_id] = next_head(head, commit, stored, state)
        return stored

    def _commit(self, request: Request[C], events: Sequence[E], state: S, head: Head[S]) -> Commit:
        metadata = request.metadata
        # Never before its predecessor's: the look-back stops at the first older commit.
        timestamp = max(iso_milliseconds(self.clock()), head.timestamp)
        return Commit(
            aggregate_id=request.aggregate_id,
            first_sequence=head.version + 1,
            command_id=metadata.command_id,
            fingerprint=request.fingerprint(),
            actor=metadata.actor.principal,
            on_behalf_of=metadata.actor.on_behalf_of,
            correlation_id=metadata.correlation_id,
            traceparent=metadata.traceparent,
            client=metadata.client,
            key_times=head.key_times.after(metadata.identity, timestamp).encode(),
            timestamp=timestamp,
            previous_hash=head.hash,
            events=encode_events(events),
            count=len(events),
            state=self._json(state),
            state_version=self.kind.state_version,
        )

    def _json(self, state: S) -> str:
        dumped = self.kind.states.dump_python(state, mode="json", exclude_defaults=True)
        return canonical_json(dumped)

    def _store(self, command: C, commit: Commit, head: Head[S]) -> Commit:
        due = state_due(commit, head.commits_since_state)
        try:
            return self.store.append(commit, state_due=due, claim=self.kind.claim(command))
        except ClaimTaken:
            raise self.kind.claimed(command) from None


def state_due(commit: Commit, commits_since_state: int) -> bool:
    """Tell whether the state is stored whatever it costs, so that loads stay short."""
    small = len((commit.state or "").encode()) <= SMALL_STATE
    return commits_since_state + 1 >= (SMALL_STATE_EVERY if small else STATE_EVERY)


def next_head(head: Head[S], commit: Commit, stored: Commit, state: S) -> Head[S]:
    """Return the head after the commit. It is not consistent: the next one may be another's.

    `stored` is the commit as it was stored, perhaps without its state.
    """
    head.receipts.add([(stored.identity, receipt_of(stored))])
    return Head(
        state=state,
        version=stored.last_sequence,
        timestamp=stored.timestamp,
        hash=stored.hash(),
        commits_since_state=0 if stored.state is not None else head.commits_since_state + 1,
        receipts=head.receipts,
        key_times=head.key_times.after(stored.identity, stored.timestamp),
        state_bytes=len(commit.state or ""),
    )
