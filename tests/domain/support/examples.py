"""One of each command and event, and what happened before an event could."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from domain.contents import contents
from domain.project.commands import (
    CompleteProvisioningStep,
    FailProvisioning,
    ProvisioningStep,
    RepositoryProvider,
    ServiceType,
)
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDescriptionChanged,
    ProjectRenamed,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    RepositoryLinked,
    ServiceChanged,
    ServiceRemoved,
    TemplateChosen,
)
from domain.template.events import TemplateDescriptionChanged
from kernel.messages import Command, Event, Message
from kernel.personal import ForgetSubject, SealedValue
from tests.domain.support.analysis_builders import (
    answer,
    answered,
    ask,
    fail,
    failed,
    requested,
)
from tests.domain.support.builders import (
    add,
    added,
    change,
    change_service,
    choose,
    complete_deployment,
    configure,
    configured,
    create,
    created,
    deploy,
    deployment_id,
    fail_deployment,
    link,
    remove_service,
    service_id,
)
from tests.domain.support.template_builders import (
    deprecate,
    deprecated,
    draft,
    drafted,
    published,
    renamed,
    replaced,
    revise,
)
from tests.support.spec import ACTOR
from tests.support.unions import AnyDecider, events_of

M = TypeVar("M", bound=Message)
SEALED = SealedValue(f"s1:{'a' * 40}")


def without_data(kinds: Iterable[type[M]]) -> dict[str, M]:
    """Return one of each kind that has no fields of its own."""
    return {kind.__name__: kind() for kind in kinds if kind.model_fields.keys() == {"type"}}


COMMANDS: Mapping[str, Command] = {
    **without_data(operation.command for operation in contents.operations),
    "CreateProject": create(),
    "ChangeProject name": change(name="Samovar"),
    "ChangeProject description": change(description=None),
    "ConfigureProject": configure(),
    "AddService": add("spout"),
    "ChangeService": change_service("spout", service_name="beak"),
    "RemoveService": remove_service("spout"),
    "ChooseTemplate": choose(),
    "LinkRepository": link(),
    "StartDeployment": deploy(1, "prod"),
    "CompleteDeployment": complete_deployment(1),
    "FailDeployment": fail_deployment(1),
    "CompleteProvisioningStep": CompleteProvisioningStep(step=ProvisioningStep.TEMPLATE),
    "FailProvisioning": FailProvisioning(reason="No water."),
    "DraftTemplate": draft(),
    "DeprecateTemplate": deprecate(),
    "ReviseTemplate name": revise(name="Coffee"),
    "ReviseTemplate description": revise(description=None),
    "ReviseTemplate files": revise(files={}),
    "RequestAnalysis": ask(),
    "CompleteAnalysis": answer(),
    "FailAnalysis": fail(),
    "ForgetSubject": ForgetSubject(subject="ada-sub"),
}
EVENTS: Mapping[str, Event] = {
    **without_data(event for kind in contents.aggregates for event in events_of(kind)),
    "ProjectCreated": ProjectCreated(
        owner=ACTOR,
        name="Teapot",
        description="Short",
        template_id="tea-service",
        configuration=configured(features=("auth",), environment={"STAGE": "dev"}),
        owner_name=SEALED,
        owner_email=SEALED,
    ),
    "ProjectRenamed": ProjectRenamed(name="Urn"),
    "ProjectDescriptionChanged": ProjectDescriptionChanged(description="Hot"),
    "ProjectConfigured": ProjectConfigured(configuration=configured()),
    "ServiceAdded": added("spout"),
    "ServiceChanged": ServiceChanged(
        service_id=service_id("spout"),
        service_name="beak",
        service_type=ServiceType.WORKER,
        configuration={"size": 2},
    ),
    "ServiceRemoved": ServiceRemoved(service_id=service_id("spout")),
    "TemplateChosen": TemplateChosen(template_id="tea", slug="tea", name="Tea", revision=1),
    "RepositoryLinked": RepositoryLinked(
        provider=RepositoryProvider.GITLAB, url="https://example.org/a", default_branch="main"
    ),
    "DeploymentStarted": DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(1), environment="prod"
    ),
    "DeploymentCompleted": DeploymentCompleted(deployment_id=deployment_id(1), environment="prod"),
    "DeploymentFailed": DeploymentFailed(
        deployment_id=deployment_id(1), environment="prod", reason="It leaks."
    ),
    "ProvisioningStarted": ProvisioningStarted(owner=ACTOR, attempt=1),
    "ProvisioningStepCompleted": ProvisioningStepCompleted(step=ProvisioningStep.TEMPLATE),
    "ProvisioningFailed": ProvisioningFailed(reason="No water."),
    "TemplateDrafted": drafted(),
    "TemplatePublished": published(),
    "TemplateDeprecated": deprecated(),
    "TemplateRenamed": renamed("Coffee"),
    "TemplateDescriptionChanged": TemplateDescriptionChanged(description="Hot"),
    "TemplateFilesReplaced": replaced({"a": "1"}),
    "AnalysisRequested": requested(),
    "AnalysisCompleted": answered(),
    "AnalysisFailed": failed(),
}
STARTED = EVENTS["DeploymentStarted"]
PROVISIONING = EVENTS["ProvisioningStarted"]
BEFORE: Mapping[str, Sequence[Event]] = {
    "ProjectCreated": [],
    "ServiceAdded": [created()],
    "ProjectRestored": [created(), ProjectArchived()],
    "RepositoryUnlinked": [created(), EVENTS["RepositoryLinked"]],
    "DeploymentCompleted": [created(), STARTED],
    "DeploymentFailed": [created(), STARTED],
    "ProvisioningStepCompleted": [created(), PROVISIONING],
    "ProvisioningCompleted": [created(), PROVISIONING],
    "ProvisioningFailed": [created(), PROVISIONING],
    "SubjectForgotten": [EVENTS["ProjectCreated"]],
}
"""Where it is more or less than a project with a service."""


def event_of(decider: AnyDecider, name: str) -> Event:
    """`SubjectForgotten` is an event of each aggregate."""
    kinds = {kind.__name__: kind for kind in events_of(decider)}
    return EVENTS.get(name) or kinds[name].model_validate({"subject": "ada-sub"})


def before(name: str) -> Sequence[Event]:
    """A history of a project in which the event may come next."""
    return BEFORE.get(name, [created(), added("spout")])
