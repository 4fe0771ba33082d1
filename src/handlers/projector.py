"""Projectors: hints of a queue to rows of the projection that the function's environment names."""

from functools import cache
from typing import Any

from application.reading.catch_up import CatchUp
from application.reading.warm_rows import WarmRows
from domain.contents import contents
from edge.deliveries.at_once import at_once
from edge.deliveries.hints import project_hints
from edge.observability import logged
from handlers import wiring


@cache
def _catch_up() -> CatchUp:
    projection = contents.projection[wiring.settings().projection]
    memory = WarmRows(wiring.WARM_BYTES)
    opener = wiring.row_opener(projection)
    return CatchUp(wiring.event_store(), wiring.read_models(), projection, memory, opener)


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return project_hints(event, _catch_up(), wiring.failures(), at_once)


wiring.at_init(_catch_up)
