"""Commands, events, and recorded events."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, Generic, NewType, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from kernel.merging import Touches

AggregateId = NewType("AggregateId", str)
"""The name of a stream, `ORDER#<uuid>`: the aggregate type and the plain id."""


class Message(BaseModel):
    """A frozen value, with camelCase names in JSON."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )


class Command(Message):
    """A request, imperative; it may be refused. Unknown fields are refused at the edge."""

    model_config = ConfigDict(extra="forbid")
    looked_up: ClassVar[frozenset[str]] = frozenset()
    """Fields that are looked up when the command arrives; they are no part of its fingerprint."""
    operation: ClassVar[Any] = None
    """The command's route, role, touched parts and examples, by `kernel.operation.operation`."""


class Event(Message):
    """A fact, past tense. Read tolerantly: a newer writer may have added fields.

    The class name and the field names are the storage format: never rename or remove one.
    """

    model_config = ConfigDict(extra="ignore")
    schema_version: ClassVar[str] = "1.0"
    touches: ClassVar[Touches | None] = None
    """The parts of the aggregate that the event touches, by `kernel.merging`."""


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E_co]):
    """An event with its envelope. `timestamp` is UTC, ISO 8601 with milliseconds and `Z`.

    `traceparent` is the place of its command in a trace (W3C Trace Context), if it has one.
    """

    aggregate_id: AggregateId
    sequence: int
    event: E_co
    timestamp: str
    actor: str = ""
    correlation_id: str = ""
    causation_id: str = ""
    traceparent: str | None = field(default=None, compare=False)


def aggregate_id(aggregate_type: str, plain_id: str) -> AggregateId:
    return AggregateId(f"{aggregate_type}#{plain_id}")


def plain_id(aggregate: AggregateId) -> str:
    """Return the id without the aggregate type, as the API shows it."""
    return aggregate.partition("#")[2]


REPLAYED = "skafu.replay."


def bus_source(aggregate_type: str) -> str:
    """Return the source of an aggregate's events on the bus: `skafu.order`."""
    return f"skafu.{aggregate_type.lower()}"


def replay_source(aggregate_type: str) -> str:
    """Return the source of an aggregate's events when they are replayed: `skafu.replay.order`."""
    return f"{REPLAYED}{aggregate_type.lower()}"


def event_id(aggregate: AggregateId, sequence: int) -> str:
    """Return the same id for every reader, so that a consumer may drop what it has seen.

    No two events have one id: streams of different types may share a plain id, so the id is made
    from the typed one.
    """
    return str(uuid.uuid5(_namespace(aggregate), str(sequence)))


def inner_id(aggregate: AggregateId, *parts: str) -> str:
    """Return the id of something within an aggregate, made of the aggregate's id and `parts`.

    Another aggregate never yields it, so that it can be the key of a row.
    """
    return str(uuid.uuid5(_namespace(aggregate), json.dumps(parts)))


@lru_cache(1024)
def _namespace(aggregate: AggregateId) -> uuid.UUID:
    """Raise `ValueError` for an aggregate id without a UUID: no such stream was ever written."""
    uuid.UUID(plain_id(aggregate))
    return uuid.uuid5(uuid.NAMESPACE_URL, f"skafu:{aggregate}")


def iso_milliseconds(moment: datetime) -> str:
    """Return the time in UTC, with milliseconds and `Z`: all stored times sort as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
