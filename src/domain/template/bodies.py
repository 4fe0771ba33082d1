"""Data of the commands whose fields differ from what clients send."""

from typing import ClassVar

from domain.template import commands
from domain.template.commands import Files
from kernel.messages import Command
from kernel.operation import Body, Changes, Context
from kernel.values import Description, Name, Slug


class DraftTemplateBody(Body):
    """The slug is the template's for ever, and no other template's."""

    made: ClassVar[type[Command]] = commands.DraftTemplate

    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()

    def command(self, context: Context) -> commands.DraftTemplate:
        return commands.DraftTemplate(owner=context.actor.owner, **dict(self))


class ReviseTemplateBody(Changes):
    """At least one field. Files are replaced as a whole; a description of null is cleared."""

    made: ClassVar[type[Command]] = commands.ReviseTemplate

    name: Name = ""
    description: Description | None = None
    files: Files = ()

    def command(self, _: Context) -> commands.ReviseTemplate:
        return commands.ReviseTemplate(**self.given())


BODIES = (
    DraftTemplateBody,
    ReviseTemplateBody,
)
