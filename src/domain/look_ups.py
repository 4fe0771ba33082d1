"""What a command has to know of other aggregates, looked up when it comes.

What was found is part of the command, never of its fingerprint: the same request is the same
command whatever has changed elsewhere.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from application.ports import Claims, EventStore
from application.reading.history import state_at_version
from application.writing.requests import Actor
from domain.project.aggregate import Status as ProjectStatus
from domain.project.aggregate import project
from domain.template.aggregate import Status as TemplateStatus
from domain.template.aggregate import Template, TemplateNotPublished, claim_of, template
from kernel.errors import AggregateNotFound
from kernel.messages import aggregate_id, plain_id


@dataclass(frozen=True, slots=True)
class PublishedTemplate:
    """A template as it is published now."""

    id: str
    slug: str
    name: str
    revision: int


class LookUps(Protocol):
    """What commands look up."""

    def published_template(self, reference: str) -> PublishedTemplate:
        """By slug or id. Raises `TemplateNotPublished`."""
        ...

    def project_owner(self, project_id: str, actor: Actor) -> str:
        """The owner of a project that `actor` may command. Raises `AggregateNotFound`."""
        ...


@dataclass(frozen=True)
class Catalog:
    """Reads one stream, or one claim and one stream."""

    store: EventStore
    claims: Claims

    def published_template(self, reference: str) -> PublishedTemplate:
        id = reference if _is_uuid(reference) else self._id_of_slug(reference)
        found = self._template(id) if id else None
        if id is None or found is None or found.status is not TemplateStatus.PUBLISHED:
            raise TemplateNotPublished(reference=reference)
        return PublishedTemplate(id, found.slug, found.published_name, found.revision)

    def project_owner(self, project_id: str, actor: Actor) -> str:
        past = state_at_version(
            self.store, project, aggregate_id(project.aggregate_type, project_id)
        )
        owned = actor.may_command_all or past.state.owner == actor.owner
        if not owned or past.state.status in (ProjectStatus.NONE, ProjectStatus.DELETED):
            raise AggregateNotFound(aggregate="The project")
        return past.state.owner

    def _id_of_slug(self, slug: str) -> str | None:
        holder = self.claims.holder(claim_of(slug))
        return None if holder is None else plain_id(holder)

    def _template(self, id: str) -> Template | None:
        with suppress(AggregateNotFound):
            aggregate = aggregate_id(template.aggregate_type, id)
            return state_at_version(self.store, template, aggregate).state
        return None


class FoundNothing:
    """Answers with blanks: they make a command that is the same but for what it looked up."""

    def published_template(self, reference: str) -> PublishedTemplate:
        return PublishedTemplate(id=reference, slug="", name="", revision=1)

    def project_owner(self, project_id: str, actor: Actor) -> str:
        return ""


def _is_uuid(reference: str) -> bool:
    try:
        uuid.UUID(reference)
    except ValueError:
        return False
    return "-" in reference
