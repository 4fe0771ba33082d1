"""The rules of a template: state, decide, evolve."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from pydantic import TypeAdapter

from domain.template.commands import (
    DeprecateTemplate,
    DraftTemplate,
    PublishTemplate,
    ReviseTemplate,
    TemplateCommand,
)
from domain.template.events import (
    File,
    SubjectForgotten,
    TemplateDeprecated,
    TemplateDescriptionChanged,
    TemplateDrafted,
    TemplateEvent,
    TemplateFilesReplaced,
    TemplatePublished,
    TemplateRenamed,
)
from kernel.decider import LIFE, Aspects, Decider
from kernel.digest import digest
from kernel.errors import AggregateNotFound, DomainError
from kernel.event_types import event_types
from kernel.personal import ForgetSubject, Subject


class TemplateAlreadyExists(DomainError):
    text = "The template exists already."


class SlugTaken(DomainError):
    text = "Another template has the slug {slug!r}."


class TemplateIsDeprecated(DomainError):
    text = "The template is deprecated and takes no changes."


class DuplicatePath(DomainError):
    text = "Two files have the path {path!r}."


class NothingToPublish(DomainError):
    text = "A template without files scaffolds nothing."


class TemplateNotPublished(DomainError):
    text = "There is no published template {reference!r}."


class Status(StrEnum):
    NONE = ""  # not drafted yet
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True)
class Template:
    """`files` is a digest; `revised`: the draft differs from what is published.

    `name` is the draft's, `published_name` the one that those who choose it see.
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


def decide(state: Template, command: TemplateCommand) -> list[TemplateEvent]:
    match command:
        case DraftTemplate():
            return draft(state, command)
        case _ if state.status is Status.NONE:
            raise AggregateNotFound(aggregate="The template")
        case ForgetSubject(subject=subject):
            return [] if subject in state.forgotten else [SubjectForgotten(subject=subject)]
        case DeprecateTemplate(reason=reason):
            deprecated = state.status is Status.DEPRECATED
            return [] if deprecated else [TemplateDeprecated(reason=reason)]
        case _ if state.status is Status.DEPRECATED:
            raise TemplateIsDeprecated
        case ReviseTemplate():
            return revise(state, command)
        case PublishTemplate():
            return publish(state)
        case _:
            assert_never(command)


def draft(state: Template, command: DraftTemplate) -> list[TemplateEvent]:
    if state.status is not Status.NONE:
        raise TemplateAlreadyExists
    return [
        TemplateDrafted(
            owner=command.owner,
            slug=command.slug,
            name=command.name,
            description=command.description,
            files=stored(command.files),
        )
    ]


def revise(state: Template, command: ReviseTemplate) -> list[TemplateEvent]:
    events: list[TemplateEvent] = []
    if command.name is not None and command.name != state.name:
        events.append(TemplateRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        events.append(TemplateDescriptionChanged(description=command.description))
    if command.files is not None:
        files = stored(command.files)
        events += [] if digest_of(files) == state.files else [TemplateFilesReplaced(files=files)]
    return events


def publish(state: Template) -> list[TemplateEvent]:
    if not state.revised:
        return []
    if not state.files:
        raise NothingToPublish
    return [TemplatePublished(revision=state.revision + 1, slug=state.slug, name=state.name)]


def stored(files: tuple[Any, ...]) -> tuple[File, ...]:
    """As the event holds them. Raises `DuplicatePath`."""
    paths = [file.path for file in files]
    for path in paths:
        if paths.count(path) > 1:
            raise DuplicatePath(path=path)
    return tuple(File(path=file.path, content=file.content) for file in files)


def digest_of(files: tuple[File, ...]) -> str:
    return digest([file.model_dump() for file in files])


def evolve(state: Template, event: TemplateEvent) -> Template:
    match event:
        case TemplateDrafted(owner=owner, slug=slug, name=name, description=text, files=files):
            return Template(
                Status.DRAFT, owner, slug, name, text, files=digest_of(files), revised=True
            )
        case TemplateRenamed(name=name):
            return replace(state, name=name, revised=True)
        case TemplateDescriptionChanged(description=description):
            return replace(state, description=description, revised=True)
        case TemplateFilesReplaced(files=files):
            return replace(state, files=digest_of(files), revised=True)
        case TemplatePublished(revision=revision, name=name):
            return replace(
                state,
                status=Status.PUBLISHED,
                revision=revision,
                revised=False,
                published_name=name,
            )
        case TemplateDeprecated():
            return replace(state, status=Status.DEPRECATED)
        case SubjectForgotten(subject=subject):
            return replace(state, forgotten=(*state.forgotten, subject))
        case _:
            assert_never(event)


def touched_by_command(command: TemplateCommand) -> Aspects:
    match command:
        case ReviseTemplate():
            return frozenset(command.model_fields_set & {"name", "description", "files"})
        case DraftTemplate() | PublishTemplate() | DeprecateTemplate():
            return frozenset({LIFE})
        case ForgetSubject():
            return frozenset({"subject"})
        case _:
            assert_never(command)


def touched_by_event(event: TemplateEvent) -> Aspects:
    match event:
        case TemplateRenamed():
            return frozenset({"name"})
        case TemplateDescriptionChanged():
            return frozenset({"description"})
        case TemplateFilesReplaced():
            return frozenset({"files"})
        case TemplateDrafted() | TemplatePublished() | TemplateDeprecated():
            return frozenset({LIFE})
        case SubjectForgotten():
            return frozenset({"subject"})
        case _:
            assert_never(event)


def slug_of(command: TemplateCommand) -> str | None:
    """What a new template claims: no other may have it."""
    return claim_of(command.slug) if isinstance(command, DraftTemplate) else None


def claim_of(slug: str) -> str:
    return f"TEMPLATE-SLUG#{slug}"


template: Decider[Template, TemplateCommand, TemplateEvent] = Decider(
    aggregate_type="TEMPLATE",
    initial=Template(),
    decide=decide,
    evolve=evolve,
    state_version=1,
    states=TypeAdapter(Template),
    events=event_types(TemplateEvent),
    owner_of=lambda state: state.owner or None,
    creates=lambda command: isinstance(command, DraftTemplate),
    touched_by_command=touched_by_command,
    touched_by_event=touched_by_event,
    claims=slug_of,
    claimed=lambda command: SlugTaken(slug=getattr(command, "slug", "")),
)
