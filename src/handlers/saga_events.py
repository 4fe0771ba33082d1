"""SagaEvents: begins runs of sagas, answers steps that wait, removes what is over, and sweeps."""

from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from application.sagas.beginning import Beginnings
from application.sagas.removing import Removal
from application.sagas.sweeping import Sweep
from edge.deliveries.batches import each_message
from edge.observability import logged
from edge.sagas.events import Listener
from handlers import wiring


@cache
def _listener() -> Listener:
    table, store = wiring.saga_table(), wiring.event_store()
    settings = wiring.settings()
    beginnings = Beginnings(wiring.runs(), wiring.executions(), table, settings.sagas_paused)
    patience = timedelta(seconds=settings.saga_patience)
    tell = wiring.saga_queue()
    sweep = Sweep(beginnings, table, wiring.feed(), store, wiring.now, tell, patience)
    removal = Removal(wiring.runs(), wiring.offered)
    return Listener(beginnings, table, sweep, removal, wiring.failures())


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    return each_message(event, _listener(), context)


wiring.at_init(_listener)
