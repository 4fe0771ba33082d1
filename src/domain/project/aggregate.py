"""The rules of a project: its life, its name and its configuration; other topics have files."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.project import commands, deployments, events, origin, provisioning, services
from domain.project.bodies import BODIES
from domain.project.commands import ProjectCommand, ProjectConfiguration
from domain.project.deployments import Deployments
from domain.project.events import Configuration, ProjectEvent
from domain.project.provisioning import Provisioning, Steps
from domain.project.services import Services
from domain.project.upcasters import UPCASTERS
from kernel.aggregate import Aggregate
from kernel.decider import Decider
from kernel.digest import digest
from kernel.errors import DomainError
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject


class Status(StrEnum):
    NONE = ""  # not created yet
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Project:
    """The state: everything that the rules need to know. Of large values it holds digests.

    `template` and `repository` hold what the last choice was, `steps` those of provisioning that
    are done.
    """

    status: Status = Status.NONE
    owner: str = ""
    name: str = ""
    description: str | None = None
    configuration: str = ""
    services: Services = field(default_factory=dict)
    template: str = ""
    repository: str = ""
    deployments: Deployments = field(default_factory=dict)
    provisioning: Provisioning = Provisioning.NONE
    attempt: int = 0
    steps: Steps = ()
    forgotten: tuple[Subject, ...] = ()


class ProjectAlreadyExists(DomainError):
    text = "The project exists already."


class ProjectIsArchived(DomainError):
    text = "The project is archived and takes no changes; restore it first."


class ProjectIsDeleted(DomainError):
    text = "The project is deleted."


def decide(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    """Decide the life of a project first, then what an active one takes."""
    match command:
        case commands.CreateProject():
            return create(state, command)
        case commands.DeleteProject():
            return end(state, Status.DELETED, events.ProjectDeleted())
        case _ if state.status is Status.DELETED:
            raise ProjectIsDeleted
        case commands.RestoreProject():
            return [] if state.status is Status.ACTIVE else [events.ProjectRestored()]
        case commands.ArchiveProject():
            return end(state, Status.ARCHIVED, events.ProjectArchived())
        case _ if state.status is Status.ARCHIVED:
            raise ProjectIsArchived
        case _:
            return decide_active(state, command)


def decide_active(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    match command:
        case commands.ChangeProject():
            return change(state, command)
        case commands.ConfigureProject(configuration=configuration):
            return configure(state, configuration)
        case commands.AddService(service=service):
            return [*services.add(state.services, state.owner, (service,))]
        case commands.ChangeService():
            return [*services.change(state.services, command)]
        case commands.RemoveService(service_id=service_id):
            return [*services.remove(state.services, service_id)]
        case commands.ChooseTemplate():
            return [*origin.choose(state.template, command)]
        case commands.LinkRepository():
            return [*origin.link(state.repository, command)]
        case commands.UnlinkRepository():
            return [events.RepositoryUnlinked()] if state.repository else []
        case commands.HandOverProject():
            return hand_over(state, command)
        case commands.StartDeployment():
            return [*deployments.start(state.deployments, state.owner, command)]
        case commands.CompleteDeployment() | commands.FailDeployment():
            return [*deployments.end(state.deployments, command)]
        case commands.StartProvisioning():
            return [*provisioning.start(state.provisioning, state.attempt, state.owner)]
        case (
            commands.CompleteProvisioningStep()
            | commands.CompleteProvisioning()
            | commands.FailProvisioning()
        ):
            return [*provisioning.progress(state.provisioning, state.steps, command)]
        case (
            commands.CreateProject()
            | commands.ArchiveProject()
            | commands.RestoreProject()
            | commands.DeleteProject()
        ):
            raise AssertionError(f"{command.type} is decided on any status")
        case _:
            assert_never(command)


def create(state: Project, command: commands.CreateProject) -> list[ProjectEvent]:
    if state.status is not Status.NONE:
        raise ProjectAlreadyExists
    created = events.ProjectCreated(
        owner=command.owner,
        name=command.name,
        description=command.description,
        template_id=command.template_id,
        configuration=command.configuration and recorded(command.configuration),
        owner_name=command.owner_name,
        owner_email=command.owner_email,
    )
    return [created, *services.add({}, command.owner, command.services)]


def end(state: Project, status: Status, event: ProjectEvent) -> list[ProjectEvent]:
    """Archive or delete: not while something of the project is under way."""
    if state.status is status:
        return []
    provisioning.require_none_running(state.provisioning)
    deployments.require_none_running(state.deployments)
    return [event]


def change(state: Project, command: commands.ChangeProject) -> list[ProjectEvent]:
    found: list[ProjectEvent] = []
    if command.name is not None and command.name != state.name:
        found.append(events.ProjectRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        found.append(events.ProjectDescriptionChanged(description=command.description))
    return found


def configure(state: Project, configuration: ProjectConfiguration) -> list[ProjectEvent]:
    wanted = recorded(configuration)
    same = digest_of(wanted) == state.configuration
    return [] if same else [events.ProjectConfigured(configuration=wanted)]


def hand_over(state: Project, command: commands.HandOverProject) -> list[ProjectEvent]:
    if command.owner == state.owner:
        return []
    return [
        events.ProjectHandedOver(
            owner=command.owner, owner_name=command.owner_name, owner_email=command.owner_email
        )
    ]


def recorded(configuration: ProjectConfiguration) -> Configuration:
    return Configuration(**configuration.model_dump(mode="json"))


def digest_of(configuration: Configuration | None) -> str:
    return digest(configuration and configuration.model_dump(mode="json"))


def evolve(state: Project, event: ProjectEvent) -> Project:
    match event:
        case events.ProjectCreated(owner=owner, name=name, description=description):
            configuration = digest_of(event.configuration)
            return Project(Status.ACTIVE, owner, name, description, configuration)
        case events.ProjectRenamed(name=name):
            return replace(state, name=name)
        case events.ProjectDescriptionChanged(description=description):
            return replace(state, description=description)
        case events.ProjectConfigured(configuration=configuration):
            return replace(state, configuration=digest_of(configuration))
        case events.ProjectArchived():
            return replace(state, status=Status.ARCHIVED)
        case events.ProjectRestored():
            return replace(state, status=Status.ACTIVE)
        case events.ProjectDeleted():
            return replace(state, status=Status.DELETED)
        case _:
            return evolve_parts(state, event)


def evolve_parts(state: Project, event: ProjectEvent) -> Project:
    match event:
        case events.ProjectHandedOver(owner=owner):
            return replace(state, owner=owner)
        case events.TemplateChosen():
            return replace(state, template=origin.choice(event))
        case events.RepositoryLinked():
            return replace(state, repository=origin.digest_of(event))
        case events.RepositoryUnlinked():
            return replace(state, repository="")
        case events.ServiceAdded() | events.ServiceChanged() | events.ServiceRemoved():
            return replace(state, services=services.evolve(state.services, event))
        case events.DeploymentStarted() | events.DeploymentCompleted() | events.DeploymentFailed():
            return replace(state, deployments=deployments.evolve(state.deployments, event))
        case (
            events.ProvisioningStarted()
            | events.ProvisioningStepCompleted()
            | events.ProvisioningCompleted()
            | events.ProvisioningFailed()
        ):
            return replace(state, **provisioning.changes(state.steps, event))
        case (
            events.ProjectCreated()
            | events.ProjectRenamed()
            | events.ProjectDescriptionChanged()
            | events.ProjectConfigured()
            | events.ProjectArchived()
            | events.ProjectRestored()
            | events.ProjectDeleted()
        ):
            raise AssertionError(f"{event.type} is the project's own")
        case _:
            assert_never(event)


project: Aggregate[Project, ProjectCommand, ProjectEvent] = Aggregate(
    aggregate_type="PROJECT",
    decider=Decider(Project(), decide, evolve),
    states=TypeAdapter(Project),
    state_version=5,
    events=event_types(ProjectEvent, UPCASTERS),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("PROJECT", ProjectCommand, BODIES),
)
