"""Ports: the application's needs of the outside world, and the errors of each.

Adapters implement these protocols; they do not inherit from them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from application.commit import Commit
from application.failures import Failure
from kernel.messages import AggregateId
from kernel.projection import Row, RowKey

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


PAST_PAGE = 8
"""Commits: within so many of a stream one holds the folded state (`append.STATE_EVERY`)."""


class CommitConflict(Exception):
    """The sequence is taken. `winner` is the commit that holds it."""

    def __init__(self, winner: Commit) -> None:
        super().__init__(f"{winner.aggregate_id} {winner.first_sequence}")
        self.winner = winner


class Unavailable(Exception):
    """Throttled, timed out or down: try again later; never the record's own fault."""


class Refused(Exception):
    """The other side refuses for a reason that will not pass."""


class Invalid(ValueError):
    """The request is not one that the other side takes: the asker's fault."""


class BadPageToken(Invalid):
    """No page of this list begins there."""


class NotAllowed(Exception):
    """The other side does not let this caller do this."""


class RowConflict(Exception):
    """The row is not what was read: read again and decide (a missing row looks the same)."""


class ClaimTaken(Exception):
    """Another aggregate has what this one wanted to be alone to have."""


class Claims(Protocol):
    """Unique values that aggregates hold for ever."""

    def holder(self, claim: str) -> AggregateId | None: ...


class EventStore(Protocol):
    """Append and read. Reads are whole commits, in the order of their sequence or its reverse."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        """Store `commit` under its first sequence, and return it as it was stored.

        The state is kept when it is due, or when it costs no further write unit. With a claim,
        commit and claim are stored together or not at all.
        Raises `CommitConflict` when the sequence is taken, else `ClaimTaken` when the claim is,
        and `Unavailable` when it is unknown whether anything was stored.
        """
        ...

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        """Commits from the newest back, read lazily in growing pages."""
        ...

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        """Commits from the one that contains `sequence` back, read strongly and lazily.

        Beyond the end of the stream it begins with the last. The first `PAST_PAGE` commits come
        in one query.
        """
        ...

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        """Commits from the one that contains `from_sequence` to the end, read strongly."""
        ...

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        """Every stream and its last sequence, by a scan."""
        ...


class EventBus(Protocol):
    def put(self, entries: Sequence[Mapping[str, Any]]) -> list[int]:
        """Publish envelopes in order; the indexes of those that failed for good come back."""
        ...


class FailureSink(Protocol):
    def report(self, failure: Failure) -> None: ...


class ReadModels(Protocol):
    """Rows by compare-and-set. Reads may be stale."""

    def get(self, key: RowKey) -> Row | None: ...

    def create(self, key: RowKey, row: Row) -> None:
        """Raises `RowConflict` when the row exists."""
        ...

    def update(self, key: RowKey, row: Row, replaces: Row) -> None:
        """Raises `RowConflict` unless the stored row has `replaces`' version and projection."""
        ...


RowPage = dict[str, Any]
"""`{items: [...], nextToken}`."""


class RowQueries(Protocol):
    """Rows as one caller may see them, by the caller's own token."""

    def row(self, token: str, document: str, id: str) -> dict[str, Any] | None:
        """Return `None` for a row that is not there, or not for this caller."""
        ...

    def page(self, token: str, document: str, variables: Mapping[str, Any]) -> RowPage:
        """Return one page of a list. Raises `BadPageToken`."""
        ...
