"""Data of the commands whose fields differ from what clients send."""

from domain.template import commands
from domain.template.commands import Files
from kernel.operation import Body, Changes, Context
from kernel.values import Description, Name, Slug


class DraftTemplateBody(Body):
    """The slug is the template's for ever, and no other template's."""

    slug: Slug
    name: Name
    description: Description | None = None
    files: Files = ()

    def command(self, context: Context) -> commands.DraftTemplate:
        return commands.DraftTemplate(owner=context.actor.owner, **dict(self))


class ReviseTemplateBody(Changes):
    """At least one field. Files are replaced as a whole; a description of null is cleared."""

    name: Name = ""
    description: Description | None = None
    files: Files = ()

    def command(self, _: Context) -> commands.ReviseTemplate:
        return commands.ReviseTemplate(**self.given())
