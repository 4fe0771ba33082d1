"""A published revision of a template, found in its history: what a project is made from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from domain.template import events
from domain.template.aggregate import TemplateNotPublished
from domain.template.events import NO_SETTINGS, File, Parameter, Service, Settings, TemplateEvent


@dataclass(frozen=True, slots=True)
class PinnedTemplate:
    """All that a revision held when it was published, whatever was drafted since."""

    files: tuple[File, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    services: tuple[Service, ...] = ()
    settings: Settings = NO_SETTINGS


def pinned(recorded: Iterable[TemplateEvent], revision: int) -> PinnedTemplate:
    """Return what a template held as its events published this revision.

    Raises `TemplateNotPublished`.
    """
    draft = PinnedTemplate()
    for event in recorded:
        if isinstance(event, events.TemplatePublished) and event.revision == revision:
            return draft
        draft = revised(draft, event)
    raise TemplateNotPublished(reference=f"revision {revision}")


def revised(draft: PinnedTemplate, event: TemplateEvent) -> PinnedTemplate:
    match event:
        case events.TemplateDrafted():
            return PinnedTemplate(event.files, event.parameters, event.services, event.settings)
        case events.TemplateFilesReplaced(files=files):
            return replace(draft, files=files)
        case events.TemplateParametersReplaced(parameters=parameters):
            return replace(draft, parameters=parameters)
        case events.TemplateServicesReplaced(services=services):
            return replace(draft, services=services)
        case events.TemplateSettingsReplaced(settings=settings):
            return replace(draft, settings=settings)
        case (
            events.TemplateRenamed()
            | events.TemplateDescriptionChanged()
            | events.TemplatePublished()
            | events.TemplateDeprecated()
        ):
            return draft
        case _:
            assert_never(event)
