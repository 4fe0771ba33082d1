"""The emulator's record of a function's calls: actions as policies name them."""

from collections.abc import Iterator

import pytest
import requests

from local import ports
from local.aws import Aws
from local.stack import running_emulator
from tests.support import lab

CALLS = """
import json, os, urllib.request
def send(service, target, body):
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/us-east-1/{service}/aws4_request"
    urllib.request.urlopen(urllib.request.Request(
        os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(),
        {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0",
         "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
                          "SignedHeaders=host, Signature=0"})).read()
def handler(event, context):
    send(*event)
"""
ARN = "arn:aws:{}:us-east-1:000000000000:{}"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with running_emulator(ports.free(1)[0], tmp_path_factory.mktemp("recorded")) as aws:
        yield aws


def calls_after(aws: Aws, service: str, target: str, body: object) -> set[tuple[str, str]]:
    function = lab.create_function(aws, CALLS)
    lab.call(aws, function, [service, target, body])
    found = requests.get(f"{aws.endpoint}/_skafu/calls", timeout=60).json()[function]
    return {(action, arn) for action, arn in found}


def test_a_transaction_is_recorded_as_what_it_does_to_each_table(aws: Aws) -> None:
    table, _ = lab.create_table(aws)
    item = {"TableName": table, "Item": {"id": {"S": "a"}}}
    absent = {
        "TableName": table,
        "Key": {"id": {"S": "b"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    body = {"TransactItems": [{"Put": item}, {"ConditionCheck": absent}]}

    assert calls_after(aws, "dynamodb", "DynamoDB_20120810.TransactWriteItems", body) == {
        ("dynamodb:PutItem", ARN.format("dynamodb", f"table/{table}")),
        ("dynamodb:ConditionCheckItem", ARN.format("dynamodb", f"table/{table}")),
    }


def test_events_are_recorded_for_each_bus(aws: Aws) -> None:
    entry = {"Source": "test", "DetailType": "Tested", "Detail": "{}"}
    body = {"Entries": [entry, {**entry, "EventBusName": "other"}]}

    assert calls_after(aws, "events", "AWSEvents.PutEvents", body) == {
        ("events:PutEvents", ARN.format("events", "event-bus/default")),
        ("events:PutEvents", ARN.format("events", "event-bus/other")),
    }


def test_what_others_call_is_not_recorded(aws: Aws) -> None:
    before = requests.get(f"{aws.endpoint}/_skafu/calls", timeout=60).json()
    lab.create_table(aws)

    assert requests.get(f"{aws.endpoint}/_skafu/calls", timeout=60).json() == before
