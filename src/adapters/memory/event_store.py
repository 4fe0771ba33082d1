"""The event store in memory: the twin of the DynamoDB one, under the same contract."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Lock

from adapters.dynamodb.items import keeps_state
from application.commit import Commit
from application.ports import ClaimTaken, CommitConflict, CommitRange
from kernel.messages import AggregateId


class MemoryEventStore:
    """Streams of commits in one process; every read is consistent."""

    def __init__(self) -> None:
        self._streams: dict[AggregateId, dict[int, Commit]] = defaultdict(dict)
        self._claims: dict[str, AggregateId] = {}
        self._lock = Lock()

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        stored = commit if keeps_state(commit, state_due) else _without_state(commit)
        with self._lock:
            stream = self._streams[commit.aggregate_id]
            if commit.first_sequence in stream:
                raise CommitConflict(stream[commit.first_sequence])
            if claim and self._claims.setdefault(claim, commit.aggregate_id) != commit.aggregate_id:
                raise ClaimTaken(claim)
            stream[commit.first_sequence] = stored
        return stored

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return reversed(self._commits(aggregate))

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        commits = self._commits(aggregate)
        return iter([commit for commit in commits if commit.last_sequence >= from_sequence])

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        commits = self._commits(aggregate)
        return reversed([commit for commit in commits if commit.first_sequence <= sequence])

    def holder(self, claim: str) -> AggregateId | None:
        return self._claims.get(claim)

    def between(self, aggregate: AggregateId, first: int, last: int) -> Iterator[Commit]:
        return iter([c for c in self._commits(aggregate) if first <= c.first_sequence <= last])

    def of_ranges(self, ranges: Iterable[CommitRange]) -> Iterator[Iterator[Commit]]:
        return (self.between(*one) for one in ranges)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        for aggregate in list(self._streams):
            yield aggregate, self._commits(aggregate)[-1].last_sequence

    def _commits(self, aggregate: AggregateId) -> list[Commit]:
        with self._lock:
            stream = self._streams.get(aggregate, {})
            return [stream[sequence] for sequence in sorted(stream)]


def _without_state(commit: Commit) -> Commit:
    return replace(commit, state=None, state_version=None)
