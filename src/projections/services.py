"""The Service read model: a row for each service of a project.

One stream yields many rows here. The ServiceCheckpoint row, written last, says how far the
stream has been read and which services it holds.
"""

from dataclasses import replace

from domain.messages import Recorded, plain_id
from domain.project.aggregate import project as project_decider
from domain.project.events import (
    ProjectArchived,
    ProjectCreated,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ServiceAdded,
)
from projections.projection import Projection, Row, RowKey, user_id
from projections.rows import ServiceCheckpointRow, ServiceRow, ServiceStatus
from projections.rows import ServiceType as RowServiceType

VERSION = 1
"""Raise it whenever a fold's result changes: every row is then folded anew."""


def touches(_: Row | None, recorded: Recorded[ProjectEvent]) -> tuple[RowKey, ...]:
    match recorded.event:
        case ServiceAdded(service_id=service_id):
            checkpoint = RowKey("ServiceCheckpoint", plain_id(recorded.aggregate_id))
            return (RowKey("Service", service_id), checkpoint)
        case ProjectCreated() | ProjectRenamed() | ProjectDescriptionChanged() | ProjectArchived():
            return ()


def project(key: RowKey, row: Row | None, recorded: Recorded[ProjectEvent]) -> Row:
    match recorded.event:
        case ServiceAdded() as added if key.model == "Service":
            return service(added, recorded)
        case ServiceAdded(service_id=service_id):
            checkpoint = row if isinstance(row, ServiceCheckpointRow) else no_services(recorded)
            return replace(
                checkpoint,
                service_ids=(*checkpoint.service_ids, service_id),
                updated_at=recorded.timestamp,
                version=recorded.sequence,
            )
        case _:
            raise AssertionError(f"{recorded.event} touches no service")


def service(added: ServiceAdded, recorded: Recorded[ProjectEvent]) -> ServiceRow:
    return ServiceRow(
        id=added.service_id,
        project_id=plain_id(recorded.aggregate_id),
        name=added.service_name,
        type=RowServiceType(added.service_type),
        configuration=added.configuration,
        status=ServiceStatus.ACTIVE,
        user_id=user_id(added.owner),
        owner=added.owner,
        created_at=recorded.timestamp,
        updated_at=recorded.timestamp,
        version=recorded.sequence,
        projection_version=VERSION,
    )


def no_services(recorded: Recorded[ProjectEvent]) -> ServiceCheckpointRow:
    return ServiceCheckpointRow(
        id=plain_id(recorded.aggregate_id),
        service_ids=(),
        created_at=recorded.timestamp,
        updated_at=recorded.timestamp,
        version=0,
        projection_version=VERSION,
    )


services = Projection(
    name="services",
    version=VERSION,
    events=project_decider.events,
    head_model="ServiceCheckpoint",
    touches=touches,
    project=project,
)
