"""The decider: `initial`, `decide` and `evolve` are the rules of an aggregate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kernel.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E]):
    """The rules of an aggregate, as pure functions.

    `decide` returns `[]` when nothing has to change, and raises a `DomainError` when a rule refuses
    the command. `evolve` returns the state after an event.
    """

    initial: S
    decide: Callable[[S, C], list[E]]
    evolve: Callable[[S, E], S]
