"""Data of the commands whose fields differ from what clients send."""

from typing import ClassVar

from domain.template import commands
from domain.template.commands import Files, Parameters, Services, TemplateSettings, TemplateSlug
from kernel.messages import Command
from kernel.operation import Body, Changes, Context
from kernel.values import Description, Name


class DraftTemplateBody(Body):
    """A template; its slug is unique and never changes."""

    made: ClassVar[type[Command]] = commands.DraftTemplate

    slug: TemplateSlug
    name: Name
    description: Description | None = None
    files: Files = ()
    parameters: Parameters = ()
    services: Services = ()
    settings: TemplateSettings = TemplateSettings()

    def command(self, context: Context) -> commands.DraftTemplate:
        # Left out where there are none, so that the command is the one that it was before.
        blank = {"services": (), "settings": TemplateSettings()}
        given = {name: value for name, value in self if blank.get(name) != value}
        return commands.DraftTemplate(owner=context.actor.owner, **given)


class ReviseTemplateBody(Changes):
    """Changes of a template, at least one; what it holds several of is replaced as a whole."""

    made: ClassVar[type[Command]] = commands.ReviseTemplate

    name: Name = ""
    description: Description | None = None
    files: Files = ()
    parameters: Parameters = ()
    services: Services = ()
    settings: TemplateSettings = TemplateSettings()

    def command(self, _: Context) -> commands.ReviseTemplate:
        return commands.ReviseTemplate(**self.given())


BODIES = (
    DraftTemplateBody,
    ReviseTemplateBody,
)
