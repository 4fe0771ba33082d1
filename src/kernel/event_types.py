"""The events that one stream may hold: today's classes, and how other versions become them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

from kernel.messages import Event

E = TypeVar("E", bound=Event)

Data = dict[str, Any]
"""An event's fields as they are stored: JSON, camelCase, defaults left out."""
Cast = Callable[[Data], Data]
"""From one major version's data to its neighbour's. Pure, and it changes nothing in place."""
Casts = Mapping[tuple[str, int], Cast]
"""By event type and the major version that is cast."""
NO_CASTS: Casts = MappingProxyType({})
Union = Any
"""`Annotated[A | B, Field(discriminator="type")]`, which Python's types cannot say."""


@dataclass(frozen=True, slots=True)
class EventTypes(Generic[E]):
    """One aggregate's vocabulary, by event type.

    `classes` are today's and `versions` their schema versions. `upcasters` lead from an older
    major version to the next; `downcasters` from a newer one to the one before, so that what the
    next release will write can be read by this one already.
    """

    adapter: TypeAdapter[E]
    classes: Mapping[str, type[Event]]
    versions: Mapping[str, str]
    upcasters: Casts
    downcasters: Casts


def event_types(
    union: Union, upcasters: Casts = NO_CASTS, downcasters: Casts = NO_CASTS
) -> EventTypes[Any]:
    classes = {event.__name__: event for event in members(union)}
    versions = {name: event.schema_version for name, event in classes.items()}
    return EventTypes(TypeAdapter(union), classes, versions, upcasters, downcasters)


def members(union: Union) -> tuple[type[Event], ...]:
    """The event classes, in the order of the union."""
    events: tuple[type[Event], ...] = get_args(get_args(union)[0])
    return events
