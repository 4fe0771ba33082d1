"""Ports: the protocols that adapters implement, and the errors that they raise.

Adapters do not inherit from the protocols.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from application.commit import Commit
from application.failures import Failure
from kernel.messages import AggregateId
from kernel.projection import Row, RowKey

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


PAST_PAGE = 8
"""The first page of a read into the past, in commits: it contains a state (`STATE_EVERY`)."""


class CommitConflict(Exception):
    """The sequence is taken by another commit, `winner`."""

    def __init__(self, winner: Commit) -> None:
        super().__init__(f"{winner.aggregate_id} {winner.first_sequence}")
        self.winner = winner


class Unavailable(Exception):
    """Throttled, timed out or down: try again later; the input is not at fault."""


class Refused(Exception):
    """The other side refuses, and will refuse again."""


class Invalid(ValueError):
    """The other side does not accept the request: it is malformed."""


class BadPageToken(Invalid):
    """The page token does not belong to this list."""


class NotAllowed(Exception):
    """The other side denies this caller access."""


class RowUnreadable(Unavailable):
    """A row is stored in a form that the schema of the read models cannot show."""


class RowConflict(Exception):
    """The row has changed since it was read, or is missing: read it again and decide."""


class ClaimTaken(Exception):
    """Another aggregate already holds this unique value."""


class Claims(Protocol):
    """Unique values of aggregates, which are taken for ever."""

    def holder(self, claim: str) -> AggregateId | None:
        """Return the aggregate that holds the value."""
        ...


class Streams(Protocol):
    """Reads whole commits, in the order of their sequence."""

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        """Yield commits from the one that contains `from_sequence` to the end, read strongly."""
        ...


class CommitRange(NamedTuple):
    """The commits of a stream that begin at `first` to `last`."""

    aggregate: AggregateId
    first: int
    last: int


class EventStore(Streams, Protocol):
    """Appends and reads whole commits, in the order of their sequence or in reverse."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        """Store `commit` under its first sequence, and return it as it was stored.

        The state is stored when it is due, or when it costs no further write unit. With a claim to
        a unique value, commit and claim are stored together or not at all.
        Raises `CommitConflict` if the sequence is taken, else `ClaimTaken` if the value is, and
        `Unavailable` if it is unknown whether anything was stored.
        """
        ...

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        """Yield commits from the newest back, read lazily in growing pages."""
        ...

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        """Yield commits from the one that contains `sequence` back, read strongly and lazily.

        Begins with the last commit if `sequence` is beyond the end. The first `PAST_PAGE` commits
        take one query.
        """
        ...

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        """Yield every stream with its last sequence, by a scan."""
        ...


class EventBus(Protocol):
    """The bus on which events are published."""

    def put(self, entries: Sequence[Mapping[str, Any]]) -> list[int]:
        """Publish envelopes in order; return the indexes of those that failed for good."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a user in the user pool, in plain text."""

    user_name: str
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


class People(Protocol):
    """The users who may sign in."""

    def account(self, sub: str) -> Account | None:
        """Return the account as it is now, or `None` if there is none. Raises `Unavailable`."""
        ...

    def user_name(self, sub: str) -> str | None:
        """Return the user name, or `None` if there is no such user. Raises `Unavailable`."""
        ...


class FailureSink(Protocol):
    """The bus on which failures are reported."""

    def report(self, failure: Failure) -> None: ...


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A stored row that today's schema or row class cannot read: only its guards are known.

    A guard is `None` if it is no number that can be read.
    """

    version: int | None
    projection_version: int | None


StoredRow = Row | UnreadableRow


class StoredRows(Protocol):
    """Rows as they are stored. Reads may be stale."""

    def get(self, key: RowKey) -> StoredRow | None: ...


class ReadModels(StoredRows, Protocol):
    """Rows, written by compare-and-set."""

    def create(self, key: RowKey, row: Row) -> None:
        """Write a new row. Raises `RowConflict` if it exists."""
        ...

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        """Replace a row. Raises `RowConflict` unless its versions are those of `replaces`.

        A row whose version cannot be read is replaced unless it has a readable one by now, beyond
        that of `row`.
        """
        ...


class OpensRows(Protocol):
    """Makes the personal texts of rows readable, which folds have sealed."""

    def opened(self, key: RowKey, row: Row) -> Row:
        """Return the row as it is to be written. Raises `Unavailable`."""
        ...


Fields = tuple[str, ...]
RowPage = dict[str, Any]
"""`{items: [...], nextToken}`; `unreadable` holds the ids of rows that are left out, if any."""


class RowQueries(Protocol):
    """Rows that a caller may see, queried with the caller's own token."""

    def row(self, token: str, document: str, id: str) -> dict[str, Any] | None:
        """Return `None` for a row that is not there, or not for this caller.

        Raises `RowUnreadable`.
        """
        ...

    def rows(self, token: str, document: str, ids: Sequence[str]) -> RowPage:
        """Return these rows in this order, without those that `row` would not return."""
        ...

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> RowPage:
        """Return one page of a list, without the rows that cannot be read.

        With `fields`, rows have these alone, the id among them.
        Raises `BadPageToken`.
        """
        ...

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: Fields = (),
    ) -> list[RowPage]:
        """Return a page of several lists, as `page` does of one."""
        ...
