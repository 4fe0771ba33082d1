"""What is just within a cap is taken; one beyond is in the table of bad input."""

from typing import Any

import pytest

from integration.api_client import ApiClient
from integration.test_bad_input import NAME, nested, service

AT_THE_LIMIT = (
    ("name of 100", {"name": "x" * 100}),
    ("description of 2 000", {**NAME, "description": "x" * 2000}),
    ("20 services at once", {**NAME, "services": [service(f"s{n}") for n in range(20)]}),
    ("an event of nearly 64 KB",
     {**NAME, "services": [service(configuration={"t": "x" * 65_000})]}),
    ("depth 32", {**NAME, "services": [service(configuration=nested(28))]}),
    ("the largest integer",
     {**NAME, "services": [service(configuration={"n": 2**63 - 1})]}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "body"), AT_THE_LIMIT, ids=[name for name, _ in AT_THE_LIMIT])
def test_what_is_just_within_a_cap_is_taken(
    name: str, body: dict[str, Any], stack: dict[str, Any]
) -> None:
    answer = ApiClient(stack, "admin@skafu.dev").command("POST", "/projects", body)
    assert answer.status_code == 202, answer.text
