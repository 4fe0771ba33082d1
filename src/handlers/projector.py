"""Projectors: hints of a queue to rows of the projection that the function's environment names."""

from dataclasses import replace
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
    # What a process remembers of a stream does not say whether the sums show it.
    memory = None if projection.summary else WarmRows(wiring.WARM_BYTES)
    return replace(wiring.catch_up(projection), memory=memory)


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return project_hints(event, _catch_up(), wiring.failures(), at_once, wiring.metrics())


wiring.at_init(_catch_up)
