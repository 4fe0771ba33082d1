"""The Service read model: a row for each service of a project.

One stream yields many rows here. The ServiceCheckpoint row, written last, says how far the
stream has been read and which services it holds.
"""

from dataclasses import replace
from typing import get_args

from domain.project.aggregate import project as project_decider
from domain.project.events import (
    ProjectDeleted,
    ProjectEvent,
    ServiceAdded,
    ServiceChanged,
    ServiceRemoved,
)
from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, RowMissing, user_id
from projections.generated.rows import ServiceCheckpointRow, ServiceRow, ServiceStatus
from projections.generated.rows import ServiceType as RowServiceType

VERSION = 2
"""Raise it whenever a fold's result changes: every row is then folded anew."""


ServiceEvent = ServiceAdded | ServiceChanged | ServiceRemoved | ProjectDeleted


def touches(head: Row | None, recorded: Recorded[ProjectEvent]) -> tuple[RowKey, ...]:
    checkpoint = RowKey("ServiceCheckpoint", plain_id(recorded.aggregate_id))
    match recorded.event:
        case ServiceAdded() | ServiceChanged() | ServiceRemoved():
            return (RowKey("Service", recorded.event.service_id), checkpoint)
        case ProjectDeleted():
            left = head.service_ids if isinstance(head, ServiceCheckpointRow) else ()
            return (*(RowKey("Service", service_id) for service_id in left), checkpoint)
        case _:
            return ()


def project(key: RowKey, row: Row | None, recorded: Recorded[ProjectEvent]) -> Row:
    event = recorded.event
    if not isinstance(event, ServiceEvent):
        raise AssertionError(f"{event} touches no service")
    if key.model == "Service":
        return service(row if isinstance(row, ServiceRow) else None, event, recorded)
    return checkpoint(
        row if isinstance(row, ServiceCheckpointRow) else no_services(recorded), event, recorded
    )


def checkpoint(
    row: ServiceCheckpointRow, event: ServiceEvent, recorded: Recorded[ProjectEvent]
) -> ServiceCheckpointRow:
    return replace(
        row,
        service_ids=service_ids(row.service_ids, event),
        updated_at=recorded.timestamp,
        version=recorded.sequence,
    )


def service_ids(held: tuple[str, ...], event: ServiceEvent) -> tuple[str, ...]:
    match event:
        case ServiceAdded(service_id=service_id):
            return (*held, service_id)
        case ServiceChanged():
            return held
        case ServiceRemoved(service_id=removed):
            return tuple(service_id for service_id in held if service_id != removed)
        case ProjectDeleted():
            return ()


def service(
    row: ServiceRow | None, event: ServiceEvent, recorded: Recorded[ProjectEvent]
) -> ServiceRow:
    if isinstance(event, ServiceAdded):
        return added_service(event, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    changed = changed_service(row, event)
    return replace(changed, updated_at=recorded.timestamp, version=recorded.sequence)


def changed_service(
    row: ServiceRow, event: ServiceChanged | ServiceRemoved | ProjectDeleted
) -> ServiceRow:
    match event:
        case ServiceChanged():
            kind, configuration = event.service_type, event.configuration
            return replace(
                row,
                name=event.service_name or row.name,
                type=row.type if kind is None else RowServiceType(kind),
                configuration=row.configuration if configuration is None else configuration,
            )
        case ServiceRemoved() | ProjectDeleted():
            return replace(row, status=ServiceStatus.DELETED)


def added_service(added: ServiceAdded, recorded: Recorded[ProjectEvent]) -> ServiceRow:
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
    aggregate_type=project_decider.aggregate_type,
    events=project_decider.events,
    models=("Service", "ServiceCheckpoint"),
    touches=touches,
    project=project,
    relevant=get_args(ServiceEvent),
)
