"""Documents for those who consume events: a JSON Schema for each version, and AsyncAPI 3.0.

`schemas/events/<type>/<version>.json` describes `data` in every version that was ever recorded;
`schemas/asyncapi.json` describes the bus: a channel for each source, a message for each version.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema

from domain.contents import contents
from edge.http.api import VERSION
from kernel.event_types import EventTypes
from kernel.messages import Event, bus_source

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "schemas" / "released"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Json = Any


class Stored(GenerateJsonSchema):
    """A generator that also shows defaults made by a function: they are part of the contract."""

    def field_title_should_be_set(self, schema: object) -> bool:
        """Leave titles out: they only spell the name again."""
        return False

    def get_default_value(self, schema: CoreSchema) -> Any:  # noqa: ANN401 - any default
        made: Mapping[str, Any] = schema
        if "default_factory" in made and not made.get("default_factory_takes_data"):
            return made["default_factory"]()
        return super().get_default_value(schema)  # type: ignore[arg-type] # what it was given


@dataclass(frozen=True, slots=True)
class Described:
    """One event type in one version, with the schema of its `data`."""

    aggregate_type: str
    event_type: str
    version: str
    schema: Json
    about: str = ""

    @property
    def name(self) -> str:
        return f"{self.event_type}-{self.version}"


def data_schema(event: type[Event]) -> Json:
    """Return the JSON Schema of `data` as it is stored: without fields at their default."""
    schema = event.model_json_schema(by_alias=True, schema_generator=Stored)
    schema["properties"].pop("type", None)
    return {
        "$schema": DIALECT,
        **schema,
        "title": f"{event.__name__} {event.schema_version}",
    }


def todays() -> Iterator[Described]:
    for aggregate_type, events in contents.events.items():
        yield from (described(aggregate_type, event) for event in events.classes.values())


def described(aggregate_type: str, event: type[Event]) -> Described:
    about = "" if event.__doc__ in (None, Event.__doc__) else inspect.cleandoc(event.__doc__ or "")
    return Described(
        aggregate_type, event.__name__, event.schema_version, data_schema(event), about
    )


def earlier() -> Iterator[Described]:
    """Yield versions that were released and are no longer recorded."""
    for aggregate_type, events in contents.events.items():
        for event_type, version in released_versions(events):
            schema = json.loads(released_file(event_type, version).read_text())
            yield Described(aggregate_type, event_type, version, schema)


def released_versions(events: EventTypes[Any]) -> Iterator[tuple[str, str]]:
    """Yield released versions of these types that are not today's."""
    for event_type, today in events.versions.items():
        for file in sorted((RELEASED / "events" / event_type).glob("*.json")):
            if file.stem != today:
                yield event_type, file.stem


def released_file(event_type: str, version: str) -> Path:
    return RELEASED / "events" / event_type / f"{version}.json"


def files() -> dict[str, str]:
    """Return every generated file below `schemas/` by its path."""
    every = sorted([*todays(), *earlier()], key=lambda d: (d.aggregate_type, d.name))
    written = {f"schemas/events/{d.event_type}/{d.version}.json": text(d.schema) for d in every}
    return {**written, "schemas/asyncapi.json": text(asyncapi(every))}


def text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def asyncapi(every: list[Described]) -> Json:
    sources = sorted({d.aggregate_type for d in every})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Skafu events",
            "version": VERSION,
            "description": (
                "Every event of a commit is one entry of the bus: its source is the channel's "
                "address, its detail type the event type, its detail the message. Delivery is at "
                "least once and in any order; `eventSequence` restores it."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {"bus": BUS},
        "channels": {name: channel(name, every) for name in sources},
        "operations": {f"publish-{name.lower()}": operation(name) for name in sources},
        "components": {
            "messages": {key(d): message(d) for d in every},
            "schemas": {
                f"{key(d)}.{name}": moved(schema, key(d))
                for d in every
                for name, schema in d.schema.get("$defs", {}).items()
            },
        },
    }


BUS = {
    "host": "events.{region}.amazonaws.com",
    "pathname": "/event-bus/skafu-events-{environment}",
    "protocol": "eventbridge",
    "description": "The event bus of one environment.",
    "variables": {
        "region": {"description": "AWS region of the stack."},
        "environment": {"description": "Parameter Environment of the stack, such as dev."},
    },
}


def channel(aggregate_type: str, every: list[Described]) -> Json:
    own = [d for d in every if d.aggregate_type == aggregate_type]
    return {
        "address": bus_source(aggregate_type),
        "title": f"Events of one {aggregate_type.lower()}",
        "messages": {d.name: {"$ref": f"#/components/messages/{key(d)}"} for d in own},
    }


def operation(aggregate_type: str) -> Json:
    return {
        "action": "send",
        "title": f"Publish what happened to a {aggregate_type.lower()}",
        "channel": {"$ref": f"#/channels/{aggregate_type}"},
    }


def message(d: Described) -> Json:
    about = {"description": d.about} if d.about else {}
    return {
        "name": d.event_type,
        "title": f"{d.event_type} {d.version}",
        **about,
        "contentType": "application/json",
        "correlationId": {"location": "$message.payload#/correlationId"},
        "payload": envelope(d),
    }


def envelope(d: Described) -> Json:
    """Return the schema of an envelope (`application.publishing.envelopes`)."""
    properties = {
        "eventId": {"type": "string", "format": "uuid"},
        "eventType": {"const": d.event_type},
        "schemaVersion": {"const": d.version},
        "aggregateId": {"type": "string", "pattern": f"^{d.aggregate_type}#{UUID}$"},
        "aggregateType": {"const": d.aggregate_type.capitalize()},
        "eventSequence": {"type": "integer", "minimum": 1},
        "timestamp": {"type": "string", "format": "date-time"},
        "correlationId": {"type": "string"},
        "causationId": {"type": "string"},
        "data": moved(d.schema, key(d)),
        "metadata": {
            "type": "object",
            "properties": {
                name: {"type": "string"} for name in ("userId", "onBehalfOf", "traceparent")
            },
            "required": ["userId"],
        },
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def key(d: Described) -> str:
    """Return the key of an event: its name is unique within its aggregate."""
    return f"{d.aggregate_type.capitalize()}.{d.name}"


def moved(schema: Json, to: str) -> Json:
    """Return the schema as a part of the AsyncAPI document: its `$defs` become components there."""
    bare = {k: v for k, v in schema.items() if k not in ("$defs", "$schema")}
    pointed = re.sub(r'"#/\$defs/([^"]+)"', rf'"#/components/schemas/{to}.\1"', json.dumps(bare))
    return json.loads(pointed)
