"""Commands and events of a project, with what a test does not care about filled in."""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5

from pydantic import JsonValue

from domain.project.commands import (
    AddService,
    ArchiveProject,
    ChangeProject,
    ChangeService,
    ChooseTemplate,
    ConfigureProject,
    CreateProject,
    HandOverProject,
    LinkRepository,
    RemoveService,
    UnlinkRepository,
)
from domain.project.deployment_commands import (
    CompleteDeployment,
    FailDeployment,
    StartDeployment,
)
from domain.project.events import Configuration, ProjectCreated, ServiceAdded
from domain.project.values import (
    DeploymentId,
    NewService,
    ProjectConfiguration,
    RepositoryProvider,
    Runtime,
    ServiceId,
    ServiceType,
)
from kernel.messages import AggregateId
from kernel.personal import SealedValue
from tests.support.spec import ACTOR, ID

STREAM = AggregateId(f"PROJECT#{ID}")
OTHER = "eve-sub::eve"
"""The owner to whom projects are handed over."""


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


def hand_over(
    owner: str = OTHER, *, name: SealedValue | None = None, email: SealedValue | None = None
) -> HandOverProject:
    return HandOverProject(owner=owner, owner_name=name, owner_email=email)


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


def change_service(name: str, **fields: object) -> ChangeService:
    """The service that was added under `name`."""
    return ChangeService(service_id=service_id(name), **fields)


def remove_service(name: str) -> RemoveService:
    return RemoveService(service_id=service_id(name))


def archive() -> ArchiveProject:
    return ArchiveProject()


def configuration(region: str = "us-east-1", **more: object) -> ProjectConfiguration:
    return ProjectConfiguration(runtime=Runtime.PYTHON_3_13, region=region, **more)


def configure(region: str = "us-east-1", **more: object) -> ConfigureProject:
    return ConfigureProject(configuration=configuration(region, **more))


def configured(region: str = "us-east-1", **more: object) -> Configuration:
    """Return the value as an event holds it."""
    return Configuration(runtime="python3.13", region=region, **more)


def choose(slug: str = "full-stack", revision: int = 1) -> ChooseTemplate:
    return ChooseTemplate(
        reference=slug, template_id=slug, slug=slug, name=slug.title(), revision=revision
    )


def link(url: str = "https://example.org/teapot.git") -> LinkRepository:
    return LinkRepository(provider=RepositoryProvider.GITHUB, url=url)


def unlink() -> UnlinkRepository:
    return UnlinkRepository()


def deploy(number: int = 1, environment: str = "prod") -> StartDeployment:
    return StartDeployment(deployment_id=deployment_id(number), environment=environment)


def complete_deployment(number: int = 1, url: str | None = None) -> CompleteDeployment:
    return CompleteDeployment(deployment_id=deployment_id(number), url=url)


def fail_deployment(number: int = 1, reason: str = "It leaks.") -> FailDeployment:
    return FailDeployment(deployment_id=deployment_id(number), reason=reason)


def deployment_id(number: int) -> DeploymentId:
    return DeploymentId(str(uuid5(NAMESPACE_OID, f"deployment {number}")))


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
