"""`skafu rebuild` writes the rows that differ, tells what it would write, and works alone."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.dynamodb.leases import DynamoDbLeases
from application.ports import utc_now
from application.reading.leases import holding
from local.aws import Aws
from skafu.cli import app
from tests.support.api_client import Json
from tests.support.owner import LONG_AGO, MODEL, PROJECTION, Owner

pytestmark = pytest.mark.feature("T5", "T7", "T11")


def rebuild(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["rebuild", *words, "--outputs", str(outputs)]
    )
    return answer.exit_code, answer.output


def test_a_row_that_differs_is_counted_then_written_once(
    stack_outputs: Path, owner: Owner, altered: Json
) -> None:
    code, said = rebuild(stack_outputs, MODEL, "--dry-run")
    assert code == 0, said
    assert "1 rows of 1 streams differ; reading them cost about $0.0" in said, said
    assert "differs in updated_at" in said
    still = owner.shown(altered["id"])
    assert still is not None
    assert still["updatedAt"] == LONG_AGO

    assert rebuild(stack_outputs, PROJECTION.name)[1].endswith("1 rows were written\n")
    assert owner.row(altered["id"], altered["version"]) == altered
    code, said = rebuild(stack_outputs)
    assert code == 0
    assert said.endswith("0 rows were written\n")


def test_a_second_rebuild_is_refused_while_one_runs(
    stack: dict[str, Any], stack_outputs: Path
) -> None:
    client = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    leases = DynamoDbLeases(client, "skafu-commands-local")
    with holding(leases, utc_now, "another machine", [f"rebuild of {PROJECTION.name}"]):
        for words in ((), ("--workflow",)):
            code, said = rebuild(stack_outputs, *words)
            assert code == 1
            assert f"rebuild of {PROJECTION.name} runs already: another machine" in said
        assert rebuild(stack_outputs, "--dry-run")[0] == 0
    assert rebuild(stack_outputs)[0] == 0


def test_what_is_no_projection_is_refused(stack_outputs: Path) -> None:
    code, said = rebuild(stack_outputs, "Nothing")

    assert code == 2
    assert "must be one of" in said
