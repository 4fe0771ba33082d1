"""The Project read model: a row for each project, its services counted; and rows within it.

The Project row is touched by every event and written last, so that it is the head of the rows of
deployments, of attempts to provision it and of days: they need no checkpoint of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from domain.archived import is_archive_of
from domain.project import events
from domain.project.aggregate import project as project_aggregate
from domain.project.events import ProjectEvent
from kernel.messages import Recorded, plain_id
from kernel.personal import SubjectForgotten, unopened
from kernel.projection import Projection, Row, RowKey, begun, user_id
from kernel.query import Counts, Detail, Download, File, Index, Inner, Listing, Within
from projections.analytics import analytics, day_key
from projections.deployments import STATUS_OF, DeploymentEvent, deployment, deployment_key
from projections.generated import documents
from projections.generated.rows import (
    DeploymentRow,
    ProjectAnalyticsRow,
    ProjectRow,
    ProjectStatus,
    ProvisioningRunRow,
    ProvisioningStatus,
    RepositoryProvider,
)
from projections.provisioning import STATUS_OF as RUN_STATUS
from projections.provisioning import run, run_keys

Shown = ProjectEvent | SubjectForgotten
NotShown = events.ServiceChanged | events.ProvisioningStepCompleted | events.ProvisioningStepUndone
OfOwner = events.ProjectHandedOver | SubjectForgotten
Provisioned = (
    events.ProvisioningStarted
    | events.ProvisioningCompleted
    | events.ProvisioningAbandoned
    | events.ProvisioningFailed
)
Further = (
    events.ServiceAdded
    | events.ServiceRemoved
    | events.TemplateChosen
    | events.TemplateReleased
    | events.RepositoryLinked
    | events.RepositoryUnlinked
    | DeploymentEvent
    | Provisioned
    | OfOwner
)
SHELVES = 4
"""Partitions among which lists of everybody's projects are spread; shelf.js reads as many."""
STATUS: dict[type[Shown], ProjectStatus] = {
    events.ProjectArchived: ProjectStatus.ARCHIVED,
    events.ProjectRestored: ProjectStatus.ACTIVE,
    events.ProjectDeleted: ProjectStatus.DELETED,
}


def touches(head: Row | None, recorded: Recorded[Shown]) -> tuple[RowKey, ...]:
    last = (day_key(recorded), RowKey("Project", plain_id(recorded.aggregate_id)))
    if isinstance(recorded.event, DeploymentEvent):
        return (deployment_key(recorded.aggregate_id, recorded.event), *last)
    return (*run_keys(head if isinstance(head, ProjectRow) else None, recorded), *last)


def project(key: RowKey, row: Row | None, recorded: Recorded[Shown], head: Row | None) -> Row:
    if key.model == "Deployment":
        return deployment(key, row if isinstance(row, DeploymentRow) else None, recorded)
    if key.model == "ProvisioningRun":
        return run(key, row if isinstance(row, ProvisioningRunRow) else None, recorded)
    if key.model == "ProjectAnalytics":
        return day(key, row, recorded, head)
    known = row if isinstance(row, ProjectRow) else empty(recorded)
    return shelved(counted(change(known, recorded.event), recorded))


def day(key: RowKey, row: Row | None, recorded: Recorded[Shown], head: Row | None) -> Row:
    """Count the event on its day; what creates the project says whose the first day is."""
    known = head if isinstance(head, ProjectRow) else change(empty(recorded), recorded.event)
    return analytics(key, row if isinstance(row, ProjectAnalyticsRow) else None, recorded, known)


def empty(recorded: Recorded[Shown]) -> ProjectRow:
    return ProjectRow(
        id=plain_id(recorded.aggregate_id),
        name="",
        status=ProjectStatus.ACTIVE,
        user_id="",
        service_count=0,
        provisioning=ProvisioningStatus.NONE,
        provisioning_attempt=0,
        deployment_count=0,
        deployments_succeeded=0,
        deployments_failed=0,
        total_events=0,
        **begun(recorded),
    )


def change(row: ProjectRow, event: Shown) -> ProjectRow:
    match event:
        case events.ProjectCreated():
            return created(row, event)
        case events.ProjectConfigured(configuration=configuration):
            return configured(row, configuration)
        case events.ConfigurationRemoved():
            return replace(row, runtime=None, region=None, features=None, environment=None)
        case events.ProjectRenamed(name=name):
            return replace(row, name=name)
        case events.ProjectDescriptionChanged(description=description):
            return replace(row, description=description)
        case events.ProjectArchived() | events.ProjectRestored() | events.ProjectDeleted():
            return replace(row, status=STATUS[type(event)])
        case _:
            return further(row, event)


def further(row: ProjectRow, event: Further | NotShown) -> ProjectRow:
    """Show what belongs to the project."""
    match event:
        case events.ServiceAdded():
            return replace(row, service_count=row.service_count + 1)
        case events.ServiceRemoved():
            return replace(row, service_count=row.service_count - 1)
        case events.TemplateChosen(template_id=template_id, name=name, revision=revision):
            return replace(
                row, template_id=template_id, template_name=name, template_revision=revision
            )
        case events.TemplateReleased():
            return replace(row, template_id=None, template_name=None, template_revision=None)
        case events.RepositoryLinked():
            return linked(row, event)
        case events.RepositoryUnlinked():
            return unlinked(row)
        case events.DeploymentStarted() | events.DeploymentCompleted() | events.DeploymentFailed():
            return deployed(row, event)
        case _:
            return provisioned(row, event)


def provisioned(row: ProjectRow, event: Provisioned | OfOwner | NotShown) -> ProjectRow:
    """Show how far the newest attempt to provision the project is."""
    match event:
        case events.ProvisioningStarted(attempt=attempt):
            row = replace(row, provisioning_attempt=attempt)
            return replace(row, provisioning=RUN_STATUS[type(event)])
        case (
            events.ProvisioningCompleted()
            | events.ProvisioningAbandoned()
            | events.ProvisioningFailed()
        ):
            return replace(row, provisioning=RUN_STATUS[type(event)])
        case events.ProjectHandedOver() | SubjectForgotten():
            return of_owner(row, event)
        case _:
            return unchanged(row, event)


def of_owner(row: ProjectRow, event: OfOwner) -> ProjectRow:
    """Show name and e-mail of the owner there is now, until that person is forgotten."""
    match event:
        case events.ProjectHandedOver():
            return named(row, event)
        case SubjectForgotten(subject=subject):
            return forgotten(row) if subject == row.user_id else row


def forgotten(row: ProjectRow) -> ProjectRow:
    """Show neither the owner nor the archive, which is removed when its owner is forgotten."""
    archived = row.repository_provider is RepositoryProvider.ARCHIVE
    return replace(unlinked(row) if archived else row, user_name=None, user_email=None)


def named(row: ProjectRow, event: events.ProjectCreated | events.ProjectHandedOver) -> ProjectRow:
    return replace(
        row,
        user_name=unopened(event.owner_name, event.owner),
        user_email=unopened(event.owner_email, event.owner),
    )


def created(row: ProjectRow, event: events.ProjectCreated) -> ProjectRow:
    row = replace(
        row,
        name=event.name,
        description=event.description,
        template_id=event.template_id,
        owner=event.owner,
        user_id=user_id(event.owner),
    )
    row = named(row, event)
    return row if event.configuration is None else configured(row, event.configuration)


def configured(row: ProjectRow, configuration: events.Configuration) -> ProjectRow:
    return replace(
        row,
        runtime=configuration.runtime,
        region=configuration.region,
        features=configuration.features,
        environment=dict(configuration.environment),
    )


def linked(row: ProjectRow, event: events.RepositoryLinked) -> ProjectRow:
    return replace(
        row,
        repository_url=event.url,
        repository_provider=RepositoryProvider(event.provider),
        repository_files=event.files,
        repository_bytes=event.bytes,
        repository_sha256=event.sha256,
    )


def unlinked(row: ProjectRow) -> ProjectRow:
    return replace(
        row,
        repository_url=None,
        repository_provider=None,
        repository_files=None,
        repository_bytes=None,
        repository_sha256=None,
    )


def deployed(row: ProjectRow, event: DeploymentEvent) -> ProjectRow:
    """Show the deployment that began or ended last, and count it."""
    row = replace(
        row,
        last_deployment_status=STATUS_OF[type(event)],
        last_deployment_environment=event.environment,
    )
    match event:
        case events.DeploymentStarted():
            return replace(row, deployment_count=row.deployment_count + 1)
        case events.DeploymentCompleted():
            return rated(replace(row, deployments_succeeded=row.deployments_succeeded + 1))
        case events.DeploymentFailed():
            return rated(replace(row, deployments_failed=row.deployments_failed + 1))


def rated(row: ProjectRow) -> ProjectRow:
    ended = row.deployments_succeeded + row.deployments_failed
    return replace(row, success_rate=row.deployments_succeeded / ended)


def counted(row: ProjectRow, recorded: Recorded[Shown]) -> ProjectRow:
    """Count the event, and note the time of a deployment that has succeeded."""
    row = replace(row, total_events=row.total_events + 1)
    succeeded = isinstance(recorded.event, events.DeploymentCompleted)
    return replace(row, last_deployed_at=recorded.timestamp) if succeeded else row


def shelved(row: ProjectRow) -> ProjectRow:
    """Put the row on one of the shelves of its status, by its id."""
    return replace(row, shelf=f"{row.status}#{crc32(row.id.encode()) % SHELVES}")


def unchanged(row: ProjectRow, _: NotShown) -> ProjectRow:
    """Keep the row: an event that it does not show moves its version, for which clients wait."""
    return row


projects = Projection(
    name="projects",
    version=11,
    aggregate=project_aggregate,
    models=("Deployment", "ProvisioningRun", "ProjectAnalytics", "Project"),
    touches=touches,
    project=project,
    of_head=True,
    personal={"Project": ("user_name", "user_email")},
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
    every=Index(documents.PROJECTS_BY_SHELF, "shelf", SHELVES),
    statuses=("ACTIVE", "ARCHIVED"),
    hidden="DELETED",
    filters=(
        "templateId",
        "templateName",
        "runtime",
        "region",
        "provisioning",
        "lastDeploymentStatus",
    ),
    searched=("name", "description"),
    counts=Counts(
        documents.GET_OWNER_SUMMARY,
        documents.LIST_OWNER_SUMMARIES,
        (("ACTIVE", "active"), ("ARCHIVED", "archived")),
    ),
)
ARCHIVE_NAME = re.compile(r"[^\w.-]+")


def archive_of(row: Mapping[str, Any]) -> File | None:
    """Return the archive of a project; one of another project is not the project's own.

    Owners may link any address as an archive.
    """
    url = row.get("repositoryUrl") or ""
    archived = row.get("repositoryProvider") == RepositoryProvider.ARCHIVE
    if not archived or not is_archive_of(url, row["id"]):
        return None
    name = ARCHIVE_NAME.sub("-", row["name"]).strip("-.") or "project"
    return File(url, f"{name}.zip", row["repositoryBytes"], row["repositorySha256"])


REPOSITORY_DOWNLOAD = Download(
    "download_repository",
    "/projects/<id>/repository/download",
    PROJECT_DETAIL,
    "archive of the repository",
    archive_of,
)
DEPLOYMENT_LIST = Within(
    "list_deployments",
    "/projects/<id>/deployments",
    PROJECT_DETAIL,
    Index(documents.DEPLOYMENTS_BY_PROJECT, "projectId"),
    newest_first=True,
)
DEPLOYMENT_DETAIL = Inner(
    "get_deployment",
    "/projects/<id>/deployments/<deploymentId>",
    PROJECT_DETAIL,
    documents.GET_DEPLOYMENT,
    "deployment",
)
PROVISIONING_LIST = Within(
    "list_provisioning_runs",
    "/projects/<id>/provisioning",
    PROJECT_DETAIL,
    Index(documents.PROVISIONING_RUNS_BY_PROJECT, "projectId"),
    newest_first=True,
)
PROVISIONING_DETAIL = Inner(
    "get_provisioning_run",
    "/projects/<id>/provisioning/<attempt>",
    PROJECT_DETAIL,
    documents.GET_PROVISIONING_RUN,
    "attempt",
    numbered=True,
)
ANALYTICS_LIST = Within(
    "list_project_analytics",
    "/projects/<id>/analytics",
    PROJECT_DETAIL,
    Index(documents.ANALYTICS_BY_PROJECT, "projectId"),
    newest_first=True,
    day="day",
)
