"""A value just within a cap is taken and reaches its rows; one beyond is in the bad-input table."""

from typing import Any

import pytest

from tests.domain.integration.test_bad_input import NAME, service
from tests.domain.support.project_client import SERVICES, row
from tests.support.api_client import ApiClient, eventually
from tests.support.bad_input import nested

AT_THE_LIMIT = (
    ("name of 100", {"name": "x" * 100}),
    ("description of 2 000", {**NAME, "description": "x" * 2000}),
    ("20 services at once", {**NAME, "services": [service(f"s{n}") for n in range(20)]}),
    ("an event of nearly 64 KB",
     {**NAME, "services": [service(configuration={"t": "x" * 65_000})]}),
    ("a commit of nearly 200 KB",
     {**NAME, "services": [service(f"s{n}", configuration={"t": "x" * 50_000}) for n in range(4)]}),
    ("characters of four bytes", {"name": "\U0001f375" * 100, "description": "\U0001f375" * 2000}),
    ("50 features and 50 variables",
     {**NAME, "configuration": {
         "runtime": "python3.13", "region": "us-east-1",
         "features": [f"{n:02}{'x' * 62}" for n in range(50)],
         "environment": {f"V{n:02}{'x' * 125}": "x" * 1024 for n in range(50)}}}),
    ("depth 32", {**NAME, "services": [service(configuration=nested(28))]}),
    ("the largest and the smallest numbers",
     {**NAME, "services": [service(configuration={"n": 2**53 - 1, "m": 1e-130})]}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "body"), AT_THE_LIMIT, ids=[name for name, _ in AT_THE_LIMIT])
def test_what_is_just_within_a_cap_is_taken(
    name: str, body: dict[str, Any], stack: dict[str, Any]
) -> None:
    admin = ApiClient(stack, "admin@skafu.dev")
    answer = admin.command("POST", "/projects", body)
    assert answer.status_code == 202, answer.text

    project = answer.json()["aggregateId"]
    assert row(admin, project, answer.json()["version"])
    services = len(body.get("services", ()))

    def projected() -> bool:
        found = admin.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"]
        return len(found) == services

    assert eventually(projected)
