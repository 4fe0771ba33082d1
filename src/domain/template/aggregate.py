"""The rules of a template: state, decide, evolve."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.template import commands, events
from domain.template.bodies import BODIES
from domain.template.commands import TemplateCommand
from domain.template.events import File, Parameter, TemplateEvent
from domain.template.files import check_declared, parameters_used, recorded_files
from domain.template.parameters import recorded
from domain.template.paths import DuplicatePath as DuplicatePath
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

    `revised`: the draft differs from what is published.

    `name` and `parameters` are the draft's; `published_name` and `published_parameters` those that
    people who choose the template see.
    """

    status: Status = Status.NONE
    owner: str = ""
    slug: str = ""
    name: str = ""
    description: str | None = None
    files: str = ""
    revision: int = 0
    revised: bool = False
    forgotten: tuple[Subject, ...] = ()
    published_name: str = ""
    parameters: tuple[Parameter, ...] = ()
    published_parameters: tuple[Parameter, ...] = ()
    uses: tuple[str, ...] = ()


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
    return [
        events.TemplateDrafted(
            owner=command.owner,
            slug=command.slug,
            name=command.name,
            description=command.description,
            files=files,
            parameters=parameters,
            uses=parameters_used(files, parameters),
        )
    ]


def revise(state: Template, command: commands.ReviseTemplate) -> list[TemplateEvent]:
    found: list[TemplateEvent] = []
    if command.name is not None and command.name != state.name:
        found.append(events.TemplateRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        found.append(events.TemplateDescriptionChanged(description=command.description))
    return [*found, *revise_files(state, command)]


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


def publish(state: Template) -> list[TemplateEvent]:
    if not state.revised:
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
                revised=True,
                parameters=event.parameters,
                uses=event.uses,
            )
        case events.TemplateRenamed(name=name):
            return replace(state, name=name, revised=True)
        case events.TemplateDescriptionChanged(description=description):
            return replace(state, description=description, revised=True)
        case events.TemplateFilesReplaced(files=files, uses=uses):
            return replace(state, files=digest_of(files), uses=uses, revised=True)
        case events.TemplateParametersReplaced(parameters=parameters):
            return replace(state, parameters=parameters, revised=True)
        case events.TemplatePublished(revision=revision, name=name):
            return replace(
                state,
                status=Status.PUBLISHED,
                revision=revision,
                revised=False,
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
    state_version=3,
    events=event_types(TemplateEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("TEMPLATE", TemplateCommand, BODIES),
    unique=Unique(slug_of, slug_taken),
)
