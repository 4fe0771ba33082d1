"""The Project read model: a row for each project, its services counted."""

from dataclasses import replace

from domain.project import events
from domain.project.aggregate import project as project_aggregate
from domain.project.events import ProjectEvent
from kernel.messages import Recorded, plain_id
from kernel.personal import SubjectForgotten
from kernel.projection import Projection, Row, RowKey, begun, user_id
from kernel.query import Detail, Index, Listing
from projections.generated import documents
from projections.generated.rows import ProjectRow, ProjectStatus

Shown = ProjectEvent | SubjectForgotten
NotShown = (
    events.ProjectConfigured
    | events.ConfigurationRemoved
    | events.ProjectHandedOver
    | events.TemplateChosen
    | events.TemplateReleased
    | events.ServiceChanged
    | events.RepositoryLinked
    | events.RepositoryUnlinked
    | events.DeploymentStarted
    | events.DeploymentCompleted
    | events.DeploymentFailed
    | events.ProvisioningStarted
    | events.ProvisioningStepCompleted
    | events.ProvisioningCompleted
    | events.ProvisioningAbandoned
    | events.ProvisioningStepUndone
    | events.ProvisioningFailed
    | SubjectForgotten
)
STATUS: dict[type[Shown], ProjectStatus] = {
    events.ProjectArchived: ProjectStatus.ARCHIVED,
    events.ProjectRestored: ProjectStatus.ACTIVE,
    events.ProjectDeleted: ProjectStatus.DELETED,
}


def touches(_: Row | None, recorded: Recorded[Shown]) -> tuple[RowKey, ...]:
    return (RowKey("Project", plain_id(recorded.aggregate_id)),)


def project(_: RowKey, row: ProjectRow | None, recorded: Recorded[Shown]) -> ProjectRow:
    return change(row or empty(recorded), recorded.event)


def empty(recorded: Recorded[Shown]) -> ProjectRow:
    return ProjectRow(
        id=plain_id(recorded.aggregate_id),
        name="",
        status=ProjectStatus.ACTIVE,
        user_id="",
        service_count=0,
        **begun(recorded),
    )


def change(row: ProjectRow, event: Shown) -> ProjectRow:
    match event:
        case events.ProjectCreated(name=name, description=description, owner=owner):
            return replace(
                row, name=name, description=description, owner=owner, user_id=user_id(owner)
            )
        case events.ProjectRenamed(name=name):
            return replace(row, name=name)
        case events.ProjectDescriptionChanged(description=description):
            return replace(row, description=description)
        case events.ServiceAdded():
            return replace(row, service_count=row.service_count + 1)
        case events.ServiceRemoved():
            return replace(row, service_count=row.service_count - 1)
        case events.ProjectArchived() | events.ProjectRestored() | events.ProjectDeleted():
            return replace(row, status=STATUS[type(event)])
        case _:
            return unchanged(row, event)


def unchanged(row: ProjectRow, _: NotShown) -> ProjectRow:
    """Keep the row: an event that it does not show moves its version, for which clients wait."""
    return row


projects = Projection(
    name="projects",
    version=1,
    aggregate=project_aggregate,
    models=("Project",),
    touches=touches,
    project=project,
)
PROJECT_DETAIL = Detail(
    "get_project",
    "/projects/<id>",
    project_aggregate.aggregate_type,
    documents.GET_PROJECT,
    hidden="DELETED",
)
PROJECT_LIST = Listing(
    "list_projects",
    "/projects",
    own=Index(documents.PROJECTS_BY_USER, "userId"),
    every=Index(documents.PROJECTS_BY_STATUS, "status"),
    statuses=("ACTIVE", "ARCHIVED"),
    hidden="DELETED",
)
