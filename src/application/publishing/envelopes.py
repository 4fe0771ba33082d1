"""Envelopes: the form in which the events of a commit are published."""

from collections.abc import Iterator, Mapping
from typing import Any

from application.commit import Commit
from kernel.actor import user_id
from kernel.messages import bus_source, event_id, replay_source

NOBODY = "nobody"
"""No projection of ours: a replay for other domains."""


def envelopes(commit: Commit) -> Iterator[dict[str, Any]]:
    """Yield the events of a commit as consumers see them, without the state."""
    aggregate_type = commit.aggregate_id.partition("#")[0].capitalize()
    for sequence, stored in enumerate(commit.stored_events(), commit.first_sequence):
        yield {
            "eventId": event_id(commit.aggregate_id, sequence),
            "eventType": stored["eventType"],
            "schemaVersion": stored["schemaVersion"],
            "aggregateId": commit.aggregate_id,
            "aggregateType": aggregate_type,
            "eventSequence": sequence,
            "timestamp": commit.timestamp,
            "correlationId": commit.correlation_id,
            "causationId": commit.command_id,
            "data": stored["data"],
            "metadata": metadata(commit),
        }


def metadata(commit: Commit) -> dict[str, str]:
    """Return `userId`, the sender, and `onBehalfOf`, the user for whom a machine acted."""
    trace = {} if commit.traceparent is None else {"traceparent": commit.traceparent}
    person = {} if commit.on_behalf_of is None else {"onBehalfOf": user_id(commit.on_behalf_of)}
    return {"userId": user_id(commit.actor), **person, **trace}


def replayed(envelope: Mapping[str, Any], replay: str, to: str) -> dict[str, Any]:
    """Return the event as a replay publishes it, to a projection of ours or to `NOBODY` of them."""
    return {**envelope, "metadata": {**envelope["metadata"], "replayId": replay, "replayTo": to}}


def source(envelope: Mapping[str, Any]) -> str:
    """Return the source of an event, which is another one when it is replayed."""
    is_replayed = "replayId" in envelope.get("metadata", {})
    named = replay_source if is_replayed else bus_source
    return named(envelope["aggregateType"])
