"""Execute a command: load, decide, append; again when another writer was first."""

import random
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from application.commit import Commit
from application.ports import Clock, CommitConflict, EventStore, Unavailable
from application.writing.append import Appender
from application.writing.decide import decide, expects_another_version
from application.writing.heads import Head
from application.writing.load import Loader
from application.writing.look_back import LookBack
from application.writing.receipts import Receipt, receipt_of
from application.writing.requests import Accepted, CommandIdReused, Request
from kernel.aggregate import Aggregate
from kernel.messages import AggregateId, Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

MAX_ATTEMPTS = 8
BACKOFF = 0.01  # seconds, doubled with each lost race, with full jitter


class Contended(Unavailable):
    """Other writers were first at every attempt."""


@dataclass(frozen=True)
class Executor(Generic[S, C, E]):
    """Executes the commands of one kind of aggregate against a store.

    `warm` keeps heads between commands of one process; a conflict corrects a stale one.
    """

    store: EventStore
    kind: Aggregate[S, C, E]
    clock: Clock
    warm: MutableMapping[AggregateId, Head[Any]]
    sleep: Callable[[float], None] = time.sleep

    def execute(self, request: Request[C]) -> Accepted:
        """Append the events that the command causes; a command sent again gets the same answer.

        Raises a `DomainError` if a rule forbids it, `WrongExpectedVersion`, `MergeConflict`,
        `CommandIdReused`, `KeyExpired`, a `TooLarge`, and `Unavailable` if the
        same request may be sent again.
        """
        look_back = LookBack.of(request, self.clock())
        found, lost = self._first_head(request, look_back), 0
        for attempt in range(MAX_ATTEMPTS):
            if isinstance(found, Receipt):
                return answer_again(request, found)
            events = decide(self.store, self.kind, request, found)
            if events is None:
                found = self._loader.load(look_back, found, consistent=True)
                self._keep(request.aggregate_id, found)
                continue
            try:
                return self._append(request, events, found, lost)
            except CommitConflict as conflict:
                lost += 1
                found = self._after_conflict(conflict.winner, look_back, found, attempt)
        raise Contended(request.aggregate_id)

    def answered(self, request: Request[C]) -> Accepted | None:
        """Return the answer that this command got already, if it recorded events.

        Raises `CommandIdReused`, `KeyExpired` and `Unavailable`.
        """
        look_back = LookBack.of(request, self.clock())
        found = self._loader.load(look_back, Head(self.kind.initial), consistent=True)
        return answer_again(request, found) if isinstance(found, Receipt) else None

    def _first_head(self, request: Request[C], look_back: LookBack) -> Head[S] | Receipt:
        """Begin a creation on an empty stream, else on a warm head; load weakly without one."""
        if self.kind.creates(request.command):
            return Head(self.kind.initial)
        warm = self.warm.get(request.aggregate_id)
        receipt = None if warm is None else warm.receipt(look_back)
        if receipt is not None:
            return receipt
        if warm is not None and warm.settles(look_back):
            return warm
        return self._loader.load(look_back, Head(self.kind.initial), consistent=False)

    def _keep(self, aggregate: AggregateId, found: Head[S] | Receipt) -> None:
        """Remember the head although the command may be refused; the next reads less."""
        if isinstance(found, Head) and found.version:
            self.warm[aggregate] = replace(found, consistent=False)

    def _append(self, request: Request[C], events: list[E], head: Head[S], lost: int) -> Accepted:
        conflicts = lost + expects_another_version(self.kind, request, head)
        if not events:
            unchanged = accepted(request, head.version, head.timestamp)
            return replace(unchanged, conflicts=conflicts)
        commit = self._appender.append(request, events, head)
        changed = accepted(request, commit.last_sequence, commit.timestamp)
        return replace(changed, events=commit.count, conflicts=conflicts)

    def _after_conflict(
        self, winner: Commit, look_back: LookBack, head: Head[S], attempt: int
    ) -> Head[S] | Receipt:
        """Load again, unless the winner is this very command.

        It was then sent twice, or stored by an attempt whose answer was lost.
        """
        self.warm.pop(winner.aggregate_id, None)
        if look_back.finds(winner):
            return receipt_of(winner)
        self.sleep(random.uniform(0, BACKOFF * 2**attempt))
        return self._loader.load(look_back, head, consistent=True)

    @cached_property
    def _loader(self) -> Loader[S, C, E]:
        return Loader(self.store, self.kind)

    @cached_property
    def _appender(self) -> Appender[S, C, E]:
        return Appender(self.store, self.kind, self.clock, self.warm)


def answer_again(request: Request[Any], receipt: Receipt) -> Accepted:
    """Raises `CommandIdReused` when the receipt is that of another command."""
    if receipt.fingerprint != request.fingerprint():
        raise CommandIdReused(request.metadata.command_id)
    return replace(accepted(request, receipt.version, receipt.timestamp), repeated=True)


def accepted(request: Request[Any], version: int, timestamp: str) -> Accepted:
    return Accepted(request.metadata.command_id, request.aggregate_id, version, timestamp)
