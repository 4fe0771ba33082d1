"""What every command has around its data: ids, the envelope, the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, Literal, Protocol, TypeVar

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from application.writing.requests import Actor, OnConflict
from domain.look_ups import LookUps
from edge.caller import Caller
from kernel.messages import Command, Message
from kernel.personal import SealedValue

NewId = Callable[[int], str]
"""The n-th id that the command brings forth; a second sending derives the same."""

Seal = Callable[[str | None], SealedValue | None]

# Matched before it is lowered, so in both cases.
UUID_PATTERN = "^{0}{{8}}-{0}{{4}}-{0}{{4}}-{0}{{4}}-{0}{{12}}$".format("[0-9a-fA-F]")
PlainId = Annotated[str, StringConstraints(to_lower=True, pattern=UUID_PATTERN)]
CommandId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
CorrelationId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


@dataclass(frozen=True)
class Context:
    """What a body needs to become a command.

    `ids` are those that a path names besides the aggregate's: `service_id`, `deployment_id`.
    `sealed` seals a value under the caller's key; without it the value is not recorded.
    """

    caller: Caller
    actor: Actor
    new_id: NewId
    catalog: LookUps
    ids: Mapping[str, str]
    sealed: Seal = lambda _: None


class Body(Message):
    """Unknown fields are refused: a typing error must not be taken for a wish."""

    model_config = ConfigDict(extra="forbid")


class CommandBody(Protocol):
    """The data of a command."""

    def command(self, context: Context, /) -> Command: ...


D = TypeVar("D", bound=Body)


class Envelope(Body, Generic[D]):
    """The task style's body. `user_id`, when given, must be the token's."""

    command_id: CommandId | None = None
    user_id: str | None = None
    correlation_id: CorrelationId | None = None
    timestamp: AwareDatetime | None = None
    aggregate_id: PlainId | None = None
    expected_version: Annotated[int, Field(ge=0, strict=True)] | None = None
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
