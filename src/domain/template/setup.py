"""Services and settings of a template: what a project that is made from it begins with."""

from collections.abc import Iterable

from domain.template.commands import TemplateService, TemplateSettings
from domain.template.events import Service, Settings
from kernel.digest import canonical
from kernel.errors import DomainError
from kernel.texts import alike

MAX_BYTES = 16 * 1024
"""Bytes of services and settings as JSON: every stored state of a template holds them."""


class DuplicateService(DomainError):
    text = "Two services have the name {name!r}."


class SetupTooLong(DomainError):
    text = "Services and settings have {bytes} bytes; at most {most} are allowed."


def recorded_services(services: Iterable[TemplateService]) -> tuple[Service, ...]:
    """Return the services as events hold them. Raises `DuplicateService`."""
    found = tuple(Service(**service.model_dump()) for service in services)
    names: set[str] = set()
    for service in found:
        name = alike(service.service_name)
        if name in names:
            raise DuplicateService(name=service.service_name)
        names.add(name)
    return found


def recorded_settings(settings: TemplateSettings) -> Settings:
    return Settings(**settings.model_dump(mode="json"))


def check_size(services: Iterable[Service], settings: Settings) -> None:
    """Raises `SetupTooLong`."""
    parts = [part.model_dump(mode="json", exclude_defaults=True) for part in (*services, settings)]
    size = len(canonical(parts).encode())
    if size > MAX_BYTES:
        raise SetupTooLong(bytes=size, most=MAX_BYTES)
