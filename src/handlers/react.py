"""Reactor: answers events of the domain's own with help from outside (`domain/contents.py`)."""

from dataclasses import replace
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from edge.deliveries.batches import each_message
from edge.deliveries.reactions import Reactor
from edge.observability import logged
from handlers import wiring


@cache
def _reactor() -> Reactor:
    # A machine that reports its work names nobody: nothing is sealed.
    commands = replace(wiring.commands(), sealer=None)
    return Reactor(commands, wiring.event_store(), wiring.runs(), wiring.failures())


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return each_message(event, _reactor(), context)


wiring.at_init(_reactor)
