"""`skafu lag` counts what rows do not show, and is an error once that is later than it may be."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from skafu.commands import lag as command
from tests.support.api_client import Json, eventually
from tests.support.owner import MODEL, PROJECTION, Owner, stream_of

pytestmark = pytest.mark.feature("K9", "W12")


def lag(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["lag", *words, "--outputs", str(outputs)]
    )
    return answer.exit_code, answer.stdout


def measured(outputs: Path) -> Json:
    """Return what is said of the first group of the first kind of aggregate."""
    _, said = lag(outputs, "--json")
    (found,) = (
        one for one in map(json.loads, said.splitlines()) if one["projection"] == PROJECTION.name
    )
    return dict(found)


def test_a_row_that_is_gone_is_behind_until_it_is_written_again(
    stack: Json, stack_outputs: Path, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = owner.begun()
    plain, version = begun["aggregateId"], begun["version"]
    assert owner.row(plain, version)
    assert eventually(lambda: measured(stack_outputs)["streamsBehind"] == 0)

    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.delete_item(TableName=f"{MODEL}-local", Key={"id": {"S": plain}})
    found = measured(stack_outputs)
    assert (found["streamsBehind"], found["eventsBehind"]) == (1, version)
    assert (found["oldest"]["stream"], found["oldest"]["sequence"]) == (stream_of(plain), 1)

    code, said = lag(stack_outputs)
    assert f"{stream_of(plain)} 1" in said
    assert code == int(found["late"])
    allowed: dict[str, Any] = dict.fromkeys(command.max_lags(), 0)
    monkeypatch.setattr(command, "max_lags", lambda: allowed)
    assert lag(stack_outputs)[0] == 1

    repair = ["verify", "--repair", "--outputs", str(stack_outputs)]
    assert CliRunner().invoke(app, repair).exit_code == 0
    assert measured(stack_outputs)["eventsBehind"] == 0
    assert lag(stack_outputs)[0] == 0
