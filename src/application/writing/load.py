"""Load: the head of a stream, or the receipt of a command that is recorded already."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from application.commit import Commit
from application.folding import fold_back, holds_state
from application.ports import EventStore
from application.writing.heads import Head, StreamBroken, newer_than
from application.writing.identity import Identity
from application.writing.key_times import KeyTimes, newest
from application.writing.look_back import LookBack
from application.writing.receipts import RECEIPT_BYTES, Known, Receipt, Receipts, receipt_of
from kernel.aggregate import Aggregate
from kernel.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

MOST_RECEIPTS = 8 * 2**20 // RECEIPT_BYTES
"""Receipts that one load keeps, however far it looks back: 8 MiB of them."""


@dataclass(frozen=True)
class Loader(Generic[S, C, E]):
    """Loads streams of one kind of aggregate, newest commit first."""

    store: EventStore
    kind: Aggregate[S, C, E]

    def load(self, look_back: LookBack, known: Head[S], *, consistent: bool) -> Head[S] | Receipt:
        """Return the head, or the receipt of the command if the look-back finds it.

        Reads to the newest usable state and to the end of the look-back, or to `known`. A weak
        read with gaps is repeated as a strong one. Raises `StreamBroken`.
        """
        try:
            return self._load(look_back, known, consistent)
        except StreamBroken:
            if consistent:
                raise
            return self._load(look_back, known, consistent=True)

    def _load(self, look_back: LookBack, known: Head[S], consistent: bool) -> Head[S] | Receipt:
        stored = self.store.newest_first(look_back.aggregate_id, consistent=consistent)
        reading = Reading(self.kind)
        for commit in newer_than(known.version, stored):
            if look_back.finds(commit):
                return receipt_of(commit)
            reading.take(commit)
            if reading.state_found and look_back.ends_with(commit):
                return reading.head(known, consistent, joins=False)
        return reading.head(known, consistent, joins=True)


@dataclass
class Reading(Generic[S, C, E]):
    """The commits that a load has read, newest first; beyond the newest state their receipts."""

    kind: Aggregate[S, C, E]
    tail: list[Commit] = field(default_factory=list)
    receipts: list[Known] = field(default_factory=list)
    oldest: Commit = field(init=False)
    """The oldest commit with a receipt."""
    state_found: bool = False
    times: KeyTimes | None = None
    younger: list[Identity] = field(default_factory=list)
    """Commands that `times`, those of the newest commit that carries some, do not cover."""

    def take(self, commit: Commit) -> None:
        if not self.state_found:
            self.tail.append(commit)
            self.state_found = holds_state(self.kind, commit)
        if len(self.receipts) < MOST_RECEIPTS:
            self._remember(commit)

    def _remember(self, commit: Commit) -> None:
        self.receipts.append((commit.identity, receipt_of(commit)))
        self.oldest = commit
        if self.times is None and commit.key_times is None:
            self.younger.append(commit.identity)
        elif self.times is None:
            self.times = KeyTimes.up_to(commit)

    def head(self, known: Head[S], consistent: bool, *, joins: bool) -> Head[S]:
        """Return the head of what was read; `joins` if that goes back to what was known."""
        joins = joins and len(self.receipts) < MOST_RECEIPTS
        folded = fold_back(self.kind, self.tail, known)
        since = self.tail[:-1] if self.state_found else self.tail
        stored = len(self.tail[-1].state or "") if self.state_found else known.state_bytes
        return Head(
            state=folded.state,
            version=folded.version,
            timestamp=folded.timestamp,
            hash=self.tail[0].hash() if self.tail else known.hash,
            commits_since_state=len(since) + (0 if self.state_found else known.commits_since_state),
            consistent=consistent,
            receipts=self._receipts(known.receipts if joins else self._no_receipts()),
            key_times=self._key_times(known.key_times if joins else KeyTimes.up_to(self.oldest)),
            # Roughly the most: a state holds what the one before it and the events since hold.
            state_bytes=stored + sum(len(commit.events) for commit in since),
        )

    def _no_receipts(self) -> Receipts:
        return Receipts(KeyTimes.up_to(self.oldest), self.oldest.timestamp)

    def _receipts(self, older: Receipts) -> Receipts:
        older.add(reversed(self.receipts))
        return older

    def _key_times(self, older: KeyTimes) -> KeyTimes:
        return (older if self.times is None else self.times).with_newest(newest(self.younger))
