"""CommandApi: every command, in task style, in REST style and in batches."""

from dataclasses import replace
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver

from application.writing.deferral import Deferral
from edge.commands import api
from edge.commands.waiting import Waiter
from edge.http.api import resolve
from edge.observability import logged
from handlers import wiring


@cache
def _app() -> APIGatewayRestResolver:
    deferral = Deferral(wiring.tickets(), wiring.workflow(), wiring.now)
    commands = replace(wiring.commands(), people=wiring.people())
    return api.build(commands, Waiter(wiring.main_rows()), deferral, wiring.surroundings())


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resolve(_app(), event, context)


wiring.at_init(_app)
wiring.at_init(wiring.key_service)
