"""The outcome of a deferred command, for its sender."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import StringConstraints

from application.writing.deferral import (
    DeferredCommandNotFound,
    Status,
    Ticket,
    is_current,
    ticket_of,
)
from edge.caller import Caller
from edge.commands.bodies import CommandId
from edge.http.api import REQUIRED
from edge.http.problems import Problem
from edge.queries.routes import QueryPorts, Route, json_response
from kernel.contents import Contents
from kernel.messages import AggregateId, Message
from kernel.operation import UUID_PATTERN
from kernel.values import Expected

Target = Annotated[
    str,
    StringConstraints(to_lower=True, pattern=f"^[A-Za-z-]{{1,64}}/{UUID_PATTERN.strip('^$')}$"),
    Expected("the path of an aggregate without its first slash, such as orders/<id>"),
]


class StatusBody(Message):
    """The outcome of a deferred command: a version, time and place, or the `problem` of a refusal.

    `pending`: it has not run yet. `failed`: it was given up. A refused or failed command that is
    sent again with the same key is run again.
    """

    command_id: str
    status: Status
    aggregate_id: str | None = None
    version: int | None = None
    timestamp: str | None = None
    location: str | None = None
    problem: Problem | None = None


def get_deferred_command(
    ports: QueryPorts, who: Caller, command_id: str, target: str | None, root: str
) -> Response[Any]:
    identity, stream = (who.owner, command_id), stream_of(ports.contents, target)
    ticket = None if ports.tickets is None else ticket_of(ports.tickets, identity, stream)
    if ticket is None or not is_current(ticket, ports.clock):
        raise DeferredCommandNotFound
    again = {"Retry-After": "1"} if ticket.status is Status.PENDING else {}
    return json_response(status_of(ticket, root), again, whole=False)


def stream_of(contents: Contents, target: str | None) -> AggregateId | None:
    """Return the stream of a path such as `orders/<id>`. Raises `DeferredCommandNotFound`."""
    if target is None:
        return None
    collection, _, plain = target.partition("/")
    kinds = dict(contents.collections())
    if f"/{collection}" not in kinds:
        raise DeferredCommandNotFound
    return kinds[f"/{collection}"].id(plain)


def status_of(ticket: Ticket, root: str) -> StatusBody:
    place = ticket.outcome.get("location")
    known = {"commandId": ticket.command_id, "status": ticket.status}
    return StatusBody.model_validate(
        {**ticket.outcome, "location": place and root + place, **known}
    )


DESCRIPTION = """Get the outcome of a command that was sent with `Prefer: respond-async`.

Only its sender finds it, for seven days; for others, and for commands that were not deferred, the
answer is 404 (`command-not-found`). While the command is pending, `Retry-After` says when to ask
again.
"""
COMMAND_ID = Path(description="The id of the command: its Idempotency-Key.")
TARGET = Query(
    description=(
        "The aggregate, as in `Location`: needed where one key was used for several. The first one "
        "if left out."
    )
)
ROUTE = Route(
    "/commands/<command_id>",
    get_deferred_command,
    StatusBody,
    {
        "command_id": (Annotated[CommandId, COMMAND_ID], REQUIRED),
        "target": (Annotated[Target | None, TARGET], None),
    },
    summary="Get the outcome of a deferred command",
    description=DESCRIPTION,
    tag="Commands",
    rooted=True,
)
