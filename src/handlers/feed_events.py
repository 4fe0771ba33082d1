"""FeedWriter: keys of the commits in the table's stream, to the feed of all events."""

from functools import cache, partial
from typing import Any

from adapters.dynamodb.stream_images import commit_of
from application.publishing.feed import FeedWriter
from edge.deliveries.feeding import feed, report
from edge.observability import logged
from handlers import wiring


@cache
def _writer() -> FeedWriter:
    broken = partial(report, wiring.failures())
    return FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, broken)


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return feed(event, commit_of, _writer())


wiring.at_init(_writer)
