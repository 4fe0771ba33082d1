"""The data schema: each projection makes rows that fit the models as the schema has them now.

Rows and documents are generated from amplify/generated/schema.graphql, as it was when `make docs`
ran last: that is what projections were written for. amplify/data/schema.ts may have changed since.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    get_named_type,
)
from graphql.utilities import validate_input_value
from pydantic.alias_generators import to_camel

from domain.contents import contents
from kernel.projection import Projection, fold_rows
from skafu.completeness.missing import ROOT, Missing, file_of_function
from skafu.generate.read_models import amplify_schema, models, own_fields
from skafu.reach.changes import streams

SCHEMA = "amplify/data/schema.ts"
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
MODEL = re.compile(r"\b(\w+): a\s*\.model\(\{(.*?)\n    \}\)", re.DOTALL)
FIELD = re.compile(r"\b(\w+): a((?:\s*\.\w+\([^()]*\))+)")
CALL = re.compile(r"\.(\w+)\(([^()]*)\)")
ENUM = re.compile(r"\b(\w+): a\.enum\(\[(.*?)\]\)", re.DOTALL)
RELATIONS = frozenset({"hasMany", "hasOne", "belongsTo"})
SCALARS = {
    "id": "ID",
    "string": "String",
    "integer": "Int",
    "float": "Float",
    "boolean": "Boolean",
    "json": "AWSJSON",
    "datetime": "AWSDateTime",
    "date": "AWSDate",
    "time": "AWSTime",
    "timestamp": "AWSTimestamp",
    "email": "AWSEmail",
    "url": "AWSURL",
    "phone": "AWSPhone",
    "ipAddress": "AWSIPAddress",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """Types of the fields of each model, as GraphQL writes them, and values of each enum."""

    models: Mapping[str, Mapping[str, str]]
    enums: Mapping[str, frozenset[str]]

    def values(self, kind: str) -> frozenset[str]:
        """Return the values of an enum; none of a type that is no enum."""
        return self.enums.get(kind.strip("[]!"), frozenset())


def missing() -> Iterator[Missing]:
    for projection in contents.projections:
        file = file_of_function(projection.project)
        told = [*unfollowed(projection), *unfitting(projection)]
        for what in dict.fromkeys(told):
            yield Missing(file, f"the projection {projection.name} {what}")


def unfollowed(projection: Projection) -> Iterator[str]:
    """Say how the schema differs from the one that the projection was written for."""
    wanted, known = written(), generated()
    for model in projection.models:
        if model not in wanted.models:
            yield f"makes rows of {model}, a model that {SCHEMA} does not have"
        elif model in known.models:
            yield from differing(model, wanted, known)


def differing(model: str, wanted: Schema, known: Schema) -> Iterator[str]:
    asked, made = wanted.models[model], known.models[model]
    for name, kind in made.items():
        if name not in asked:
            yield f"shows {model}.{name}, a field that {SCHEMA} does not have"
        elif kind != asked[name]:
            yield f"shows {model}.{name} as {kind}; {SCHEMA} has {asked[name]}"
        for value in sorted(known.values(kind) - wanted.values(kind)):
            yield f"may show {value} as {model}.{name}, a value that {SCHEMA} does not have"
    for name, kind in asked.items():
        if name not in made and kind.endswith("!"):
            yield f"does not show {model}.{name}, which {SCHEMA} requires"


@cache
def written() -> Schema:
    """Return the schema as it is written in TypeScript, in the form that prettier gives it."""
    text = COMMENT.sub("", (ROOT / SCHEMA).read_text())
    found = {name: dict(fields(body)) for name, body in MODEL.findall(text)}
    enums = {name: frozenset(re.findall(r"'(\w+)'", values)) for name, values in ENUM.findall(text)}
    return Schema(found, enums)


def fields(body: str) -> Iterator[tuple[str, str]]:
    for name, calls in FIELD.findall(body):
        (first, argument), *rest = CALL.findall(calls)
        if first not in RELATIONS:
            kind = argument.strip("'") if first == "ref" else SCALARS.get(first, first)
            yield name, with_calls(kind, [call for call, _ in rest])


def with_calls(kind: str, calls: list[str]) -> str:
    """Return the type after `.required()` and `.array()`, in their order."""
    for call in calls:
        if call == "required":
            kind = f"{kind}!"
        elif call == "array":
            kind = f"[{kind}]"
    return kind


@cache
def sdl() -> GraphQLSchema:
    return amplify_schema()


@cache
def generated() -> Schema:
    """Return the schema that rows and documents were generated from."""
    found = {
        model.name: {name: str(kind) for name, kind in own_fields(model).items()}
        for model in models(sdl())
    }
    enums = {
        kind.name: frozenset(kind.values)
        for kind in sdl().type_map.values()
        if isinstance(kind, GraphQLEnumType)
    }
    return Schema(found, enums)


def unfitting(projection: Projection) -> Iterator[str]:
    """Say what rows show in the examples of commands that no field of their model takes."""
    for stream in streams(projection.aggregate):
        for key, row in fold_rows(projection, stream).items():
            for name, value in asdict(row).items():  # type: ignore[call-overload] # a dataclass
                yield from refused(key.model, to_camel(name), value)


def refused(model: str, name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - fields have values of any type
    taken = sdl().type_map.get(f"Create{model}Input")
    if not isinstance(taken, GraphQLInputObjectType) or name not in taken.fields:
        return  # a model or a field that is no more: said of the schema itself
    kind = taken.fields[name].type
    if not fits(value, kind):
        yield f"shows {model}.{name} as {shortened(value)}, which is no {kind}"


def fits(value: Any, kind: GraphQLInputType) -> bool:  # noqa: ANN401 - fields have values of any type
    if get_named_type(kind).name == "AWSJSON":
        return value is not None or not str(kind).endswith("!")
    errors: list[Any] = []
    validate_input_value(value, kind, lambda *error: errors.append(error))
    return not errors


def shortened(value: Any) -> str:  # noqa: ANN401 - fields have values of any type
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
