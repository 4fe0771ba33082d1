"""Commands and events of a teapot, with what a test does not care about filled in."""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5

from pydantic import JsonValue

from tests.support.kitchen.commands import (
    AddPart,
    BreakTeapot,
    ChangePart,
    ChangeTeapot,
    MakeTeapot,
    Material,
    NewPart,
    PartId,
    RemovePart,
    RetireTeapot,
)
from tests.support.spec import ACTOR


def part_id(name: str) -> PartId:
    return PartId(str(uuid5(NAMESPACE_OID, name)))


def part(name: str, material: Material = Material.CLAY, **details: JsonValue) -> NewPart:
    return NewPart(part_id=part_id(name), name=name, material=material, details=details)


def make(
    name: str = "Teapot", *, description: str | None = None, parts: Sequence[NewPart] = ()
) -> MakeTeapot:
    return MakeTeapot(owner=ACTOR, name=name, description=description, parts=tuple(parts))


def change(**fields: str | None) -> ChangeTeapot:
    """Only what is named is given: `change(description=None)` clears."""
    return ChangeTeapot(**fields)


def rename(name: str) -> ChangeTeapot:
    return change(name=name)


def add(name: str, material: Material = Material.CLAY, **details: JsonValue) -> AddPart:
    return AddPart(part=part(name, material, **details))


def change_part(part: str, /, **fields: object) -> ChangePart:
    """Change the part that was added under this name."""
    return ChangePart(part_id=part_id(part), **fields)


def remove_part(name: str) -> RemovePart:
    return RemovePart(part_id=part_id(name))


def retire() -> RetireTeapot:
    return RetireTeapot()


def smash() -> BreakTeapot:
    return BreakTeapot()
