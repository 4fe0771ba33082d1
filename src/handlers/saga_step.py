"""SagaStep: one task of a saga, for its state machine (`statemachines/`)."""

from functools import cache
from typing import Any

from application.sagas.tasks import Task
from edge.observability import logged
from edge.sagas.steps import Steps
from handlers import wiring


@cache
def _steps() -> Steps:
    return Steps(
        wiring.commands(),
        wiring.runs(),
        wiring.saga_table(),
        wiring.saga_queue(),
        wiring.offered(),
        wiring.failures(),
        wiring.now,
        metrics=wiring.metrics(),
    )


@logged
def handler(event: dict[str, Any], _: object) -> None:
    """Do the task `{run, task, step, token, failure}`; an error says if it may be tried again."""
    _steps()(Task.from_json(event))


wiring.at_init(_steps)
