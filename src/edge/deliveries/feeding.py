"""FeedWriter: keys of the commits in the table's stream, to the feed of all events."""

from collections.abc import Iterator
from typing import Any

from adapters.dynamodb.items import from_item
from adapters.dynamodb.stream_images import from_stream_image
from application.commit import Commit
from application.ports import FailureSink
from application.publishing.feed import FeedWriter
from edge.errors import failure
from edge.observability import logger
from kernel.messages import AggregateId

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
