"""Data of the commands whose fields differ from what clients send."""

from typing import ClassVar

from domain.template import commands
from domain.template.commands import Files, Parameters
from kernel.messages import Command
from kernel.operation import Body, Changes, Context
from kernel.values import Description, Name, Slug


class DraftTemplateBody(Body):
    """A template; its slug is unique and never changes."""

    made: ClassVar[type[Command]] = commands.DraftTemplate

    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()
    parameters: Parameters = ()

    def command(self, context: Context) -> commands.DraftTemplate:
        return commands.DraftTemplate(owner=context.actor.owner, **dict(self))


class ReviseTemplateBody(Changes):
    """Changes of a template, at least one; files and parameters are replaced as a whole."""

    made: ClassVar[type[Command]] = commands.ReviseTemplate

    name: Name = ""
    description: Description | None = None
    files: Files = ()
    parameters: Parameters = ()

    def command(self, _: Context) -> commands.ReviseTemplate:
        return commands.ReviseTemplate(**self.given())


BODIES = (
    DraftTemplateBody,
    ReviseTemplateBody,
)
