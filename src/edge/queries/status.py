"""What became of a deferred command, for whoever sent it."""

import re
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import StringConstraints

from application.writing.deferral import (
    DeferredCommandNotFound,
    Status,
    Ticket,
    living,
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
    """`version`, `timestamp` and `location` of an accepted command; `problem` of a refused one.

    `failed`: given up. Sent again under the same key, a refused or failed command is run afresh.
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
    if ticket is None or not living(ticket, ports.clock):
        raise DeferredCommandNotFound
    again = {"Retry-After": "1"} if ticket.status is Status.PENDING else {}
    return json_response(status_of(ticket), again, whole=False)


def status_of(ticket: Ticket) -> StatusBody:
    known = {"commandId": ticket.command_id, "status": ticket.status}
    return StatusBody.model_validate({**ticket.outcome, **known})


ROUTE = Route(
    "/commands/<command_id>",
    get_deferred_command,
    StatusBody,
    {"command_id": (Annotated[KeyInPath, Path()], REQUIRED)},
    tag="Commands",
)
