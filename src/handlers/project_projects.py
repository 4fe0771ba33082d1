"""ProjectProjector: hints of its queue to rows of its read models."""

from functools import cache
from typing import Any

from application.reading.catch_up import CatchUp
from edge.deliveries.hints import project_hints
from handlers import wiring
from projections.projects import projects


@cache
def _catch_up() -> CatchUp:
    return CatchUp(wiring.event_store(), wiring.read_models(), projects)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return project_hints(event, _catch_up(), wiring.failures())


wiring.at_init(_catch_up)
