"""Commands and events of a template, with what a test does not care about filled in."""

from collections.abc import Mapping
from typing import Any

from domain.template.commands import (
    DeprecateTemplate,
    DraftTemplate,
    ParameterType,
    PublishTemplate,
    ReviseTemplate,
    TemplateFile,
    TemplateParameter,
)
from domain.template.events import (
    File,
    Parameter,
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
) -> DraftTemplate:
    return DraftTemplate(
        owner=ACTOR,
        slug=SLUG,
        name=name,
        description=description,
        files=commanded(files),
        parameters=parameters,
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
) -> TemplateDrafted:
    return TemplateDrafted(
        owner=ACTOR,
        slug=SLUG,
        name=name,
        description=description,
        files=stored(files),
        parameters=parameters,
        uses=uses,
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
