"""Faults on demand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import Aws, Client
from tests.support import lab

pytestmark = pytest.mark.tools


@contextmanager
def faults(aws: Aws, **settings: float | str) -> Iterator[None]:
    url = f"{aws.endpoint}/_skafu/faults"
    requests.post(url, json=settings, timeout=60).raise_for_status()
    try:
        yield
    finally:
        requests.delete(url, timeout=60)


def impatient(aws: Aws, service: str) -> Client:
    """A client that tries once."""
    config = Config(retries={"total_max_attempts": 1})
    session = boto3.Session("000000000000", "test", region_name="us-east-1")
    return session.client(service, endpoint_url=aws.endpoint, config=config)  # type: ignore[call-overload] # by name


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


def test_an_unknown_fault_is_refused_with_the_names_of_all(ours: Aws) -> None:
    answer = requests.post(f"{ours.endpoint}/_skafu/faults", json={"rain": 1}, timeout=60)
    assert answer.status_code == 400
    assert "staleReads" in answer.json()["message"]


def test_a_throttled_write_does_nothing(ours: Aws) -> None:
    table, _ = lab.create_table(ours)
    put = {"TableName": table, "Item": {"id": {"S": "x"}}}
    with faults(ours, throttleDynamoDB=1, tables=table):
        code = code_of(lambda: impatient(ours, "dynamodb").put_item(**put))
    assert code == "ProvisionedThroughputExceededException"
    assert ours.client("dynamodb").scan(TableName=table)["Count"] == 0


def test_faults_of_named_tables_leave_others_alone(ours: Aws) -> None:
    table, _ = lab.create_table(ours)
    with faults(ours, throttleDynamoDB=1, tables="another-"):
        lab.put(ours, table, "x")


def test_an_ambiguous_write_is_done_and_answered_as_an_error(ours: Aws) -> None:
    table, _ = lab.create_table(ours)
    put = {"TableName": table, "Item": {"id": {"S": "x"}}}
    with faults(ours, ambiguousDynamoDB=1, tables=table):
        assert code_of(lambda: impatient(ours, "dynamodb").put_item(**put)) == "InternalServerError"
    assert ours.client("dynamodb").scan(TableName=table)["Count"] == 1


def test_a_throttled_function_is_not_run(ours: Aws) -> None:
    function = lab.create_function(ours, "def handler(event, context): return 1")
    with faults(ours, throttleLambda=1):
        code = code_of(lambda: impatient(ours, "lambda").invoke(FunctionName=function))
    assert code == "TooManyRequestsException"


def test_events_are_refused_one_by_one(ours: Aws) -> None:
    entry = {"Source": "test", "DetailType": "t", "Detail": "{}"}
    with faults(ours, partialEvents=0.5, seed=1):
        answer = ours.client("events").put_events(Entries=[entry] * 10)
    refused = [entry for entry in answer["Entries"] if "ErrorCode" in entry]
    assert 0 < len(refused) == answer["FailedEntryCount"] < 10


def test_events_are_refused_all_at_once(ours: Aws) -> None:
    entry = {"Source": "test", "DetailType": "t", "Detail": "{}"}
    with faults(ours, throttleEvents=1):
        code = code_of(lambda: impatient(ours, "events").put_events(Entries=[entry]))
    assert code == "ThrottlingException"


def key(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def attribute(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


BY_KIND = {
    "IndexName": "byKind",
    "KeySchema": [key("kind", "HASH")],
    "Projection": {"ProjectionType": "ALL"},
}


@pytest.fixture
def history(ours: Aws) -> Iterator[str]:
    """A table of three commits of one aggregate, written while reads may be stale."""
    dynamodb, table = ours.client("dynamodb"), lab.name("history")
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[key("a", "HASH"), key("n", "RANGE")],
        AttributeDefinitions=[attribute("a", "S"), attribute("n", "N"), attribute("kind", "S")],
        GlobalSecondaryIndexes=[BY_KIND],
    )
    with faults(ours, staleReads=1, staleSeconds=600, seed=3):
        for number in "123":
            dynamodb.put_item(
                TableName=table, Item={"a": {"S": "x"}, "n": {"N": number}, "kind": {"S": "k"}}
            )
        yield table


def newest(ours: Aws, table: str, **settings: object) -> list[str]:
    answer = ours.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="a = :a",
        ExpressionAttributeValues={":a": {"S": "x"}},
        ScanIndexForward=False,
        Limit=1,
        **settings,
    )
    return [item["n"]["N"] for item in answer["Items"]]


def test_an_eventually_consistent_read_sees_the_past(ours: Aws, history: str) -> None:
    assert newest(ours, history) == []


def test_a_consistent_read_sees_the_present(ours: Aws, history: str) -> None:
    assert newest(ours, history, ConsistentRead=True) == ["3"]


def test_an_index_lags_behind(ours: Aws, history: str) -> None:
    query = {"TableName": history, "IndexName": "byKind", "KeyConditionExpression": "kind = :k",
             "ExpressionAttributeValues": {":k": {"S": "k"}}}  # fmt: skip
    assert ours.client("dynamodb").query(**query)["Count"] == 0
    with faults(ours, staleReads=0):
        assert ours.client("dynamodb").query(**query)["Count"] == 3


def test_a_write_condition_is_never_stale(ours: Aws, history: str) -> None:
    item = {"a": {"S": "x"}, "n": {"N": "3"}}
    condition = {"ConditionExpression": "attribute_not_exists(a)"}
    put = {"TableName": history, "Item": item, **condition}
    assert (
        code_of(lambda: ours.client("dynamodb").put_item(**put))
        == "ConditionalCheckFailedException"
    )


def test_stream_batches_come_twice_and_mixed(ours: Aws, tmp_path: Path) -> None:
    table, stream = lab.create_table(ours)
    ids = [f"item-{number}" for number in range(10)]
    lab.put(ours, table, *ids)
    function = lab.create_function(ours, lab.recorder(tmp_path / "seen"))
    with faults(ours, duplicateStream=0.9, shuffleStream=1, seed=5):
        lab.connect(ours, stream, function, StartingPosition="TRIM_HORIZON", BatchSize=10)
        assert lab.eventually(lambda: len(lab.batches(tmp_path / "seen")) >= 3)
    first = lab.batches(tmp_path / "seen")[0]
    assert sorted(first) == ids
    assert first != ids


def test_the_records_of_one_item_keep_their_order(ours: Aws, tmp_path: Path) -> None:
    table, stream = lab.create_table(ours)
    for number in range(10):
        ours.client("dynamodb").put_item(
            TableName=table, Item={"id": {"S": str(number % 2)}, "n": {"N": str(number)}}
        )
    source = f"""
import json
def handler(event, context):
    with open({str(tmp_path / "seen")!r}, "a") as log:
        images = [record["dynamodb"]["NewImage"] for record in event["Records"]]
        log.write(json.dumps([image["n"]["N"] for image in images]) + "\\n")"""
    with faults(ours, shuffleStream=1, seed=5):
        function = lab.create_function(ours, source)
        lab.connect(ours, stream, function, StartingPosition="TRIM_HORIZON", BatchSize=10)
        assert lab.eventually(lambda: bool(lab.batches(tmp_path / "seen")))
    [numbers] = lab.batches(tmp_path / "seen")
    assert [n for n in numbers if int(n) % 2] == ["1", "3", "5", "7", "9"]


def test_messages_come_twice(ours: Aws, tmp_path: Path) -> None:
    queue = lab.create_queue(ours)
    source = f"""
def handler(event, context):
    with open({str(tmp_path / "seen")!r}, "a") as log:
        for record in event["Records"]: log.write(record["body"] + "\\n")"""
    with faults(ours, duplicateQueue=0.9, shuffleQueue=1, seed=2):
        lab.connect(ours, queue.arn, lab.create_function(ours, source))
        ours.client("sqs").send_message(QueueUrl=queue.url, MessageBody="x")
        assert lab.eventually(lambda: seen_twice(tmp_path / "seen"))
    assert lab.eventually(lambda: lab.depth(ours, queue) == 0)


def seen_twice(file: Path) -> bool:
    return file.exists() and len(file.read_text().splitlines()) >= 2
