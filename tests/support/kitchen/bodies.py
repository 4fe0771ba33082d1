"""Data of the commands whose fields differ from what clients send."""

from typing import Annotated, ClassVar

from pydantic import Field

from kernel.messages import Command
from kernel.operation import Body, Changes, Context
from kernel.values import Description, JsonObject, Name, Slug
from tests.support.kitchen import commands
from tests.support.kitchen.commands import MAX_PARTS_AT_ONCE, Material, NewPart, PartId


class PartBody(Body):
    name: Name
    material: Material
    details: JsonObject = Field(default_factory=dict)

    def part(self, part_id: str) -> NewPart:
        return NewPart(part_id=PartId(part_id), **dict(self))


class MakeTeapotBody(Body):
    made: ClassVar[type[Command]] = commands.MakeTeapot

    name: Name
    description: Description | None = None
    parts: Annotated[tuple[PartBody, ...], Field(max_length=MAX_PARTS_AT_ONCE)] = ()

    def command(self, context: Context) -> commands.MakeTeapot:
        return commands.MakeTeapot(
            owner=context.actor.owner,
            owner_name=context.sealed(context.name),
            owner_email=context.sealed(context.email),
            name=self.name,
            description=self.description,
            parts=tuple(body.part(context.new_id(n)) for n, body in enumerate(self.parts)),
        )


class ChangeTeapotBody(Changes):
    """At least one field."""

    made: ClassVar[type[Command]] = commands.ChangeTeapot

    name: Name = ""
    description: Description | None = None

    def command(self, _: Context) -> commands.ChangeTeapot:
        return commands.ChangeTeapot(**self.given())


class AddPartBody(PartBody):
    made: ClassVar[type[Command]] = commands.AddPart

    def command(self, context: Context) -> commands.AddPart:
        return commands.AddPart(part=self.part(context.new_id(0)))


class ChangePartBody(Changes):
    """At least one field."""

    made: ClassVar[type[Command]] = commands.ChangePart

    name: Name = ""
    material: Material = Material.CLAY

    def command(self, context: Context) -> commands.ChangePart:
        return commands.ChangePart(part_id=PartId(context.ids["part_id"]), **self.given())


class BrewTeaBody(Body):
    made: ClassVar[type[Command]] = commands.BrewTea

    tea: Slug

    def command(self, context: Context) -> commands.BrewTea:
        return commands.BrewTea(tea=self.tea, name=context.look_ups.tea(self.tea))


class RegisterTeaBody(Body):
    made: ClassVar[type[Command]] = commands.RegisterTea

    slug: Slug
    name: Name

    def command(self, context: Context) -> commands.RegisterTea:
        return commands.RegisterTea(owner=context.actor.owner, slug=self.slug, name=self.name)


TEAPOT_BODIES = (MakeTeapotBody, ChangeTeapotBody, AddPartBody, ChangePartBody, BrewTeaBody)
TEA_BODIES = (RegisterTeaBody,)
