"""Commits as items of the events table, and the cost of an item.

Attribute names and forms are the storage format: never rename or remove one.
"""

import math
from dataclasses import replace
from typing import Any

from application.commit import Commit
from application.upcasting import MALFORMED, UnreadableEvent
from kernel.messages import AggregateId

Item = dict[str, dict[str, Any]]
"""An item in the notation of DynamoDB: `{name: {"S": …}}`."""

WRITE_UNIT = 1024  # bytes
READ_UNIT = 4096  # bytes, strongly consistent; half a unit otherwise


def to_item(commit: Commit) -> Item:
    item: Item = {
        "aggregateId": {"S": commit.aggregate_id},
        "eventSequence": {"N": str(commit.first_sequence)},
        "eventCount": {"N": str(commit.count)},
        "events": {"S": commit.events},
        "commandId": {"S": commit.command_id},
        "fingerprint": {"B": commit.fingerprint},
        "actor": {"S": commit.actor},
        "timestamp": {"S": commit.timestamp},
        "previousHash": {"B": commit.previous_hash},
    }
    if commit.correlation_id != commit.command_id:
        item["correlationId"] = {"S": commit.correlation_id}
    if commit.traceparent is not None:
        item["traceparent"] = {"S": commit.traceparent}
    if commit.client is not None:
        item["client"] = {"B": commit.client}
    if commit.on_behalf_of is not None:
        item["onBehalfOf"] = {"S": commit.on_behalf_of}
    if commit.key_times is not None:
        item["keyTimes"] = {"B": commit.key_times}
    if commit.state is not None:
        item["state"] = {"S": commit.state}
        item["stateVersion"] = {"N": str(commit.state_version)}
    return item


def from_item(item: Item) -> Commit:
    """Return the commit of an item. Raises `UnreadableEvent` for an item that is not a commit."""
    try:
        return _commit(item)
    except MALFORMED as error:
        raise UnreadableEvent(f"an item is not a commit: {type(error).__name__}") from None


def _commit(item: Item) -> Commit:
    state_version = item.get("stateVersion", {}).get("N")
    client = item.get("client", {}).get("B")
    key_times = item.get("keyTimes", {}).get("B")
    return Commit(
        aggregate_id=AggregateId(item["aggregateId"]["S"]),
        first_sequence=int(item["eventSequence"]["N"]),
        count=int(item["eventCount"]["N"]),
        events=item["events"]["S"],
        command_id=item["commandId"]["S"],
        fingerprint=bytes(item["fingerprint"]["B"]),
        actor=item["actor"]["S"],
        timestamp=item["timestamp"]["S"],
        previous_hash=bytes(item["previousHash"]["B"]),
        correlation_id=item.get("correlationId", item["commandId"])["S"],
        traceparent=item.get("traceparent", {}).get("S"),
        client=None if client is None else bytes(client),
        on_behalf_of=item.get("onBehalfOf", {}).get("S"),
        key_times=None if key_times is None else bytes(key_times),
        state=item.get("state", {}).get("S"),
        state_version=None if state_version is None else int(state_version),
    )


def keeps_state(commit: Commit, state_due: bool) -> bool:
    """Tell whether the item keeps the state: when it is due, or costs no further write unit."""
    if commit.state is None or state_due:
        return commit.state is not None
    bare = replace(commit, state=None, state_version=None)
    return write_units(to_item(commit)) == write_units(to_item(bare))


def write_units(item: Item) -> int:
    return math.ceil(item_size(item) / WRITE_UNIT)


def item_size(item: Item) -> int:
    """Return the bytes that DynamoDB bills: names and values in UTF-8; numbers half a byte a digit.

    Source: Amazon DynamoDB developer guide, "DynamoDB item sizes and formats".
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    match value:
        case {"S": text}:
            return len(text.encode())
        case {"B": octets}:
            return len(octets)
        case {"N": digits}:
            return math.ceil(len(digits.lstrip("-").replace(".", "")) / 2) + 1
        case _:
            raise ValueError(f"commits hold no attribute like {value}")
