"""One of each command and event, and what happened before an event could."""

from collections.abc import Mapping, Sequence

from domain.analysis.events import AnalysisCancelled
from domain.project.commands import (
    CompleteProvisioning,
    CompleteProvisioningStep,
    DeleteProject,
    FailProvisioning,
    ProvisioningStep,
    RepositoryProvider,
    RestoreProject,
    ServiceType,
    StartProvisioning,
    UnlinkRepository,
)
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectRenamed,
    ProjectRestored,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceChanged,
    ServiceRemoved,
    TemplateChosen,
)
from domain.template.events import TemplateDescriptionChanged
from kernel.messages import Command, Event
from kernel.personal import ForgetSubject, SealedValue
from tests.domain.support.analysis_builders import (
    answer,
    answered,
    ask,
    cancel,
    fail,
    failed,
    requested,
)
from tests.domain.support.builders import (
    add,
    added,
    archive,
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
    publish,
    published,
    renamed,
    replaced,
    revise,
)
from tests.support.spec import ACTOR
from tests.support.unions import AnyDecider, events_of

SEALED = SealedValue(f"s1:{'a' * 40}")
COMMANDS: Mapping[str, Command] = {
    "CreateProject": create(),
    "ArchiveProject": archive(),
    "RestoreProject": RestoreProject(),
    "DeleteProject": DeleteProject(),
    "ChangeProject name": change(name="Samovar"),
    "ChangeProject description": change(description=None),
    "ConfigureProject": configure(),
    "AddService": add("spout"),
    "ChangeService": change_service("spout", service_name="beak"),
    "RemoveService": remove_service("spout"),
    "ChooseTemplate": choose(),
    "LinkRepository": link(),
    "UnlinkRepository": UnlinkRepository(),
    "StartDeployment": deploy(1, "prod"),
    "CompleteDeployment": complete_deployment(1),
    "FailDeployment": fail_deployment(1),
    "StartProvisioning": StartProvisioning(),
    "CompleteProvisioningStep": CompleteProvisioningStep(step=ProvisioningStep.TEMPLATE),
    "CompleteProvisioning": CompleteProvisioning(),
    "FailProvisioning": FailProvisioning(reason="No water."),
    "DraftTemplate": draft(),
    "PublishTemplate": publish(),
    "DeprecateTemplate": deprecate(),
    "ReviseTemplate name": revise(name="Coffee"),
    "ReviseTemplate description": revise(description=None),
    "ReviseTemplate files": revise(files={}),
    "RequestAnalysis": ask(),
    "CompleteAnalysis": answer(),
    "FailAnalysis": fail(),
    "CancelAnalysis": cancel(),
    "ForgetSubject": ForgetSubject(subject="ada-sub"),
}
EVENTS: Mapping[str, Event] = {
    "ProjectCreated": ProjectCreated(
        owner=ACTOR,
        name="Teapot",
        description="Short",
        template_id="tea-service",
        configuration=configured(features=("auth",), environment={"STAGE": "dev"}),
        owner_name=SEALED,
        owner_email=SEALED,
    ),
    "ProjectArchived": ProjectArchived(),
    "ProjectRestored": ProjectRestored(),
    "ProjectDeleted": ProjectDeleted(),
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
    "RepositoryUnlinked": RepositoryUnlinked(),
    "DeploymentStarted": DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(1), environment="prod"
    ),
    "DeploymentCompleted": DeploymentCompleted(deployment_id=deployment_id(1), environment="prod"),
    "DeploymentFailed": DeploymentFailed(
        deployment_id=deployment_id(1), environment="prod", reason="It leaks."
    ),
    "ProvisioningStarted": ProvisioningStarted(owner=ACTOR, attempt=1),
    "ProvisioningStepCompleted": ProvisioningStepCompleted(step=ProvisioningStep.TEMPLATE),
    "ProvisioningCompleted": ProvisioningCompleted(),
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
    "AnalysisCancelled": AnalysisCancelled(),
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
