"""Publisher: commits from the table's stream to the event bus. A bad record holds up no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from application.commit import Commit, canonical_json
from application.failures import CommitTampered, Failure
from application.metrics import (
    EVENTS_NOT_PUBLISHED,
    EVENTS_PUBLISHED,
    PUBLICATION,
    PUBLISH_LATENCY,
    UNMEASURED,
    Measured,
    Metric,
    Metrics,
)
from application.ports import EventBus, FailureSink
from application.publishing.envelopes import envelopes
from application.tracing import Attributes, Cause, spans
from application.upcasting import MALFORMED
from edge.deliveries.reporting import is_reported
from edge.errors import failure
from edge.observability import correlated, logger

WHERE = "Publisher"
CommitOf = Callable[[dict[str, Any]], Commit]
"""Read the image of a stream record. Raises `KeyError`, `TypeError` or `ValueError`."""


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A commit, with the position in the stream at which a retry would begin."""

    position: str
    commit: Commit


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that is not a commit, with the failure to report.

    Without a position it cannot be retried.
    """

    position: str | None
    failure: Failure


def publish(
    event: dict[str, Any],
    commit_of: CommitOf,
    bus: EventBus,
    failures: FailureSink,
    metrics: Metrics = UNMEASURED,
) -> dict[str, Any]:
    """Publish a batch in the order of the stream; answer with the positions to retry from."""
    read = [read_record(record, commit_of) for record in event["Records"]]
    numbered = [
        (record.position, envelope)
        for record in read
        if isinstance(record, StreamRecord)
        for envelope in envelopes(record.commit)
    ]
    with spans("publish", [cause_of(r.commit) for r in read if isinstance(r, StreamRecord)]):
        failed = bus.put([envelope for _, envelope in numbered])
    later = {numbered[index][0] for index in failed}
    log(read, later)
    measure(metrics, [one for one in read if isinstance(one, StreamRecord)], later)
    bad = [record for record in read if isinstance(record, BadRecord)]
    # Last, so that an error bus that is down holds up no event either.
    positions = [numbered[index][0] for index in failed] + unreported(bad, failures)
    unique = dict.fromkeys(positions)
    return {"batchItemFailures": [{"itemIdentifier": position} for position in unique]}


def cause_of(commit: Commit) -> tuple[Cause, Attributes]:
    return commit.traceparent, {"events": commit.count}


def log(records: list[StreamRecord | BadRecord], failed: set[str]) -> None:
    """Write a line for each commit, so that each command is found by its correlation id."""
    for record in records:
        if isinstance(record, StreamRecord):
            commit = record.commit
            about = {"aggregate_id": commit.aggregate_id, "sequence": commit.last_sequence}
            with correlated(commit.correlation_id):
                message = "later" if record.position in failed else "published"
                logger.info(message, extra={**about, "events": commit.count})


def measure(metrics: Metrics, records: list[StreamRecord], later: set[str]) -> None:
    """Count the events of whole commits: one that failed in part is published again as a whole."""
    done = [record.commit for record in records if record.position not in later]
    failed = [record.commit for record in records if record.position in later]
    values: dict[Metric, float | list[float]] = {
        EVENTS_PUBLISHED: sum(commit.count for commit in done),
        EVENTS_NOT_PUBLISHED: sum(commit.count for commit in failed),
    }
    if done:
        values[PUBLISH_LATENCY] = [metrics.age(commit.timestamp) for commit in done]
    metrics.write(Measured(PUBLICATION, values))


def read_record(record: dict[str, Any], commit_of: CommitOf) -> StreamRecord | BadRecord:
    """Read a commit that was inserted; anything else is bad, with the key to read it again."""
    try:
        change = record["dynamodb"]
        position: str = change["SequenceNumber"]
        if record["eventName"] != "INSERT":
            return BadRecord(position, tampering(record["eventName"], change))
        commit = commit_of(change["NewImage"])
        check(commit)
    except MALFORMED as error:
        change = part(record, "dynamodb")
        return BadRecord(change.get("SequenceNumber"), unpublishable(change, error))
    return StreamRecord(position, commit)


def check(commit: Commit) -> None:
    """Raise `ValueError` unless every event can be put on a bus, as UTF-8.

    What DynamoDB keeps is UTF-8; an escape within it may still be half of a character.
    """
    for envelope in envelopes(commit):
        if "\\u" in commit.events:
            canonical_json(envelope).encode()


def part(value: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the object within an object, or an empty one."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def unreported(records: list[BadRecord], failures: FailureSink) -> list[str]:
    """Report each record; return the positions of those that have to be reported again."""
    positions = []
    for record in records:
        if not is_reported(failures, record.failure) and record.position is not None:
            positions.append(record.position)
    return positions


def tampering(name: str, change: dict[str, Any]) -> Failure:
    """Return the failure of a changed commit: nobody has the right to change one."""
    found = CommitTampered(f"a {name} record in the stream of the events table")
    return failure(found, where=WHERE, key=key_of(change))


def unpublishable(change: dict[str, Any], error: Exception) -> Failure:
    return failure(error, what="RecordNotPublished", where=WHERE, key=key_of(change))


def key_of(change: dict[str, Any]) -> dict[str, str | int]:
    """Return the key of the item, as far as the record has one."""
    keys = part(change, "Keys")
    return {name: str(next(iter(part(keys, name).values()), "")) for name in keys}
