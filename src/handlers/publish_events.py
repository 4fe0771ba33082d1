"""Publisher: commits from the table's stream to the event bus."""

from typing import Any

from adapters.dynamodb.stream_images import commit_of
from edge.deliveries.publication import publish
from edge.observability import logged
from handlers import wiring


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return publish(event, commit_of, wiring.event_bus(), wiring.failures(), wiring.metrics())


wiring.at_init(wiring.event_bus)
wiring.at_init(wiring.failures)
