"""Projectors: group a batch of hints by aggregate, and catch up with each."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from application.failures import Failure, reason
from application.metrics import (
    ARRIVAL,
    CONSISTENCY_LAG,
    EVENT_PROPAGATION_LATENCY,
    PROJECTION,
    PROJECTION_FAILURES,
    PROJECTION_LATENCY,
    PROJECTION_READ_UNITS,
    UNMEASURED,
    Effort,
    Measured,
    Metric,
    Metrics,
)
from application.ports import FailureSink, Unavailable
from application.reading.catch_up import CatchUp
from application.tracing import ERROR, HEADER, span
from edge.deliveries.reporting import is_reported, key_of
from edge.errors import failure
from edge.observability import correlated, logger
from kernel.messages import REPLAYED, AggregateId

LONGEST_ID = 256  # characters of an aggregate id: ours have a type and a UUID
LAST_SEQUENCE = 10**12


@dataclass(frozen=True, slots=True)
class Hint:
    """A delivered event, read as: the stream has reached `sequence`.

    `sent`: epoch milliseconds. `recorded` is the time of its commit, if the message names one.
    With a `replay`, the rows of the stream are to be folded from the start.
    """

    message_id: str
    receives: int
    sent: int
    aggregate: AggregateId
    sequence: int
    correlation: str | None = None
    recorded: str | None = None
    traceparent: str | None = None
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class NoHint:
    """A message that holds no event of the projection; its id is empty if it has none."""

    message_id: str
    failure: Failure


Groups = Mapping[AggregateId, list[Hint]]
Outcome = int | Exception
"""The number of rows that were written, or why none were."""
Reach = tuple[Outcome, Effort, list[float]]
"""An outcome, what it took, and how old the events were by then."""
Run = Callable[[Callable[[list[Hint]], Reach], Iterable[list[Hint]]], Iterable[Reach]]
"""`map`, or one that works on several items at once."""


def project_hints(
    event: dict[str, Any],
    catch_up: CatchUp,
    failures: FailureSink,
    run: Run = map,
    metrics: Metrics = UNMEASURED,
) -> dict[str, Any]:
    """Answer with the messages to deliver again; a stuck stream stops no other.

    Every other message is reported and dropped, after the work.
    """
    read = [read_message(record, catch_up) for record in event["Records"]]
    groups = list(grouped(one for one in read if isinstance(one, Hint)).values())
    count_arrival(metrics, groups)
    reaches = list(run(lambda hints: measured(hints, catch_up, metrics), groups))
    name = catch_up.projection.name
    failed = [
        hint.message_id
        for hints, (outcome, _, _) in zip(groups, reaches, strict=True)
        if not is_done(name, hints, outcome, failures)
        for hint in hints
    ]
    for hints, reach in zip(groups, reaches, strict=True):
        with correlated(hints[-1].correlation):
            count_projection(metrics, name, reach)
    again = failed + unreported(read, failures)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}


def measured(hints: list[Hint], catch_up: CatchUp, metrics: Metrics) -> Reach:
    """Reach the newest event, whose command is the cause; those of the others are linked."""
    *others, newest = sorted(hints, key=lambda hint: hint.sequence)
    also = {hint.traceparent for hint in others} - {newest.traceparent}
    name = f"project {catch_up.projection.name}"
    with metrics.effort() as effort, span(name, newest.traceparent, also=also) as found:
        outcome = reached(hints, catch_up)
        if isinstance(outcome, int):
            found.set_attribute("rows", outcome)
        else:
            found.set_attribute(ERROR, type(outcome).__name__)
    return outcome, effort, ages(metrics, hints)


def ages(metrics: Metrics, hints: Iterable[Hint]) -> list[float]:
    """Return how old the events are, as far as messages say when they were recorded.

    Those of a replay are as old as they are wanted, and late for nobody.
    """
    found = []
    for hint in (one for one in hints if one.replay is None):
        with suppress(ValueError, TypeError):  # whoever may send messages makes their texts
            found.append(metrics.age(hint.recorded or ""))
    return found


def count_arrival(metrics: Metrics, groups: Iterable[list[Hint]]) -> None:
    found = ages(metrics, (hint for hints in groups for hint in hints))
    if found:
        metrics.write(Measured(ARRIVAL, {EVENT_PROPAGATION_LATENCY: found}))


def count_projection(metrics: Metrics, name: str, reach: Reach) -> None:
    outcome, effort, lag = reach
    done = isinstance(outcome, int)
    values: dict[Metric, float | list[float]] = {
        PROJECTION_LATENCY: effort.milliseconds,
        PROJECTION_FAILURES: int(not done),
        PROJECTION_READ_UNITS: effort.units.read,
        **({CONSISTENCY_LAG: lag} if done and lag else {}),
    }
    metrics.write(Measured(PROJECTION, values, {"Projection": name}))


def reached(hints: list[Hint], catch_up: CatchUp) -> Outcome:
    """Catch up with the stream of these hints. It runs beside others, so it does not log."""
    newest = max(hints, key=lambda hint: hint.sequence)
    try:
        replays = [hint.replay for hint in hints if hint.replay is not None]
        if replays:
            return catch_up.replay(newest.aggregate, newest.sequence, replays[-1])
        begins = any(hint.sequence == 1 for hint in hints)
        return catch_up.reach(newest.aggregate, newest.sequence, begins=begins)
    except Exception as error:  # whatever a projection raises is reported and retried
        return error


def is_done(name: str, hints: list[Hint], outcome: Outcome, failures: FailureSink) -> bool:
    """Log the outcome, report the first failure, and tell whether it was none."""
    match outcome:
        case int():
            for about in lines(name, hints):
                logger.info("projected", extra={**about, "rows": outcome})
        case Unavailable():
            for about in lines(name, hints):
                logger.warning("later", extra={**about, "why": reason(outcome)})
        case _:
            for about in lines(name, hints):
                logger.error("not projected", exc_info=outcome, extra=about)
            if min(hint.receives for hint in hints) <= 1:
                is_reported(failures, unprojectable(name, hints, outcome))
    return isinstance(outcome, int)


def lines(projection: str, hints: list[Hint]) -> Iterator[dict[str, Any]]:
    """Yield the fields of a line about each hint, while the logger has its correlation id."""
    for hint in hints:
        about = {"projection": projection, "aggregate_id": hint.aggregate}
        with correlated(hint.correlation):
            yield {**about, "sequence": hint.sequence, "sent": hint.sent}


def read_message(record: Any, catch_up: CatchUp) -> Hint | NoHint:  # noqa: ANN401 - JSON
    try:
        return hint(record, catch_up.projection.aggregate_type)
    except Exception as error:  # the edge: anybody who may send messages makes their shape
        found = record.get("messageId") if isinstance(record, dict) else None
        key = {"messageId": str(found)}
        where = catch_up.projection.name
        return NoHint(
            found if isinstance(found, str) else "",
            failure(error, what="HintNotRead", where=where, key=key),
        )


def hint(record: dict[str, Any], aggregate_type: str) -> Hint:
    """Raise `ValueError`, or whatever a record of another shape makes of it."""
    body = json.loads(record["body"])
    detail = body["detail"]
    correlation, recorded = detail.get("correlationId"), detail.get("timestamp")
    return Hint(
        message_id=record["messageId"],
        receives=int(record["attributes"]["ApproximateReceiveCount"]),
        sent=int(record["attributes"]["SentTimestamp"]),
        aggregate=aggregate_of(detail["aggregateId"], aggregate_type),
        sequence=sequence_of(detail["eventSequence"]),
        correlation=correlation if isinstance(correlation, str) else None,
        recorded=recorded if isinstance(recorded, str) else None,
        traceparent=traceparent_of(detail),
        replay=replay_of(body.get("source"), detail.get("metadata")),
    )


def traceparent_of(detail: dict[str, Any]) -> str | None:
    """Return the cause that a message names; whether it is one shows when it is followed."""
    metadata = detail.get("metadata")
    found = metadata.get(HEADER) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else None


def replay_of(source: object, metadata: object) -> str | None:
    """Return the id of the replay that the event is part of."""
    if not (isinstance(source, str) and source.startswith(REPLAYED)):
        return None
    replay = metadata.get("replayId") if isinstance(metadata, dict) else None
    if not isinstance(replay, str):
        raise ValueError("a replayed event must name its replay")
    return replay


def aggregate_of(value: object, aggregate_type: str) -> AggregateId:
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_ID:
        raise ValueError("the aggregate id is not one of ours")
    kind, _, plain = value.partition("#")
    if kind != aggregate_type or not plain:
        raise ValueError(f"the aggregate id is not that of a {aggregate_type}")
    return AggregateId(value)


def sequence_of(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LAST_SEQUENCE:
        raise ValueError("the sequence is not that of an event")
    return value


def unreported(read: Iterable[Hint | NoHint], failures: FailureSink) -> list[str]:
    """Report what was no hint; return the messages that have to be reported again."""
    bad = [one for one in read if isinstance(one, NoHint)]
    return [
        one.message_id for one in bad if not is_reported(failures, one.failure) and one.message_id
    ]


def grouped(hints: Iterator[Hint]) -> Groups:
    groups: dict[AggregateId, list[Hint]] = defaultdict(list)
    for found in hints:
        groups[found.aggregate].append(found)
    return groups


def unprojectable(name: str, hints: list[Hint], error: Exception) -> Failure:
    newest = max(hints, key=lambda hint: hint.sequence)
    key = key_of(newest.aggregate, newest.sequence)
    return failure(error, what="EventNotProjected", where=name, key=key)
