"""Publisher: commits from the table's stream to the event bus. A bad record holds up no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.dynamodb_items import from_item
from adapters.stream_images import from_stream_image
from application.commit import Commit
from application.failures import Failure, Severity, reason
from application.ports import EventBus, FailureSink
from application.publish import envelopes
from handlers import wiring
from handlers.observability import logger

WHERE = "Publisher"


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A commit with the stream position that a retry would begin at."""

    position: str
    commit: Commit


def publish(event: dict[str, Any], bus: EventBus, failures: FailureSink) -> dict[str, Any]:
    """Publish a batch in the order of the stream; answer with the positions to retry from."""
    records = list(readable(event["Records"], failures))
    numbered = [
        (record.position, envelope) for record in records for envelope in envelopes(record.commit)
    ]
    failed = bus.put([envelope for _, envelope in numbered])
    positions = list(dict.fromkeys(numbered[index][0] for index in failed))
    logger.info("published", extra={"events": len(numbered), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": position} for position in positions]}


def readable(records: list[dict[str, Any]], failures: FailureSink) -> Iterator[StreamRecord]:
    """Commits that were inserted; anything else is reported, with the key to read it again."""
    for record in records:
        change = record["dynamodb"]
        if record["eventName"] != "INSERT":
            failures.report(tampering(record["eventName"], change))
            continue
        try:
            commit = from_item(from_stream_image(change["NewImage"]))
            list(envelopes(commit))
        except (KeyError, TypeError, ValueError) as error:
            failures.report(unpublishable(change, error))
            continue
        yield StreamRecord(change["SequenceNumber"], commit)


def tampering(name: str, change: dict[str, Any]) -> Failure:
    """Commits are never changed: whoever did this had no right to."""
    return Failure(
        what="CommitTampered",
        where=WHERE,
        why=f"a {name} record in the stream of the events table",
        severity=Severity.CRITICAL,
        key=key_of(change),
    )


def unpublishable(change: dict[str, Any], error: Exception) -> Failure:
    return Failure(what="RecordNotPublished", where=WHERE, why=reason(error), key=key_of(change))


def key_of(change: dict[str, Any]) -> dict[str, str | int]:
    return {name: str(next(iter(value.values()))) for name, value in change["Keys"].items()}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return publish(event, wiring.event_bus(), wiring.failures())


wiring.at_init(wiring.event_bus)
wiring.at_init(wiring.failures)
