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
        status=DeploymentStatus.RUNNING,
        started_at=recorded.timestamp,
        user_id=user_id(event.owner),
        owner=event.owner,
        **begun(recorded),
    )


def ended(row: DeploymentRow, recorded: Recorded[DeploymentEnded]) -> DeploymentRow:
    row = replace(row, ended_at=recorded.timestamp)
    match recorded.event:
        case events.DeploymentCompleted(url=url):
            return replace(row, status=DeploymentStatus.SUCCEEDED, url=url)
        case events.DeploymentFailed(reason=reason):
            return replace(row, status=DeploymentStatus.FAILED, reason=reason)
