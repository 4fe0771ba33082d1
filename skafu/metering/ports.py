"""Clients that count the calls that go through them to services in memory."""

import json
import math
from collections.abc import Mapping
from random import Random
from typing import Any

from gql import GraphQLRequest
from graphql import OperationDefinitionNode

from adapters.dynamodb.items import READ_UNIT, Item, item_size, write_units
from adapters.eventbridge.event_bus import entry_size
from skafu.metering.meter import MESSAGE, Meter, chunks
from skafu.simulation.rows import Fields, Rows, verb_and_model
from skafu.simulation.world import World


class MeteredDynamoDb:
    """A DynamoDB client. Units are computed from the items: emulators misreport them.

    Source: DynamoDB developer guide, "Read and write operations": a write is its size in KB, twice
    that in a transaction; a read is its size in 4 KB, half of it when eventually consistent; a
    query adds its items up first.
    """

    def __init__(self, client: Any, meter: Meter) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self.meter = meter

    @property
    def exceptions(self) -> Any:  # noqa: ANN401 - the client's own
        return self._client.exceptions

    def put_item(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        self._wrote("PutItem", given["TableName"], write_units(given["Item"]))
        self._kept(given["Item"])
        return self._client.put_item(**given)

    def transact_write_items(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        self.meter.hop.called("dynamodb", "TransactWriteItems")
        for change in given["TransactItems"]:
            write, item = self._written(change)
            self.meter.hop.wrote(kind(write["TableName"]), 2 * write_units(item))
            self._kept(item)
        return self._client.transact_write_items(**given)

    def _written(self, change: Mapping[str, Any]) -> tuple[Mapping[str, Any], Item]:
        """Return a write of a transaction with its item, which is that to delete if none is put."""
        if "Put" in change:
            return change["Put"], change["Put"]["Item"]
        gone = change["Delete"]
        answer = self._client.get_item(TableName=gone["TableName"], Key=gone["Key"])
        return gone, answer.get("Item", gone["Key"])

    def update_item(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self._client.update_item(**{**given, "ReturnValues": "ALL_NEW"})
        self._wrote("UpdateItem", given["TableName"], write_units(answer["Attributes"]))
        return answer

    def get_item(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self._client.get_item(**given)
        self._read("GetItem", given, [answer["Item"]] if "Item" in answer else [])
        return answer

    def query(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self._client.query(**given)
        self._read("Query", given, answer["Items"])
        return answer

    def _wrote(self, operation: str, table: str, units: int) -> None:
        self.meter.hop.called("dynamodb", operation)
        self.meter.hop.wrote(kind(table), units)

    def _read(self, operation: str, given: Mapping[str, Any], items: list[Item]) -> None:
        self.meter.hop.called("dynamodb", operation)
        units = max(1, math.ceil(sum(map(item_size, items)) / READ_UNIT))
        strong = given.get("ConsistentRead", False)
        self.meter.hop.read(kind(given["TableName"]), units if strong else units / 2)

    def _kept(self, item: Item) -> None:
        if "events" not in item:
            return
        self.meter.item_bytes = item_size(item)
        for event in json.loads(item["events"]["S"]):
            size = len(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode())
            self.meter.stored.setdefault(event["eventType"], []).append(size)


def kind(table: str) -> str:
    """Return `events` of `skafu-events-dev`."""
    return table.split("-")[1]


class MeteredKms:
    """A KMS client."""

    def __init__(self, client: Any, meter: Meter) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self.meter = meter

    def generate_data_key(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        self._count("GenerateDataKey")
        return self._client.generate_data_key(**given)

    def decrypt(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        self._count("Decrypt")
        return self._client.decrypt(**given)

    def _count(self, operation: str) -> None:
        self.meter.hop.called("kms", operation)
        self.meter.hop.kms_requests += 1


class MeteredBus:
    """An EventBridge client that keeps what it was given."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.entries: list[dict[str, Any]] = []

    def put_events(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own
        entries: list[dict[str, Any]] = given["Entries"]
        self.meter.hop.called("events", "PutEvents")
        self.meter.hop.events += sum(chunks(entry_size(entry)) for entry in entries)
        self.entries += entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "metered"} for _ in entries]}


class Steady(Random):
    """Draws the last of what there is: the largest page, the whole batch."""

    def choice(self, seq: Any) -> Any:  # noqa: ANN401 - as Random has it
        return seq[-1]


class CalmWorld(World):
    """A world in which nothing goes wrong and nobody else does anything."""

    def __init__(self) -> None:
        super().__init__(seed=0)
        self.rng = Steady(0)
        self.faults.cease()

    def call(self, what: str, effect: Any, *given: Any) -> Any:  # noqa: ANN401 - passed on
        return effect(*given)


class MeteredRows(Rows):
    """AppSync with Amplify's resolvers: each mutation is a message to everybody who watches.

    Rows are DynamoDB items behind it: `indexes` says how many secondary indexes a model has, each
    of which is written with its row.
    """

    def __init__(self, meter: Meter, indexes: Mapping[str, int], subscribers: int) -> None:
        super().__init__(CalmWorld())
        self.meter = meter
        self._indexes = indexes
        self._subscribers = subscribers

    def execute(self, request: GraphQLRequest, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - gql's own
        definition = request.document.definitions[0]
        assert isinstance(definition, OperationDefinitionNode)
        assert definition.name is not None
        verb, model = verb_and_model(definition.name.value)
        answer = super().execute(request, **more)
        self.meter.hop.called("appsync", definition.name.value)
        self.meter.hop.appsync_operations += 1
        (row,) = answer.values()
        self._count_read(row) if verb == "get" else self._count_write(model, row)
        return answer

    def _count_read(self, row: Fields | None) -> None:
        self.meter.hop.read("rows", max(1, math.ceil(size_of(row) / READ_UNIT)) / 2)

    def _count_write(self, model: str, row: Fields) -> None:
        units = max(1, math.ceil(size_of(row) / 1024))
        self.meter.hop.wrote("rows", units * (1 + self._indexes.get(model, 0)))
        frame = len(json.dumps(row, ensure_ascii=False).encode())
        self.meter.hop.appsync_messages += self._subscribers * chunks(frame, MESSAGE)


def size_of(row: Fields | None) -> int:
    """Return the size of a row as an item: names and values, text as UTF-8, others as digits."""
    fields = (row or {}).items()
    return sum(len(name.encode()) + len(str(value).encode()) for name, value in fields)
