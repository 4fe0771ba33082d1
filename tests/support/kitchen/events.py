"""Events of a teapot and of a tea."""

from typing import Annotated, Literal

from pydantic import Field

from kernel.merging import LIFE, always, one
from kernel.messages import Event
from kernel.personal import Personal, Sealed
from kernel.values import JsonObject
from tests.support.kitchen.commands import Material, PartId

PART = one("part", lambda event: event.part_id)


class TeapotMade(Event):
    schema_version = "1.1"
    touches = always(LIFE)
    type: Literal["TeapotMade"] = "TeapotMade"
    owner: str
    name: str
    description: str | None = None
    owner_name: Annotated[Sealed | None, Personal("owner")] = None
    owner_email: Annotated[Sealed | None, Personal("owner")] = None


class TeapotRenamed(Event):
    touches = always("name")
    type: Literal["TeapotRenamed"] = "TeapotRenamed"
    name: str


class TeapotDescribed(Event):
    touches = always("description")
    type: Literal["TeapotDescribed"] = "TeapotDescribed"
    description: str | None = None


class PartAdded(Event):
    touches = PART
    type: Literal["PartAdded"] = "PartAdded"
    owner: str
    part_id: PartId
    name: str
    material: Material
    details: JsonObject = Field(default_factory=dict)


class PartChanged(Event):
    touches = PART
    type: Literal["PartChanged"] = "PartChanged"
    part_id: PartId
    name: str | None = None
    material: Material | None = None


class PartRemoved(Event):
    touches = PART
    type: Literal["PartRemoved"] = "PartRemoved"
    part_id: PartId


class TeapotRetired(Event):
    touches = always(LIFE)
    type: Literal["TeapotRetired"] = "TeapotRetired"


class TeapotBroken(Event):
    touches = always(LIFE)
    type: Literal["TeapotBroken"] = "TeapotBroken"


class TeapotInspected(Event):
    touches = always("inspection")
    type: Literal["TeapotInspected"] = "TeapotInspected"
    finding: str


class TeaBrewed(Event):
    touches = always("tea")
    type: Literal["TeaBrewed"] = "TeaBrewed"
    tea: str
    name: str


class TeaRegistered(Event):
    touches = always(LIFE)
    type: Literal["TeaRegistered"] = "TeaRegistered"
    owner: str
    slug: str
    name: str


class TeaWithdrawn(Event):
    touches = always(LIFE)
    type: Literal["TeaWithdrawn"] = "TeaWithdrawn"


PartEvent = PartAdded | PartChanged | PartRemoved
TeapotEvent = (
    TeapotMade
    | TeapotRenamed
    | TeapotDescribed
    | PartEvent
    | TeapotRetired
    | TeapotBroken
    | TeapotInspected
    | TeaBrewed
)
TeaEvent = TeaRegistered | TeaWithdrawn
