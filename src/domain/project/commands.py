"""Commands of a project."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.project.deployment_commands import DeploymentCommand
from domain.project.examples import CREATED, POT, PUBLISHED, configuration, service
from domain.project.provisioning_commands import ProvisioningCommand
from domain.project.values import (
    MAX_SERVICES_AT_CREATION,
    Branch,
    GivenParameters,
    NewService,
    ProjectConfiguration,
    RepositoryProvider,
    ServiceConfiguration,
    ServiceId,
    ServiceType,
    TemplateReference,
)
from kernel.merging import LIFE, always, both, each_given, one
from kernel.messages import Command
from kernel.operation import Example, Who, operation
from kernel.personal import Sealed
from kernel.values import Count, Description, Name, Url

SERVING = (*CREATED, "add-service")

# These are refused while the project is provisioned: so they depend on that too.
HELD = always("provisioning")
SERVICE = both(HELD, one("service", lambda command: command.service_id))


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
            "templateId": "{slug}",
            "templateParameters": {"tables": ["t" * 8_000]},
            "configuration": configuration(40),
            "services": [service(f"{n:🫖>100}", 6_000) for n in range(20)],
        },
        PUBLISHED,
        others={
            "create-project": {
                "name": "E-commerce Platform",
                "description": "Full-stack e-commerce solution",
                "templateId": "{slug}",
                "configuration": {"runtime": "python3.9", "region": "us-east-1"},
            }
        },
    ),
    creates=True,
)
class CreateProject(Command):
    """Create a project, with its configuration and its first services where they are given.

    With a `templateId`, the slug or the id of a published template, the project is provisioned
    from it, as `start-provisioning` does; `templateParameters` are values for its parameters. The
    name and the e-mail address of the owner are taken from the token. Refused when two services
    have the same name (`service-name-taken`), when no such template is published
    (`template-not-published`), with 400 when it does not take the values
    (`parameters-do-not-fit`), and when the project exists already (`project-already-exists`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner_name", "owner_email"})
    type: Literal["CreateProject"] = "CreateProject"
    owner: str
    owner_name: Sealed | None = None
    owner_email: Sealed | None = None
    name: Name
    description: Description | None = None
    template_id: TemplateReference | None = None
    template_parameters: GivenParameters = Field(default_factory=dict)
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
    both(HELD, always("configuration")),
    Example(
        {"runtime": "nodejs22", "region": "eu-west-1", "features": ["auth"]},
        configuration(50),
        CREATED,
    ),
)
class ConfigureProject(Command):
    """Replace the configuration of a project: runtime, region, features and variables.

    What is left out of the new configuration is removed. Refused while the project is archived
    (`project-is-archived`) or being provisioned (`provisioning-is-running`).
    """

    type: Literal["ConfigureProject"] = "ConfigureProject"
    configuration: ProjectConfiguration


@operation(
    "POST /projects/<id>/services",
    Who.OWNER,
    both(HELD, one("service", lambda command: command.service.service_id)),
    Example(
        {"serviceName": "orders-api", "serviceType": "API"},
        service(POT * 100, 64_000),
        CREATED,
    ),
)
class AddService(Command):
    """Add a service to a project.

    Refused when the project has a service of this name, in whatever case (`service-name-taken`),
    when it has 100 services (`too-many-services`), and while it is archived (`project-is-archived`)
    or being provisioned (`provisioning-is-running`).
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
    while the project is archived (`project-is-archived`) or being provisioned
    (`provisioning-is-running`).
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
    (`project-is-archived`) or being provisioned (`provisioning-is-running`).
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
    both(HELD, always("owner")),
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
    (`no-such-user`), and while the project is archived (`project-is-archived`) or being provisioned
    (`provisioning-is-running`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner_name", "owner_email"})
    type: Literal["HandOverProject"] = "HandOverProject"
    owner: str
    owner_name: Sealed | None = None
    owner_email: Sealed | None = None


@operation(
    "PUT /projects/<id>/template",
    Who.OWNER,
    both(HELD, always("template")),
    Example({"templateId": "{slug}"}, {"templateId": "{template}"}, (*PUBLISHED, *CREATED)),
)
class ChooseTemplate(Command):
    """Choose the template that the project is made from, as it is published now.

    `templateId` is the slug or the id of the template. Refused when no such template is published
    (`template-not-published`), and while the project is archived (`project-is-archived`) or being
    provisioned (`provisioning-is-running`).
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
    both(HELD, always("repository")),
    Example(
        {"provider": "GITHUB", "url": "https://github.com/example/online-shop"},
        {"provider": "ARCHIVE", "url": "https://" + "u" * 2040, "defaultBranch": POT * 255},
        CREATED,
    ),
)
class LinkRepository(Command):
    """Link the project to its repository, in place of any other.

    Refused while the project is archived (`project-is-archived`) or being provisioned
    (`provisioning-is-running`).
    """

    type: Literal["LinkRepository"] = "LinkRepository"
    provider: RepositoryProvider
    url: Url
    default_branch: Branch = "main"


@operation(
    "DELETE /projects/<id>/repository",
    Who.OWNER,
    both(HELD, always("repository")),
    Example(given=(*CREATED, "link-repository")),
)
class UnlinkRepository(Command):
    """Remove the link from the project to its repository.

    Refused while the project is archived (`project-is-archived`) or being provisioned
    (`provisioning-is-running`).
    """

    type: Literal["UnlinkRepository"] = "UnlinkRepository"


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
    | DeploymentCommand
    | ProvisioningCommand
)
