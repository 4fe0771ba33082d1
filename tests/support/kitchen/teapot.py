"""The rules of a teapot."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from kernel.aggregate import Aggregate
from kernel.decider import Decider
from kernel.errors import DomainError, NotFound
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject
from kernel.texts import alike
from tests.support.kitchen import commands, events
from tests.support.kitchen.bodies import TEAPOT_BODIES
from tests.support.kitchen.commands import Material, PartId, TeapotCommand
from tests.support.kitchen.events import PartEvent, TeapotEvent


class TeapotAlreadyExists(DomainError):
    text = "The teapot exists already."


class TeapotIsRetired(DomainError):
    text = "The teapot is retired and takes no changes."


class TeapotIsBroken(DomainError):
    text = "The teapot is broken."


class PartNameTaken(DomainError):
    text = "The teapot has a part named {name!r} already."


class PartNotFound(NotFound):
    text = "The teapot has no such part."


class Condition(StrEnum):
    NONE = ""  # not made yet
    GOOD = "GOOD"
    RETIRED = "RETIRED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    material: Material


Parts = Mapping[PartId, Part]


@dataclass(frozen=True, slots=True)
class Teapot:
    condition: Condition = Condition.NONE
    owner: str = ""
    name: str = ""
    description: str | None = None
    finding: str = ""
    tea: str = ""
    parts: Parts = field(default_factory=dict)
    forgotten: tuple[Subject, ...] = ()


def decide(state: Teapot, command: TeapotCommand) -> list[TeapotEvent]:
    match command:
        case commands.MakeTeapot():
            return make(state, command)
        case commands.BreakTeapot():
            return [] if state.condition is Condition.BROKEN else [events.TeapotBroken()]
        case _ if state.condition is Condition.BROKEN:
            raise TeapotIsBroken
        case commands.RetireTeapot():
            return [] if state.condition is Condition.RETIRED else [events.TeapotRetired()]
        case _ if state.condition is Condition.RETIRED:
            raise TeapotIsRetired
        case commands.ChangeTeapot():
            return change(state, command)
        case commands.AddPart() | commands.ChangePart() | commands.RemovePart():
            return [*decide_part(state, command)]
        case commands.InspectTeapot(finding=finding):
            return [] if finding == state.finding else [events.TeapotInspected(finding=finding)]
        case commands.BrewTea(tea=tea, name=name):
            return [] if tea == state.tea else [events.TeaBrewed(tea=tea, name=name)]
        case _:
            assert_never(command)


def make(state: Teapot, command: commands.MakeTeapot) -> list[TeapotEvent]:
    if state.condition is not Condition.NONE:
        raise TeapotAlreadyExists
    given = command.model_dump(exclude={"type", "parts", "owner_name", "owner_email"})
    made = events.TeapotMade(
        **given, owner_name=command.owner_name, owner_email=command.owner_email
    )
    state, found = evolve(state, made), list[TeapotEvent]([made])
    for part in command.parts:
        found.append(add(state, part))
        state = evolve(state, found[-1])
    return found


def change(state: Teapot, command: commands.ChangeTeapot) -> list[TeapotEvent]:
    found: list[TeapotEvent] = []
    if command.name is not None and command.name != state.name:
        found.append(events.TeapotRenamed(name=command.name))
    if "description" in command.model_fields_set and command.description != state.description:
        found.append(events.TeapotDescribed(description=command.description))
    return found


def decide_part(
    state: Teapot, command: commands.AddPart | commands.ChangePart | commands.RemovePart
) -> list[PartEvent]:
    match command:
        case commands.AddPart(part=part):
            return [add(state, part)]
        case commands.ChangePart():
            return change_part(state, command)
        case commands.RemovePart(part_id=part_id):
            part_of(state, part_id)
            return [events.PartRemoved(part_id=part_id)]


def add(state: Teapot, new: commands.NewPart) -> events.PartAdded:
    require_free_name(state, new.name)
    return events.PartAdded(owner=state.owner, **new.model_dump())


def change_part(state: Teapot, command: commands.ChangePart) -> list[PartEvent]:
    part = part_of(state, command.part_id)
    if command.name is not None:
        require_free_name(state, command.name, but=command.part_id)
    changed = events.PartChanged(
        part_id=command.part_id,
        name=command.name if command.name != part.name else None,
        material=command.material if command.material != part.material else None,
    )
    return [] if changed == events.PartChanged(part_id=command.part_id) else [changed]


def require_free_name(state: Teapot, name: str, but: PartId | None = None) -> None:
    taken = {alike(part.name) for id, part in state.parts.items() if id != but}
    if alike(name) in taken:
        raise PartNameTaken(name=name)


def part_of(state: Teapot, part_id: PartId) -> Part:
    if part_id not in state.parts:
        raise PartNotFound
    return state.parts[part_id]


def evolve(state: Teapot, event: TeapotEvent) -> Teapot:
    match event:
        case events.TeapotMade(owner=owner, name=name, description=description):
            return Teapot(Condition.GOOD, owner, name, description)
        case events.TeapotRenamed(name=name):
            return replace(state, name=name)
        case events.TeapotDescribed(description=description):
            return replace(state, description=description)
        case events.PartAdded() | events.PartChanged() | events.PartRemoved():
            return replace(state, parts=evolve_parts(state.parts, event))
        case events.TeapotRetired():
            return replace(state, condition=Condition.RETIRED)
        case events.TeapotBroken():
            return replace(state, condition=Condition.BROKEN)
        case events.TeapotInspected(finding=finding):
            return replace(state, finding=finding)
        case events.TeaBrewed(tea=tea):
            return replace(state, tea=tea)
        case _:
            assert_never(event)


def evolve_parts(parts: Parts, event: PartEvent) -> Parts:
    match event:
        case events.PartAdded(part_id=id, name=name, material=material):
            return {**parts, id: Part(name, material)}
        case events.PartChanged(part_id=id, name=name, material=material):
            part = parts[id]
            return {**parts, id: Part(name or part.name, material or part.material)}
        case events.PartRemoved(part_id=removed):
            return {id: part for id, part in parts.items() if id != removed}


teapot: Aggregate[Teapot, TeapotCommand, TeapotEvent] = Aggregate(
    aggregate_type="TEAPOT",
    decider=Decider(Teapot(), decide, evolve),
    states=TypeAdapter(Teapot),
    state_version=1,
    events=event_types(TeapotEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("TEAPOT", TeapotCommand, TEAPOT_BODIES),
)
