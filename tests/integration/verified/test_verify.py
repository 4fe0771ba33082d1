"""`skafu verify` finds every row that is not the fold of its stream, and mends it when asked to."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from tests.integration.test_way_of_a_command import SERVICES, row
from tests.support.api_client import ApiClient, Json, eventually

pytestmark = pytest.mark.feature("W12", "T8")


def verify(outputs: Path, *options: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["verify", "--outputs", str(outputs), *options]
    )
    return answer.exit_code, answer.output


@pytest.fixture
def project(stack: dict[str, Any]) -> Json:
    """Projected to the end: name, version 2, one service."""
    owner = ApiClient(stack, "owner@skafu.dev")
    created = owner.create_project("Sound", services=[{"serviceName": "a", "serviceType": "API"}])
    found = row(owner, created["aggregateId"], 2)
    assert found is not None
    assert eventually(lambda: services_of(owner, found["id"]))
    return found


def services_of(owner: ApiClient, project: str) -> list[Json]:
    found: list[Json] = owner.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"]
    return found


def test_a_row_that_was_changed_is_found_and_mended(
    stack: dict[str, Any], stack_outputs: Path, project: Json
) -> None:
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.update_item(
        TableName="Project-local",
        Key={"id": {"S": project["id"]}},
        UpdateExpression="SET serviceCount = :n",
        ExpressionAttributeValues={":n": {"N": "7"}},
    )
    code, said = verify(stack_outputs)
    assert code == 1
    assert f"Project {project['id']}: differs in service_count" in said

    code, said = verify(stack_outputs, "--repair")
    assert code == 0, said
    code, said = verify(stack_outputs)
    assert code == 0, said
    mended = row(ApiClient(stack, "owner@skafu.dev"), project["id"], 2)
    assert mended == project


def test_a_row_that_is_missing_is_found_and_written_again(
    stack: dict[str, Any], stack_outputs: Path, project: Json
) -> None:
    owner = ApiClient(stack, "owner@skafu.dev")
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    page = table.scan(
        TableName="Service-local",
        FilterExpression="projectId = :p",
        ExpressionAttributeValues={":p": {"S": project["id"]}},
    )
    (service,) = page["Items"]
    table.delete_item(TableName="Service-local", Key={"id": service["id"]})
    assert services_of(owner, project["id"]) == []

    code, said = verify(stack_outputs)
    assert code == 1
    assert f"Service {service['id']['S']}: missing" in said
    code, said = verify(stack_outputs, "--repair")
    assert code == 0, said
    assert len(services_of(owner, project["id"])) == 1
