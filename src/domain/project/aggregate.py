"""The rules of a project: its life, its name and its configuration; other topics have files."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import assert_never

from pydantic import TypeAdapter

from domain.project import commands, deployments, events, origin, provisioning, services
from domain.project import deployment_commands as deploying
from domain.project import provisioning_commands as provisions
from domain.project.bodies import BODIES
from domain.project.commands import ProjectCommand
from domain.project.deployments import Deployments
from domain.project.events import ProjectEvent
from domain.project.origin import configuration_of
from domain.project.provisioning import Effect, Progress, Provisioning
from domain.project.provisioning_commands import wish_for
from domain.project.services import Services
from domain.project.upcasters import UPCASTERS
from domain.project.values import ProvisioningStep
from kernel.aggregate import Aggregate
from kernel.decider import Decider
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

    `template` and `repository` hold what the last choice was.
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
    provisioning: Provisioning = field(default_factory=Provisioning)
    forgotten: tuple[Subject, ...] = ()


PROVISIONED = (
    commands.ConfigureProject,
    commands.AddService,
    commands.ChangeService,
    commands.RemoveService,
    commands.ChooseTemplate,
    commands.LinkRepository,
    commands.UnlinkRepository,
    commands.HandOverProject,
)
"""Commands that change what a provisioning changes, and undoes when it fails."""


class ProjectAlreadyExists(DomainError):
    text = "The project exists already."


class ProjectIsArchived(DomainError):
    text = "The project is archived and takes no changes; restore it first."


class ProjectIsDeleted(DomainError):
    text = "The project is deleted."


class ProjectOwnerForgotten(DomainError):
    text = "The owner of the project {project} was forgotten: nothing new is begun for them."


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
    if isinstance(command, PROVISIONED):
        provisioning.require_none_running(state.provisioning)
    match command:
        case commands.ChangeProject():
            return change(state, command)
        case commands.ConfigureProject(configuration=configuration):
            return [*origin.configure(state.configuration, configuration)]
        case commands.AddService(service=service):
            return [*services.add(state.services, state.owner, (service,))]
        case commands.ChangeService():
            return [*services.change(state.services, command)]
        case commands.RemoveService(service_id=service_id):
            return [*services.remove(state.services, service_id)]
        case commands.ChooseTemplate():
            return [*origin.choose(state.template, origin.chosen(command))]
        case commands.LinkRepository():
            return [*origin.link(state.repository, command)]
        case commands.UnlinkRepository():
            return [*origin.unlink(state.repository)]
        case commands.HandOverProject():
            return hand_over(state, command)
        case deploying.StartDeployment():
            return [*deployments.start(state.deployments, state.owner, command)]
        case deploying.CompleteDeployment() | deploying.FailDeployment():
            return [*deployments.end(state.deployments, command)]
        case provisions.StartProvisioning():
            return [*provisioning.start(state.provisioning, state.owner, command.wish)]
        case (
            commands.CreateProject()
            | commands.ArchiveProject()
            | commands.RestoreProject()
            | commands.DeleteProject()
        ):
            raise AssertionError(f"{command.type} is decided on any status")
        case (
            provisions.ProvisionTemplate()
            | provisions.ProvisionAnalysis()
            | provisions.ProvisionRepository()
            | provisions.ProvisionConfiguration()
            | provisions.CompleteProvisioning()
            | provisions.AbandonProvisioning()
            | provisions.UndoProvisioningStep()
            | provisions.FailProvisioning()
        ):
            run, effect = state.provisioning, partial(effects, state, command)
            return [*provisioning.progress(run, command, effect)]
        case _:
            assert_never(command)


def effects(state: Project, command: Progress) -> Sequence[Effect]:
    """Return the events of a step of provisioning, or of undoing it."""
    match command:
        case provisions.ProvisionTemplate(chosen=chosen):
            return origin.choose(state.template, chosen)
        case provisions.ProvisionRepository():
            return origin.link(state.repository, command)
        case provisions.ProvisionConfiguration(configuration=configuration):
            added = services.add(state.services, state.owner, command.services)
            return [*origin.configure(state.configuration, configuration), *added]
        case provisions.UndoProvisioningStep():
            return undoing(state, command)
        case _:
            return []


def undoing(state: Project, command: provisions.UndoProvisioningStep) -> Sequence[Effect]:
    """Return the events that bring back what there was before a step."""
    match command.step:
        case ProvisioningStep.TEMPLATE:
            before = command.template
            return (
                origin.choose(state.template, before) if before else origin.release(state.template)
            )
        case ProvisioningStep.ANALYSIS:
            return []
        case ProvisioningStep.REPOSITORY:
            link = command.repository
            return origin.link(state.repository, link) if link else origin.unlink(state.repository)
        case ProvisioningStep.CONFIGURATION:
            removed = (services.remove(state.services, id) for id in state.provisioning.services)
            return [*chain(*removed), *origin.configure(state.configuration, command.configuration)]


def create(state: Project, command: commands.CreateProject) -> list[ProjectEvent]:
    if state.status is not Status.NONE:
        raise ProjectAlreadyExists
    created = events.ProjectCreated(
        owner=command.owner,
        name=command.name,
        description=command.description,
        template_id=command.template_id,
        configuration=command.configuration and origin.recorded(command.configuration),
        owner_name=command.owner_name,
        owner_email=command.owner_email,
    )
    added = services.add({}, command.owner, command.services)
    return [created, *added, *begin(command)]


def begin(command: commands.CreateProject) -> list[events.ProvisioningStarted]:
    """Return the start of the first attempt, when a template is wished for."""
    if command.template_id is None:
        return []
    wish = wish_for(command.template_id, command.template_parameters)
    return provisioning.start(Provisioning(), command.owner, wish)


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


def hand_over(state: Project, command: commands.HandOverProject) -> list[ProjectEvent]:
    if command.owner == state.owner:
        return []
    return [
        events.ProjectHandedOver(
            owner=command.owner, owner_name=command.owner_name, owner_email=command.owner_email
        )
    ]


def evolve(state: Project, event: ProjectEvent) -> Project:
    match event:
        case events.ProjectCreated(owner=owner, name=name, description=description):
            configuration = configuration_of(event)
            run = Provisioning(template=event.template_id or "")
            return Project(Status.ACTIVE, owner, name, description, configuration, provisioning=run)
        case events.ProjectRenamed(name=name):
            return replace(state, name=name)
        case events.ProjectDescriptionChanged(description=description):
            return replace(state, description=description)
        case events.ProjectConfigured() | events.ConfigurationRemoved():
            return replace(state, configuration=configuration_of(event))
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
            run = provisioning.with_choice(state.provisioning, event)
            return replace(state, template=origin.choice(event), provisioning=run)
        case events.TemplateReleased():
            return replace(state, template=origin.choice(event))
        case events.RepositoryLinked() | events.RepositoryUnlinked():
            return replace(state, repository=origin.repository(event))
        case events.ServiceAdded() | events.ServiceChanged() | events.ServiceRemoved():
            held = services.evolve(state.services, event)
            run = provisioning.with_services(state.provisioning, event)
            return replace(state, services=held, provisioning=run)
        case events.DeploymentStarted() | events.DeploymentCompleted() | events.DeploymentFailed():
            return replace(state, deployments=deployments.evolve(state.deployments, event))
        case (
            events.ProvisioningStarted()
            | events.ProvisioningStepCompleted()
            | events.ProvisioningCompleted()
            | events.ProvisioningAbandoned()
            | events.ProvisioningStepUndone()
            | events.ProvisioningFailed()
        ):
            return replace(state, provisioning=provisioning.evolve(state.provisioning, event))
        case (
            events.ProjectCreated()
            | events.ProjectRenamed()
            | events.ProjectDescriptionChanged()
            | events.ProjectConfigured()
            | events.ConfigurationRemoved()
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
    state_version=7,
    events=event_types(ProjectEvent, UPCASTERS),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("PROJECT", ProjectCommand, BODIES),
)
