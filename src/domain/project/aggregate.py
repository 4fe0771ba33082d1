"""The rules of a project: state, decide, evolve."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.decider import Decider
from domain.errors import AggregateNotFound, DomainError
from domain.project.commands import (
    AddService,
    ArchiveProject,
    ChangeProject,
    CreateProject,
    NewService,
    ProjectCommand,
    ServiceId,
)
from domain.project.events import (
    ProjectArchived,
    ProjectCreated,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ServiceAdded,
)

MAX_SERVICES = 100


class ProjectAlreadyExists(DomainError):
    text = "The project exists already."


class ProjectIsArchived(DomainError):
    text = "The project is archived and takes no changes."


class ServiceNameTaken(DomainError):
    text = "The project has a service named {name!r} already."


class TooManyServices(DomainError):
    text = "A project holds at most {limit} services."


class Status(StrEnum):
    NONE = ""  # not created yet
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


@dataclass(frozen=True, slots=True)
class Project:
    """What `decide` needs to know, no more. `services` maps ids to names."""

    status: Status = Status.NONE
    owner: str = ""
    name: str = ""
    description: str | None = None
    services: Mapping[ServiceId, str] = field(default_factory=dict)


def decide(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    match command:
        case CreateProject():
            return create(state, command)
        case _ if state.status is Status.NONE:
            raise AggregateNotFound(aggregate="The project")
        case ArchiveProject():
            return [] if state.status is Status.ARCHIVED else [ProjectArchived()]
        case _ if state.status is Status.ARCHIVED:
            raise ProjectIsArchived
        case ChangeProject():
            return change(state, command)
        case AddService(service=service):
            return add_services(state, (service,))
        case _:
            assert_never(command)


def create(state: Project, command: CreateProject) -> list[ProjectEvent]:
    if state.status is not Status.NONE:
        raise ProjectAlreadyExists
    created = ProjectCreated(
        owner=command.owner, name=command.name, description=command.description
    )
    return [created, *add_services(evolve(state, created), command.services)]


def change(state: Project, command: ChangeProject) -> list[ProjectEvent]:
    events: list[ProjectEvent] = []
    if command.name is not None and command.name != state.name:
        events.append(ProjectRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        events.append(ProjectDescriptionChanged(description=command.description))
    return events


def add_services(state: Project, services: tuple[NewService, ...]) -> list[ProjectEvent]:
    events: list[ProjectEvent] = []
    for service in services:
        added = add_service(state, service)
        state = evolve(state, added)
        events.append(added)
    return events


def add_service(state: Project, service: NewService) -> ServiceAdded:
    if len(state.services) >= MAX_SERVICES:
        raise TooManyServices(limit=MAX_SERVICES)
    if service.service_name.casefold() in {name.casefold() for name in state.services.values()}:
        raise ServiceNameTaken(name=service.service_name)
    return ServiceAdded(owner=state.owner, **service.model_dump())


def evolve(state: Project, event: ProjectEvent) -> Project:
    match event:
        case ProjectCreated(owner=owner, name=name, description=description):
            return replace(
                state, status=Status.ACTIVE, owner=owner, name=name, description=description
            )
        case ProjectRenamed(name=name):
            return replace(state, name=name)
        case ProjectDescriptionChanged(description=description):
            return replace(state, description=description)
        case ServiceAdded(service_id=service_id, service_name=name):
            return replace(state, services={**state.services, service_id: name})
        case ProjectArchived():
            return replace(state, status=Status.ARCHIVED)
        case _:
            assert_never(event)


project: Decider[Project, ProjectCommand, ProjectEvent] = Decider(
    aggregate_type="PROJECT",
    initial=Project(),
    decide=decide,
    evolve=evolve,
    state_version=1,
    states=TypeAdapter(Project),
    events=TypeAdapter(ProjectEvent),
    owner_of=lambda state: state.owner or None,
    creates=lambda command: isinstance(command, CreateProject),
)
