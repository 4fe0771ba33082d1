"""Look-ups: facts of other aggregates that commands need, found when a command comes.

A fact that was found is part of the command, never of its fingerprint: the same request is the same
command whatever has changed elsewhere.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass

from domain.project.aggregate import ProjectOwnerForgotten, project
from domain.project.aggregate import Status as ProjectStatus
from domain.template.aggregate import Status as TemplateStatus
from domain.template.aggregate import Template, TemplateNotPublished, claim_of, template
from domain.template.events import Parameter
from kernel.actor import Actor, user_id
from kernel.errors import AggregateNotFound
from kernel.look_ups import States
from kernel.messages import plain_id


@dataclass(frozen=True, slots=True)
class PublishedTemplate:
    """A template as it is published now."""

    id: str
    slug: str
    name: str
    revision: int
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class LookUps:
    """Reads one stream, or one claim and one stream."""

    states: States

    def published_template(self, reference: str) -> PublishedTemplate:
        """Find a template by slug or id. Raises `TemplateNotPublished`."""
        id = reference if _is_uuid(reference) else self._id_of_slug(reference)
        found = self._template(id) if id else None
        if id is None or found is None or found.status is not TemplateStatus.PUBLISHED:
            raise TemplateNotPublished(reference=reference)
        return PublishedTemplate(
            id, found.slug, found.published_name, found.revision, found.published_parameters
        )

    def project_owner(self, project_id: str, actor: Actor) -> str:
        """Return the owner of a project that `actor` may command.

        Raises `AggregateNotFound`, and `ProjectOwnerForgotten`: what is begun for a person who was
        forgotten would never be told so.
        """
        state = self.states.newest(project, project_id)
        owned = actor.may_command_all or state.owner == actor.owner
        if not owned or state.status is ProjectStatus.DELETED:
            raise project.not_found()
        owner: str = state.owner
        if user_id(owner) in state.forgotten:
            raise ProjectOwnerForgotten(project=project_id)
        return owner

    def _id_of_slug(self, slug: str) -> str | None:
        holder = self.states.holder(claim_of(slug))
        return None if holder is None else plain_id(holder)

    def _template(self, id: str) -> Template | None:
        with suppress(AggregateNotFound):
            found: Template = self.states.newest(template, id)
            return found
        return None


class NoLookUps:
    """Answers with blanks: they make a command that is the same but for what it looked up."""

    def published_template(self, reference: str) -> PublishedTemplate:
        return PublishedTemplate(id=reference, slug="blank", name="blank", revision=1)

    def project_owner(self, project_id: str, actor: Actor) -> str:
        return ""


def _is_uuid(reference: str) -> bool:
    try:
        uuid.UUID(reference)
    except ValueError:
        return False
    return "-" in reference
