"""The rules of a project: state, decide, evolve."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.project.commands import (
    AddService,
    ArchiveProject,
    ChangeProject,
    ChangeService,
    ChooseTemplate,
    CompleteDeployment,
    CompleteProvisioning,
    CompleteProvisioningStep,
    ConfigureProject,
    CreateProject,
    DeleteProject,
    DeploymentId,
    FailDeployment,
    FailProvisioning,
    LinkRepository,
    NewService,
    ProjectCommand,
    ProjectConfiguration,
    ProvisioningStep,
    RemoveService,
    RestoreProject,
    ServiceId,
    ServiceType,
    StartDeployment,
    StartProvisioning,
    UnlinkRepository,
)
from domain.project.conflicts import touched_by_command, touched_by_event
from domain.project.events import (
    Configuration,
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ProjectRestored,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceAdded,
    ServiceChanged,
    ServiceRemoved,
    SubjectForgotten,
    TemplateChosen,
)
from domain.project.upcasters import UPCASTERS
from kernel.decider import Decider
from kernel.digest import digest
from kernel.errors import AggregateNotFound, DomainError, NotFound
from kernel.event_types import event_types
from kernel.personal import ForgetSubject, Subject

MAX_SERVICES = 100
MAX_ENVIRONMENTS = 20


class ProjectAlreadyExists(DomainError):
    text = "The project exists already."


class ProjectIsArchived(DomainError):
    text = "The project is archived and takes no changes; restore it first."


class ProjectIsDeleted(DomainError):
    text = "The project is deleted."


class ServiceNotFound(NotFound):
    text = "The project has no such service."


class ServiceAlreadyExists(DomainError):
    text = "The project has this service already."


class ServiceNameTaken(DomainError):
    text = "The project has a service named {name!r} already."


class TooManyServices(DomainError):
    text = "A project holds at most {limit} services."


class DeploymentIsRunning(DomainError):
    text = "A deployment to {environment} is running."


class DeploymentAlreadyExists(DomainError):
    text = "The deployment exists already, in another environment."


class DeploymentNotFound(NotFound):
    text = "This is not the latest deployment of any environment of the project."


class DeploymentHasEnded(DomainError):
    text = "The deployment has ended already: {outcome}."


class TooManyEnvironments(DomainError):
    text = "A project is deployed to at most {limit} environments."


class ProvisioningIsRunning(DomainError):
    text = "The project is being provisioned."


class ProvisioningIsNotRunning(DomainError):
    text = "The project is not being provisioned."


class Status(StrEnum):
    NONE = ""  # not created yet
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class Outcome(StrEnum):
    """Of a deployment."""

    RUNNING = ""
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Provisioning(StrEnum):
    NONE = ""  # not begun
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Service:
    """`configuration` is a digest."""

    name: str
    type: ServiceType
    configuration: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The latest one of an environment."""

    id: DeploymentId
    outcome: Outcome = Outcome.RUNNING


@dataclass(frozen=True, slots=True)
class Project:
    """What `decide` needs to know, no more; of large values, digests.

    `deployments` holds the latest of each environment, `template` and `repository` what the last
    choice was, `steps` those of provisioning that are done.
    """

    status: Status = Status.NONE
    owner: str = ""
    name: str = ""
    description: str | None = None
    configuration: str = ""
    services: Mapping[ServiceId, Service] = field(default_factory=dict)
    template: str = ""
    repository: str = ""
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    provisioning: Provisioning = Provisioning.NONE
    attempt: int = 0
    steps: tuple[ProvisioningStep, ...] = ()
    forgotten: tuple[Subject, ...] = ()


def decide(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    """The life of a project first, then what an active one takes."""
    match command:
        case CreateProject():
            return create(state, command)
        case _ if state.status is Status.NONE:
            raise AggregateNotFound(aggregate="The project")
        case ForgetSubject(subject=subject):
            return [] if subject in state.forgotten else [SubjectForgotten(subject=subject)]
        case DeleteProject():
            return end(state, Status.DELETED, ProjectDeleted())
        case _ if state.status is Status.DELETED:
            raise ProjectIsDeleted
        case RestoreProject():
            return [] if state.status is Status.ACTIVE else [ProjectRestored()]
        case ArchiveProject():
            return end(state, Status.ARCHIVED, ProjectArchived())
        case _ if state.status is Status.ARCHIVED:
            raise ProjectIsArchived
        case _:
            return decide_active(state, command)


def decide_active(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    match command:
        case ChangeProject():
            return change(state, command)
        case ConfigureProject(configuration=configuration):
            return configure(state, configuration)
        case AddService(service=service):
            return add_services(state, (service,))
        case ChangeService():
            return change_service(state, command)
        case RemoveService(service_id=service_id):
            return remove_service(state, service_id)
        case ChooseTemplate():
            return choose_template(state, command)
        case LinkRepository():
            return link_repository(state, command)
        case UnlinkRepository():
            return [RepositoryUnlinked()] if state.repository else []
        case StartDeployment():
            return start_deployment(state, command)
        case CompleteDeployment() | FailDeployment():
            return end_deployment(state, command)
        case StartProvisioning():
            return start_provisioning(state)
        case CompleteProvisioningStep() | CompleteProvisioning() | FailProvisioning():
            return provision(state, command)
        case (
            CreateProject()
            | ArchiveProject()
            | RestoreProject()
            | DeleteProject()
            | ForgetSubject()
        ):
            raise AssertionError(f"{command.type} is decided on any status")
        case _:
            assert_never(command)


def create(state: Project, command: CreateProject) -> list[ProjectEvent]:
    if state.status is not Status.NONE:
        raise ProjectAlreadyExists
    created = ProjectCreated(
        owner=command.owner,
        name=command.name,
        description=command.description,
        template_id=command.template_id,
        configuration=command.configuration and recorded(command.configuration),
        owner_name=command.owner_name,
        owner_email=command.owner_email,
    )
    return [created, *add_services(evolve(state, created), command.services)]


def end(state: Project, status: Status, event: ProjectEvent) -> list[ProjectEvent]:
    """Archive or delete: not while something of the project is under way."""
    if state.status is status:
        return []
    if state.provisioning is Provisioning.RUNNING:
        raise ProvisioningIsRunning
    for environment, deployment in state.deployments.items():
        if deployment.outcome is Outcome.RUNNING:
            raise DeploymentIsRunning(environment=environment)
    return [event]


def change(state: Project, command: ChangeProject) -> list[ProjectEvent]:
    events: list[ProjectEvent] = []
    if command.name is not None and command.name != state.name:
        events.append(ProjectRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        events.append(ProjectDescriptionChanged(description=command.description))
    return events


def configure(state: Project, configuration: ProjectConfiguration) -> list[ProjectEvent]:
    wanted = recorded(configuration)
    return (
        []
        if digest_of(wanted) == state.configuration
        else [ProjectConfigured(configuration=wanted)]
    )


def recorded(configuration: ProjectConfiguration) -> Configuration:
    return Configuration(**configuration.model_dump(mode="json"))


def digest_of(configuration: Configuration | None) -> str:
    return digest(configuration and configuration.model_dump(mode="json"))


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
    require_free_name(state, service.service_name)
    if service.service_id in state.services:
        raise ServiceAlreadyExists
    return ServiceAdded(owner=state.owner, **service.model_dump())


def require_free_name(state: Project, name: str, but: ServiceId | None = None) -> None:
    taken = {one.name.casefold() for id, one in state.services.items() if id != but}
    if name.casefold() in taken:
        raise ServiceNameTaken(name=name)


def change_service(state: Project, command: ChangeService) -> list[ProjectEvent]:
    """Records what differs, in one event."""
    service = service_of(state, command.service_id)
    if command.service_name is not None:
        require_free_name(state, command.service_name, but=command.service_id)
    wanted = command.configuration
    changed = ServiceChanged(
        service_id=command.service_id,
        service_name=command.service_name if command.service_name != service.name else None,
        service_type=command.service_type if command.service_type != service.type else None,
        configuration=wanted
        if wanted is not None and digest(wanted) != service.configuration
        else None,
    )
    unchanged = ServiceChanged(service_id=command.service_id)
    return [] if changed == unchanged else [changed]


def remove_service(state: Project, service_id: ServiceId) -> list[ProjectEvent]:
    service_of(state, service_id)
    return [ServiceRemoved(service_id=service_id)]


def service_of(state: Project, service_id: ServiceId) -> Service:
    if service_id not in state.services:
        raise ServiceNotFound
    return state.services[service_id]


def choose_template(state: Project, command: ChooseTemplate) -> list[ProjectEvent]:
    chosen = TemplateChosen(**command.model_dump(exclude={"type", "reference"}))
    return [] if choice(chosen) == state.template else [chosen]


def choice(chosen: TemplateChosen) -> str:
    return f"{chosen.template_id}@{chosen.revision}"


def link_repository(state: Project, command: LinkRepository) -> list[ProjectEvent]:
    linked = RepositoryLinked(**command.model_dump(exclude={"type"}))
    return [] if digest_of_link(linked) == state.repository else [linked]


def digest_of_link(linked: RepositoryLinked) -> str:
    return digest(linked.model_dump(mode="json"))


def start_deployment(state: Project, command: StartDeployment) -> list[ProjectEvent]:
    latest = state.deployments.get(command.environment)
    if latest is not None and latest.id == command.deployment_id:
        return []
    if any(known.id == command.deployment_id for known in state.deployments.values()):
        raise DeploymentAlreadyExists
    if latest is not None and latest.outcome is Outcome.RUNNING:
        raise DeploymentIsRunning(environment=command.environment)
    if latest is None and len(state.deployments) >= MAX_ENVIRONMENTS:
        raise TooManyEnvironments(limit=MAX_ENVIRONMENTS)
    return [DeploymentStarted(owner=state.owner, **command.model_dump(exclude={"type"}))]


def end_deployment(
    state: Project, command: CompleteDeployment | FailDeployment
) -> list[ProjectEvent]:
    environment, deployment = deployment_of(state, command.deployment_id)
    ended = ended_as(command, environment)
    outcome = outcome_of(ended)
    if deployment.outcome is outcome:
        return []
    if deployment.outcome is not Outcome.RUNNING:
        raise DeploymentHasEnded(outcome=deployment.outcome)
    return [ended]


def deployment_of(state: Project, deployment_id: DeploymentId) -> tuple[str, Deployment]:
    for environment, deployment in state.deployments.items():
        if deployment.id == deployment_id:
            return environment, deployment
    raise DeploymentNotFound


def ended_as(
    command: CompleteDeployment | FailDeployment, environment: str
) -> DeploymentCompleted | DeploymentFailed:
    known = {"environment": environment, **command.model_dump(exclude={"type"})}
    match command:
        case CompleteDeployment():
            return DeploymentCompleted(**known)
        case FailDeployment():
            return DeploymentFailed(**known)


def outcome_of(ended: DeploymentCompleted | DeploymentFailed) -> Outcome:
    return Outcome.COMPLETED if isinstance(ended, DeploymentCompleted) else Outcome.FAILED


def start_provisioning(state: Project) -> list[ProjectEvent]:
    """The first time, and again after a failure; what is under way or done is so already."""
    if state.provisioning in (Provisioning.RUNNING, Provisioning.COMPLETED):
        return []
    return [ProvisioningStarted(owner=state.owner, attempt=state.attempt + 1)]


def provision(
    state: Project, command: CompleteProvisioningStep | CompleteProvisioning | FailProvisioning
) -> list[ProjectEvent]:
    match command:
        case CompleteProvisioningStep(step=step) if step in state.steps:
            return []
        case CompleteProvisioning() if state.provisioning is Provisioning.COMPLETED:
            return []
        case FailProvisioning() if state.provisioning is Provisioning.FAILED:
            return []
        case _ if state.provisioning is not Provisioning.RUNNING:
            raise ProvisioningIsNotRunning
        case CompleteProvisioningStep(step=step):
            return [ProvisioningStepCompleted(step=step)]
        case CompleteProvisioning():
            return [ProvisioningCompleted()]
        case FailProvisioning(reason=reason, step=failed):
            return [ProvisioningFailed(reason=reason, step=failed)]
        case _:
            assert_never(command)


def evolve(state: Project, event: ProjectEvent) -> Project:
    match event:
        case ProjectCreated(owner=owner, name=name, description=description):
            configuration = digest_of(event.configuration)
            return Project(Status.ACTIVE, owner, name, description, configuration)
        case ProjectRenamed(name=name):
            return replace(state, name=name)
        case ProjectDescriptionChanged(description=description):
            return replace(state, description=description)
        case ProjectConfigured(configuration=configuration):
            return replace(state, configuration=digest_of(configuration))
        case ProjectArchived():
            return replace(state, status=Status.ARCHIVED)
        case ProjectRestored():
            return replace(state, status=Status.ACTIVE)
        case ProjectDeleted():
            return replace(state, status=Status.DELETED)
        case TemplateChosen():
            return replace(state, template=choice(event))
        case RepositoryLinked():
            return replace(state, repository=digest_of_link(event))
        case RepositoryUnlinked():
            return replace(state, repository="")
        case ServiceAdded() | ServiceChanged() | ServiceRemoved():
            return replace(state, services=evolve_services(state.services, event))
        case DeploymentStarted() | DeploymentCompleted() | DeploymentFailed():
            return replace(state, deployments=evolve_deployments(state.deployments, event))
        case ProvisioningStarted(attempt=attempt):
            return replace(state, provisioning=Provisioning.RUNNING, attempt=attempt, steps=())
        case ProvisioningStepCompleted(step=step):
            return replace(state, steps=(*state.steps, step))
        case ProvisioningCompleted():
            return replace(state, provisioning=Provisioning.COMPLETED)
        case ProvisioningFailed():
            return replace(state, provisioning=Provisioning.FAILED)
        case SubjectForgotten(subject=subject):
            return replace(state, forgotten=(*state.forgotten, subject))
        case _:
            assert_never(event)


def evolve_services(
    services: Mapping[ServiceId, Service], event: ServiceAdded | ServiceChanged | ServiceRemoved
) -> Mapping[ServiceId, Service]:
    match event:
        case ServiceAdded(service_id=id, service_name=name, service_type=kind):
            return {**services, id: Service(name, kind, digest(event.configuration))}
        case ServiceChanged(service_id=id):
            return {**services, id: changed_service(services[id], event)}
        case ServiceRemoved(service_id=removed):
            return {id: service for id, service in services.items() if id != removed}


def changed_service(service: Service, event: ServiceChanged) -> Service:
    configuration = event.configuration
    return Service(
        event.service_name or service.name,
        event.service_type or service.type,
        service.configuration if configuration is None else digest(configuration),
    )


def evolve_deployments(
    deployments: Mapping[str, Deployment],
    event: DeploymentStarted | DeploymentCompleted | DeploymentFailed,
) -> Mapping[str, Deployment]:
    outcome = Outcome.RUNNING if isinstance(event, DeploymentStarted) else outcome_of(event)
    return {**deployments, event.environment: Deployment(event.deployment_id, outcome)}


project: Decider[Project, ProjectCommand, ProjectEvent] = Decider(
    aggregate_type="PROJECT",
    initial=Project(),
    decide=decide,
    evolve=evolve,
    state_version=4,
    states=TypeAdapter(Project),
    events=event_types(ProjectEvent, UPCASTERS),
    owner_of=lambda state: state.owner or None,
    creates=lambda command: isinstance(command, CreateProject),
    touched_by_command=touched_by_command,
    touched_by_event=touched_by_event,
)
