"""The envelope of a command, and the bodies of answers."""

from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from application.writing.requests import OnConflict
from kernel.messages import Message
from kernel.operation import Body, PlainId
from kernel.values import PRINTABLE, Expected

# Outcomes are read at paths that end with the key: it has no character that a path would not keep,
# and is no `.` or `..`.
CommandId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._~:@-]{0,127}$"),
    Expected("1 to 128 characters: letters, digits and - . _ ~ : @, the first a letter or digit"),
]
CorrelationId = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$"), Expected(f"1 to 128 {PRINTABLE}")
]
ExpectedVersion = Annotated[int, Field(ge=0, strict=True), Expected("a whole number of 0 or more")]

D = TypeVar("D", bound=Body)


class Envelope(Body, Generic[D]):
    """A command in task style: its data, with what surrounds it."""

    command_id: CommandId | None = None
    user_id: str | None = None
    correlation_id: CorrelationId | None = None
    timestamp: AwareDatetime | None = None
    aggregate_id: PlainId | None = None
    expected_version: ExpectedVersion | None = None
    on_conflict: OnConflict = OnConflict.REJECT
    data: D


class RowProgress(StrEnum):
    """The progress of the aggregate's row when the answer is sent.

    `reached`: the row shows the command. `pending`: it does not yet. `none`: such aggregates have
    no row. `unknown`: the row could not be read.
    """

    REACHED = "reached"
    PENDING = "pending"
    NONE = "none"
    UNKNOWN = "unknown"


class DeferredBody(Message):
    """The answer to a deferred command: it will be run; `Location` leads to its outcome."""

    command_id: str
    status: Literal["pending", "accepted"]


class AcceptedBody(Message):
    """The answer to an accepted command: its events are stored.

    Rows show the command once they have reached `version`. `projection` is given when the client
    asked to wait for the row.
    """

    command_id: str
    status: str = "accepted"
    aggregate_id: str
    version: int
    timestamp: str
    projection: RowProgress | None = None
