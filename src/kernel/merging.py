"""The parts of an aggregate that a command or an event touches: the ground of `onConflict: merge`.

A command that was decided on an older version is merged when no event since touches what it
touches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel.messages import Command

Aspects = frozenset[str]
"""Names of parts. Parts of one kind are told apart by `<kind>:<id>`."""
LIFE = "life"
"""The aspect that meets every other: the aggregate began or ended."""


@dataclass(frozen=True)
class Touches:
    """The aspects that a command touches.

    `aspects` are those that it touches whatever it holds. `given` are fields, each of them an
    aspect that is touched when the command was given the field. `kind` is a kind of parts: touched
    is the one whose id `id_of` finds in the command.
    """

    aspects: Aspects = frozenset()
    given: tuple[str, ...] = ()
    kind: str = ""
    id_of: Callable[[Any], str] | None = None

    def __call__(self, command: Command) -> Aspects:
        part = {f"{self.kind}:{self.id_of(command)}"} if self.id_of else set()
        return self.aspects | part | (command.model_fields_set & set(self.given))


def always(*aspects: str) -> Touches:
    """Touch the same aspects, whatever the command holds."""
    return Touches(aspects=frozenset(aspects))


def each_given(*fields: str) -> Touches:
    """Touch those of these fields that the command was given."""
    return Touches(given=fields)


def one(kind: str, id_of: Callable[[Any], str]) -> Touches:
    """Touch the part of this kind whose id the command holds."""
    return Touches(kind=kind, id_of=id_of)


UNMERGED = always(LIFE)
"""Everything is touched: the command is never merged."""


def meet(asked: Aspects, happened: Aspects) -> bool:
    """Tell whether a command and an event touch the same."""
    return bool(asked & happened) or LIFE in asked | happened
