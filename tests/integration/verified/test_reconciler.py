"""Reconciler on the running stack: what a run mends, what it leaves, and who is told."""

from pathlib import Path

import pytest

from local.stack import Stack
from tests.integration.test_failures import doctor
from tests.support import lab
from tests.support.api_client import Json, eventually
from tests.support.owner import MODEL, Owner
from tests.support.template import function_name

pytestmark = pytest.mark.feature("W12", "T8")
TABLE = f"{MODEL}-local"


def reconciled(running: Stack) -> Json:
    answer: Json = lab.call(running.aws, function_name("Reconciler"), {"graceSeconds": 0})
    assert answer.get("finished"), answer
    return answer


def test_a_run_mends_rows_and_tells_so(running: Stack, owner: Owner, altered: Json) -> None:
    gone = owner.begun()
    shown = owner.row(gone["aggregateId"], gone["version"])
    assert shown is not None
    rows = running.aws.client("dynamodb")
    rows.delete_item(TableName=TABLE, Key={"id": {"S": shown["id"]}})

    assert reconciled(running)["mended"] >= 2
    assert owner.row(shown["id"], shown["version"]) == shown
    assert owner.row(altered["id"], altered["version"]) == altered
    assert reconciled(running)["mended"] == 0
    assert eventually(lambda: "RowsMended" in measured(running))


def measured(running: Stack) -> set[str]:
    cloudwatch = running.aws.client("cloudwatch")
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=f"skafu-{running.options.environment}"
    )
    return {metric["MetricName"] for page in pages for metric in page["Metrics"]}


def test_a_row_that_no_stream_yields_is_left_and_alarms(
    running: Stack, stack_outputs: Path, altered: Json
) -> None:
    before = reconciled(running)["left"]
    rows = running.aws.client("dynamodb")
    item = rows.get_item(TableName=TABLE, Key={"id": {"S": altered["id"]}})["Item"]
    rows.put_item(TableName=TABLE, Item=item | {"id": {"S": "nobody"}})
    try:
        assert reconciled(running)["left"] == before + 1
        assert eventually(lambda: "RowsLeft" in {found["what"] for found in doctor(stack_outputs)})
        assert eventually(lambda: state_of(running, "RowsLeftAlarm") == "ALARM")
    finally:
        rows.delete_item(TableName=TABLE, Key={"id": {"S": "nobody"}})
    assert reconciled(running)["left"] == before


def state_of(running: Stack, alarm: str) -> str:
    """Return the state of the alarm with this logical id."""
    stack = f"skafu-{running.options.environment}"
    resource = running.aws.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=alarm
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    (found,) = running.aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])
