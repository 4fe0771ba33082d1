"""A stack of its own: what other tests put into the events table by hand, and take away again,
would be found here as what it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from local.stack import Stack
from skafu.cli import app
from tests.support import calls
from tests.support.api_client import Json, eventually
from tests.support.owner import LONG_AGO, MODEL, Owner
from tests.support.running import Stacks


@pytest.fixture(scope="session")
def running(stacks: Stacks) -> Iterator[Stack]:
    running = stacks.named("verified")
    yield running
    calls.keep(running)


@pytest.fixture(scope="session")
def stack(running: Stack) -> Json:
    """The content of outputs.json."""
    return running.outputs


@pytest.fixture(scope="session")
def stack_outputs(running: Stack) -> Path:
    return running.options.state_dir / "outputs.json"


@pytest.fixture
def owner(stack: Json) -> Owner:
    return Owner(stack, "owner@skafu.dev")


@pytest.fixture
def altered(stack: Json, stack_outputs: Path, owner: Owner) -> Iterator[Json]:
    """Yield a row as it should be, and another time than its own in the table.

    No other row is on its way. What the test leaves as it is is put right after it: others look at
    all rows.
    """
    begun = owner.begun()
    shown = owner.row(begun["aggregateId"], begun["version"])
    assert shown is not None
    assert eventually(lambda: all_are_there(stack_outputs))
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    row: Any = {"TableName": f"{MODEL}-local", "Key": {"id": {"S": shown["id"]}}}
    right = table.get_item(**row, ConsistentRead=True)["Item"]
    table.update_item(
        **row,
        UpdateExpression="SET updatedAt = :t",
        ExpressionAttributeValues={":t": {"S": LONG_AGO}},
    )
    yield shown
    left = table.get_item(**row, ConsistentRead=True)["Item"]
    if left["updatedAt"]["S"] == LONG_AGO:
        table.put_item(TableName=row["TableName"], Item=right)


def all_are_there(outputs: Path) -> bool:
    """Tell whether each row shows all events of its stream."""
    said = CliRunner().invoke(app, ["lag", "--json", "--outputs", str(outputs)]).stdout
    return not any(json.loads(line)["streamsBehind"] for line in said.splitlines())
