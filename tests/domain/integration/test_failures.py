"""A group of rows that is broken holds up no other."""

from typing import Any

import pytest

from local.aws import Aws
from tests.domain.support.project_client import SERVICES, ProjectClient, row
from tests.support.api_client import eventually

pytestmark = pytest.mark.feature("P9", "O5")


@pytest.mark.feature("P10")
def test_projects_converge_while_the_service_projector_throws_on_everything(
    stack: dict[str, Any],
) -> None:
    owner = ProjectClient(stack, "owner@skafu.dev")
    functions = Aws(stack["awsEndpointUrl"]).client("lambda")
    name = "skafu-service-projector-local"
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="handlers.nothing.handler")
    try:
        created = owner.create_project(
            "Alone", services=[{"serviceName": "a", "serviceType": "API"}]
        )
        found = row(owner, created["aggregateId"], 2)
        assert found is not None
        assert found["serviceCount"] == 1
        services = owner.graphql(SERVICES, id=created["aggregateId"])["data"]["servicesByProject"]
        assert services["items"] == []
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)
    mended = eventually(
        lambda: owner.graphql(SERVICES, id=created["aggregateId"])["data"]["servicesByProject"][
            "items"
        ],
        seconds=60,
    )
    assert [service["name"] for service in mended] == ["a"]
