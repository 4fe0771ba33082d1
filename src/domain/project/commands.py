"""Commands of a project."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NewType

from pydantic import Field, StringConstraints

from kernel.messages import Command, Message
from kernel.personal import Sealed
from kernel.values import (
    NO_CONTROL_CHARACTERS,
    NO_NUL,
    Count,
    Description,
    JsonObject,
    Name,
    Reason,
    Revision,
    Url,
)

ServiceId = NewType("ServiceId", str)
DeploymentId = NewType("DeploymentId", str)

MAX_SERVICES_AT_CREATION = 20
MAX_FEATURES = 50
MAX_VARIABLES = 50

ServiceConfiguration = JsonObject
TemplateReference = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
]
"""A template's slug or its id."""
Region = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", max_length=32)
]
Feature = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=64)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
VariableValue = Annotated[str, StringConstraints(max_length=1024, pattern=NO_NUL)]
EnvironmentName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)
]
Branch = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=NO_CONTROL_CHARACTERS)
]


class ServiceType(StrEnum):
    API = "API"
    FRONTEND = "FRONTEND"
    WORKER = "WORKER"


class Runtime(StrEnum):
    """The runtime of a project's services; Skafu itself runs on another."""

    PYTHON_3_9 = "python3.9"
    PYTHON_3_13 = "python3.13"
    NODEJS_18 = "nodejs18"
    NODEJS_22 = "nodejs22"


class RepositoryProvider(StrEnum):
    GITHUB = "GITHUB"
    GITLAB = "GITLAB"
    ARCHIVE = "ARCHIVE"


class ProvisioningStep(StrEnum):
    TEMPLATE = "TEMPLATE"
    ANALYSIS = "ANALYSIS"
    REPOSITORY = "REPOSITORY"
    CONFIGURATION = "CONFIGURATION"


class ProjectConfiguration(Message):
    """Runtime, region, features and environment variables of a project."""

    runtime: Runtime
    region: Region
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES)] = ()
    environment: Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)] = (
        Field(default_factory=dict)
    )


class NewService(Message):
    """A service to be added, with the id that it will have."""

    service_id: ServiceId
    service_name: Name
    service_type: ServiceType
    configuration: ServiceConfiguration = Field(default_factory=dict)


class CreateProject(Command):
    """`template_id` is the wish for a template; `ChooseTemplate` fulfils it.

    The owner's name and e-mail are those of the token, sealed.
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner_name", "owner_email"})
    type: Literal["CreateProject"] = "CreateProject"
    owner: str
    owner_name: Sealed | None = None
    owner_email: Sealed | None = None
    name: Name
    description: Description | None = None
    template_id: TemplateReference | None = None
    configuration: ProjectConfiguration | None = None
    services: Annotated[tuple[NewService, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()


class ChangeProject(Command):
    """Only what was given changes; a description given as null is cleared."""

    type: Literal["ChangeProject"] = "ChangeProject"
    name: Name | None = None
    description: Description | None = None


class ConfigureProject(Command):
    """The whole configuration is replaced."""

    type: Literal["ConfigureProject"] = "ConfigureProject"
    configuration: ProjectConfiguration


class AddService(Command):
    type: Literal["AddService"] = "AddService"
    service: NewService


class ChangeService(Command):
    """Only what was given changes; a configuration is replaced as a whole."""

    type: Literal["ChangeService"] = "ChangeService"
    service_id: ServiceId
    service_name: Name | None = None
    service_type: ServiceType | None = None
    configuration: ServiceConfiguration | None = None


class RemoveService(Command):
    type: Literal["RemoveService"] = "RemoveService"
    service_id: ServiceId


class ArchiveProject(Command):
    type: Literal["ArchiveProject"] = "ArchiveProject"


class RestoreProject(Command):
    type: Literal["RestoreProject"] = "RestoreProject"


class DeleteProject(Command):
    type: Literal["DeleteProject"] = "DeleteProject"


class ChooseTemplate(Command):
    """`reference` is what was asked for, a slug or an id; the rest was looked up."""

    looked_up: ClassVar[frozenset[str]] = frozenset({"template_id", "slug", "name", "revision"})
    type: Literal["ChooseTemplate"] = "ChooseTemplate"
    reference: TemplateReference
    template_id: str
    slug: str
    name: str
    revision: Count


class LinkRepository(Command):
    type: Literal["LinkRepository"] = "LinkRepository"
    provider: RepositoryProvider
    url: Url
    default_branch: Branch = "main"


class UnlinkRepository(Command):
    type: Literal["UnlinkRepository"] = "UnlinkRepository"


class StartDeployment(Command):
    type: Literal["StartDeployment"] = "StartDeployment"
    deployment_id: DeploymentId
    environment: EnvironmentName
    revision: Revision | None = None


class CompleteDeployment(Command):
    type: Literal["CompleteDeployment"] = "CompleteDeployment"
    deployment_id: DeploymentId
    url: Url | None = None


class FailDeployment(Command):
    type: Literal["FailDeployment"] = "FailDeployment"
    deployment_id: DeploymentId
    reason: Reason


class StartProvisioning(Command):
    """The first time, and again after a failure."""

    type: Literal["StartProvisioning"] = "StartProvisioning"


class CompleteProvisioningStep(Command):
    type: Literal["CompleteProvisioningStep"] = "CompleteProvisioningStep"
    step: ProvisioningStep


class CompleteProvisioning(Command):
    type: Literal["CompleteProvisioning"] = "CompleteProvisioning"


class FailProvisioning(Command):
    type: Literal["FailProvisioning"] = "FailProvisioning"
    reason: Reason
    step: ProvisioningStep | None = None


ProjectCommand = (
    CreateProject
    | ChangeProject
    | ConfigureProject
    | AddService
    | ChangeService
    | RemoveService
    | ArchiveProject
    | RestoreProject
    | DeleteProject
    | ChooseTemplate
    | LinkRepository
    | UnlinkRepository
    | StartDeployment
    | CompleteDeployment
    | FailDeployment
    | StartProvisioning
    | CompleteProvisioningStep
    | CompleteProvisioning
    | FailProvisioning
)
