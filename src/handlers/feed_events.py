"""FeedWriter: keys of the commits in the table's stream, to the feed of all events."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from adapters.dynamodb_items import from_item
from adapters.stream_images import from_stream_image
from application.commit import Commit
from application.feed import FeedWriter
from application.ports import FailureSink
from domain.messages import AggregateId
from handlers import wiring
from handlers.error_classes import failure
from handlers.observability import logger

WHERE = "FeedWriter"


def feed(event: dict[str, Any], writer: FeedWriter) -> dict[str, Any]:
    """Feed a batch; what `Unavailable` leaves undone is delivered again."""
    entries = writer.write(commits(event["Records"]))
    logger.info("fed", extra={"records": len(event["Records"]), "entries": entries})
    return {"batchItemFailures": []}


def commits(records: list[dict[str, Any]]) -> Iterator[Commit]:
    """What was inserted; the publisher reports everything that is no commit."""
    for record in records:
        try:
            if record["eventName"] == "INSERT":
                yield from_item(from_stream_image(record["dynamodb"]["NewImage"]))
        except (KeyError, TypeError, ValueError):
            logger.warning("no commit", extra={"keys": record["dynamodb"].get("Keys")})


def report(failures: FailureSink, aggregate: AggregateId, error: Exception) -> None:
    """A stream that is broken is not fed until it is mended; the others go on."""
    failures.report(
        failure(error, what="StreamNotFed", where=WHERE, key={"aggregateId": aggregate})
    )


@cache
def _writer() -> FeedWriter:
    broken = partial(report, wiring.failures())
    return FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, broken)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return feed(event, _writer())


wiring.at_init(_writer)
