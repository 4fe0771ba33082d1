"""Look-ups: facts of other aggregates that commands need, found when a command comes.

A fact that was found is part of the command, never of its fingerprint: the same request is the same
command whatever has changed elsewhere.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pydantic import JsonValue

from domain.fitting import fitting
from domain.project.aggregate import Project, ProjectOwnerForgotten, project
from domain.project.aggregate import Status as ProjectStatus
from domain.project.provisioning import NoTemplateWished, Provisioning
from domain.project.provisioning_commands import StartProvisioning, Wish, wish_for
from domain.template.aggregate import Status as TemplateStatus
from domain.template.aggregate import Template, TemplateNotPublished, claim_of, template
from domain.template.events import Parameter
from domain.template.values import Given
from kernel.actor import Actor, user_id
from kernel.errors import AggregateNotFound
from kernel.look_ups import States
from kernel.messages import plain_id
from kernel.operation import is_plain_id
from kernel.values import JsonObject

ANY_WISH = Wish(template_id="any")


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
        id = reference if is_plain_id(reference) else self._id_of_slug(reference)
        found = self._template(id) if id else None
        if id is None or found is None or found.status is not TemplateStatus.PUBLISHED:
            raise TemplateNotPublished(reference=reference)
        return PublishedTemplate(
            id,
            found.slug,
            found.published_name,
            found.revision,
            found.published_parameters,
        )

    def require_fitting(self, reference: str, parameters: Mapping[str, Given]) -> None:
        """Raises `TemplateNotPublished` and `ParametersDoNotFit`."""
        fitting(self.published_template(reference).parameters, parameters)

    def wish(
        self,
        project_id: str,
        actor: Actor,
        template_id: str | None,
        template_parameters: JsonObject | None,
    ) -> Wish | None:
        """Return what the next attempt to provision a project begins with, if one would begin.

        Raises what the project itself refuses, `AggregateNotFound`, `ProjectOwnerForgotten`,
        `NoTemplateWished`, `TemplateNotPublished` and `ParametersDoNotFit`.
        """
        state = self._project(project_id, actor)
        if not project.decide(state, StartProvisioning(wish=ANY_WISH)):
            return None
        living_owner(project_id, state)
        run = state.provisioning
        reference = wished(run, template_id)
        found = self.published_template(reference)
        values = carried_over(run, found) if template_parameters is None else template_parameters
        fitting(found.parameters, values)
        return wish_for(reference, values)

    def project_owner(self, project_id: str, actor: Actor) -> str:
        """Return the owner of a project that `actor` may command.

        Raises `AggregateNotFound` and `ProjectOwnerForgotten`.
        """
        state = self._project(project_id, actor)
        if state.status is ProjectStatus.DELETED:
            raise project.not_found()
        return living_owner(project_id, state)

    def _project(self, id: str, actor: Actor) -> Project:
        """Return a project that `actor` may command. Raises `AggregateNotFound`."""
        state: Project = self.states.newest(project, id)
        if not actor.may_command_all and state.owner != actor.owner:
            raise project.not_found()
        return state

    def _id_of_slug(self, slug: str) -> str | None:
        holder = self.states.holder(claim_of(slug))
        return None if holder is None else plain_id(holder)

    def _template(self, id: str) -> Template | None:
        with suppress(AggregateNotFound):
            found: Template = self.states.newest(template, id)
            return found
        return None


def wished(run: Provisioning, template_id: str | None) -> str:
    """Return the template that an attempt would begin with. Raises `NoTemplateWished`."""
    template = template_id or run.template
    if not template:
        raise NoTemplateWished
    return template


def carried_over(run: Provisioning, template: PublishedTemplate) -> Mapping[str, Given]:
    """Return the values of the last attempt; none if it was for another template."""
    return run.parameters if run.template in (template.id, template.slug) else {}


def living_owner(project_id: str, state: Project) -> str:
    """Return the owner. Raises `ProjectOwnerForgotten`.

    What is begun for a person who was forgotten would never be told so.
    """
    if user_id(state.owner) in state.forgotten:
        raise ProjectOwnerForgotten(project=project_id)
    return state.owner


class NoLookUps:
    """Answers with blanks: they make a command that is the same but for what it looked up."""

    def published_template(self, reference: str) -> PublishedTemplate:
        return PublishedTemplate(id=reference, slug="blank", name="blank", revision=1)

    def require_fitting(self, reference: str, parameters: JsonObject) -> None:
        return None

    def wish(self, project_id: str, actor: Actor, **given: JsonValue) -> None:
        return None

    def project_owner(self, project_id: str, actor: Actor) -> str:
        return ""
