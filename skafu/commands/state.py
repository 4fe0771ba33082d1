"""`skafu state`: the state of an aggregate, now, at a version or at a moment."""

from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from application.reading.history import state_at_moment, state_at_version
from edge.queries.history import Moment, shown
from handlers import wiring
from kernel.errors import NotFound
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import document, say

_moments: TypeAdapter[Any] = TypeAdapter(Moment)


def state(
    aggregate: AggregateArgument,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", min=1, max=10**9, help="The state after the event with this number."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The state at this time: ISO 8601 with a time zone.")
    ] = None,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Print the state of an aggregate as JSON: now, at a version, or at a time."""
    decider, stream = named(aggregate)
    moment = None if at is None else moment_of(at)
    if moment is not None and version is not None:
        raise typer.BadParameter("Give --version or --at, not both.")
    select(environment, outputs)
    store = wiring.event_store()
    try:
        if moment is None:
            past = state_at_version(store, decider, stream, version)
        else:
            past = state_at_moment(store, decider, stream, moment)
    except NotFound as error:
        say(f"{stream}: {error}", error=True)
        raise typer.Exit(1) from None
    meta = {"version": past.version, "lastUpdated": past.timestamp}
    document({"data": shown(past.state), "meta": meta})


def moment_of(text: str) -> str:
    """Return a moment in the form of the store. Raises `BadParameter`."""
    try:
        return str(_moments.validate_python(datetime.fromisoformat(text)))
    except (ValueError, ValidationError):
        raise typer.BadParameter(
            f"{text!r} must be a date and time with its offset, such as 2026-01-18T10:30:00Z."
        ) from None
