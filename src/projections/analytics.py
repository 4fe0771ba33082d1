"""The ProjectAnalytics read model: a row for each day of UTC on which a project had an event.

Its rows are written with the Project row, which is their head and holds the sums of all days: see
`projections.projects`. An event counts on the day on which it was recorded. No commit of a stream
is recorded before the one it follows, so only the newest day of a project still grows.
"""

from dataclasses import replace
from typing import Any

from domain.project import events
from kernel.messages import Recorded, inner_id, plain_id
from kernel.projection import RowKey, RowMissing, begun
from projections.generated.rows import ProjectAnalyticsRow, ProjectRow


def day_of(timestamp: str) -> str:
    """Return the day of a recorded time, which is always written in UTC."""
    return timestamp[: len("2026-01-31")]


def day_key(recorded: Recorded[Any]) -> RowKey:
    day = day_of(recorded.timestamp)
    return RowKey("ProjectAnalytics", inner_id(recorded.aggregate_id, day))


def analytics(
    key: RowKey, row: ProjectAnalyticsRow | None, recorded: Recorded[Any], head: ProjectRow
) -> ProjectAnalyticsRow:
    """Count the event on its day; `head` is the Project row before it, or after the creation."""
    if row is None:
        row = first_of_day(key, recorded, head)
    event = recorded.event
    return replace(
        row,
        deployments=row.deployments + isinstance(event, events.DeploymentStarted),
        succeeded=row.succeeded + isinstance(event, events.DeploymentCompleted),
        failed=row.failed + isinstance(event, events.DeploymentFailed),
        total_events=row.total_events + 1,
    )


def first_of_day(key: RowKey, recorded: Recorded[Any], head: ProjectRow) -> ProjectAnalyticsRow:
    """Return an empty row. Raises `RowMissing` when an event of this day has been counted before.

    Every event moves the head, so its time tells. Without this, a row that was read too early, or
    that is gone, would begin anew with this event alone.
    """
    day = day_of(recorded.timestamp)
    if head.version and day_of(head.updated_at) == day:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {day}")
    return ProjectAnalyticsRow(
        id=key.id,
        project_id=plain_id(recorded.aggregate_id),
        day=day,
        deployments=0,
        succeeded=0,
        failed=0,
        total_events=0,
        user_id=head.user_id,
        owner=head.owner,
        **begun(recorded),
    )
