"""Commands and events of a project, with what a test does not care about filled in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import JsonValue

from application.execute import Actor, Request
from domain.messages import AggregateId
from domain.project.commands import (
    AddService,
    ArchiveProject,
    ChangeProject,
    CreateProject,
    NewService,
    ProjectCommand,
    ServiceId,
    ServiceType,
)
from domain.project.events import ProjectCreated, ServiceAdded
from spec import ACTOR, STREAM

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def service_id(name: str) -> ServiceId:
    return ServiceId(str(uuid5(NAMESPACE_OID, name)))


def service(
    name: str, kind: ServiceType = ServiceType.API, **configuration: JsonValue
) -> NewService:
    return NewService(
        service_id=service_id(name),
        service_name=name,
        service_type=kind,
        configuration=configuration,
    )


def create(
    name: str = "Teapot", *, description: str | None = None, services: Sequence[NewService] = ()
) -> CreateProject:
    return CreateProject(owner=ACTOR, name=name, description=description, services=tuple(services))


def change(**fields: str | None) -> ChangeProject:
    """Only what is named is given: `change(description=None)` clears."""
    return ChangeProject(**fields)


def rename(name: str) -> ChangeProject:
    return change(name=name)


def add(name: str, kind: ServiceType = ServiceType.API, **configuration: JsonValue) -> AddService:
    return AddService(service=service(name, kind, **configuration))


def archive() -> ArchiveProject:
    return ArchiveProject()


def created(name: str = "Teapot", description: str | None = None) -> ProjectCreated:
    return ProjectCreated(owner=ACTOR, name=name, description=description)


def added(
    name: str, kind: ServiceType = ServiceType.API, **configuration: JsonValue
) -> ServiceAdded:
    return ServiceAdded(
        owner=ACTOR,
        service_id=service_id(name),
        service_name=name,
        service_type=kind,
        configuration=configuration,
    )


def uuid7(moment: datetime, number: int = 0) -> str:
    """A UUIDv7 made at this moment; another number, another key."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number))


def request(
    command: ProjectCommand,
    key: str,
    *,
    expected_version: int | None = None,
    actor: str = ACTOR,
    admin: bool = False,
    stream: AggregateId = STREAM,
    correlation_id: str | None = None,
    traceparent: str | None = None,
) -> Request[ProjectCommand]:
    return Request(
        aggregate_id=stream,
        command=command,
        command_id=key,
        actor=Actor(actor, may_command_all=admin),
        correlation_id=correlation_id or key,
        expected_version=expected_version,
        traceparent=traceparent,
    )
