"""IntegrationConsumer: events of other domains, translated into commands."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from edge.deliveries.batches import each_message
from edge.deliveries.integration import Consumer
from edge.observability import logged
from handlers import wiring


@cache
def _consumer() -> Consumer:
    return Consumer(wiring.commands(), wiring.failures())


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return each_message(event, _consumer(), context)


wiring.at_init(_consumer)
