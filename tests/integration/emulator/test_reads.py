"""Queries of large partitions: quick, and answered word for word as by stock MiniStack."""

import base64
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import urllib3

from local.aws import Aws
from tests.support import lab

pytestmark = [pytest.mark.long, pytest.mark.tools]

Value = dict[str, str]
Item = dict[str, Any]
Answer = tuple[int, str]
QUERIES = 50
MANY = pytest.mark.parametrize("queries", [QUERIES, pytest.param(1500, marks=pytest.mark.soak)])
# Read for one time: other work on the machine makes a page slower, never quicker.
PAGES = 20
OPERATORS = ("=", "<", "<=", ">", ">=", "between", "begins_with")
# Nothing is older than this: reads see no write that was made while the fault was on.
FOREVER = {"staleReads": 1, "staleSeconds": 1e12}
RECORDED = {"staleReads": 1e-12}
# For thousands of requests: `requests` takes as long for one as the emulator does.
HTTP = urllib3.PoolManager()


def text(dice: random.Random) -> Value:
    return {"S": "".join(dice.choices("ab\u00e9\U0001f600", k=dice.randint(1, 4)))}


def number(dice: random.Random) -> Value:
    return {"N": str(dice.choice([dice.randint(-99, 99), dice.randint(-99, 99) / 8]))}


def binary(dice: random.Random) -> Value:
    content = bytes(dice.choices([0, 1, 127, 255], k=dice.randint(1, 4)))
    return {"B": base64.b64encode(content).decode()}


KINDS: Mapping[str, Callable[[random.Random], Value]] = {"S": text, "N": number, "B": binary}


@dataclass(frozen=True)
class Table:
    """A table of one name in both emulators, whose sort key `n` has one of the kinds."""

    name: str
    kind: str

    def key(self, dice: random.Random) -> Item:
        return {"a": {"S": dice.choice("xxxy")}, "n": KINDS[self.kind](dice)}

    def create(self, aws: Aws) -> None:
        keys = [("a", "HASH"), ("n", "RANGE")]
        by_kind = {
            "IndexName": "byKind",
            "KeySchema": schema(("kind", "HASH"), ("n", "RANGE")),
            "Projection": {"ProjectionType": "ALL"},
        }
        aws.client("dynamodb").create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=schema(*keys),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in {"a": "S", "n": self.kind, "kind": "S"}.items()
            ],
            GlobalSecondaryIndexes=[by_kind],
        )


def schema(*keys: tuple[str, str]) -> list[Any]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]


def ask(aws: Aws, operation: str, request: Mapping[str, object]) -> Answer:
    """The answer as it is, right or wrong: no client comes between."""
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/dynamodb/x",
    }
    answer = HTTP.request("POST", aws.endpoint, json=request, headers=headers, timeout=60)
    return answer.status, answer.data.decode()


def written(dice: random.Random, table: Table) -> tuple[str, dict[str, object]]:
    """A put, mostly, or a removal; now and then of what is not there."""
    key = table.key(dice)
    if dice.random() < 0.2:
        return "DeleteItem", {"TableName": table.name, "Key": key}
    item = {**key, "kind": {"S": dice.choice("kl")}, "size": {"N": str(dice.randint(0, 9))}}
    if dice.random() < 0.1:
        item["large"] = {"S": "x" * 200_000}
    return "PutItem", {"TableName": table.name, "Item": item}


def queried(dice: random.Random, table: Table) -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": table.name,
        "KeyConditionExpression": "a = :a",
        "ExpressionAttributeValues": {":a": {"S": dice.choice("xxxyz")}},
        "ScanIndexForward": dice.random() < 0.5,
        "ReturnConsumedCapacity": dice.choice(["NONE", "TOTAL", "INDEXES"]),
    }
    for change in (sorted_out, started, limited, filtered, indexed, odd):
        change(dice, table, request)
    return request


def sorted_out(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    operator = dice.choice(OPERATORS)
    low, high = KINDS[table.kind](dice), KINDS[table.kind](dice)
    clause = {"between": "#n BETWEEN :v AND :w", "begins_with": "begins_with(#n, :v)"}
    if dice.random() < 0.7:
        clauses = ["a = :a", clause.get(operator, f"#n {operator} :v")]
        dice.shuffle(clauses)
        request["KeyConditionExpression"] = " AND ".join(clauses)
        request["ExpressionAttributeNames"] = {"#n": "n"}
        request["ExpressionAttributeValues"][":v"] = low
        if operator == "between":
            request["ExpressionAttributeValues"][":w"] = high


def started(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    if dice.random() < 0.3:
        partition = request["ExpressionAttributeValues"][":a"]
        request["ExclusiveStartKey"] = {**table.key(dice), "a": partition}


def limited(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    if dice.random() < 0.7:
        request["Limit"] = dice.choice([1, 2, 4, 64])


def filtered(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    if dice.random() < 0.2:
        request["FilterExpression"] = "size < :size" if dice.random() < 0.1 else "#s < :size"
        request.setdefault("ExpressionAttributeNames", {})["#s"] = "size"
        request["ExpressionAttributeValues"][":size"] = {"N": "5"}
    if dice.random() < 0.2:
        request["ProjectionExpression"] = "n, kind"


def indexed(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    if dice.random() < 0.1:
        condition = request["KeyConditionExpression"].replace("a = :a", "kind = :a")
        request |= {"IndexName": "byKind", "KeyConditionExpression": condition}


def odd(dice: random.Random, table: Table, request: dict[str, Any]) -> None:
    """A refusal is to have the same words."""
    if dice.random() < 0.1:
        request |= dice.choice(ODDITIES)


ODDITIES: list[dict[str, Any]] = [
    {"Limit": 0},
    {"Limit": "2"},
    {"ExclusiveStartKey": {}},
    {"ExclusiveStartKey": {"a": {"S": "x"}}},
    {"ExclusiveStartKey": {"a": {"S": "w"}, "n": {"BOOL": True}}},
    {"KeyConditionExpression": "(a = :a)"},
    {"KeyConditionExpression": "a = :a AND a = :a"},
    {"KeyConditionExpression": "a = :a AND size = :a"},
    {"KeyConditionExpression": "a = :a AND n = :a"},
    {"KeyConditionExpression": "a > :a"},
    {"KeyConditionExpression": ""},
    {"ExpressionAttributeValues": {":a": {"N": "1"}}},
    {"ExpressionAttributeValues": {":a": {"S": "x"}, ":v": {"N": "NaN"}}},
    {"ExpressionAttributeValues": {}},
    {"KeyConditions": {"a": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}}},
]


@contextmanager
def misread(aws: Aws, settings: Mapping[str, float]) -> Iterator[None]:
    url = f"{aws.endpoint}/_skafu/faults"
    requests.post(url, json=settings, timeout=60).raise_for_status()
    try:
        yield
    finally:
        requests.delete(url, timeout=60)


@pytest.fixture(scope="module", params=KINDS)
def table(request: pytest.FixtureRequest, ours: Aws, stock: Aws) -> Table:
    """Written to in both emulators alike, and queried between the writes."""
    return written_to(ours, stock, request.param)


@pytest.fixture(params=KINDS)
def own_table(request: pytest.FixtureRequest, ours: Aws, stock: Aws) -> Table:
    """The same, for a test after which the two differ."""
    return written_to(ours, stock, request.param)


def written_to(ours: Aws, stock: Aws, kind: str) -> Table:
    made = Table(lab.name("reads"), kind)
    dice = random.Random(kind)
    for aws in (ours, stock):
        made.create(aws)
    for count in range(200):
        write = written(dice, made)
        assert ask(ours, *write) == ask(stock, *write)
        if count % 10 == 9:
            same(ours, stock, queried(dice, made))
    return made


def same(ours: Aws, stock: Aws, query: Mapping[str, object]) -> Answer:
    answer = ask(ours, "Query", query)
    assert answer == ask(stock, "Query", query), query
    return answer


@MANY
def test_a_query_is_answered_as_by_stock_ministack(
    ours: Aws, stock: Aws, table: Table, queries: int
) -> None:
    dice = random.Random(1)
    answers = [same(ours, stock, queried(dice, table)) for _ in range(queries)]
    assert {status for status, _ in answers} == {200, 400}
    assert any("LastEvaluatedKey" in body for _, body in answers)


@MANY
def test_a_stale_query_is_answered_as_by_the_table_of_then(
    ours: Aws, stock: Aws, own_table: Table, queries: int
) -> None:
    dice, table = random.Random(2), own_table
    with misread(ours, RECORDED):
        for _ in range(60):
            ask(ours, *written(dice, table))
    with misread(ours, FOREVER):
        for _ in range(queries):
            same(ours, stock, queried(dice, table))
        for consistent in (True, False):
            scan = {"TableName": table.name, "ConsistentRead": consistent}
            assert (ask(ours, "Scan", scan) == ask(stock, "Scan", scan)) is not consistent


def test_a_consistent_query_sees_what_was_written_while_others_are_stale(
    ours: Aws, stock: Aws, table: Table
) -> None:
    dice = random.Random(3)
    with misread(ours, RECORDED):
        for _ in range(60):
            write = written(dice, table)
            assert ask(ours, *write) == ask(stock, *write)
    with misread(ours, FOREVER):
        for _ in range(QUERIES):
            query = {**queried(dice, table), "ConsistentRead": True}
            same(ours, stock, query)


def seconds_for_the_newest(aws: Aws, items: int) -> float:
    """Return the shortest time for a page of four, of a partition with so many items."""
    table = Table(lab.name("reads"), "N")
    table.create(aws)
    client = aws.client("dynamodb")
    for first in range(0, items, 25):
        put = [
            {"PutRequest": {"Item": {"a": {"S": "x"}, "n": {"N": str(n)}}}}
            for n in range(first, first + 25)
        ]
        client.batch_write_item(RequestItems={table.name: put})
    request = {
        "TableName": table.name,
        "KeyConditionExpression": "a = :a",
        "ExpressionAttributeValues": {":a": {"S": "x"}},
        "ScanIndexForward": False,
        "Limit": 4,
    }
    return min(seconds_of_a_query(aws, request) for _ in range(PAGES))


def seconds_of_a_query(aws: Aws, request: Mapping[str, object]) -> float:
    began = time.monotonic()
    assert ask(aws, "Query", request)[0] == 200
    return time.monotonic() - began


def test_a_query_costs_its_page_not_its_partition(ours: Aws, stock: Aws) -> None:
    assert seconds_for_the_newest(ours, 2000) * 3 < seconds_for_the_newest(stock, 2000)


def test_equal_sort_keys_written_differently_keep_the_order_of_stock_ministack(
    ours: Aws, stock: Aws
) -> None:
    """Base64 of one byte has four spare bits, which MiniStack keeps."""
    table, dice = Table(lab.name("reads"), "B"), random.Random(4)
    same_bytes = [{"B": text} for text in ("AB==", "AA==", "/w==", "/x==")]
    for aws in (ours, stock):
        table.create(aws)
        for sort in [*(binary(random.Random(seed)) for seed in range(40)), *same_bytes]:
            item = {"a": {"S": "x"}, "n": sort}
            assert ask(aws, "PutItem", {"TableName": table.name, "Item": item})[0] == 200
    for _ in range(QUERIES):
        same(ours, stock, queried(dice, table))
