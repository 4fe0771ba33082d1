"""Publisher: commits from the table's stream to the event bus. A bad record holds up no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from application.commit import Commit
from application.failures import CommitTampered, Failure
from application.ports import EventBus, FailureSink
from application.publishing.envelopes import envelopes
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
    """A record that is not a commit, with the failure to report."""

    position: str
    failure: Failure


def publish(
    event: dict[str, Any], commit_of: CommitOf, bus: EventBus, failures: FailureSink
) -> dict[str, Any]:
    """Publish a batch in the order of the stream; answer with the positions to retry from."""
    read = [read_record(record, commit_of) for record in event["Records"]]
    numbered = [
        (record.position, envelope)
        for record in read
        if isinstance(record, StreamRecord)
        for envelope in envelopes(record.commit)
    ]
    failed = bus.put([envelope for _, envelope in numbered])
    log(read, {numbered[index][0] for index in failed})
    bad = [record for record in read if isinstance(record, BadRecord)]
    # Last, so that an error bus that is down holds up no event either.
    positions = [numbered[index][0] for index in failed] + unreported(bad, failures)
    unique = dict.fromkeys(positions)
    return {"batchItemFailures": [{"itemIdentifier": position} for position in unique]}


def log(records: list[StreamRecord | BadRecord], failed: set[str]) -> None:
    """Write a line for each commit, so that each command is found by its correlation id."""
    for record in records:
        if isinstance(record, StreamRecord):
            commit = record.commit
            about = {"aggregate_id": commit.aggregate_id, "sequence": commit.last_sequence}
            with correlated(commit.correlation_id):
                message = "later" if record.position in failed else "published"
                logger.info(message, extra={**about, "events": commit.count})


def read_record(record: dict[str, Any], commit_of: CommitOf) -> StreamRecord | BadRecord:
    """Read a commit that was inserted; anything else is bad, with the key to read it again."""
    change = record["dynamodb"]
    position: str = change["SequenceNumber"]
    if record["eventName"] != "INSERT":
        return BadRecord(position, tampering(record["eventName"], change))
    try:
        commit = commit_of(change["NewImage"])
        list(envelopes(commit))
    except (KeyError, TypeError, ValueError) as error:
        return BadRecord(position, unpublishable(change, error))
    return StreamRecord(position, commit)


def unreported(records: list[BadRecord], failures: FailureSink) -> list[str]:
    """Report each record; return the positions of those that have to be reported again."""
    positions = []
    for record in records:
        try:
            failures.report(record.failure)
        except Exception:  # the edge: whatever keeps a failure from its list must not lose it
            logger.exception("not reported", extra={"what": record.failure.what})
            positions.append(record.position)
    return positions


def tampering(name: str, change: dict[str, Any]) -> Failure:
    """Return the failure of a changed commit: nobody has the right to change one."""
    found = CommitTampered(f"a {name} record in the stream of the events table")
    return failure(found, where=WHERE, key=key_of(change))


def unpublishable(change: dict[str, Any], error: Exception) -> Failure:
    return failure(error, what="RecordNotPublished", where=WHERE, key=key_of(change))


def key_of(change: dict[str, Any]) -> dict[str, str | int]:
    return {name: str(next(iter(value.values()))) for name, value in change["Keys"].items()}
