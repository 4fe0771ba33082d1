"""What every command has around its data: ids, the envelope, the answer."""

from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from application.writing.requests import OnConflict
from kernel.messages import Message
from kernel.operation import Body, PlainId
from kernel.values import PRINTABLE, Expected

CommandId = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$"), Expected(f"1 to 128 {PRINTABLE}")
]
CorrelationId = CommandId
ExpectedVersion = Annotated[int, Field(ge=0, strict=True), Expected("a whole number of 0 or more")]

D = TypeVar("D", bound=Body)


class Envelope(Body, Generic[D]):
    """The task style's body. `user_id`, when given, must be the token's."""

    command_id: CommandId | None = None
    user_id: str | None = None
    correlation_id: CorrelationId | None = None
    timestamp: AwareDatetime | None = None
    aggregate_id: PlainId | None = None
    expected_version: ExpectedVersion | None = None
    on_conflict: OnConflict = OnConflict.REJECT
    data: D


class Projection(StrEnum):
    """How far the aggregate's main row is when the answer is sent.

    `reached`: it shows the command. `pending`: not yet. `none`: such aggregates have no row.
    `unknown`: it could not be read.
    """

    REACHED = "reached"
    PENDING = "pending"
    NONE = "none"
    UNKNOWN = "unknown"


class DeferredBody(Message):
    """202 to `Prefer: respond-async`: the command will be run; `Location` tells its outcome."""

    command_id: str
    status: Literal["pending", "accepted"]


class AcceptedBody(Message):
    """202: the events are durable. `version` is the one to wait for when reading.

    `projection` is there when the client preferred to wait.
    """

    command_id: str
    status: str = "accepted"
    aggregate_id: str
    version: int
    timestamp: str
    projection: Projection | None = None
