"""The decider: `decide`, `evolve` and `initial` are the whole of an aggregate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from kernel.errors import DomainError
from kernel.event_types import EventTypes
from kernel.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

Aspects = frozenset[str]
"""The parts of an aggregate that a command or an event touches."""
LIFE = "life"
"""The aspect that meets every other: the aggregate began or ended."""


def claims_nothing(_: object) -> None:
    return None


def refused(_: object) -> DomainError:
    return DomainError()


@dataclass(frozen=True)
class Decider(Generic[S, C, E]):
    """One aggregate's rules.

    `decide` answers `[]` when all is already so, and raises a `DomainError` when a rule forbids.
    `state_version` is raised whenever a fold's result changes, so that states stored by an
    older `evolve` are folded anew. `owner_of` names who may command and see the aggregate,
    `None` while it does not exist. `creates` is true of commands that begin a stream.

    `touched_by_command` and `touched_by_event` tell whether a command that was decided on an older
    version may be merged. `claims` names what a new aggregate must be alone to have, and `claimed`
    is the refusal when it is not.
    """

    aggregate_type: str
    initial: S
    decide: Callable[[S, C], list[E]]
    evolve: Callable[[S, E], S]
    state_version: int
    states: TypeAdapter[S]
    events: EventTypes[E]
    owner_of: Callable[[S], str | None]
    creates: Callable[[C], bool]
    touched_by_command: Callable[[C], Aspects]
    touched_by_event: Callable[[E], Aspects]
    claims: Callable[[C], str | None] = claims_nothing
    claimed: Callable[[C], DomainError] = refused

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        return reduce(self.evolve, events, self.initial if state is None else state)

    def conflicts(self, command: C, event: E) -> bool:
        """Whether the event touches what the command touches."""
        asked, happened = self.touched_by_command(command), self.touched_by_event(event)
        return bool(asked & happened) or LIFE in asked | happened
