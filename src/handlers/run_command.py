"""CommandWorker: runs a deferred command, as a task of `statemachines/command.asl.yaml`."""

from functools import cache
from typing import Any

from application.deferral import Worker
from application.heads import Head
from application.warm import Bounded
from domain.messages import AggregateId
from handlers import wiring
from handlers.deferred import Run
from handlers.observability import logger
from handlers.sending import Commands

WARM_STREAMS = 256


@cache
def _worker() -> Worker:
    warm: Bounded[AggregateId, Head[Any]] = Bounded(WARM_STREAMS)
    store, sealer = wiring.event_store(), wiring.sealer()
    return Worker(wiring.tickets(), Run(Commands.over(store, wiring.now, warm, sealer=sealer)))


def handler(event: dict[str, Any], _: object) -> None:
    """`{key, attempt}`. The state machine goes by the class of what is raised."""
    logger.append_keys(command=event["key"])
    _worker().run(event["key"], event["attempt"])


wiring.at_init(_worker)
