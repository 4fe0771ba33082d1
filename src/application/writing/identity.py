"""The identity of a command, and the time within which it may be sent again."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from kernel.messages import AggregateId, inner_id, iso_milliseconds

Identity = tuple[str, str]
"""(principal, command id)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WINDOW = timedelta(hours=24)
CLOCK_SKEW = timedelta(minutes=5)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
FOREVER = "9999"
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
REMEMBERED = 1024
"""Keys that a process has just read or made: a command asks for its own several times."""
LATEST_MILLISECONDS = (LATEST - EPOCH) // timedelta(milliseconds=1)


class KeyExpired(ValueError):
    """The key carries a time so long ago that its first use is no longer looked up."""


def earliest_of(moment: datetime) -> datetime:
    """Return the moment by the slowest clock; the calendar has nothing before its first day."""
    return max(moment, FIRST + CLOCK_SKEW) - CLOCK_SKEW


def latest_of(moment: datetime) -> datetime:
    """Return the moment by the fastest clock, within the calendar."""
    return min(moment, LAST - CLOCK_SKEW) + CLOCK_SKEW


def look_back_to(command_id: str, now: datetime) -> str:
    """Return the time, as stored, before which no commit can hold this command.

    A key from the future was made by a fast clock, and is looked for like any other (ADR 43).
    Raises `KeyExpired` for a UUIDv7 from before the window.
    """
    made = key_time(command_id)
    if made is None:
        return iso_milliseconds(now - WINDOW)
    if made < now - WINDOW - CLOCK_SKEW:
        raise KeyExpired(command_id)
    return longest_look_back(now)


def longest_look_back(now: datetime) -> str:
    """Return the time, as stored, before which no command can be looked for."""
    return iso_milliseconds(now - WINDOW - 2 * CLOCK_SKEW)


def recorded_between(command_id: str, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the times, as stored, between which a commit can hold this command, likely ones first.

    A UUIDv7 is accepted while it is fresh, however long ago that was. An opaque id, or one that a
    fast clock made, is found within the window only.
    """
    made, window = key_time(command_id), iso_milliseconds(now - WINDOW)
    if made is None:
        yield window, FOREVER
        return
    since = iso_milliseconds(made - CLOCK_SKEW)
    yield since, iso_milliseconds(min(made, LATEST) + WINDOW + 2 * CLOCK_SKEW)
    if window < since:
        yield window, since


def key_time(command_id: str) -> datetime | None:
    """Return the time of a UUIDv7, else `None`; the latest one for those beyond the calendar."""
    made = key_milliseconds(command_id)
    return None if made is None else EPOCH + timedelta(milliseconds=min(made, LATEST_MILLISECONDS))


@lru_cache(REMEMBERED)
def key_milliseconds(command_id: str) -> int | None:
    """Return the time of a UUIDv7 (RFC 9562: its first 48 bits), else `None`."""
    try:
        key = uuid.UUID(command_id)
    except ValueError:
        return None
    return key.int >> 80 if key.version == 7 else None


@lru_cache(REMEMBERED)
def nth_key(key: str, n: int) -> str:
    """Return the key of the n-th of several commands that were sent under one key.

    That of a UUIDv7 is a UUIDv7 of the same time, so that its look-back is as short.
    """
    derived = uuid.uuid5(uuid.NAMESPACE_URL, f"skafu:{key}#{n}")
    if key_time(key) is None:
        return str(derived)
    time, rest = uuid.UUID(key).int >> 80 << 80, derived.int & ((1 << 80) - 1)
    return str(uuid.UUID(int=time | rest & ~(0xF << 76) | 7 << 76))


@lru_cache(REMEMBERED)
def derived_id(principal: str, command_id: str) -> str:
    """Return the plain id of an aggregate that the command creates; sent again, it is the same."""
    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, f"skafu:{principal}"), command_id))


def nth_inner_id(aggregate: AggregateId, principal: str, command_id: str, n: int) -> str:
    """Return the n-th id that the command makes within the aggregate; sent again, it is the same.

    `n` counts from 0.
    """
    return inner_id(aggregate, principal, command_id, str(n))
