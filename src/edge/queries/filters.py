"""Filters of lists, and the parts that are shown with rows: names separated by commas."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Any, get_args

from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import StringConstraints
from pydantic.alias_generators import to_snake

from edge.http.api import Parameter
from kernel.contents import ReadModels
from kernel.query import Listing
from kernel.values import Expected

MOST_FILTERS = 10
VALUE = "[^,]{1,200}"
FILTERS = """Only rows with these values: filters, separated by commas, must all hold.

Each is `<field>:<value>`, with one of these fields: {fields}."""
INCLUDE = "What belongs to each row is shown with it: {names}, separated by commas."


def filters_of(query: Listing, read_models: ReadModels) -> Parameter:
    """Return the parameter that takes the filters of a list, and only values that rows can have."""
    row = read_models.rows[read_models.models[query.every.document]]
    one = "|".join(f"{name}:{value_of(row, name)}" for name in query.filters)
    text = Annotated[
        str,
        StringConstraints(pattern=f"^(?:{one})(?:,(?:{one})){{0,{MOST_FILTERS - 1}}}$"),
        Expected(
            f"at most {MOST_FILTERS} filters `<field>:<value>`, separated by commas, with values "
            f"that the field can have; fields are {', '.join(query.filters)}"
        ),
    ]
    listed = "; ".join(described(row, name) for name in query.filters)
    description = FILTERS.format(fields=listed)
    return (Annotated[text | None, QueryParameter(description=description)], None)


def value_of(row: type, name: str) -> str:
    known = choices(row, name)
    return f"(?:{'|'.join(map(re.escape, known))})" if known else VALUE


def described(row: type, name: str) -> str:
    known = choices(row, name)
    return f"`{name}` ({', '.join(known)})" if known else f"`{name}`"


def choices(row: type, name: str) -> tuple[str, ...]:
    """Return the values that a field of the row can have, if they are listed."""
    kind: Any = {field.name: field.type for field in fields(row)}[to_snake(name)]
    enum = next((one for one in (kind, *get_args(kind)) if is_enum(one)), None)
    return tuple(enum) if enum else ()


def is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def conditions(filters: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the condition of each filter, as AppSync takes it."""
    for one in filters.split(",") if filters else ():
        name, _, value = one.partition(":")
        yield {name: {"eq": value}}


def all_of(found: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the filter that demands all of the conditions."""
    conditions = list(found)
    return {"and": conditions} if len(conditions) > 1 else next(iter(conditions), None)


def include_of(names: Collection[str]) -> Parameter:
    """Return the parameter that names the parts to be shown with a row."""
    known = "|".join(map(re.escape, names))
    text = Annotated[
        str,
        StringConstraints(pattern=f"^(?:{known})(?:,(?:{known})){{0,{len(names) - 1}}}$"),
        Expected(f"one or several of {', '.join(names)}, separated by commas"),
    ]
    description = INCLUDE.format(names=", ".join(f"`{name}`" for name in names))
    return (Annotated[text | None, QueryParameter(description=description)], None)


def listed(names: str | None) -> tuple[str, ...]:
    """Return the names of a list, each once."""
    return tuple(dict.fromkeys(names.split(","))) if names else ()
