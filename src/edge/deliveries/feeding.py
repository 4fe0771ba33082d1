"""FeedWriter: the keys of the commits in the table's stream, to the feed of all events."""

from collections.abc import Callable, Iterator
from typing import Any

from application.commit import Commit
from application.failures import reason
from application.ports import FailureSink
from application.publishing.feed import FeedWriter
from application.upcasting import MALFORMED
from edge.deliveries.reporting import is_reported
from edge.errors import failure
from edge.observability import correlated, logger
from kernel.messages import AggregateId

WHERE = "FeedWriter"
CommitOf = Callable[[dict[str, Any]], Commit]
"""Read the image of a stream record. Raises `KeyError`, `TypeError` or `ValueError`."""


def feed(event: dict[str, Any], commit_of: CommitOf, writer: FeedWriter) -> dict[str, Any]:
    """Feed a batch; it is delivered again after `Unavailable`."""
    found = list(commits(event["Records"], commit_of))
    writer.write(found)
    for commit in found:
        log(commit, writer.ends.get(commit.aggregate_id, 0) >= commit.last_sequence)
    return {"batchItemFailures": []}


def log(commit: Commit, fed: bool) -> None:
    about = {"aggregate_id": commit.aggregate_id, "sequence": commit.last_sequence}
    with correlated(commit.correlation_id):
        logger.info("fed" if fed else "not fed", extra=about)


def commits(records: list[dict[str, Any]], commit_of: CommitOf) -> Iterator[Commit]:
    """Yield the commits that were inserted; the publisher reports all other records."""
    for number, record in enumerate(records):
        try:
            if record["eventName"] == "INSERT":
                yield commit_of(record["dynamodb"]["NewImage"])
        except MALFORMED as error:
            logger.warning("no commit", extra={"record": number, "why": reason(error)})


def report(failures: FailureSink, aggregate: AggregateId, error: Exception) -> None:
    """Report a broken stream: it is not fed until it is repaired; the others are.

    A report that is lost is made again with the next commit of the stream.
    """
    key = {"aggregateId": aggregate}
    is_reported(failures, failure(error, what="StreamNotFed", where=WHERE, key=key))
