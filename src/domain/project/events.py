"""Events of a project: the stored contract.

Class names and field names are what is stored, for ever. A field is added with a default or
through an upcaster; none is renamed or removed. What is left at its default is not stored, so a
default is part of the contract too and never changes. Each event carries what its rows show.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from domain.project.values import (
    DeploymentId,
    ParameterValues,
    ProvisioningStep,
    RepositoryProvider,
    ServiceId,
    ServiceType,
)
from kernel.merging import LIFE, always, both, one
from kernel.messages import Event, Message
from kernel.ownership import HandedOver
from kernel.personal import Personal, Sealed
from kernel.values import JsonObject

SERVICE = one("service", lambda event: event.service_id)
DEPLOYMENT = both(
    one("environment", lambda event: event.environment),
    one("deployment", lambda event: event.deployment_id),
)
HeldConfiguration = Annotated[
    JsonObject,
    # Said, not checked again: the edge lets nothing else in.
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"minLength": 1},
            "additionalProperties": {
                "anyOf": [
                    {"type": "number", "minimum": 1 - 2**53, "maximum": 2**53 - 1},
                    {"type": ["string", "boolean", "null", "array", "object"]},
                ]
            },
            "description": "Numbers and names of fields, at whatever depth, are such as rows hold.",
        }
    ),
]


class Configuration(Message):
    """Where and on what a project runs; read tolerantly, so without the rules of the command."""

    runtime: str
    region: str
    features: tuple[str, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict)


class ProjectCreated(Event):
    """`owner` is `<sub>::<username>`, the form that Amplify's owner rules read.

    `template_id` is the template that was wished for; `TemplateChosen` tells which one it became.
    1.0 had neither template nor configuration nor the owner's name and e-mail.
    """

    touches = always(LIFE)
    schema_version: ClassVar[str] = "1.1"
    type: Literal["ProjectCreated"] = "ProjectCreated"
    owner: str
    name: str
    description: str | None = None
    template_id: str | None = None
    configuration: Configuration | None = None
    owner_name: Annotated[Sealed | None, Personal("owner")] = None
    owner_email: Annotated[Sealed | None, Personal("owner")] = None


class ProjectRenamed(Event):
    touches = always("name")
    type: Literal["ProjectRenamed"] = "ProjectRenamed"
    name: str


class ProjectDescriptionChanged(Event):
    touches = always("description")
    type: Literal["ProjectDescriptionChanged"] = "ProjectDescriptionChanged"
    description: str | None


class ProjectConfigured(Event):
    """The whole configuration, as it is from now on."""

    touches = always("configuration")
    type: Literal["ProjectConfigured"] = "ProjectConfigured"
    configuration: Configuration


class ConfigurationRemoved(Event):
    """No configuration is left: there was none before the one that was undone."""

    touches = always("configuration")
    type: Literal["ConfigurationRemoved"] = "ConfigurationRemoved"


class ServiceAdded(Event):
    """Until 2.0, the configuration could hold numbers and names that fit into no row."""

    touches = SERVICE
    schema_version: ClassVar[str] = "2.0"
    type: Literal["ServiceAdded"] = "ServiceAdded"
    owner: str
    service_id: ServiceId
    service_name: str
    service_type: ServiceType
    configuration: HeldConfiguration = Field(default_factory=dict)


class ServiceChanged(Event):
    """What is `None` has not changed; a configuration is the whole new one."""

    touches = SERVICE
    type: Literal["ServiceChanged"] = "ServiceChanged"
    service_id: ServiceId
    service_name: str | None = None
    service_type: ServiceType | None = None
    configuration: HeldConfiguration | None = None


class ServiceRemoved(Event):
    touches = SERVICE
    type: Literal["ServiceRemoved"] = "ServiceRemoved"
    service_id: ServiceId


class ProjectArchived(Event):
    touches = always(LIFE)
    type: Literal["ProjectArchived"] = "ProjectArchived"


class ProjectRestored(Event):
    """Archived no longer."""

    touches = always(LIFE)
    type: Literal["ProjectRestored"] = "ProjectRestored"


class ProjectDeleted(Event):
    """The end of a project; its history stays."""

    touches = always(LIFE)
    type: Literal["ProjectDeleted"] = "ProjectDeleted"


class ProjectHandedOver(HandedOver):
    """`owner` is the new one, `<sub>::<username>`; name and e-mail are sealed under their key."""

    type: Literal["ProjectHandedOver"] = "ProjectHandedOver"


class TemplateChosen(Event):
    """A published revision of a template, with the names that it had then."""

    touches = always("template")
    type: Literal["TemplateChosen"] = "TemplateChosen"
    template_id: str
    slug: str
    name: str
    revision: int


class TemplateReleased(Event):
    """No template is chosen any more: there was none before the choice that was undone."""

    touches = always("template")
    type: Literal["TemplateReleased"] = "TemplateReleased"


class RepositoryLinked(Event):
    """`files`, `bytes` and `sha256` are those of an archive. 1.0 had none of them."""

    touches = always("repository")
    schema_version: ClassVar[str] = "1.1"
    type: Literal["RepositoryLinked"] = "RepositoryLinked"
    provider: RepositoryProvider
    url: str
    default_branch: str
    files: int | None = None
    bytes: int | None = None
    sha256: str | None = None


class RepositoryUnlinked(Event):
    touches = always("repository")
    type: Literal["RepositoryUnlinked"] = "RepositoryUnlinked"


class DeploymentStarted(Event):
    """`owner` is the project's; `revision` is the version control's."""

    touches = DEPLOYMENT
    type: Literal["DeploymentStarted"] = "DeploymentStarted"
    owner: str
    deployment_id: DeploymentId
    environment: str
    revision: str | None = None


class DeploymentCompleted(Event):
    touches = DEPLOYMENT
    type: Literal["DeploymentCompleted"] = "DeploymentCompleted"
    deployment_id: DeploymentId
    environment: str
    url: str | None = None


class DeploymentFailed(Event):
    touches = DEPLOYMENT
    type: Literal["DeploymentFailed"] = "DeploymentFailed"
    deployment_id: DeploymentId
    environment: str
    reason: str


class ProvisioningStarted(Event):
    """`owner` is the project's; `attempt` counts from 1.

    `template_id` is the slug or the id of the template that is wished for, and `parameters` are
    values for it, both as they were given. 1.0 had neither.
    """

    touches = always("provisioning")
    schema_version: ClassVar[str] = "1.1"
    type: Literal["ProvisioningStarted"] = "ProvisioningStarted"
    owner: str
    attempt: int
    template_id: str | None = None
    parameters: ParameterValues = Field(default_factory=dict)


class ProvisioningStepCompleted(Event):
    """`analysis_id` is the analysis that the step ANALYSIS yielded. 1.0 had neither field."""

    touches = always("provisioning")
    schema_version: ClassVar[str] = "1.1"
    type: Literal["ProvisioningStepCompleted"] = "ProvisioningStepCompleted"
    step: ProvisioningStep
    attempt: int | None = None
    analysis_id: str | None = None


class ProvisioningCompleted(Event):
    """1.0 had no attempt."""

    touches = always("provisioning")
    schema_version: ClassVar[str] = "1.1"
    type: Literal["ProvisioningCompleted"] = "ProvisioningCompleted"
    attempt: int | None = None


class ProvisioningAbandoned(Event):
    """The attempt takes no more steps; those done are undone from now on.

    `step` is the one that could not be done, where it is known.
    """

    touches = always("provisioning")
    type: Literal["ProvisioningAbandoned"] = "ProvisioningAbandoned"
    attempt: int
    reason: str
    step: ProvisioningStep | None = None


class ProvisioningStepUndone(Event):
    """What the step had changed is as it was before."""

    touches = always("provisioning")
    type: Literal["ProvisioningStepUndone"] = "ProvisioningStepUndone"
    attempt: int
    step: ProvisioningStep


class ProvisioningFailed(Event):
    """`step` is the one that failed, where it is known. 1.0 had no attempt, and undid no steps."""

    touches = always("provisioning")
    schema_version: ClassVar[str] = "1.1"
    type: Literal["ProvisioningFailed"] = "ProvisioningFailed"
    reason: str
    step: ProvisioningStep | None = None
    attempt: int | None = None


ProjectEvent = (
    ProjectCreated
    | ProjectRenamed
    | ProjectDescriptionChanged
    | ProjectConfigured
    | ConfigurationRemoved
    | ServiceAdded
    | ServiceChanged
    | ServiceRemoved
    | ProjectArchived
    | ProjectRestored
    | ProjectDeleted
    | ProjectHandedOver
    | TemplateChosen
    | TemplateReleased
    | RepositoryLinked
    | RepositoryUnlinked
    | DeploymentStarted
    | DeploymentCompleted
    | DeploymentFailed
    | ProvisioningStarted
    | ProvisioningStepCompleted
    | ProvisioningCompleted
    | ProvisioningAbandoned
    | ProvisioningStepUndone
    | ProvisioningFailed
)
