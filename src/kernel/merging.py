"""The parts of an aggregate that commands and events touch: the basis of `onConflict: merge`.

A command that was decided on an older version is merged when no event since touches what it
touches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

Aspects = frozenset[str]
"""Names of parts. Parts of one kind are told apart by `<kind>:<id>`."""
LIFE = "life"
"""The aspect that meets every other: the aggregate began or ended."""
IdOf = Callable[[Any], str]


@dataclass(frozen=True)
class Touches:
    """The aspects that a command or an event touches.

    `aspects` are those that it touches whatever it holds. `given` are fields, each of them an
    aspect that a command touches when it was given the field. `parts` are kinds of parts: touched
    is the one whose id the function finds in the command or the event.
    """

    aspects: Aspects = frozenset()
    given: tuple[str, ...] = ()
    parts: tuple[tuple[str, IdOf], ...] = ()

    def __call__(self, message: BaseModel) -> Aspects:
        parts = {f"{kind}:{id_of(message)}" for kind, id_of in self.parts}
        return self.aspects | parts | (message.model_fields_set & set(self.given))


def always(*aspects: str) -> Touches:
    """Touch the same aspects, whatever the command or the event holds."""
    return Touches(aspects=frozenset(aspects))


def each_given(*fields: str) -> Touches:
    """Touch those of these fields that the command was given."""
    return Touches(given=fields)


def one(kind: str, id_of: IdOf) -> Touches:
    """Touch the part of this kind whose id the command or the event holds."""
    return Touches(parts=((kind, id_of),))


def both(first: Touches, second: Touches) -> Touches:
    """Touch what either touches."""
    return Touches(
        first.aspects | second.aspects, first.given + second.given, first.parts + second.parts
    )


UNMERGED = always(LIFE)
"""Everything is touched, so that nothing is merged with it."""


def meet(asked: Aspects, happened: Aspects) -> bool:
    """Tell whether a command and an event touch the same."""
    return bool(asked & happened) or LIFE in asked | happened
