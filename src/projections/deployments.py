"""The Deployment read model: a row for each deployment of a project.

Its rows are written with the Project row, which is their head: see `projections.projects`.
"""

from dataclasses import replace
from typing import Any

from domain.project import events
from kernel.messages import AggregateId, Recorded, inner_id, plain_id
from kernel.projection import RowKey, RowMissing, begun, user_id
from projections.generated.rows import DeploymentRow, DeploymentStatus

DeploymentEnded = events.DeploymentCompleted | events.DeploymentFailed
DeploymentEvent = events.DeploymentStarted | DeploymentEnded
STATUS_OF: dict[type[DeploymentEvent], DeploymentStatus] = {
    events.DeploymentStarted: DeploymentStatus.RUNNING,
    events.DeploymentCompleted: DeploymentStatus.SUCCEEDED,
    events.DeploymentFailed: DeploymentStatus.FAILED,
}


def deployment_key(project: AggregateId, event: DeploymentEvent) -> RowKey:
    return RowKey("Deployment", inner_id(project, event.deployment_id))


def deployment(key: RowKey, row: DeploymentRow | None, recorded: Recorded[Any]) -> DeploymentRow:
    event = recorded.event
    if isinstance(event, events.DeploymentStarted):
        return started(key, event, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    return ended(row, recorded) if isinstance(event, DeploymentEnded) else row


def started(key: RowKey, event: events.DeploymentStarted, recorded: Recorded[Any]) -> DeploymentRow:
    return DeploymentRow(
        id=key.id,
        project_id=plain_id(recorded.aggregate_id),
        deployment_id=event.deployment_id,
        environment=event.environment,
        revision=event.revision,
        status=STATUS_OF[type(event)],
        started_at=recorded.timestamp,
        user_id=user_id(event.owner),
        owner=event.owner,
        **begun(recorded),
    )


def ended(row: DeploymentRow, recorded: Recorded[DeploymentEnded]) -> DeploymentRow:
    event = recorded.event
    row = replace(row, status=STATUS_OF[type(event)], ended_at=recorded.timestamp)
    match event:
        case events.DeploymentCompleted(url=url):
            return replace(row, url=url)
        case events.DeploymentFailed(reason=reason):
            return replace(row, reason=reason)
