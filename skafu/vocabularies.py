"""The domain's aggregates and their events, in the order of their types."""

from typing import Any

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.event_types import EventTypes


def aggregates() -> dict[str, AnyAggregate]:
    return {name: contents.aggregate[name] for name in sorted(contents.aggregate)}


def vocabularies() -> dict[str, EventTypes[Any]]:
    return {name: aggregate.events for name, aggregate in aggregates().items()}
