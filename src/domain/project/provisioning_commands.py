"""Commands of a project's provisioning: the owner starts it, a saga carries it out.

Each step is one command, with its effect and its completion in one commit. An attempt that cannot
be completed is abandoned first; then its steps are undone, the last one first; then it has failed.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, JsonValue

from domain.project.examples import CREATED, POT, PUBLISHED, configuration, service
from domain.project.values import (
    MAX_SERVICES_AT_CREATION,
    ArchiveSha256,
    Branch,
    ByteCount,
    GivenParameters,
    NewService,
    ParameterValue,
    ParameterValues,
    ProjectConfiguration,
    ProvisioningStep,
    RepositoryProvider,
    TemplateReference,
)
from kernel.merging import LIFE, always
from kernel.messages import Command, Message
from kernel.operation import Example, PlainId, Who, operation
from kernel.values import Count, Name, Reason, Slug, Url

STARTED = (*PUBLISHED, *CREATED, "start-provisioning")
ONE = (*STARTED, "provision-template")
TWO = (*ONE, "provision-analysis")
THREE = (*TWO, "provision-repository")
FOUR = (*THREE, "provision-configuration")
ABANDONED = (*STARTED, "abandon-provisioning")
ANALYSIS = "0198f2a0-0000-7000-8000-00000000000a"
EARLIER = {"templateId": "t" * 64, "slug": "s" * 64, "name": POT * 100, "revision": 10**9}


class ChosenTemplate(Message):
    """A published revision of a template, with the names that it had when it was chosen."""

    model_config = ConfigDict(extra="forbid")

    template_id: TemplateReference
    slug: Slug
    name: Name
    revision: Count


class RepositoryLink(Message):
    """A repository; `files`, `bytes` and `sha256` are those of an archive."""

    model_config = ConfigDict(extra="forbid")

    provider: RepositoryProvider
    url: Url
    default_branch: Branch = "main"
    files: Count | None = None
    bytes: ByteCount | None = None
    sha256: ArchiveSha256 = None


class Wish(Message):
    """A template, by its slug or its id as it was given, and values for its parameters."""

    model_config = ConfigDict(extra="forbid")

    template_id: TemplateReference
    parameters: ParameterValues = Field(default_factory=dict)


def wish_for(template_id: str, parameters: Mapping[str, JsonValue | ParameterValue]) -> Wish:
    """Return the wish with the values that are not null: null was left out."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return Wish(template_id=template_id, parameters=given)


@operation(
    "POST /projects/<id>/provisioning",
    Who.OWNER,
    always("provisioning"),
    Example(
        {"templateId": "{slug}", "templateParameters": {"database": "aurora"}},
        {"templateId": "{template}", "templateParameters": {"tables": ["t" * 8_000]}},
        (*PUBLISHED, *CREATED),
    ),
)
class StartProvisioning(Command):
    """Start the provisioning of a project, or start it again after a failure.

    `templateId` is the slug or the id of a published template, and `templateParameters` are values
    for its parameters. A template that is left out is as before: the one that the project was
    created with, started with or has chosen last. Values that are left out are those of the last
    attempt if that was for the same template; for another one they are its defaults.

    It changes nothing while the project is being provisioned, or once it has been. Until it has
    ended, template, repository, configuration, services and owner are changed by the provisioning
    alone. Refused when no template is known (`no-template-wished`), when it is not published
    (`template-not-published`), with 400 when it does not take the values
    (`parameters-do-not-fit`), when the owner was forgotten (`project-owner-forgotten`), and while
    the project is archived (`project-is-archived`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"wish"})
    type: Literal["StartProvisioning"] = "StartProvisioning"
    template_id: TemplateReference | None = None
    template_parameters: GivenParameters | None = None
    wish: Wish | None = None
    """What the attempt begins with; nothing when there was none to begin."""


@operation(
    "POST /projects/<id>/provisioning/template",
    Who.WORKER,
    always("provisioning", "template"),
    Example(
        {"attempt": 1, "templateId": "{slug}"},
        {"attempt": 1, "templateId": "{template}"},
        STARTED,
    ),
)
class ProvisionTemplate(Command):
    """Choose the template, as it is published now: the first step.

    Refused when no such template is published (`template-not-published`), and as every step is:
    when another attempt is the newest (`attempt-is-not-newest`), unless the project is being
    provisioned (`provisioning-is-not-running`), and when another step is next (`step-is-not-next`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"chosen"})
    type: Literal["ProvisionTemplate"] = "ProvisionTemplate"
    attempt: Count
    reference: TemplateReference
    chosen: ChosenTemplate


@operation(
    "POST /projects/<id>/provisioning/analysis",
    Who.WORKER,
    always("provisioning"),
    Example({"attempt": 1, "analysisId": ANALYSIS}, {"attempt": 1, "analysisId": ANALYSIS}, ONE),
)
class ProvisionAnalysis(Command):
    """Note the analysis that has been made: the second step.

    Refused as every step is (`attempt-is-not-newest`, `provisioning-is-not-running`,
    `step-is-not-next`).
    """

    type: Literal["ProvisionAnalysis"] = "ProvisionAnalysis"
    attempt: Count
    analysis_id: PlainId


@operation(
    "POST /projects/<id>/provisioning/repository",
    Who.WORKER,
    always("provisioning", "repository"),
    Example(
        {
            "attempt": 1,
            "provider": "ARCHIVE",
            "url": "s3://archives/online-shop/1.zip",
            "files": 8,
            "bytes": 3_652,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
        {
            "attempt": 1,
            "provider": "ARCHIVE",
            "url": "https://" + "u" * 2040,
            "defaultBranch": POT * 255,
            "files": 10**9,
            "bytes": 2**31 - 1,
            "sha256": "f" * 64,
        },
        TWO,
    ),
)
class ProvisionRepository(RepositoryLink, Command):
    """Link the repository that has been created: the third step.

    `files`, `bytes` and `sha256` (in hexadecimal digits) are those of an archive, and are given
    together. Refused as every step is (`attempt-is-not-newest`, `provisioning-is-not-running`,
    `step-is-not-next`).
    """

    type: Literal["ProvisionRepository"] = "ProvisionRepository"
    attempt: Count


@operation(
    "POST /projects/<id>/provisioning/configuration",
    Who.WORKER,
    always(LIFE),
    Example(
        {
            "attempt": 1,
            "configuration": {"runtime": "python3.13", "region": "eu-central-1"},
            "services": [{"serviceName": "orders-api", "serviceType": "API"}],
        },
        {
            "attempt": 1,
            "configuration": configuration(40),
            "services": [service(f"{n:🫖>100}", 6_300) for n in range(20)],
        },
        THREE,
    ),
)
class ProvisionConfiguration(Command):
    """Configure the project and add its services: the fourth step, in one commit.

    Refused as every step is (`attempt-is-not-newest`, `provisioning-is-not-running`,
    `step-is-not-next`), and as `add-service` is (`service-name-taken`, `too-many-services`).
    """

    type: Literal["ProvisionConfiguration"] = "ProvisionConfiguration"
    attempt: Count
    configuration: ProjectConfiguration
    services: Annotated[tuple[NewService, ...], Field(max_length=MAX_SERVICES_AT_CREATION)] = ()


@operation(
    "POST /projects/<id>/provisioning/complete",
    Who.WORKER,
    always("provisioning"),
    Example({"attempt": 1}, {"attempt": 1}, FOUR),
)
class CompleteProvisioning(Command):
    """Record that the project has been provisioned: the last step.

    Refused as every step is (`attempt-is-not-newest`, `provisioning-is-not-running`,
    `step-is-not-next`).
    """

    type: Literal["CompleteProvisioning"] = "CompleteProvisioning"
    attempt: Count


@operation(
    "POST /projects/<id>/provisioning/abandon",
    Who.WORKER,
    always("provisioning"),
    Example(
        {"attempt": 1, "reason": "The repository could not be created.", "step": "REPOSITORY"},
        {"attempt": 1, "reason": POT * 1000, "step": "CONFIGURATION"},
        STARTED,
    ),
)
class AbandonProvisioning(Command):
    """Abandon an attempt, for a reason: it takes no more steps, and those done are to be undone.

    Refused when another attempt is the newest (`attempt-is-not-newest`), and unless the project is
    being provisioned (`provisioning-is-not-running`).
    """

    type: Literal["AbandonProvisioning"] = "AbandonProvisioning"
    attempt: Count
    reason: Reason
    step: ProvisioningStep | None = None


@operation(
    "POST /projects/<id>/provisioning/undo",
    Who.WORKER,
    always(LIFE),
    Example(
        {"attempt": 1, "step": "TEMPLATE"},
        {"attempt": 1, "step": "TEMPLATE", "template": EARLIER},
        (*ONE, "abandon-provisioning"),
    ),
)
class UndoProvisioningStep(Command):
    """Undo the last step of an abandoned attempt that is done: its services are removed.

    `template`, `repository` or `configuration` is what the project had before that step; without
    it, the project has none again. It changes nothing when the step is not done, or undone already.
    Refused when another attempt is the newest (`attempt-is-not-newest`), unless the attempt was
    abandoned (`provisioning-is-not-abandoned`), when a later step is done (`step-is-not-next`), and
    when something is given that the step does not change (`not-of-this-step`).
    """

    type: Literal["UndoProvisioningStep"] = "UndoProvisioningStep"
    attempt: Count
    step: ProvisioningStep
    template: ChosenTemplate | None = None
    repository: RepositoryLink | None = None
    configuration: ProjectConfiguration | None = None


@operation(
    "POST /projects/<id>/provisioning/fail",
    Who.WORKER,
    always("provisioning"),
    Example(
        {"attempt": 1, "reason": "The repository could not be created.", "step": "REPOSITORY"},
        {"attempt": 1, "reason": POT * 1000, "step": "CONFIGURATION"},
        ABANDONED,
    ),
)
class FailProvisioning(Command):
    """Record that an abandoned attempt has failed, why, and at which step: all steps are undone.

    Refused when another attempt is the newest (`attempt-is-not-newest`), unless the attempt was
    abandoned (`provisioning-is-not-abandoned`), and while a step is done (`step-is-not-next`).
    """

    type: Literal["FailProvisioning"] = "FailProvisioning"
    attempt: Count
    reason: Reason
    step: ProvisioningStep | None = None


ProvisioningCommand = (
    StartProvisioning
    | ProvisionTemplate
    | ProvisionAnalysis
    | ProvisionRepository
    | ProvisionConfiguration
    | CompleteProvisioning
    | AbandonProvisioning
    | UndoProvisioningStep
    | FailProvisioning
)
