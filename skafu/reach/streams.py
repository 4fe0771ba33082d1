"""Naming a stream on the command line."""

from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from edge.commands.bodies import PlainId
from edge.queries.history import COLLECTIONS, DECIDERS
from kernel.decider import Decider
from kernel.messages import AggregateId, aggregate_id

AggregateArgument = Annotated[
    str,
    typer.Argument(
        help="`PROJECT#<id>` as stored, `projects/<id>` as in the API, or a project's plain id."
    ),
]


def named(aggregate: str) -> tuple[Decider[Any, Any, Any], AggregateId]:
    """Raises `BadParameter` for what names no stream."""
    kind, separator, plain = aggregate.strip().rpartition("#" if "#" in aggregate else "/")
    decider = (DECIDERS | COLLECTIONS).get(kind if separator else "projects")
    if decider is None:
        known = ", ".join((*DECIDERS, *COLLECTIONS))
        raise typer.BadParameter(f"{kind!r} is none of {known}.")
    try:
        return decider, aggregate_id(decider.aggregate_type, _ids.validate_python(plain))
    except ValidationError:
        raise typer.BadParameter(f"{plain!r} is no id: ids are UUIDs.") from None


_ids: TypeAdapter[str] = TypeAdapter(PlainId)
