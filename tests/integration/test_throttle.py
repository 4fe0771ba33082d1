"""The stage's throttle on the running stack."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.stack import Stack
from tests.support.api_client import ApiClient
from tests.support.owner import CREATE

SETTING = "/*/*/throttling"


@contextmanager
def throttled_to(running: Stack, rate: float, burst: int) -> Iterator[None]:
    """Set as the template sets it, and set back."""
    gateway, api = running.aws.client("apigateway"), running.deployed["ApiId"]
    where = {"restApiId": api, "stageName": running.options.environment}
    before = gateway.get_stage(**where)["methodSettings"]["*/*"]

    def limit(rate: float, burst: float) -> None:
        wanted = {"rateLimit": rate, "burstLimit": burst}
        operations = [
            {"op": "replace", "path": f"{SETTING}/{name}", "value": str(value)}
            for name, value in wanted.items()
        ]
        gateway.update_stage(**where, patchOperations=operations)

    limit(rate, burst)
    try:
        yield
    finally:
        limit(before["throttlingRateLimit"], before["throttlingBurstLimit"])


@pytest.mark.feature("C12", "C21")
def test_what_the_stage_throttles_is_a_problem_that_says_when(running: Stack) -> None:
    owner = ApiClient(running.outputs, "owner@skafu.dev")
    # So few that the second one meets it, however slow the machine is.
    with throttled_to(running, rate=0.01, burst=1):
        answers = [owner.send("POST", CREATE.path, {"colour": "red"}) for _ in range(5)]
    throttled = [answer for answer in answers if answer.status_code == 429]

    assert len(throttled) >= 4
    for answer in throttled:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"] == "1"
        assert answer.json()["type"].endswith("/too-many-requests")
    assert owner.send("POST", CREATE.path, {"colour": "red"}).status_code == 400
