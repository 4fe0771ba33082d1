"""The decider: `decide`, `evolve` and `initial` are the whole of an aggregate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from domain.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Decider(Generic[S, C, E]):
    """One aggregate's rules.

    `decide` answers `[]` when all is already so, and raises a `DomainError` when a rule forbids.
    `state_version` is raised whenever a fold's result changes, so that states stored by an
    older `evolve` are folded anew. `owner_of` names who may command and see the aggregate,
    `None` while it does not exist. `creates` is true of commands that begin a stream.
    """

    aggregate_type: str
    initial: S
    decide: Callable[[S, C], list[E]]
    evolve: Callable[[S, E], S]
    state_version: int
    states: TypeAdapter[S]
    events: TypeAdapter[E]
    owner_of: Callable[[S], str | None]
    creates: Callable[[C], bool]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        return reduce(self.evolve, events, self.initial if state is None else state)
