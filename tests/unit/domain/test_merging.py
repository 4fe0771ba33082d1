"""docs/merging.md is what the code does: every event against every command, for every aggregate."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path

import pytest

from analysis_builders import answer, answered, ask, cancel, fail, failed, requested
from builders import (
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
from domain.aggregates import DECIDERS
from domain.analysis.events import AnalysisCancelled
from domain.messages import Command, Event
from domain.personal import ForgetSubject
from domain.project.commands import (
    CompleteProvisioning,
    CompleteProvisioningStep,
    DeleteProject,
    FailProvisioning,
    ProvisioningStep,
    RepositoryProvider,
    RestoreProject,
    StartProvisioning,
    UnlinkRepository,
)
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
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
from spec import ACTOR
from template_builders import (
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
from unions import AnyDecider, commands_of, events_of

pytestmark = [
    pytest.mark.feature("K10"),
    pytest.mark.parametrize("decider", DECIDERS, ids=lambda decider: decider.aggregate_type),
]
PAGE = Path(__file__).parents[3] / "docs" / "merging.md"
Cell = tuple[str, str, str]
"""Event, command with the field that it changes, and what the page says of the two."""


@dataclass(frozen=True)
class Same:
    """What an event and a command have in common."""

    service: bool
    environment: bool
    deployment: bool


EVERY_WAY = [Same(*way) for way in product((True, False), repeat=len(fields(Same)))]
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
    "ProjectCreated": created(),
    "ProjectArchived": ProjectArchived(),
    "ProjectRestored": ProjectRestored(),
    "ProjectDeleted": ProjectDeleted(),
    "ProjectRenamed": ProjectRenamed(name="Urn"),
    "ProjectDescriptionChanged": ProjectDescriptionChanged(description="Hot"),
    "ProjectConfigured": ProjectConfigured(configuration=configured()),
    "ServiceAdded": added("spout"),
    "ServiceChanged": ServiceChanged(service_id=service_id("spout"), service_name="beak"),
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
VERDICTS: Mapping[str, Callable[[Same], bool]] = {
    "–": lambda same: False,  # noqa: RUF001 - as the page has it
    "conflict": lambda same: True,
    "same service": lambda same: same.service,
    "same environment": lambda same: same.environment,
    "same deployment": lambda same: same.deployment,
}


@pytest.mark.parametrize("same", EVERY_WAY, ids=lambda same: repr(same)[5:-1])
def test_every_pair_conflicts_or_merges_as_the_page_says(decider: AnyDecider, same: Same) -> None:
    said = {(e, c): VERDICTS[verdict](same) for e, c, verdict in cells(decider)}
    done = {
        (e, c): decider.conflicts(COMMANDS[c], about(example(decider, e), same)) for e, c in said
    }

    assert done == said


def test_every_pair_has_one_place_on_the_page(decider: AnyDecider) -> None:
    events = [event.__name__ for event in events_of(decider)]
    commands = [command.__name__ for command in commands_of(decider)]
    asked = [name for name in COMMANDS if name.partition(" ")[0] in commands]

    assert sorted((e, c) for e, c, _ in cells(decider)) == sorted(product(events, asked))
    assert {name.partition(" ")[0] for name in asked} == set(commands)


def example(decider: AnyDecider, name: str) -> Event:
    """`SubjectForgotten` is an event of each aggregate."""
    kinds = {kind.__name__: kind for kind in events_of(decider)}
    return EVENTS.get(name) or kinds[name].model_validate({"subject": "ada-sub"})


def about(event: Event, same: Same) -> Event:
    """The event, about other things where it is not to be about the same."""
    others = {
        "service_id": (same.service, service_id("lid")),
        "environment": (same.environment, "dev"),
        "deployment_id": (same.deployment, deployment_id(2)),
    }
    held = type(event).model_fields
    return event.model_copy(
        update={name: other for name, (kept, other) in others.items() if name in held and not kept}
    )


def cells(decider: AnyDecider) -> Iterator[Cell]:
    head, _, *rows = table(decider)
    for events, *verdicts in rows:
        for commands, verdict in zip(head[1:], verdicts, strict=True):
            for event, command in product(names(events), names(commands)):
                yield event, command, verdict


def table(decider: AnyDecider) -> list[list[str]]:
    """The rows of the table below the aggregate's title."""
    section = PAGE.read_text().partition(f"## {decider.aggregate_type.capitalize()}\n")[2]
    lines = section.partition("\n## ")[0].splitlines()
    return [row(line) for line in lines if line.startswith("|")]


def row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> list[str]:
    return [re.sub("`", "", name) for name in cell.split("<br>")]
