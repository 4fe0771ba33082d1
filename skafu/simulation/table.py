"""The events table as DynamoDB keeps it, and its stream as Lambda reads it."""

import base64
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from adapters.dynamodb.items import Item
from skafu.simulation.dynamodb import (
    EXCEPTIONS,
    canceled,
    client_error,
    condition_failed,
    lose_answer,
    put,
    throttle,
)
from skafu.simulation.faults import Fault
from skafu.simulation.world import Killed, World

MEGABYTES = (1, 2, 4, 512)  # commits that fit into one page of a query, in one schedule
STREAM_BATCH = 5  # commits

Consume = Callable[[dict[str, Any]], dict[str, Any]]
"""Handle a batch of records; the answer names those to deliver again."""


@dataclass(slots=True)
class Stored:
    """One aggregate's items by sequence, and the step at which each was put."""

    sequences: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)


class Claim(NamedTuple):
    """The aggregate that holds a unique value, and the step of its claim."""

    aggregate: str
    step: int


class Table:
    """The calls that the event store makes.

    Of the events' table PutItem, Query, BatchGetItem and Scan, of the claims' table GetItem, and
    of both together TransactWriteItems.

    Weaker than the promise nowhere, and no stronger: every page of a query that is not
    consistent may come from another replica, which has seen any prefix of what was stored.
    """

    exceptions = EXCEPTIONS

    def __init__(self, world: World, stream: "Stream") -> None:
        self.aggregates: dict[str, Stored] = {}
        self.claims: dict[str, Claim] = {}
        self._world = world
        self._stream = stream
        self._megabyte = world.rng.choice(MEGABYTES)

    def longest(self) -> int:
        """Return how many commits the longest stream has."""
        return max((len(stored.items) for stored in self.aggregates.values()), default=0)

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("PutItem", self._put, given["Item"])

    def transact_write_items(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("TransactWriteItems", self._transact, given["TransactItems"])

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        name, consistent = given["Key"]["claim"]["S"], given["ConsistentRead"]
        return self._world.call("GetItem", self._claim, name, consistent)

    def query(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("Query", self._query, given)

    def batch_get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("BatchGetItem", self._get_all, given["RequestItems"])

    def scan(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("Scan", self._scan_for, given)

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401 - boto3's own class
        assert operation == "scan"
        return SimpleNamespace(paginate=self._scan)

    def _put(self, item: Item) -> dict[str, Any]:
        return put(self._world, partial(self.insert, item))

    def _transact(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """Put both items; the client library's token makes a repeated transaction one."""
        throttle(self._world, Fault.PUT_THROTTLED, "TransactWriteItems")
        self._put_both(*(part["Put"]["Item"] for part in parts))
        lose_answer(self._world)
        return {}

    def _put_both(self, item: Item, claimed: dict[str, Any]) -> None:
        stored, place = self._place(item)
        name = claimed["claim"]["S"]
        reasons: list[dict[str, Any]] = [{"Code": "None"}, {"Code": "None"}]
        if place < len(stored.items) and stored.sequences[place] == sequence_of(item):
            reasons[0] = {"Code": "ConditionalCheckFailed", "Item": stored.items[place]}
        if self.claimed(name):
            reasons[1] = {"Code": "ConditionalCheckFailed"}
        elif self._world.strikes(Fault.CLAIM_CONTENDED):
            reasons[1] = {"Code": "TransactionConflict"}
        if any(reason["Code"] != "None" for reason in reasons):
            raise canceled(reasons)
        self._store(stored, place, item)
        self.claims[name] = Claim(claimed["aggregateId"]["S"], self._world.step)

    def claimed(self, name: str) -> bool:
        return name in self.claims

    def _claim(self, name: str, consistent: bool) -> dict[str, Any]:
        claim = self.claims.get(name)
        if claim is None or (not consistent and self._world.strikes(Fault.QUERY_STALE)):
            return {}
        return {"Item": {"claim": {"S": name}, "aggregateId": {"S": claim.aggregate}}}

    def insert(self, item: Item) -> None:
        """Store the item on the condition that nothing is stored under its key."""
        stored, place = self._place(item)
        if place < len(stored.items) and stored.sequences[place] == sequence_of(item):
            raise condition_failed(stored.items[place])
        self._store(stored, place, item)

    def _place(self, item: Item) -> tuple[Stored, int]:
        stored = self.aggregates.setdefault(item["aggregateId"]["S"], Stored())
        return stored, bisect_left(stored.sequences, sequence_of(item))

    def _store(self, stored: Stored, place: int, item: Item) -> None:
        if "state" in item and self._world.strikes(Fault.OTHER_STATE):
            item = of_another_release(item)
        stored.sequences.insert(place, sequence_of(item))
        stored.items.insert(place, item)
        stored.steps.insert(place, self._world.step)
        self._stream.append(item)

    def _query(self, given: dict[str, Any]) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "Query")
        stored = self.aggregates.get(given["ExpressionAttributeValues"][":a"]["S"], Stored())
        seen = len(stored.items)
        if not given["ConsistentRead"] and seen and self._world.strikes(Fault.QUERY_STALE):
            seen = self._world.rng.randrange(seen)
        found = stored.items[slice(*bounds(given, stored.sequences[:seen]))]
        return page(given, found, self._megabyte)

    def _get_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the items with these keys; those that are throttled are left unprocessed."""
        ((table, wanted),) = asked.items()
        assert wanted["ConsistentRead"]
        keys = wanted["Keys"]
        if self._world.strikes(Fault.QUERY_THROTTLED):
            keys = keys[: self._world.rng.randrange(len(keys))]
            if not keys:
                raise client_error("BatchGetItem", "ThrottlingException")
        left = wanted["Keys"][len(keys) :]
        return {
            "Responses": {table: [item for key in keys for item in self._under(key)]},
            "UnprocessedKeys": {table: {**wanted, "Keys": left}} if left else {},
        }

    def _under(self, key: Item) -> list[Item]:
        stored = self.aggregates.get(key["aggregateId"]["S"], Stored())
        first = bisect_left(stored.sequences, sequence_of(key))
        return stored.items[first : bisect_left(stored.sequences, sequence_of(key) + 1)]

    def _scan_for(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a page of a consistent scan, for a subject's commits or for all."""
        throttle(self._world, Fault.QUERY_THROTTLED, "Scan")
        items = (item for stored in self.aggregates.values() for item in stored.items)
        start = given.get("ExclusiveStartKey")
        after = (item for item in items if start is None or scan_order(item) > scan_order(start))
        found = sorted(after, key=scan_order)
        taken = found[: given["Limit"]]
        wanted = [item for item in taken if is_wanted(item, given.get("ExpressionAttributeValues"))]
        more = {"LastEvaluatedKey": key_of(taken[-1])} if len(taken) < len(found) else {}
        return {"Items": wanted, "ScannedCount": len(taken), **more}

    def _scan(self, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - boto3's own arguments
        for stored in self.aggregates.values():
            yield {"Items": stored.items}


def scan_order(item: Item) -> tuple[int, str, int]:
    """Return the place of an item in a scan: a new stream may come anywhere."""
    name = item["aggregateId"]["S"]
    return zlib.crc32(name.encode()), name, sequence_of(item)


def is_wanted(item: Item, values: Item | None) -> bool:
    """Tell whether an item passes the filter of a scan for a subject, if it has one."""
    if values is None:
        return True
    sent = item["actor"]["S"].startswith(values[":actor"]["S"])
    return sent or values[":owner"]["S"] in item["events"]["S"]


def of_another_release(item: Item) -> Item:
    """Return the commit with a state that today's code would take for an empty one."""
    version = int(item["stateVersion"]["N"]) + 1
    return {**item, "state": {"S": "{}"}, "stateVersion": {"N": str(version)}}


def key_of(item: Item) -> Item:
    return {name: item[name] for name in ("aggregateId", "eventSequence")}


def sequence_of(item: Item) -> int:
    return int(item["eventSequence"]["N"])


def bounds(given: dict[str, Any], sequences: list[int]) -> tuple[int, int]:
    """Return the range of positions that the key condition and the start key leave."""
    first, end = 0, len(sequences)
    asked = int(given["ExpressionAttributeValues"].get(":s", {"N": 0})["N"])
    match given["KeyConditionExpression"]:
        case "aggregateId = :a AND eventSequence >= :s":
            first = bisect_left(sequences, asked)
        case "aggregateId = :a AND eventSequence <= :s":
            end = bisect_left(sequences, asked + 1)
        case "aggregateId = :a AND eventSequence BETWEEN :s AND :e":
            first = bisect_left(sequences, asked)
            end = bisect_left(sequences, int(given["ExpressionAttributeValues"][":e"]["N"]) + 1)
        case condition:
            assert condition == "aggregateId = :a"
    if start := given.get("ExclusiveStartKey"):
        if given.get("ScanIndexForward", True):
            first = max(first, bisect_left(sequences, sequence_of(start) + 1))
        else:
            end = min(end, bisect_left(sequences, sequence_of(start)))
    return first, max(first, end)


def page(given: dict[str, Any], found: list[Item], megabyte: int) -> dict[str, Any]:
    limit = min(given.get("Limit", megabyte), megabyte)
    ordered = found if given.get("ScanIndexForward", True) else found[::-1]
    answer: dict[str, Any] = {"Items": ordered[:limit]}
    if len(found) >= limit:  # also when nothing follows
        answer["LastEvaluatedKey"] = key_of(ordered[limit - 1])
    return answer


class Stream:
    """The table's stream: shards, each read by one invocation of a consumer at a time."""

    def __init__(self, world: World, *consumers: Consume) -> None:
        shards = range(world.rng.randint(1, 2))
        self._shards = [[Shard(world, consume) for consume in consumers] for _ in shards]

    def append(self, item: Item) -> None:
        name = item["aggregateId"]["S"].encode()
        for shard in self._shards[zlib.crc32(name) % len(self._shards)]:
            shard.append(item)


class Shard:
    """A shard, for one of its consumers.

    It repeats records from the lowest that failed, and all of them after a crash.
    Order is promised for each item alone, and each commit is an item of its own.
    """

    def __init__(self, world: World, consume: Consume) -> None:
        self._world = world
        self._consume = consume
        self._records: list[dict[str, Any]] = []
        self._numbered = 0  # how many were ever taken
        self._taken = 0  # how many of the first are being published, or were and failed
        self._busy = False

    def append(self, item: Item) -> None:
        place = len(self._records)
        if self._taken < place and self._world.strikes(Fault.STREAM_REORDERED):
            place = self._world.rng.randint(self._taken, place - 1)
        self._records.insert(place, stream_record(item))
        self._world.later(self._poll)

    def _poll(self) -> None:
        if self._busy or not self._records:
            return
        if self._world.strikes(Fault.STREAM_LAGS):
            self._world.later(self._poll)
            return
        self._busy = True
        size = self._world.rng.randint(1, min(STREAM_BATCH, len(self._records)))
        for record in self._records[self._taken : size]:
            self._numbered += 1
            record["dynamodb"]["SequenceNumber"] = f"{self._numbered:021}"
        self._taken = max(self._taken, size)
        self._world.start(self._consume.__name__, partial(self._invoke, self._records[:size]))

    def _invoke(self, batch: list[dict[str, Any]]) -> None:
        try:
            done = published(batch, self._consume({"Records": batch}))
        except Killed:
            done = 0
        if done and self._world.strikes(Fault.STREAM_AGAIN):
            done = self._world.rng.randrange(done)
        del self._records[:done]
        self._taken -= done
        self._busy = False
        self._world.later(self._poll)


def published(batch: list[dict[str, Any]], answer: dict[str, Any]) -> int:
    """Return how many of the batch are done with: those before the lowest that failed."""
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    positions = [record["dynamodb"]["SequenceNumber"] for record in batch]
    return min((positions.index(position) for position in failed), default=len(batch))


def stream_record(item: Item) -> dict[str, Any]:
    image = {name: stream_value(value) for name, value in item.items()}
    return {"eventName": "INSERT", "dynamodb": {"Keys": key_of(item), "NewImage": image}}


def stream_value(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
