"""The rules of a template: state, decide, evolve."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.template import commands, events
from domain.template.bodies import BODIES
from domain.template.commands import TemplateCommand
from domain.template.events import NO_SETTINGS, File, Parameter, Service, Settings, TemplateEvent
from domain.template.files import check_declared, parameters_used, recorded_files
from domain.template.parameters import recorded
from domain.template.paths import DuplicatePath as DuplicatePath
from domain.template.setup import check_size, recorded_services, recorded_settings
from kernel.aggregate import Aggregate, Unique
from kernel.decider import Decider
from kernel.digest import digest
from kernel.errors import DomainError
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject


class TemplateAlreadyExists(DomainError):
    text = "The template exists already."


class SlugTaken(DomainError):
    text = "Another template has the slug {slug!r}."


class TemplateIsDeprecated(DomainError):
    text = "The template is deprecated and takes no changes."


class NothingToPublish(DomainError):
    text = "A template without files cannot be published."


class TemplateNotPublished(DomainError):
    text = "There is no published template {reference!r}."


class Status(StrEnum):
    NONE = ""  # not drafted yet
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True)
class Template:
    """`files` is a digest, and `uses` are the parameters in the files.

    `name`, `parameters`, `services` and `settings` are the draft's; `published_name` and
    `published_parameters` those that people who choose the template see. `published` is the digest
    of all that the draft held then.
    """

    status: Status = Status.NONE
    owner: str = ""
    slug: str = ""
    name: str = ""
    description: str | None = None
    files: str = ""
    revision: int = 0
    published: str = ""
    forgotten: tuple[Subject, ...] = ()
    published_name: str = ""
    parameters: tuple[Parameter, ...] = ()
    published_parameters: tuple[Parameter, ...] = ()
    uses: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    settings: Settings = NO_SETTINGS

    @property
    def content(self) -> str:
        """The digest of all that the draft holds: what differs is worth a revision."""
        parts = (*self.parameters, *self.services, self.settings)
        held = [part.model_dump(mode="json", exclude_defaults=True) for part in parts]
        counts = [len(self.parameters), len(self.services)]
        return digest([self.name, self.description, self.files, counts, held])


def decide(state: Template, command: TemplateCommand) -> list[TemplateEvent]:
    match command:
        case commands.DraftTemplate():
            return draft(state, command)
        case commands.DeprecateTemplate(reason=reason):
            deprecated = state.status is Status.DEPRECATED
            return [] if deprecated else [events.TemplateDeprecated(reason=reason)]
        case _ if state.status is Status.DEPRECATED:
            raise TemplateIsDeprecated
        case commands.ReviseTemplate():
            return revise(state, command)
        case commands.PublishTemplate():
            return publish(state)
        case _:
            assert_never(command)


def draft(state: Template, command: commands.DraftTemplate) -> list[TemplateEvent]:
    if state.status is not Status.NONE:
        raise TemplateAlreadyExists
    files, parameters = recorded_files(command.files), recorded(command.parameters)
    services, settings = recorded_services(command.services), recorded_settings(command.settings)
    check_size(services, settings)
    return [
        events.TemplateDrafted(
            owner=command.owner,
            slug=command.slug,
            name=command.name,
            description=command.description,
            files=files,
            parameters=parameters,
            uses=parameters_used(files, parameters),
            services=services,
            settings=settings,
        )
    ]


def revise(state: Template, command: commands.ReviseTemplate) -> list[TemplateEvent]:
    found: list[TemplateEvent] = []
    if command.name is not None and command.name != state.name:
        found.append(events.TemplateRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        found.append(events.TemplateDescriptionChanged(description=command.description))
    return [*found, *revise_files(state, command), *revise_setup(state, command)]


def revise_files(state: Template, command: commands.ReviseTemplate) -> list[TemplateEvent]:
    """Revise files and parameters: after the change, too, the files use what is declared."""
    asked = command.parameters
    parameters = state.parameters if asked is None else recorded(asked)
    found: list[TemplateEvent] = []
    if command.files is None:
        check_declared(state.uses, parameters)
    else:
        files = recorded_files(command.files)
        uses = parameters_used(files, parameters)
        if digest_of(files) != state.files:
            found.append(events.TemplateFilesReplaced(files=files, uses=uses))
    if parameters != state.parameters:
        found.append(events.TemplateParametersReplaced(parameters=parameters))
    return found


def revise_setup(state: Template, command: commands.ReviseTemplate) -> list[TemplateEvent]:
    asked, wanted = command.services, command.settings
    services = state.services if asked is None else recorded_services(asked)
    settings = state.settings if wanted is None else recorded_settings(wanted)
    check_size(services, settings)
    found: list[TemplateEvent] = []
    if services != state.services:
        found.append(events.TemplateServicesReplaced(services=services))
    if settings != state.settings:
        found.append(events.TemplateSettingsReplaced(settings=settings))
    return found


def publish(state: Template) -> list[TemplateEvent]:
    if state.published == state.content:
        return []
    if not state.files:
        raise NothingToPublish
    return [events.TemplatePublished(revision=state.revision + 1, slug=state.slug, name=state.name)]


def digest_of(files: tuple[File, ...]) -> str:
    return digest([file.model_dump() for file in files])


def evolve(state: Template, event: TemplateEvent) -> Template:
    match event:
        case events.TemplateDrafted():
            return Template(
                Status.DRAFT,
                event.owner,
                event.slug,
                event.name,
                event.description,
                files=digest_of(event.files),
                parameters=event.parameters,
                uses=event.uses,
                services=event.services,
                settings=event.settings,
            )
        case events.TemplateRenamed(name=name):
            return replace(state, name=name)
        case events.TemplateDescriptionChanged(description=description):
            return replace(state, description=description)
        case events.TemplateFilesReplaced(files=files, uses=uses):
            return replace(state, files=digest_of(files), uses=uses)
        case events.TemplateParametersReplaced(parameters=parameters):
            return replace(state, parameters=parameters)
        case events.TemplateServicesReplaced(services=services):
            return replace(state, services=services)
        case events.TemplateSettingsReplaced(settings=settings):
            return replace(state, settings=settings)
        case events.TemplatePublished(revision=revision, name=name):
            return replace(
                state,
                status=Status.PUBLISHED,
                revision=revision,
                published=state.content,
                published_name=name,
                published_parameters=state.parameters,
            )
        case events.TemplateDeprecated():
            return replace(state, status=Status.DEPRECATED)
        case _:
            assert_never(event)


def slug_of(command: TemplateCommand) -> str | None:
    """Return the claim of a new template: no other may have its slug."""
    return claim_of(command.slug) if isinstance(command, commands.DraftTemplate) else None


def claim_of(slug: str) -> str:
    return f"TEMPLATE-SLUG#{slug}"


def slug_taken(command: TemplateCommand) -> SlugTaken:
    return SlugTaken(slug=getattr(command, "slug", ""))


template: Aggregate[Template, TemplateCommand, TemplateEvent] = Aggregate(
    aggregate_type="TEMPLATE",
    decider=Decider(Template(), decide, evolve),
    states=TypeAdapter(Template),
    state_version=5,
    events=event_types(TemplateEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("TEMPLATE", TemplateCommand, BODIES),
    unique=Unique(slug_of, slug_taken),
)
