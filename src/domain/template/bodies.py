"""The data of each command of a template."""

from typing import Self

from pydantic import model_validator

from domain.template.commands import (
    DeprecateTemplate,
    DraftTemplate,
    Files,
    PublishTemplate,
    ReviseTemplate,
    TemplateCommand,
)
from edge.commands.bodies import Body, Context
from kernel.values import Description, Name, Reason, Slug


class DraftTemplateBody(Body):
    """The slug is the template's for ever, and no other template's."""

    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()

    def command(self, context: Context) -> TemplateCommand:
        return DraftTemplate(owner=context.actor.owner, **dict(self))


class ReviseTemplateBody(Body):
    """At least one field. Files are replaced as a whole; a description of null is cleared."""

    name: Name = ""
    description: Description | None = None
    files: Files = ()

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give name, description, files, or several of them")
        return self

    def command(self, _: Context) -> TemplateCommand:
        return ReviseTemplate(**{name: getattr(self, name) for name in self.model_fields_set})


class PublishTemplateBody(Body):
    def command(self, _: Context) -> TemplateCommand:
        return PublishTemplate()


class DeprecateTemplateBody(Body):
    reason: Reason

    def command(self, _: Context) -> TemplateCommand:
        return DeprecateTemplate(reason=self.reason)
