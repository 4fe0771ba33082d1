"""Units of DynamoDB are added up for the work that took them, and for no other."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.capacity import asking, report, reporting
from application.capacity import Units, consumed, counting

pytestmark = pytest.mark.feature("O11")


def test_a_count_within_another_counts_for_both() -> None:
    outer, inner = Units(), Units()
    with counting(outer):
        consumed(read=1)
        with counting(inner):
            consumed(read=2, write=3)
        consumed(write=1)

    assert inner == Units(2, 3)
    assert outer == Units(3, 4)


def test_work_that_fails_has_taken_units_too() -> None:
    outer, inner = Units(), Units()

    def fail() -> None:
        with counting(inner):
            consumed(read=2)
            raise ValueError("late")

    with counting(outer), pytest.raises(ValueError, match="late"):
        fail()

    assert outer == inner == Units(2, 0)


def test_work_in_another_thread_is_counted_there() -> None:
    def work(read: int) -> Units:
        units = Units()
        with counting(units):
            consumed(read=read)
        return units

    with ThreadPoolExecutor(2) as threads:
        assert [units.read for units in threads.map(work, range(5))] == [0, 1, 2, 3, 4]


def test_nobody_needs_to_count() -> None:
    consumed(read=1)  # raises nothing


def test_a_transaction_reports_each_of_its_tables() -> None:
    units = Units()
    answer = {"ConsumedCapacity": [{"CapacityUnits": 2.0}, {"CapacityUnits": 4.0}]}
    with counting(units):
        report(answer, SimpleNamespace(name="TransactWriteItems"))
        report({"Error": {}}, SimpleNamespace(name="PutItem"))

    assert units == Units(0, 6)


def test_a_caller_who_asks_for_more_gets_it() -> None:
    assert asking({"ReturnConsumedCapacity": "INDEXES"}) == {"ReturnConsumedCapacity": "INDEXES"}


def test_every_call_of_a_client_is_counted() -> None:
    with mock_aws():
        client: Any = reporting(boto3.client("dynamodb", region_name="eu-west-1"))
        client.create_table(
            TableName="tea",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        units = Units()
        with counting(units):
            client.put_item(TableName="tea", Item={"id": {"S": "a"}})
            client.get_item(TableName="tea", Key={"id": {"S": "a"}})
            client.query(
                TableName="tea",
                KeyConditionExpression="id = :id",
                ExpressionAttributeValues={":id": {"S": "a"}},
            )

    assert units.write > 0
    assert units.read > 0
