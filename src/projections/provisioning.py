"""The ProvisioningRun read model: a row for each attempt to provision a project, step by step.

Its rows are written with the Project row, which is their head: see `projections.projects`.
"""

from dataclasses import replace
from typing import Any

from domain.project import events
from domain.project.provisioning import COMPLETION, ProvisioningEvent
from domain.project.values import ProvisioningStep
from kernel.messages import Recorded, inner_id, plain_id
from kernel.projection import RowKey, RowMissing, begun, user_id
from projections import provisioning_steps as steps
from projections.generated.rows import ProjectRow, ProvisioningRunRow, ProvisioningStatus

Result = events.TemplateChosen | events.RepositoryLinked | events.ServiceAdded
"""Events that say what a step has yielded, in the commit that completes it."""
Ended = events.ProvisioningCompleted | events.ProvisioningAbandoned | events.ProvisioningFailed
STATUS_OF: dict[type[ProvisioningEvent], ProvisioningStatus] = {
    events.ProvisioningStarted: ProvisioningStatus.RUNNING,
    events.ProvisioningAbandoned: ProvisioningStatus.ABANDONED,
    events.ProvisioningCompleted: ProvisioningStatus.COMPLETED,
    events.ProvisioningFailed: ProvisioningStatus.FAILED,
}


def run_keys(head: ProjectRow | None, recorded: Recorded[Any]) -> tuple[RowKey, ...]:
    """Return the row that the event changes: of the newest attempt, unless it names another.

    Templates are chosen and services are added without an attempt, too.
    """
    event, newest = recorded.event, 0 if head is None else head.provisioning_attempt
    if isinstance(event, ProvisioningEvent):
        attempt = event.attempt or newest
    else:
        attempt = newest if isinstance(event, Result) and runs(head) else 0
    key = RowKey("ProvisioningRun", inner_id(recorded.aggregate_id, str(attempt)))
    return (key,) if attempt else ()


def runs(head: ProjectRow | None) -> bool:
    return head is not None and head.provisioning is ProvisioningStatus.RUNNING


def run(key: RowKey, row: ProvisioningRunRow | None, recorded: Recorded[Any]) -> ProvisioningRunRow:
    event = recorded.event
    if isinstance(event, events.ProvisioningStarted):
        return started(key, event, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    if isinstance(event, Ended):
        return ended(row, event, recorded.timestamp)
    return went_on(row, event, recorded.timestamp)


def started(
    key: RowKey, event: events.ProvisioningStarted, recorded: Recorded[Any]
) -> ProvisioningRunRow:
    return ProvisioningRunRow(
        id=key.id,
        project_id=plain_id(recorded.aggregate_id),
        attempt=event.attempt,
        status=STATUS_OF[type(event)],
        template_id=event.template_id,
        parameters=event.model_dump(mode="json")["parameters"],
        steps=steps.stored(steps.begun(recorded.timestamp)),
        started_at=recorded.timestamp,
        user_id=user_id(event.owner),
        owner=event.owner,
        **begun(recorded),
    )


def went_on(row: ProvisioningRunRow, event: Any, now: str) -> ProvisioningRunRow:  # noqa: ANN401 - any event
    """Show a step that was completed or undone, or what it yields."""
    known = steps.read(row.steps)
    match event:
        case events.ProvisioningStepCompleted(step=step, analysis_id=analysis_id):
            row = replace(row, analysis_id=analysis_id or row.analysis_id)
            known = steps.begin_next(steps.done(known, step, now), now)
        case events.ProvisioningStepUndone(step=step):
            known = steps.undo_next(steps.undone(known, step, now))
        case events.TemplateChosen(name=name, revision=revision):
            known = steps.told(known, ProvisioningStep.TEMPLATE, f"{name}, revision {revision}")
        case events.RepositoryLinked():
            known = steps.told(known, ProvisioningStep.REPOSITORY, place_of(event))
        case events.ServiceAdded(service_name=name):
            known = steps.told(known, ProvisioningStep.CONFIGURATION, name)
    return replace(row, steps=steps.stored(known))


def place_of(repository: events.RepositoryLinked) -> str:
    """Return its address, or what an archive holds: nobody can open its address."""
    files, size = repository.files, repository.bytes
    return repository.url if files is None or size is None else f"{files} files, {size:,} bytes"


def ended(row: ProvisioningRunRow, event: Ended, now: str) -> ProvisioningRunRow:
    """Show that the attempt has succeeded or has failed, or that it is being undone."""
    known, status = steps.read(row.steps), STATUS_OF[type(event)]
    match event:
        case events.ProvisioningCompleted():
            known = steps.done(known, COMPLETION, now)
            return replace(row, status=status, ended_at=now, steps=steps.stored(known))
        case events.ProvisioningAbandoned():
            return replace(given_up(row, event, now, undo=True), status=status)
        case events.ProvisioningFailed():
            return replace(given_up(row, event, now), status=status, ended_at=now)


def given_up(
    row: ProvisioningRunRow,
    event: events.ProvisioningAbandoned | events.ProvisioningFailed,
    now: str,
    *,
    undo: bool = False,
) -> ProvisioningRunRow:
    """Show the reason, and the step that failed: the one that ran, if no other is named."""
    known = steps.read(row.steps)
    ran = row.failed_step or steps.runs(known)
    known = steps.failed(known, event.reason, now)
    return replace(
        row,
        reason=event.reason,
        failed_step=event.step or ran,
        steps=steps.stored(steps.undo_next(known) if undo else known),
    )
