"""Commands and events of a template, with what a test does not care about filled in."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from domain.project.values import ServiceType
from domain.template.commands import (
    DeprecateTemplate,
    DraftTemplate,
    ParameterType,
    PublishTemplate,
    ReviseTemplate,
    TemplateFile,
    TemplateParameter,
    TemplateService,
    TemplateSettings,
)
from domain.template.events import (
    NO_SETTINGS,
    File,
    Parameter,
    Service,
    Settings,
    TemplateDeprecated,
    TemplateDrafted,
    TemplateFilesReplaced,
    TemplateParametersReplaced,
    TemplatePublished,
    TemplateRenamed,
)
from tests.support.spec import ACTOR

SLUG = "tea-service"
README: Mapping[str, str] = {"README.md": "# Tea"}
"""The files of a template, by path."""


def draft(
    name: str = "Tea service",
    *,
    description: str | None = None,
    files: Mapping[str, str] = README,
    parameters: tuple[TemplateParameter, ...] = (),
    services: tuple[TemplateService, ...] = (),
    settings: TemplateSettings | None = None,
) -> DraftTemplate:
    return DraftTemplate(
        owner=ACTOR,
        slug=SLUG,
        name=name,
        description=description,
        files=commanded(files),
        parameters=parameters,
        services=services,
        settings=settings or TemplateSettings(),
    )


def revise(*, files: Mapping[str, str] | None = None, **fields: Any) -> ReviseTemplate:  # noqa: ANN401 - fields of any type
    """Only what is named is given: `revise(description=None)` clears."""
    given = fields if files is None else {**fields, "files": commanded(files)}
    return ReviseTemplate.model_validate(given)


def asked(name: str, type: str = "TEXT", **fields: Any) -> TemplateParameter:  # noqa: ANN401 - as above
    """Return a parameter as commands have it."""
    return TemplateParameter.model_validate(
        {"name": name, "type": type, "label": name.capitalize(), **fields}
    )


def parameter(name: str, type: str = "TEXT", **fields: Any) -> Parameter:  # noqa: ANN401 - as above
    """Return the same parameter as events have it."""
    return Parameter(name=name, type=ParameterType(type), label=name.capitalize(), **fields)


def offered(name: str, **configuration: JsonValue) -> TemplateService:
    """Return a service of a template as commands have it."""
    return TemplateService(
        service_name=name, service_type=ServiceType.API, configuration=configuration
    )


def held(name: str, **configuration: JsonValue) -> Service:
    """Return the same service as events have it."""
    return Service(service_name=name, service_type=ServiceType.API, configuration=configuration)


def publish() -> PublishTemplate:
    return PublishTemplate()


def deprecate(reason: str = "Coffee won.") -> DeprecateTemplate:
    return DeprecateTemplate(reason=reason)


def drafted(
    name: str = "Tea service",
    description: str | None = None,
    files: Mapping[str, str] = README,
    parameters: tuple[Parameter, ...] = (),
    uses: tuple[str, ...] = (),
    services: tuple[Service, ...] = (),
    settings: Settings = NO_SETTINGS,
) -> TemplateDrafted:
    return TemplateDrafted(
        owner=ACTOR,
        slug=SLUG,
        name=name,
        description=description,
        files=stored(files),
        parameters=parameters,
        uses=uses,
        services=services,
        settings=settings,
    )


def renamed(name: str) -> TemplateRenamed:
    return TemplateRenamed(name=name)


def replaced(files: Mapping[str, str], *uses: str) -> TemplateFilesReplaced:
    return TemplateFilesReplaced(files=stored(files), uses=uses)


def parametrised(*parameters: Parameter) -> TemplateParametersReplaced:
    return TemplateParametersReplaced(parameters=parameters)


def published(revision: int = 1, name: str = "Tea service") -> TemplatePublished:
    return TemplatePublished(revision=revision, slug=SLUG, name=name)


def deprecated(reason: str = "Coffee won.") -> TemplateDeprecated:
    return TemplateDeprecated(reason=reason)


def commanded(files: Mapping[str, str]) -> tuple[TemplateFile, ...]:
    return tuple(TemplateFile(path=path, content=content) for path, content in files.items())


def stored(files: Mapping[str, str]) -> tuple[File, ...]:
    return tuple(File(path=path, content=content) for path, content in files.items())
