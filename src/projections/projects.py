"""The Project read model: a row for each project, its services counted."""

from dataclasses import replace

from domain.project.aggregate import project as project_decider
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ProjectRestored,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceAdded,
    ServiceChanged,
    ServiceRemoved,
    SubjectForgotten,
    TemplateChosen,
)
from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, user_id
from projections.generated.rows import ProjectRow, ProjectStatus

NotShown = (
    ProjectConfigured
    | TemplateChosen
    | ServiceChanged
    | RepositoryLinked
    | RepositoryUnlinked
    | DeploymentStarted
    | DeploymentCompleted
    | DeploymentFailed
    | ProvisioningStarted
    | ProvisioningStepCompleted
    | ProvisioningCompleted
    | ProvisioningFailed
    | SubjectForgotten
)
STATUS: dict[type[ProjectEvent], ProjectStatus] = {
    ProjectArchived: ProjectStatus.ARCHIVED,
    ProjectRestored: ProjectStatus.ACTIVE,
    ProjectDeleted: ProjectStatus.DELETED,
}
VERSION = 1
"""Raise it whenever a fold's result changes: every row is then folded anew."""


def touches(_: Row | None, recorded: Recorded[ProjectEvent]) -> tuple[RowKey, ...]:
    return (RowKey("Project", plain_id(recorded.aggregate_id)),)


def project(_: RowKey, row: ProjectRow | None, recorded: Recorded[ProjectEvent]) -> ProjectRow:
    changed = change(row or empty(recorded), recorded.event)
    return replace(
        changed,
        updated_at=recorded.timestamp,
        version=recorded.sequence,
        projection_version=VERSION,
    )


def empty(recorded: Recorded[ProjectEvent]) -> ProjectRow:
    return ProjectRow(
        id=plain_id(recorded.aggregate_id),
        name="",
        status=ProjectStatus.ACTIVE,
        user_id="",
        service_count=0,
        created_at=recorded.timestamp,
        updated_at=recorded.timestamp,
        version=0,
        projection_version=VERSION,
    )


def change(row: ProjectRow, event: ProjectEvent) -> ProjectRow:
    match event:
        case ProjectCreated(name=name, description=description, owner=owner):
            return replace(
                row, name=name, description=description, owner=owner, user_id=user_id(owner)
            )
        case ProjectRenamed(name=name):
            return replace(row, name=name)
        case ProjectDescriptionChanged(description=description):
            return replace(row, description=description)
        case ServiceAdded():
            return replace(row, service_count=row.service_count + 1)
        case ServiceRemoved():
            return replace(row, service_count=row.service_count - 1)
        case ProjectArchived() | ProjectRestored() | ProjectDeleted():
            return replace(row, status=STATUS[type(event)])
        case _:
            return unchanged(row, event)


def unchanged(row: ProjectRow, _: NotShown) -> ProjectRow:
    """What this read model does not show moves its version all the same: clients wait for it."""
    return row


projects = Projection(
    name="projects",
    version=VERSION,
    aggregate_type=project_decider.aggregate_type,
    events=project_decider.events,
    models=("Project",),
    touches=touches,
    project=project,
)
