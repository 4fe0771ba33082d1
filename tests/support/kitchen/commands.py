"""Commands of a teapot and of a tea."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NewType

from pydantic import Field

from kernel.merging import LIFE, always, each_given, one
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
from kernel.personal import Sealed
from kernel.values import Description, JsonObject, Name, Reason, Slug

PartId = NewType("PartId", str)
MAX_PARTS_AT_ONCE = 20
MADE = ("make-teapot",)
FITTED = (*MADE, "add-part")


class Material(StrEnum):
    CLAY = "CLAY"
    IRON = "IRON"
    GLASS = "GLASS"


class NewPart(Message):
    part_id: PartId
    name: Name
    material: Material
    details: JsonObject = Field(default_factory=dict)


@operation(
    "POST /teapots",
    Who.OWNER,
    always(LIFE),
    Example(
        {"name": "Teapot", "description": "Short and stout"},
        {"name": "🫖" * 100, "description": "🫖" * 2000},
    ),
    creates=True,
)
class MakeTeapot(Command):
    looked_up: ClassVar[frozenset[str]] = frozenset({"owner_name", "owner_email"})
    type: Literal["MakeTeapot"] = "MakeTeapot"
    owner: str
    name: Name
    description: Description | None = None
    parts: Annotated[tuple[NewPart, ...], Field(max_length=MAX_PARTS_AT_ONCE)] = ()
    owner_name: Sealed | None = None
    owner_email: Sealed | None = None


@operation(
    "PATCH /teapots/<id>",
    Who.OWNER,
    each_given("name", "description"),
    Example({"name": "Samovar"}, {"name": "🫖" * 100, "description": "🫖" * 2000}, MADE),
)
class ChangeTeapot(Command):
    """Only what is given is changed; a description of null is cleared."""

    type: Literal["ChangeTeapot"] = "ChangeTeapot"
    name: Name | None = None
    description: Description | None = None


@operation(
    "POST /teapots/<id>/parts",
    Who.OWNER,
    one("part", lambda command: command.part.part_id),
    Example({"name": "spout", "material": "CLAY"}, {"name": "🫖" * 100, "material": "GLASS"}, MADE),
)
class AddPart(Command):
    type: Literal["AddPart"] = "AddPart"
    part: NewPart


@operation(
    "PATCH /teapots/<id>/parts/<partId>",
    Who.OWNER,
    one("part", lambda command: command.part_id),
    Example({"name": "beak"}, {"name": "🫖" * 100, "material": "IRON"}, FITTED),
)
class ChangePart(Command):
    type: Literal["ChangePart"] = "ChangePart"
    part_id: PartId
    name: Name | None = None
    material: Material | None = None


@operation(
    "DELETE /teapots/<id>/parts/<partId>",
    Who.OWNER,
    one("part", lambda command: command.part_id),
    Example(given=FITTED),
)
class RemovePart(Command):
    type: Literal["RemovePart"] = "RemovePart"
    part_id: PartId


@operation("POST /teapots/<id>/retire", Who.OWNER, always(LIFE), Example(given=MADE))
class RetireTeapot(Command):
    """Put the teapot on the shelf: it takes no changes any more."""

    type: Literal["RetireTeapot"] = "RetireTeapot"


@operation("DELETE /teapots/<id>", Who.OWNER, always(LIFE), Example(given=MADE))
class BreakTeapot(Command):
    type: Literal["BreakTeapot"] = "BreakTeapot"


@operation(
    "POST /teapots/<id>/inspections",
    Who.WORKER,
    always("inspection"),
    Example({"finding": "It leaks."}, {"finding": "🫖" * 1000}, MADE),
)
class InspectTeapot(Command):
    type: Literal["InspectTeapot"] = "InspectTeapot"
    finding: Reason


@operation(
    "PUT /teapots/<id>/tea",
    Who.OWNER,
    always("tea"),
    Example({"tea": "{slug}"}, {"tea": "{slug}"}, ("register-tea", *MADE)),
)
class BrewTea(Command):
    """Brew the tea that has a slug; `name` is the tea's, looked up."""

    looked_up: ClassVar[frozenset[str]] = frozenset({"name"})
    type: Literal["BrewTea"] = "BrewTea"
    tea: Slug
    name: str


@operation(
    "POST /teas",
    Who.ADMIN,
    always(LIFE),
    Example({"slug": "{slug}", "name": "Assam"}, {"slug": "{longSlug}", "name": "🫖" * 100}),
    creates=True,
)
class RegisterTea(Command):
    type: Literal["RegisterTea"] = "RegisterTea"
    owner: str
    slug: Slug
    name: Name


@operation("DELETE /teas/<id>", Who.ADMIN, always(LIFE), Example(given=("register-tea",)))
class WithdrawTea(Command):
    type: Literal["WithdrawTea"] = "WithdrawTea"


TeapotCommand = (
    MakeTeapot
    | ChangeTeapot
    | AddPart
    | ChangePart
    | RemovePart
    | RetireTeapot
    | BreakTeapot
    | InspectTeapot
    | BrewTea
)
TeaCommand = RegisterTea | WithdrawTea
