"""Projectors: group a batch of hints by aggregate, and catch up with each."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from application.failures import Failure, reason
from application.ports import FailureSink, Unavailable
from application.reading.catch_up import CatchUp
from edge.errors import failure
from edge.observability import correlated, logger
from kernel.messages import AggregateId


@dataclass(frozen=True, slots=True)
class Hint:
    """A delivered event, read as: the stream has reached `sequence`. `sent`: epoch milliseconds."""

    message_id: str
    receives: int
    sent: int
    aggregate: AggregateId
    sequence: int
    correlation: str | None = None


def project_hints(
    event: dict[str, Any], catch_up: CatchUp, failures: FailureSink
) -> dict[str, Any]:
    """Answer with the messages to deliver again; a stuck stream stops no other."""
    failed: list[Hint] = []
    for aggregate, hints in grouped(readable(event["Records"], catch_up, failures)).items():
        if not reached(aggregate, hints, catch_up, failures):
            failed += hints
    return {"batchItemFailures": [{"itemIdentifier": hint.message_id} for hint in failed]}


def reached(
    aggregate: AggregateId, hints: list[Hint], catch_up: CatchUp, failures: FailureSink
) -> bool:
    name = catch_up.projection.name
    newest = max(hints, key=lambda hint: hint.sequence)
    try:
        written = catch_up.reach(aggregate, newest.sequence)
    except Unavailable as error:
        for about in lines(name, hints):
            logger.warning("later", extra={**about, "why": reason(error)})
        return False
    except Exception as error:  # whatever a projection raises is reported and retried
        for about in lines(name, hints):
            logger.exception("not projected", extra=about)
        if min(hint.receives for hint in hints) <= 1:
            failures.report(unprojectable(name, aggregate, hints, error))
        return False
    for about in lines(name, hints):
        logger.info("projected", extra={**about, "rows": written})
    return True


def lines(projection: str, hints: list[Hint]) -> Iterator[dict[str, Any]]:
    """Yield the fields of a line about each hint, while the logger has its correlation id."""
    for hint in hints:
        about = {"projection": projection, "aggregate_id": hint.aggregate}
        with correlated(hint.correlation):
            yield {**about, "sequence": hint.sequence, "sent": hint.sent}


def readable(
    records: list[dict[str, Any]], catch_up: CatchUp, failures: FailureSink
) -> Iterator[Hint]:
    """Yield the hints; report every other message and drop it: it holds no event of ours."""
    for record in records:
        try:
            yield hint(record)
        except (KeyError, TypeError, ValueError) as error:
            key = {"messageId": str(record.get("messageId"))}
            where = catch_up.projection.name
            failures.report(failure(error, what="HintNotRead", where=where, key=key))


def hint(record: dict[str, Any]) -> Hint:
    detail = json.loads(record["body"])["detail"]
    return Hint(
        message_id=record["messageId"],
        receives=int(record["attributes"]["ApproximateReceiveCount"]),
        sent=int(record["attributes"]["SentTimestamp"]),
        aggregate=AggregateId(detail["aggregateId"]),
        sequence=int(detail["eventSequence"]),
        correlation=detail.get("correlationId"),
    )


def grouped(hints: Iterator[Hint]) -> dict[AggregateId, list[Hint]]:
    groups: dict[AggregateId, list[Hint]] = defaultdict(list)
    for found in hints:
        groups[found.aggregate].append(found)
    return groups


def unprojectable(
    name: str, aggregate: AggregateId, hints: list[Hint], error: Exception
) -> Failure:
    newest = max(hint.sequence for hint in hints)
    key: dict[str, str | int] = {"aggregateId": aggregate, "eventSequence": newest}
    return failure(error, what="EventNotProjected", where=name, key=key)
