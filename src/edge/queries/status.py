"""The outcome of a deferred command, for its sender."""

import re
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import StringConstraints

from application.writing.deferral import (
    DeferredCommandNotFound,
    Status,
    Ticket,
    is_current,
    ticket_key,
)
from edge.caller import Caller
from edge.http.api import REQUIRED
from edge.http.problems import Problem
from edge.queries.routes import QueryPorts, Route, json_response
from kernel.messages import Message
from kernel.values import Expected

KEY_IN_PATH = re.compile(r"[0-9A-Za-z._~:@-]{1,128}")
KeyInPath = Annotated[
    str,
    StringConstraints(pattern=f"^{KEY_IN_PATH.pattern}$"),
    Expected("1 to 128 characters: letters, digits and - . _ ~ : @"),
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


def get_deferred_command(ports: QueryPorts, who: Caller, command_id: str) -> Response[Any]:
    key = ticket_key((who.owner, command_id))
    ticket = None if ports.tickets is None else ports.tickets.get(key)
    if ticket is None or not is_current(ticket, ports.clock):
        raise DeferredCommandNotFound
    again = {"Retry-After": "1"} if ticket.status is Status.PENDING else {}
    return json_response(status_of(ticket), again, whole=False)


def status_of(ticket: Ticket) -> StatusBody:
    known = {"commandId": ticket.command_id, "status": ticket.status}
    return StatusBody.model_validate({**ticket.outcome, **known})


DESCRIPTION = """Get the outcome of a command that was sent with `Prefer: respond-async`.

Only its sender finds it, for seven days; for others, and for commands that were not deferred, the
answer is 404 (`command-not-found`). While the command is pending, `Retry-After` says when to ask
again.
"""
COMMAND_ID = Path(description="The id of the command: its Idempotency-Key.")
ROUTE = Route(
    "/commands/<command_id>",
    get_deferred_command,
    StatusBody,
    {"command_id": (Annotated[KeyInPath, COMMAND_ID], REQUIRED)},
    summary="Get the outcome of a deferred command",
    description=DESCRIPTION,
    tag="Commands",
)
