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
    """One aggregate's rules, as pure functions.

    `decide` answers `[]` when all is already so, and raises a `DomainError` when a rule forbids.
    `evolve` gives the state after an event.
    """

    initial: S
    decide: Callable[[S, C], list[E]]
    evolve: Callable[[S, E], S]
