"""The rules of a project's services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.project import commands, events
from domain.project.values import NewService, ServiceId, ServiceType
from kernel.digest import digest
from kernel.errors import DomainError, NotFound
from kernel.texts import alike

MAX_SERVICES = 100

ServiceEvent = events.ServiceAdded | events.ServiceChanged | events.ServiceRemoved


@dataclass(frozen=True, slots=True)
class Service:
    """`configuration` is a digest."""

    name: str
    type: ServiceType
    configuration: str = ""


Services = Mapping[ServiceId, Service]


class ServiceNotFound(NotFound):
    text = "The project has no such service."


class ServiceAlreadyExists(DomainError):
    text = "The project has this service already."


class ServiceNameTaken(DomainError):
    text = "The project has a service named {name!r} already."


class TooManyServices(DomainError):
    text = "A project holds at most {limit} services."


def add(services: Services, owner: str, new: Iterable[NewService]) -> list[events.ServiceAdded]:
    added: list[events.ServiceAdded] = []
    for service in new:
        event = add_one(services, owner, service)
        services = evolve(services, event)
        added.append(event)
    return added


def add_one(services: Services, owner: str, new: NewService) -> events.ServiceAdded:
    if len(services) >= MAX_SERVICES:
        raise TooManyServices(limit=MAX_SERVICES)
    require_free_name(services, new.service_name)
    if new.service_id in services:
        raise ServiceAlreadyExists
    return events.ServiceAdded(owner=owner, **new.model_dump())


def require_free_name(services: Services, name: str, but: ServiceId | None = None) -> None:
    taken = {alike(one.name) for id, one in services.items() if id != but}
    if alike(name) in taken:
        raise ServiceNameTaken(name=name)


def change(services: Services, command: commands.ChangeService) -> list[events.ServiceChanged]:
    """Record what differs, in one event."""
    service = service_of(services, command.service_id)
    if command.service_name is not None:
        require_free_name(services, command.service_name, but=command.service_id)
    wanted = command.configuration
    changed = events.ServiceChanged(
        service_id=command.service_id,
        service_name=command.service_name if command.service_name != service.name else None,
        service_type=command.service_type if command.service_type != service.type else None,
        configuration=wanted
        if wanted is not None and digest(wanted) != service.configuration
        else None,
    )
    unchanged = events.ServiceChanged(service_id=command.service_id)
    return [] if changed == unchanged else [changed]


def remove(services: Services, service_id: ServiceId) -> list[events.ServiceRemoved]:
    service_of(services, service_id)
    return [events.ServiceRemoved(service_id=service_id)]


def service_of(services: Services, service_id: ServiceId) -> Service:
    if service_id not in services:
        raise ServiceNotFound
    return services[service_id]


def evolve(services: Services, event: ServiceEvent) -> Services:
    match event:
        case events.ServiceAdded(service_id=id, service_name=name, service_type=kind):
            return {**services, id: Service(name, kind, digest(event.configuration))}
        case events.ServiceChanged(service_id=id):
            return {**services, id: changed_service(services[id], event)}
        case events.ServiceRemoved(service_id=removed):
            return {id: service for id, service in services.items() if id != removed}


def changed_service(service: Service, event: events.ServiceChanged) -> Service:
    configuration = event.configuration
    return Service(
        event.service_name or service.name,
        event.service_type or service.type,
        service.configuration if configuration is None else digest(configuration),
    )
