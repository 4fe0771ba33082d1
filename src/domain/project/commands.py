"""What may be asked of a project."""

from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import Field, JsonValue, StringConstraints

from domain.messages import Command, Message

ServiceId = NewType("ServiceId", str)

NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f]*$"

ProjectName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS
    ),
]
ServiceName = ProjectName
Description = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Configuration = dict[str, JsonValue]

MAX_SERVICES_AT_CREATION = 20


class ServiceType(StrEnum):
    API = "API"
    FRONTEND = "FRONTEND"
    WORKER = "WORKER"


class NewService(Message):
    """A service to be added, with the id that it will have."""

    service_id: ServiceId
    service_name: ServiceName
    service_type: ServiceType
    configuration: Configuration = Field(default_factory=dict)


class CreateProject(Command):
    type: Literal["CreateProject"] = "CreateProject"
    owner: str
    name: ProjectName
    description: Description | None = None
    services: Annotated[tuple[NewService, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()


class ChangeProject(Command):
    """Only what was given changes; a description given as null is cleared."""

    type: Literal["ChangeProject"] = "ChangeProject"
    name: ProjectName | None = None
    description: Description | None = None


class AddService(Command):
    type: Literal["AddService"] = "AddService"
    service: NewService


class ArchiveProject(Command):
    type: Literal["ArchiveProject"] = "ArchiveProject"


ProjectCommand = Annotated[
    CreateProject | ChangeProject | AddService | ArchiveProject, Field(discriminator="type")
]
