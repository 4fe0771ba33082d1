"""CommandWorker: runs a deferred command, as a task of `statemachines/command.asl.yaml`."""

from dataclasses import replace
from functools import cache
from typing import Any

from application.writing.deferral import Worker
from edge.commands.deferred import RunDeferred
from edge.observability import logged, logger
from handlers import wiring


@cache
def _worker() -> Worker:
    commands = replace(wiring.commands(), people=wiring.people())
    return Worker(wiring.tickets(), RunDeferred(commands))


@logged
def handler(event: dict[str, Any], _: object) -> None:
    """Run the command of `{key, attempt}`. The state machine retries by the class of the error."""
    logger.append_keys(ticket=event["key"], attempt=event["attempt"])
    _worker().run(event["key"], event["attempt"])


wiring.at_init(_worker)
