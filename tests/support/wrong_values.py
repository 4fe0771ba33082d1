"""Wrong values for every part of a request, made from its schema in the OpenAPI document."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]

LONG = "x" * 5000
TEXTS = (LONG, "", " ", "a b", "\x00", "ÄÖ", "..//%", "-", "https://", '"', "UPPER lower", "1.5")
OTHERS: Sequence[Any] = (5, 1.5, True, [], {}, ["x"], {"x": 1}, None)
NUMBERS = (-1, 0, 10**12, 1.5, -1.5)
MOMENTS = ("yesterday", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9" * 20)
MISSING = object()


class Wrong(NamedTuple):
    """A value to put at a path; `MISSING` takes what is there away. Some may be right after all."""

    path: Path
    value: Any


def resolved(document: Schema, schema: Schema) -> Schema:
    """Return the schema without references and without its `null`."""
    if "$ref" in schema:
        found: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return resolved(document, found)
    choices = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    return resolved(document, choices[0]) if len(choices) == 1 else schema


def wrong_values(document: Schema, schema: Schema, at: Path = ()) -> Iterator[Wrong]:
    """Yield values of other types, beyond each limit, and out of each form; then those within."""
    schema = resolved(document, schema)
    values: Sequence[Any] = OTHERS
    match schema.get("type"):
        case "string":
            values = (*OTHERS, *TEXTS, *(MOMENTS if schema.get("format") else ()))
        case "integer" | "number":
            values = (*OTHERS, *TEXTS, *NUMBERS)
        case "array":
            values = (*OTHERS, "x", [None] * (schema.get("maxItems", 0) + 1))
            yield from wrong_values(document, schema["items"], (*at, 0))
        case "object":
            values = (*OTHERS, "x")
            yield from within(document, schema, at)
    yield from (Wrong(at, value) for value in values)


def within(document: Schema, schema: Schema, at: Path) -> Iterator[Wrong]:
    yield Wrong((*at, "colour"), "red")
    for name, part in schema.get("properties", {}).items():
        yield Wrong((*at, name), MISSING)
        yield from wrong_values(document, part, (*at, name))
    values = schema.get("additionalProperties")
    if isinstance(values, Mapping) and values:
        yield from wrong_values(document, values, (*at, "NAME"))
        yield from (Wrong((*at, name), "value") for name in TEXTS)
        yield Wrong(at, {f"N{n}": "v" for n in range(schema.get("maxProperties", 0) + 1)})


def put(body: Any, wrong: Wrong) -> Any:  # noqa: ANN401 - JSON
    """Return the body with the wrong value in its place, and what it takes to get there."""
    if not wrong.path:
        return wrong.value
    first, rest = wrong.path[0], Wrong(wrong.path[1:], wrong.value)
    if isinstance(first, int):
        return [put((body or [None])[0] if isinstance(body, list) else None, rest)]
    changed = copy.copy(body) if isinstance(body, dict) else {}
    changed[first] = put(changed.get(first), rest)
    return {name: value for name, value in changed.items() if value is not MISSING}


def parameters(document: Schema, operation: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Yield where each parameter of an operation is, its name and its schema."""
    for part in operation.get("parameters", ()):
        found = resolved(document, part)
        yield found["in"], found["name"], resolved(document, found["schema"])


def example(operation: Schema) -> Any:  # noqa: ANN401 - JSON
    """Return a copy of the first example of an operation's body."""
    (content,) = operation["requestBody"]["content"].values()
    return json.loads(json.dumps(next(iter(content["examples"].values()))["value"]))


def body_schema(operation: Schema) -> Schema:
    (content,) = operation["requestBody"]["content"].values()
    found: Schema = content["schema"]
    return found
