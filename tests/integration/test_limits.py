"""The limits of callers and addresses on the running stack, as the firewall of AWS has them."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from local.stack import Stack
from tests.support.api_client import ApiClient
from tests.support.owner import CREATE

pytestmark = pytest.mark.feature("C12", "C21")

# AWS takes no limit below ten.
RULES = {"per-token": 10, "per-address-without-token": 10, "per-address": 20}
ELSEWHERE = {"X-Forwarded-For": "203.0.113.1"}


@contextmanager
def limited(running: Stack) -> Iterator[None]:
    """Set lower limits in the rules that the template made, and set them back."""
    firewall = running.aws.client("wafv2")
    (found,) = firewall.list_web_acls(Scope="REGIONAL")["WebACLs"]
    which = {"Name": found["Name"], "Id": found["Id"], "Scope": "REGIONAL"}
    kept = firewall.get_web_acl(**which)["WebACL"]

    def put(rules: list[dict[str, object]]) -> None:
        token = firewall.get_web_acl(**which)["LockToken"]
        settings = {key: kept[key] for key in ("DefaultAction", "VisibilityConfig")}
        firewall.update_web_acl(**which, **settings, Rules=rules, LockToken=token)

    def lowered(rule: dict[str, object]) -> dict[str, object]:
        statement = rule["Statement"]["RateBasedStatement"]  # type: ignore[index] # JSON
        lower = {"RateBasedStatement": statement | {"Limit": RULES[str(rule["Name"])]}}
        # Another name begins to count anew.
        return rule | {"Statement": lower, "Name": f"{rule['Name']}-{uuid.uuid4().hex[:8]}"}

    put([lowered(rule) for rule in kept["Rules"]])
    try:
        yield
    finally:
        put(kept["Rules"])


def sent(owner: ApiClient, address: str, token: str | None) -> requests.Response:
    where = {"X-Forwarded-For": address}
    return owner.send("POST", CREATE.path, {"colour": "red"}, where, token=token)


def test_whoever_makes_up_a_token_for_each_request_meets_a_limit(running: Stack) -> None:
    owner = ApiClient(running.outputs, "owner@skafu.dev")
    with limited(running):
        answers = [sent(owner, "198.51.100.1", f"eyJ{n}") for n in range(30)]
        elsewhere = owner.send("POST", CREATE.path, {"colour": "red"}, ELSEWHERE)
    refused = [answer for answer in answers if answer.status_code == 429]

    assert Counter(answer.status_code for answer in answers) == {401: 20, 429: 10}
    assert elsewhere.status_code == 400  # who sends from another address is not disturbed
    for answer in refused:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"] == "60"
        assert answer.json()["type"].endswith("/too-many-requests")


def test_a_token_has_a_limit_wherever_it_is_sent_from(running: Stack) -> None:
    owner = ApiClient(running.outputs, "owner@skafu.dev")
    token = owner.tokens["IdToken"]
    with limited(running):
        answers = [sent(owner, f"198.51.100.{10 + n}", token) for n in range(13)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429] * 3


def test_without_a_token_the_address_is_the_caller(running: Stack) -> None:
    owner = ApiClient(running.outputs, "owner@skafu.dev")
    with limited(running):
        answers = [sent(owner, "198.51.100.2", None) for _ in range(13)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 3


def test_what_the_firewall_refuses_is_in_the_access_log(running: Stack) -> None:
    owner = ApiClient(running.outputs, "owner@skafu.dev")
    with limited(running):
        for _ in range(13):
            sent(owner, "198.51.100.3", None)
    group = f"/skafu/{running.options.environment}/api"
    logs = running.aws.client("logs")
    found = logs.filter_log_events(logGroupName=group, filterPattern='"WAF_FILTERED"')["events"]

    assert len(found) >= 3
    assert not any("198.51.100" in event["message"] for event in found)
