"""The saga that creates a project from a template: its steps, declared once."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from pydantic import JsonValue

from domain.analysis import events as analyses
from domain.archived import ArchiveRepositories
from domain.creation import Creation, before, configuration_before, data, since
from domain.project import events
from domain.project.aggregate import Project
from domain.project.provisioning import COMPLETION, Provisioning
from domain.project.values import ProvisioningStep
from kernel.actor import user_id
from kernel.personal import SubjectForgotten
from kernel.saga import Offered, Question, Remains, Run, Saga, Sending, Step, StepFailed

NOBODY_WAITS = "The provisioning of the project was abandoned, so nobody waits for the analysis."


def sending(run: Run, command: str, data: Mapping[str, JsonValue]) -> Sending:
    """Send a command of the attempt to the project."""
    return Sending(command, run.id, {"attempt": run.attempt, **data})


def choose_template(run: Run) -> Sending:
    return sending(run, "provision-template", {"templateId": wished(run)})


def wished(run: Run) -> str:
    """Return the template that was wished for. Raises `StepFailed`.

    A start of 1.0 names none; the creation may.
    """
    created = before(run, events.ProjectCreated)
    found: str | None = run.started.event.template_id or created.template_id
    if found is None:
        raise StepFailed("No template was wished for.")
    return found


def analysis_id(run: Run) -> str:
    """Return the id of the attempt's analysis, always the same."""
    return str(uuid.uuid5(uuid.UUID(run.event_id), "analysis"))


def ask_analyst(run: Run) -> Sending:
    asked: dict[str, JsonValue] = {"projectId": run.id, "kind": "ARCHITECTURE"}
    return Sending("request-analysis", analysis_id(run), asked)


def withdraw_question(run: Run) -> Sending:
    return Sending("fail-analysis", analysis_id(run), {"reason": NOBODY_WAITS})


def note_analysis(run: Run) -> Sending:
    return sending(run, "provision-analysis", {"analysisId": analysis_id(run)})


def create_repository(run: Run) -> Sending:
    return sending(run, "provision-repository", run.tools.repository(run))


def remove_repository(run: Run) -> None:
    run.tools.remove_repository(run)


def configure(run: Run) -> Sending:
    return sending(run, "provision-configuration", run.tools.configuration(run))


def complete(run: Run) -> Sending:
    return sending(run, "complete-provisioning", {})


def undo_template(run: Run) -> Sending:
    chosen = before(run, events.TemplateChosen, events.TemplateReleased)
    held = {"template": data(chosen)} if isinstance(chosen, events.TemplateChosen) else {}
    return undoing(run, ProvisioningStep.TEMPLATE, held)


def undo_analysis(run: Run) -> Sending:
    return undoing(run, ProvisioningStep.ANALYSIS, {})


def undo_repository(run: Run) -> Sending:
    linked = before(run, events.RepositoryLinked, events.RepositoryUnlinked)
    held = {"repository": data(linked)} if isinstance(linked, events.RepositoryLinked) else {}
    return undoing(run, ProvisioningStep.REPOSITORY, held)


def undo_configuration(run: Run) -> Sending:
    configuration = configuration_before(run)
    held = {"configuration": data(configuration)} if configuration else {}
    return undoing(run, ProvisioningStep.CONFIGURATION, held)


def undoing(run: Run, step: ProvisioningStep, held: Mapping[str, JsonValue]) -> Sending:
    return sending(run, "undo-provisioning-step", {"step": step, **held})


def abandon(run: Run, reason: str, step: str | None) -> Sending:
    return sending(run, "abandon-provisioning", {"reason": reason, **step_of(step)})


def fail(run: Run) -> Sending:
    """End the attempt with the reason for which it was abandoned."""
    found = since(run, events.ProvisioningAbandoned)
    return sending(run, "fail-provisioning", {"reason": found.reason, **step_of(found.step)})


def step_of(name: str | None) -> dict[str, JsonValue]:
    """Name the step that failed: the completion is none that a project knows."""
    return {"step": name} if name in tuple(ProvisioningStep) else {}


def progress(state: Project) -> Provisioning:
    return state.provisioning


def is_over(state: Project, ended: events.ProjectDeleted | SubjectForgotten) -> bool:
    """Tell whether no archive is kept: the project was deleted, or its owner is forgotten.

    Whoever else is forgotten may have been an owner before: the archive has gone with the project.
    """
    return isinstance(ended, events.ProjectDeleted) or ended.subject == user_id(state.owner)


def discard(creation: Creation, id: str, attempt: int) -> None:
    creation.repositories.discard(id, attempt)


def tools(offered: Offered) -> Creation:
    return Creation(offered, ArchiveRepositories(offered.archives, offered.pack))


PROJECT_CREATION = Saga(
    name="project-creation",
    aggregate_type="PROJECT",
    started_by=events.ProvisioningStarted,
    progress=progress,
    steps=(
        Step(ProvisioningStep.TEMPLATE, timedelta(minutes=1), choose_template, undo_template),
        Step(
            ProvisioningStep.ANALYSIS,
            timedelta(minutes=10),
            note_analysis,
            undo_analysis,
            question=Question(
                "ANALYSIS",
                ask_analyst,
                {
                    analyses.AnalysisCompleted: None,
                    analyses.AnalysisFailed: "The analysis has failed; it says why itself.",
                    analyses.AnalysisCancelled: "The analysis was cancelled.",
                },
                withdraw_question,
            ),
        ),
        Step(
            ProvisioningStep.REPOSITORY,
            timedelta(minutes=2),
            create_repository,
            undo_repository,
            cleans=remove_repository,
        ),
        Step(ProvisioningStep.CONFIGURATION, timedelta(minutes=1), configure, undo_configuration),
        Step(COMPLETION, timedelta(minutes=1), complete),
    ),
    abandons=abandon,
    fails=fail,
    tools=tools,
    remains=Remains((events.ProjectDeleted, SubjectForgotten), is_over, discard),
)
