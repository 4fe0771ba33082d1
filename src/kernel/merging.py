"""The parts of an aggregate that commands and events touch: the basis of `onConflict: merge`.

A command that was decided on an older version is merged when no event since touches what it
touches.
"""

from collections.abc import Callable
from typing import Any

Aspects = frozenset[str]
"""Names of parts. Parts of one kind are told apart by `<kind>:<id>`."""
LIFE = "life"
"""The aspect that meets every other: the aggregate began or ended."""
Touches = Callable[[Any], Aspects]
"""The aspects that a command or an event touches."""


def always(*aspects: str) -> Touches:
    """Touch the same aspects, whatever the command holds."""
    touched = frozenset(aspects)
    return lambda _: touched


def each_given(*fields: str) -> Touches:
    """Touch those of these fields that the command was given."""
    return lambda command: frozenset(command.model_fields_set & set(fields))


def one(kind: str, id_of: Callable[[Any], str]) -> Touches:
    """Touch the part of this kind whose id the command holds."""
    return lambda command: frozenset({f"{kind}:{id_of(command)}"})


def both(first: Touches, second: Touches) -> Touches:
    """Touch what either touches."""
    return lambda message: first(message) | second(message)


def meet(asked: Aspects, happened: Aspects) -> bool:
    """Tell whether a command and an event touch the same."""
    return bool(asked & happened) or LIFE in asked | happened


def unmerged(_: object) -> Aspects:
    """Touch everything, so that nothing is merged with it."""
    return frozenset({LIFE})
