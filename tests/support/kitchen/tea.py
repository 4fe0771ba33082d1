"""The rules of a tea: no two have one slug."""

from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import TypeAdapter

from kernel.aggregate import Aggregate, Unique
from kernel.decider import Decider
from kernel.errors import DomainError
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject
from tests.support.kitchen import commands, events
from tests.support.kitchen.bodies import TEA_BODIES
from tests.support.kitchen.commands import TeaCommand
from tests.support.kitchen.events import TeaEvent


class TeaAlreadyExists(DomainError):
    text = "The tea exists already."


class TeaTaken(DomainError):
    text = "Another tea has the slug {slug!r}."


class NoSuchTea(DomainError):
    text = "There is no tea {slug!r}."


@dataclass(frozen=True, slots=True)
class Tea:
    owner: str = ""
    name: str = ""
    withdrawn: bool = False
    forgotten: tuple[Subject, ...] = ()


def decide(state: Tea, command: TeaCommand) -> list[TeaEvent]:
    match command:
        case commands.RegisterTea(owner=owner, slug=slug, name=name):
            if state.owner:
                raise TeaAlreadyExists
            return [events.TeaRegistered(owner=owner, slug=slug, name=name)]
        case commands.WithdrawTea():
            return [] if state.withdrawn else [events.TeaWithdrawn()]
        case _:
            assert_never(command)


def evolve(state: Tea, event: TeaEvent) -> Tea:
    match event:
        case events.TeaRegistered(owner=owner, name=name):
            return Tea(owner, name)
        case events.TeaWithdrawn():
            return replace(state, withdrawn=True)
        case _:
            assert_never(event)


def claim_of(slug: str) -> str:
    return f"TEA-SLUG#{slug}"


def slug_of(command: TeaCommand) -> str | None:
    return claim_of(command.slug) if isinstance(command, commands.RegisterTea) else None


def same_slug(command: TeaCommand) -> TeaTaken:
    return TeaTaken(slug=getattr(command, "slug", ""))


tea: Aggregate[Tea, TeaCommand, TeaEvent] = Aggregate(
    aggregate_type="TEA",
    decider=Decider(Tea(), decide, evolve),
    states=TypeAdapter(Tea),
    state_version=1,
    events=event_types(TeaEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("TEA", TeaCommand, TEA_BODIES),
    unique=Unique(slug_of, same_slug),
)
