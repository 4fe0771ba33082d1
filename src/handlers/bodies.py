"""What clients send: the data of each command, the same in both styles, and the envelope."""

from collections.abc import Callable
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, model_validator

from domain.messages import Message
from domain.project.commands import (
    MAX_SERVICES_AT_CREATION,
    AddService,
    ArchiveProject,
    ChangeProject,
    CreateProject,
    NewService,
    ProjectCommand,
    ServiceConfiguration,
    ServiceId,
    ServiceType,
)
from domain.values import Description, Name
from handlers.caller import Caller

NewId = Callable[[int], str]
"""The n-th id that the command brings forth; a second sending derives the same."""

# Matched before it is lowered, so in both cases.
UUID_PATTERN = "^{0}{{8}}-{0}{{4}}-{0}{{4}}-{0}{{4}}-{0}{{12}}$".format("[0-9a-fA-F]")
PlainId = Annotated[str, StringConstraints(to_lower=True, pattern=UUID_PATTERN)]
CommandId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
CorrelationId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class Body(Message):
    """Unknown fields are refused: a typing error must not be taken for a wish."""

    model_config = ConfigDict(extra="forbid")


class ServiceBody(Body):
    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)

    def service(self, service_id: str) -> NewService:
        return NewService(service_id=ServiceId(service_id), **dict(self))


class CreateProjectBody(Body):
    name: Name
    description: Description | None = None
    services: Annotated[tuple[ServiceBody, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()

    def command(self, caller: Caller, new_id: NewId) -> ProjectCommand:
        return CreateProject(
            owner=caller.owner,
            name=self.name,
            description=self.description,
            services=tuple(body.service(new_id(n)) for n, body in enumerate(self.services)),
        )


class ChangeProjectBody(Body):
    """At least one field. A description given as null is cleared."""

    name: Name = ""
    description: Description | None = None

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give name, description, or both")
        return self

    def command(self, _: Caller, __: NewId) -> ProjectCommand:
        return ChangeProject(**self.model_dump(exclude_unset=True))


class AddServiceBody(ServiceBody):
    def command(self, _: Caller, new_id: NewId) -> ProjectCommand:
        return AddService(service=self.service(new_id(0)))


class ArchiveProjectBody(Body):
    def command(self, _: Caller, __: NewId) -> ProjectCommand:
        return ArchiveProject()


CommandBody = CreateProjectBody | ChangeProjectBody | AddServiceBody | ArchiveProjectBody
D = TypeVar("D", bound=CommandBody)


class Envelope(Body, Generic[D]):
    """The task style's body. `user_id`, when given, must be the token's."""

    command_id: CommandId | None = None
    user_id: str | None = None
    correlation_id: CorrelationId | None = None
    timestamp: AwareDatetime | None = None
    aggregate_id: PlainId | None = None
    expected_version: Annotated[int, Field(ge=0, strict=True)] | None = None
    data: D


class AcceptedBody(Message):
    """202: the events are durable. `version` is the one to wait for when reading."""

    command_id: str
    status: str = "accepted"
    aggregate_id: str
    version: int
    timestamp: str
