"""The Service read model: a row for each service of a project.

One stream yields many rows here. The ServiceCheckpoint row, written last, says how far the
stream has been read and which services it holds.
"""

from dataclasses import replace
from typing import get_args

from domain.project import events
from domain.project.aggregate import project as project_aggregate
from domain.project.events import ProjectEvent
from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, RowMissing, begun, user_id
from kernel.query import Index, Within
from projections.generated import documents
from projections.generated.rows import ServiceCheckpointRow, ServiceRow, ServiceStatus
from projections.generated.rows import ServiceType as RowServiceType
from projections.projects import PROJECT_DETAIL

ServiceEvent = (
    events.ServiceAdded | events.ServiceChanged | events.ServiceRemoved | events.ProjectDeleted
)


def touches(head: Row | None, recorded: Recorded[ProjectEvent]) -> tuple[RowKey, ...]:
    checkpoint = RowKey("ServiceCheckpoint", plain_id(recorded.aggregate_id))
    match recorded.event:
        case events.ServiceAdded() | events.ServiceChanged() | events.ServiceRemoved():
            return (RowKey("Service", recorded.event.service_id), checkpoint)
        case events.ProjectDeleted():
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
    held = row if isinstance(row, ServiceCheckpointRow) else no_services(recorded)
    return checkpoint(held, event)


def checkpoint(row: ServiceCheckpointRow, event: ServiceEvent) -> ServiceCheckpointRow:
    return replace(row, service_ids=service_ids(row.service_ids, event))


def service_ids(held: tuple[str, ...], event: ServiceEvent) -> tuple[str, ...]:
    match event:
        case events.ServiceAdded(service_id=service_id):
            return (*held, service_id)
        case events.ServiceChanged():
            return held
        case events.ServiceRemoved(service_id=removed):
            return tuple(service_id for service_id in held if service_id != removed)
        case events.ProjectDeleted():
            return ()


def service(
    row: ServiceRow | None, event: ServiceEvent, recorded: Recorded[ProjectEvent]
) -> ServiceRow:
    if isinstance(event, events.ServiceAdded):
        return added_service(event, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    return changed_service(row, event)


def changed_service(
    row: ServiceRow, event: events.ServiceChanged | events.ServiceRemoved | events.ProjectDeleted
) -> ServiceRow:
    match event:
        case events.ServiceChanged():
            kind, configuration = event.service_type, event.configuration
            return replace(
                row,
                name=event.service_name or row.name,
                type=row.type if kind is None else RowServiceType(kind),
                configuration=row.configuration if configuration is None else configuration,
            )
        case events.ServiceRemoved() | events.ProjectDeleted():
            return replace(row, status=ServiceStatus.DELETED)


def added_service(added: events.ServiceAdded, recorded: Recorded[ProjectEvent]) -> ServiceRow:
    return ServiceRow(
        id=added.service_id,
        project_id=plain_id(recorded.aggregate_id),
        name=added.service_name,
        type=RowServiceType(added.service_type),
        configuration=added.configuration,
        status=ServiceStatus.ACTIVE,
        user_id=user_id(added.owner),
        owner=added.owner,
        **begun(recorded),
    )


def no_services(recorded: Recorded[ProjectEvent]) -> ServiceCheckpointRow:
    return ServiceCheckpointRow(
        id=plain_id(recorded.aggregate_id),
        service_ids=(),
        **begun(recorded),
    )


services = Projection(
    name="services",
    version=2,
    aggregate=project_aggregate,
    models=("Service", "ServiceCheckpoint"),
    touches=touches,
    project=project,
    relevant=get_args(ServiceEvent),
)
SERVICE_LIST = Within(
    "list_services",
    "/projects/<id>/services",
    PROJECT_DETAIL,
    Index(documents.SERVICES_BY_PROJECT, "projectId"),
    hidden="DELETED",
)
