"""`skafu verify` finds every row that is not the fold of its stream, and mends it when asked to."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from tests.support.api_client import Json
from tests.support.owner import MODEL, Owner

pytestmark = pytest.mark.feature("W12", "T8")
TABLE = f"{MODEL}-local"


def verify(outputs: Path, *options: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["verify", "--outputs", str(outputs), *options]
    )
    return answer.exit_code, answer.output


@pytest.fixture
def shown(owner: Owner) -> Json:
    """An aggregate that is projected to its end."""
    begun = owner.begun()
    row = owner.row(begun["aggregateId"], begun["version"])
    assert row is not None
    return row


def test_a_row_that_was_changed_is_found_and_mended(
    stack: dict[str, Any], stack_outputs: Path, owner: Owner, shown: Json
) -> None:
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.update_item(
        TableName=TABLE,
        Key={"id": {"S": shown["id"]}},
        UpdateExpression="SET updatedAt = :t",
        ExpressionAttributeValues={":t": {"S": "2020-01-01T00:00:00.000Z"}},
    )
    code, said = verify(stack_outputs)
    assert code == 1
    assert f"{MODEL} {shown['id']}: differs in updated_at" in said

    code, said = verify(stack_outputs, "--repair")
    assert code == 0, said
    code, said = verify(stack_outputs)
    assert code == 0, said
    assert owner.row(shown["id"], shown["version"]) == shown


def test_a_row_that_is_missing_is_found_and_written_again(
    stack: dict[str, Any], stack_outputs: Path, owner: Owner, shown: Json
) -> None:
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.delete_item(TableName=TABLE, Key={"id": {"S": shown["id"]}})
    assert owner.shown(shown["id"]) is None

    code, said = verify(stack_outputs)
    assert code == 1
    assert f"{MODEL} {shown['id']}: missing" in said
    code, said = verify(stack_outputs, "--repair")
    assert code == 0, said
    assert owner.row(shown["id"], shown["version"]) == shown


def test_a_row_that_cannot_be_serialised_is_found_and_mended(
    stack: dict[str, Any], stack_outputs: Path, owner: Owner, shown: Json
) -> None:
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.update_item(
        TableName=TABLE,
        Key={"id": {"S": shown["id"]}},
        UpdateExpression="SET version = :v",
        ExpressionAttributeValues={":v": {"S": "three"}},
    )
    code, said = verify(stack_outputs)
    assert code == 1
    assert f"{MODEL} {shown['id']}: cannot be read" in said

    code, said = verify(stack_outputs, "--repair")
    assert code == 0, said
    assert owner.row(shown["id"], shown["version"]) == shown
