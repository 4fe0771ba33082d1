"""The events of a stream: today's classes, and the casts from other versions to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar, get_args

from pydantic import Field, TypeAdapter

from kernel.messages import Event
from kernel.personal import SubjectForgotten

E = TypeVar("E", bound=Event)

Data = dict[str, Any]
"""An event's fields as they are stored: JSON, camelCase, defaults left out."""
Cast = Callable[[Data], Data]
"""Cast the data of a major version to the next or the one before. Pure: it returns new data."""
Casts = Mapping[tuple[str, int], Cast]
"""Casts by event type, and by the major version that they read."""
NO_CASTS: Casts = MappingProxyType({})
Union = Any
"""`A | B`, or a single class, which Python's types cannot say."""


@dataclass(frozen=True, slots=True)
class EventTypes(Generic[E]):
    """The events of an aggregate, by event type.

    `classes` are today's, and `versions` their schema versions. `upcasters` cast an older major
    version to the next. `downcasters` cast a newer one to the one before, so that this release
    already reads what the next one will write.
    """

    adapter: TypeAdapter[E]
    classes: Mapping[str, type[Event]]
    versions: Mapping[str, str]
    upcasters: Casts
    downcasters: Casts


def event_types(
    union: Union, upcasters: Casts = NO_CASTS, downcasters: Casts = NO_CASTS
) -> EventTypes[Any]:
    """Return the events of a union of classes, with `SubjectForgotten` in addition."""
    known: tuple[type[Event], ...] = (*members(union), SubjectForgotten)
    classes = {event.__name__: event for event in known}
    versions = {name: event.schema_version for name, event in classes.items()}
    adapter: TypeAdapter[Any] = TypeAdapter(
        Annotated[union | SubjectForgotten, Field(discriminator="type")]
    )
    return EventTypes(adapter, classes, versions, upcasters, downcasters)


def members(union: Union) -> tuple[type[Event], ...]:
    """Return the event classes in the order of the union, or the class alone."""
    events: tuple[type[Event], ...] = get_args(union) or (union,)
    return events
