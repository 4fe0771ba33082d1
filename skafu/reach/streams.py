"""Naming a stream on the command line."""

from typing import Annotated

import typer
from pydantic import TypeAdapter

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId
from kernel.operation import PlainId
from skafu.reach.arguments import valid

FIRST = contents.first_creation
AggregateArgument = Annotated[
    str,
    typer.Argument(
        help=f"`{FIRST.aggregate_type}#<id>` as stored, `{FIRST.collection[1:]}/<id>` as in the "
        f"API, or a plain id, which names a stream of type {FIRST.aggregate_type}."
    ),
]


def named(aggregate: str) -> tuple[AnyAggregate, AggregateId]:
    """Return the kind of aggregate and the id. Raises `BadParameter` for what names no stream."""
    collections = {path.strip("/"): kind for path, kind in contents.collections()}
    kinds = {**contents.aggregate, **collections}
    name, separator, plain = aggregate.strip().rpartition("#" if "#" in aggregate else "/")
    kind = kinds.get(name if separator else FIRST.aggregate_type)
    if kind is None:
        raise typer.BadParameter(f"{name!r} must be one of {', '.join(kinds)}.")
    return kind, kind.id(valid(_ids, plain))


_ids: TypeAdapter[str] = TypeAdapter(PlainId)
