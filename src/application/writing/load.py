"""Load: the head of a stream, or the receipt of a command that is recorded already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, Self, TypeVar

from application.commit import Commit
from application.folding import fold_back, holds_state
from application.ports import EventStore
from application.writing.heads import Head, Receipt, StreamBroken, newer_than, receipt_of, receipts
from application.writing.identity import Identity, look_back_to
from application.writing.requests import Request
from kernel.aggregate import Aggregate
from kernel.messages import AggregateId, Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


class LookBack(NamedTuple):
    """The search for a command in its stream: no commit before `since` can hold it."""

    aggregate_id: AggregateId
    identity: Identity
    since: str

    @classmethod
    def of(cls, request: Request[Any], now: datetime) -> Self:
        """Raises `KeyExpired` and `KeyFromTheFuture`."""
        identity = request.metadata.identity
        return cls(request.aggregate_id, identity, look_back_to(identity[1], now))

    def finds(self, commit: Commit) -> bool:
        """Tell whether the commit is the command's own.

        One from before the look-back is another use of an opaque key.
        """
        return commit.identity == self.identity and commit.timestamp >= self.since

    def receipt_in(self, head: Head[Any]) -> Receipt | None:
        found = head.receipts.get(self.identity)
        return found if found is not None and found.timestamp >= self.since else None


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
        newest_first = newer_than(known.version, stored)
        commits = list(self._needed(look_back, newest_first))
        if commits and look_back.finds(commits[-1]):
            return receipt_of(commits[-1])
        return self._head(look_back, known, commits, consistent)

    def _needed(self, look_back: LookBack, newest_first: Iterator[Commit]) -> Iterator[Commit]:
        """Yield commits down to the command's own, or until state and look-back are complete."""
        state_found = False
        for commit in newest_first:
            yield commit
            state_found = state_found or holds_state(self.kind, commit)
            if look_back.finds(commit) or (state_found and commit.timestamp < look_back.since):
                return

    def _head(
        self, look_back: LookBack, known: Head[S], commits: Sequence[Commit], consistent: bool
    ) -> Head[S]:
        folded = fold_back(self.kind, commits, known)
        since_state = self._commits_since_state(commits)
        complete = since_state is not None and commits[-1].timestamp < look_back.since
        return Head(
            state=folded.state,
            version=folded.version,
            timestamp=folded.timestamp,
            hash=commits[0].hash() if commits else known.hash,
            commits_since_state=(
                known.commits_since_state + len(commits) if since_state is None else since_state
            ),
            consistent=consistent,
            receipts=receipts(commits) if complete else {**known.receipts, **receipts(commits)},
            receipts_after=commits[-1].timestamp if complete else known.receipts_after,
        )

    def _commits_since_state(self, newest_first: Sequence[Commit]) -> int | None:
        places = (n for n, commit in enumerate(newest_first) if holds_state(self.kind, commit))
        return next(places, None)
