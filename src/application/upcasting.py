"""Bring stored events of other versions into the shape of today's classes.

A version is `major.minor`. A minor version only adds fields with defaults, so it needs no code:
fields that are missing get their defaults, fields that are unknown are ignored. Another major
version is cast step by step by the pure functions of `src/domain/<aggregate>/upcasters.py`.
"""

from collections.abc import Mapping
from typing import Any

from kernel.event_types import Data, EventTypes


class UnreadableEvent(ValueError):
    """A stored event, commit or state cannot be read by this release. Its text quotes no value."""


# What reading stored data may raise when it does not have the shape that this release knows.
MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def todays_data(events: EventTypes[Any], stored: Mapping[str, Any]) -> Data:
    """Return the `data` of `{eventType, schemaVersion, data}` in the form of today's class.

    Raises `UnreadableEvent`. An event of today's version costs one comparison and no copy.
    """
    event_type, version = stored["eventType"], stored["schemaVersion"]
    today = events.versions.get(event_type)
    if version == today:
        data: Data = stored["data"]
        return data
    if today is None:
        raise UnreadableEvent(f"{event_type} is not an event that this release knows")
    return _cast(events, event_type, version, major(today), stored["data"])


def _cast(events: EventTypes[Any], event_type: str, version: str, to: int, data: Data) -> Data:
    """Cast the data up or down, one major version at a time, to today's."""
    at = major(version)
    while at != to:
        up = at < to
        cast = (events.upcasters if up else events.downcasters).get((event_type, at))
        if cast is None:
            today = events.versions[event_type]
            raise UnreadableEvent(f"{event_type} {version}: this release reads {today}")
        at, data = at + (1 if up else -1), cast(data)
    return data


def major(version: str) -> int:
    """Return the major version. Raises `UnreadableEvent` unless it is `major.minor`."""
    first, _, second = version.partition(".")
    if not (first.isdecimal() and second.isdecimal()):
        raise UnreadableEvent(f"{version!r} is not a schema version")
    return int(first)
