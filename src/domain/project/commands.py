"""Commands of a project."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, NewType

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from kernel.merging import LIFE, always, each_given, one
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
from kernel.personal import Sealed
from kernel.texts import one_line, visible
from kernel.values import (
    IN_GROUPS,
    NO_CONTROL_CHARACTERS,
    NO_NUL,
    SLUG,
    Count,
    Description,
    Expected,
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
    str,
    StringConstraints(min_length=1, max_length=64, pattern=SLUG),
    Expected(f"the slug or the id of a template: {IN_GROUPS}; at most 64 characters"),
]
"""A template's slug or its id."""
Region = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", max_length=32),
    Expected("the code of an AWS region, such as eu-central-1; at most 32 characters"),
]
Feature = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=64),
    Expected(
        "lower-case letters and digits, in groups separated by single hyphens, dots or "
        "underscores; at most 64 characters"
    ),
]
VariableName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"),
    Expected("letters, digits and underscores, with no digit first; at most 128 characters"),
]
VariableValue = Annotated[
    str,
    StringConstraints(max_length=1024, pattern=NO_NUL),
    Expected("text of at most 1024 characters, without NUL characters"),
]
EnvironmentName = Annotated[
    str,
    StringConstraints(pattern=SLUG, max_length=32),
    Expected(f"{IN_GROUPS}; at most 32 characters"),
]
Branch = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=NO_CONTROL_CHARACTERS),
    AfterValidator(one_line),
    AfterValidator(visible),
    Expected("text of 1 to 255 characters, without control characters"),
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

    model_config = ConfigDict(extra="forbid")

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


POT = "🫖"  # four bytes in UTF-8: a cap in characters is met with as many bytes as there can be

DEPLOYMENT = "{deploymentId}"

CREATED = ("create-project",)
SERVING = (*CREATED, "add-service")
DEPLOYING = (*CREATED, "start-deployment")
PROVISIONING = (*CREATED, "start-provisioning")
PUBLISHED = ("draft-template", "publish-template")

SERVICE = one("service", lambda command: command.service_id)
DEPLOYMENT_PART = one("deployment", lambda command: command.deployment_id)


def configuration(variables: int) -> dict[str, Any]:
    return {
        "runtime": "python3.13",
        "region": "ap-southeast-1",
        "features": [f"{n:a>64}" for n in range(50)],
        "environment": {f"{'V' * 120}_{n}": "v" * 1024 for n in range(variables)},
    }


def service(name: str, size: int) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": "FRONTEND", "configuration": {"notes": "n" * size}}


@operation(
    "POST /projects",
    Who.OWNER,
    always(LIFE),
    Example(
        {
            "name": "Online shop",
            "description": "Orders, payments and the catalogue of the online shop.",
            "configuration": {"runtime": "python3.13", "region": "eu-central-1"},
        },
        {
            "name": POT * 100,
            "description": POT * 2000,
            "templateId": "t" * 64,
            "configuration": configuration(40),
            "services": [service(f"{n:🫖>100}", 6_300) for n in range(20)],
        },
        others={
            "create-project": {
                "name": "E-commerce Platform",
                "description": "Full-stack e-commerce solution",
                "templateId": "full-stack-template",
                "configuration": {"runtime": "python3.9", "region": "us-east-1"},
            }
        },
    ),
    creates=True,
)
class CreateProject(Command):
    """Create a project, with its configuration and its first services where they are given.

    A `templateId` notes which template is wanted; `choose-template` chooses it. The name and the
    e-mail address of the owner are taken from the token. Refused when two services have the same
    name (`service-name-taken`), or when the project exists already (`project-already-exists`).
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


@operation(
    "PATCH /projects/<id>",
    Who.OWNER,
    each_given("name", "description"),
    Example({"name": "Online shop, new"}, {"name": POT * 100, "description": POT * 2000}, CREATED),
)
class ChangeProject(Command):
    """Change the name or the description of a project, or both.

    What is left out stays as it is; a description of null removes it. Refused while the project is
    archived (`project-is-archived`).
    """

    type: Literal["ChangeProject"] = "ChangeProject"
    name: Name | None = None
    description: Description | None = None


@operation(
    "PUT /projects/<id>/configuration",
    Who.OWNER,
    always("configuration"),
    Example(
        {"runtime": "nodejs22", "region": "eu-west-1", "features": ["auth"]},
        configuration(50),
        CREATED,
    ),
)
class ConfigureProject(Command):
    """Replace the configuration of a project: runtime, region, features and variables.

    What is left out of the new configuration is removed. Refused while the project is archived
    (`project-is-archived`).
    """

    type: Literal["ConfigureProject"] = "ConfigureProject"
    configuration: ProjectConfiguration


@operation(
    "POST /projects/<id>/services",
    Who.OWNER,
    one("service", lambda command: command.service.service_id),
    Example(
        {"serviceName": "orders-api", "serviceType": "API"},
        service(POT * 100, 64_000),
        CREATED,
    ),
)
class AddService(Command):
    """Add a service to a project.

    Refused when the project has a service of this name, in whatever case (`service-name-taken`),
    when it has 100 services (`too-many-services`), and while it is archived
    (`project-is-archived`).
    """

    type: Literal["AddService"] = "AddService"
    service: NewService


@operation(
    "PATCH /projects/<id>/services/<serviceId>",
    Who.OWNER,
    SERVICE,
    Example({"serviceName": "orders"}, service(POT * 100, 64_000), SERVING),
)
class ChangeService(Command):
    """Change the name, the type or the configuration of a service.

    What is left out stays as it is; a configuration is replaced as a whole. Refused when there is
    no such service (`service-not-found`), when another has the name (`service-name-taken`), and
    while the project is archived (`project-is-archived`).
    """

    type: Literal["ChangeService"] = "ChangeService"
    service_id: ServiceId
    service_name: Name | None = None
    service_type: ServiceType | None = None
    configuration: ServiceConfiguration | None = None


@operation("DELETE /projects/<id>/services/<serviceId>", Who.OWNER, SERVICE, Example(given=SERVING))
class RemoveService(Command):
    """Remove a service from its project.

    Refused when there is no such service (`service-not-found`), and while the project is archived
    (`project-is-archived`).
    """

    type: Literal["RemoveService"] = "RemoveService"
    service_id: ServiceId


@operation("POST /projects/<id>/archive", Who.OWNER, always(LIFE), Example(given=CREATED))
class ArchiveProject(Command):
    """Archive a project: it is kept, but takes no changes until it is restored.

    Refused while a deployment is running (`deployment-is-running`) or the project is being
    provisioned (`provisioning-is-running`).
    """

    type: Literal["ArchiveProject"] = "ArchiveProject"


@operation(
    "POST /projects/<id>/restore",
    Who.OWNER,
    always(LIFE),
    Example(given=(*CREATED, "archive-project")),
)
class RestoreProject(Command):
    """Restore an archived project, so that it takes changes again.

    Refused when the project is deleted (`project-is-deleted`).
    """

    type: Literal["RestoreProject"] = "RestoreProject"


@operation("DELETE /projects/<id>", Who.OWNER, always(LIFE), Example(given=CREATED))
class DeleteProject(Command):
    """Delete a project for good: it is no longer listed and takes no more commands.

    Its history is kept. Refused while a deployment is running (`deployment-is-running`) or the
    project is being provisioned (`provisioning-is-running`).
    """

    type: Literal["DeleteProject"] = "DeleteProject"


@operation(
    "POST /projects/<id>/hand-over",
    Who.ADMIN,
    always("owner"),
    Example(
        {"owner": "{anotherUser}"},
        {"owner": "u" * 128 + "::" + POT * 128},
        CREATED,
    ),
)
class HandOverProject(Command):
    """Give a project, with its services and its whole history, to another owner.

    `owner` identifies a user of the user pool: `<sub>`, or `<sub>::<username>` where the user name
    is another. Their name and e-mail address are taken from the pool. From then on the project is
    theirs alone: for the owner of before there is no such project. It changes nothing if they own
    the project already. For Admin alone. Refused for anybody who is not in the pool
    (`no-such-user`), and while the project is archived (`project-is-archived`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner_name", "owner_email"})
    type: Literal["HandOverProject"] = "HandOverProject"
    owner: str
    owner_name: Sealed | None = None
    owner_email: Sealed | None = None


@operation(
    "PUT /projects/<id>/template",
    Who.OWNER,
    always("template"),
    Example({"templateId": "{slug}"}, {"templateId": "{template}"}, (*PUBLISHED, *CREATED)),
)
class ChooseTemplate(Command):
    """Choose the template that the project is made from, as it is published now.

    `templateId` is the slug or the id of the template. Refused when no such template is published
    (`template-not-published`), and while the project is archived (`project-is-archived`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"template_id", "slug", "name", "revision"})
    type: Literal["ChooseTemplate"] = "ChooseTemplate"
    reference: TemplateReference
    template_id: str
    slug: str
    name: str
    revision: Count


@operation(
    "PUT /projects/<id>/repository",
    Who.OWNER,
    always("repository"),
    Example(
        {"provider": "GITHUB", "url": "https://github.com/example/online-shop"},
        {"provider": "ARCHIVE", "url": "https://" + "u" * 2040, "defaultBranch": POT * 255},
        CREATED,
    ),
)
class LinkRepository(Command):
    """Link the project to its repository, in place of any other.

    Refused while the project is archived (`project-is-archived`).
    """

    type: Literal["LinkRepository"] = "LinkRepository"
    provider: RepositoryProvider
    url: Url
    default_branch: Branch = "main"


@operation(
    "DELETE /projects/<id>/repository",
    Who.OWNER,
    always("repository"),
    Example(given=(*CREATED, "link-repository")),
)
class UnlinkRepository(Command):
    """Remove the link from the project to its repository.

    Refused while the project is archived (`project-is-archived`).
    """

    type: Literal["UnlinkRepository"] = "UnlinkRepository"


@operation(
    "POST /projects/<id>/deployments",
    Who.OWNER,
    one("environment", lambda command: command.environment),
    Example(
        {"deploymentId": DEPLOYMENT, "environment": "staging", "revision": "4f2a9c1"},
        {"deploymentId": DEPLOYMENT, "environment": "e" * 32, "revision": "r" * 100},
        CREATED,
    ),
)
class StartDeployment(Command):
    """Start the deployment of a project to an environment.

    Without a `deploymentId`, the deployment gets one. Refused while another deployment to the
    environment is running (`deployment-is-running`), when the id belongs to a deployment to another
    environment (`deployment-already-exists`), and when the project has been deployed to 20
    environments (`too-many-environments`).
    """

    type: Literal["StartDeployment"] = "StartDeployment"
    deployment_id: DeploymentId
    environment: EnvironmentName
    revision: Revision | None = None


@operation(
    "POST /projects/<id>/deployments/<deploymentId>/complete",
    Who.OWNER,
    DEPLOYMENT_PART,
    Example(
        {"url": "https://staging.shop.example.com"},
        {"url": "https://" + "u" * 2040},
        DEPLOYING,
    ),
)
class CompleteDeployment(Command):
    """Record that a deployment has succeeded.

    Refused when it is not the latest deployment of its environment (`deployment-not-found`), or has
    failed already (`deployment-has-ended`).
    """

    type: Literal["CompleteDeployment"] = "CompleteDeployment"
    deployment_id: DeploymentId
    url: Url | None = None


@operation(
    "POST /projects/<id>/deployments/<deploymentId>/fail",
    Who.OWNER,
    DEPLOYMENT_PART,
    Example(
        {"reason": "The health check did not answer in time."},
        {"reason": POT * 1000},
        DEPLOYING,
    ),
)
class FailDeployment(Command):
    """Record that a deployment has failed, and why.

    Refused when it is not the latest deployment of its environment (`deployment-not-found`), or has
    succeeded already (`deployment-has-ended`).
    """

    type: Literal["FailDeployment"] = "FailDeployment"
    deployment_id: DeploymentId
    reason: Reason


@operation(
    "POST /projects/<id>/provisioning", Who.OWNER, always("provisioning"), Example(given=CREATED)
)
class StartProvisioning(Command):
    """Start the provisioning of a project, or start it again after a failure.

    It changes nothing while the project is being provisioned, or once it has been. Refused while
    the project is archived (`project-is-archived`).
    """

    type: Literal["StartProvisioning"] = "StartProvisioning"


@operation(
    "POST /projects/<id>/provisioning/steps",
    Who.WORKER,
    always("provisioning"),
    Example({"step": "TEMPLATE"}, {"step": "CONFIGURATION"}, PROVISIONING),
)
class CompleteProvisioningStep(Command):
    """Record that a step of the provisioning is complete.

    Refused unless the project is being provisioned (`provisioning-is-not-running`).
    """

    type: Literal["CompleteProvisioningStep"] = "CompleteProvisioningStep"
    step: ProvisioningStep


@operation(
    "POST /projects/<id>/provisioning/complete",
    Who.WORKER,
    always("provisioning"),
    Example(given=PROVISIONING),
)
class CompleteProvisioning(Command):
    """Record that the project has been provisioned.

    Refused unless the project is being provisioned (`provisioning-is-not-running`).
    """

    type: Literal["CompleteProvisioning"] = "CompleteProvisioning"


@operation(
    "POST /projects/<id>/provisioning/fail",
    Who.WORKER,
    always("provisioning"),
    Example(
        {"reason": "The repository could not be made.", "step": "REPOSITORY"},
        {"reason": POT * 1000, "step": "CONFIGURATION"},
        PROVISIONING,
    ),
)
class FailProvisioning(Command):
    """Record that the provisioning has failed, why, and at which step.

    Refused unless the project is being provisioned (`provisioning-is-not-running`).
    """

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
    | HandOverProject
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
