"""The functions call exactly what template.yaml grants them: judged after all other tests.

These tests make each call themselves, so they hold alone as well; the whole run adds every call
that any other test caused on the same stack.
"""

import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from local.emulator.environments import KEY_PREFIX
from local.stack import Stack
from tests.domain.support.project_client import SERVICES, ProjectClient, row
from tests.integration.test_failures import by_hand
from tests.support import permissions
from tests.support.api_client import Json, eventually
from tests.support.permissions import Right

KIND = re.compile(r"^(?:table|event-bus|function|stateMachine|key)[/:]")
UNKNOWN = json.dumps([{"eventType": "ProjectTeleported", "schemaVersion": "1.0", "data": {}}])
SERVICE = {"serviceName": "a", "serviceType": "API"}

Names = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def calls(running: Stack) -> set[Right]:
    """Every call of a function on the stack that the suite shares."""
    with exercise(running):
        eventually(lambda: not permissions.unexplained(recorded(running)), 60)
    return recorded(running)


def exercise(running: Stack) -> ExitStack:
    """Let each function make use of what it is granted; what was put in by hand goes at the end."""
    owner, admin = (
        ProjectClient(running.outputs, f"{name}@skafu.dev") for name in ("owner", "admin")
    )
    work(owner)
    claim(owner, admin)
    defer(owner, admin)
    open_again(owner, float(running.deployed["OpenKeySeconds"]))
    sqs = running.aws.client("sqs")
    sqs.send_message(QueueUrl=running.deployed["ServiceQueueUrl"], MessageBody="no hint")
    cleanup = ExitStack()
    late = unknown_event() | {"eventSequence": {"N": "7"}}  # the feed looks for what came before
    for item in (no_commit(), damaged := unknown_event(), late):
        cleanup.enter_context(by_hand(running.outputs, item))
    fail(admin, damaged["aggregateId"]["S"].removeprefix("PROJECT#"))
    return cleanup


def work(owner: ProjectClient) -> None:
    project = owner.create_project("Granted", services=[SERVICE])["aggregateId"]
    assert projected(owner, project, services=1)
    owner.command("POST", f"/projects/{project}/services", {**SERVICE, "serviceName": "b"})
    assert projected(owner, project, services=2)
    service = owner.send("GET", f"/projects/{project}/services").json()["data"][0]["id"]
    path = f"/projects/{project}/services/{service}"
    assert owner.command("PATCH", path, {"serviceName": "c"}).status_code == 202
    assert owner.send("GET", f"/projects/{project}/events").status_code == 200
    # No state of it is in memory, so the history is read.
    stranger = f"/projects/{uuid.uuid4()}"
    assert owner.command("PATCH", stranger, {"name": "Nobody's"}).status_code == 404


def fail(admin: ProjectClient, damaged: str) -> None:
    """Both APIs report a stream that they cannot read; the feed is read without one."""
    assert admin.send("GET", "/events").status_code == 200
    admin.command("PATCH", f"/projects/{damaged}", {"name": "Mended"})
    admin.send("GET", f"/projects/{damaged}/events")


def claim(owner: ProjectClient, admin: ProjectClient) -> None:
    """A slug is written with the template, and looked up for a project."""
    slug = f"granted-{uuid.uuid4().hex[:8]}"
    drafted = admin.command("POST", "/templates", {"slug": slug, "name": "Granted"})
    assert drafted.status_code == 202, drafted.text
    project = owner.create_project("Granted")["aggregateId"]
    # A draft is refused; by then it has been looked up.
    chosen = owner.command("PUT", f"/projects/{project}/template", {"templateId": slug})
    assert chosen.status_code == 409, chosen.text


def open_again(owner: ProjectClient, lifetime: float) -> None:
    """A person's key that a process has opened is opened again when its time is up."""
    time.sleep(lifetime)
    owner.create_project("Granted")


def defer(owner: ProjectClient, admin: ProjectClient) -> None:
    """The worker does what CommandApi does."""
    slug = f"deferred-{uuid.uuid4().hex[:8]}"
    stranger = f"/projects/{uuid.uuid4()}"
    deferred = (
        (admin, "POST", "/templates", {"slug": slug, "name": "Deferred"}),
        (owner, "PUT", f"{stranger}/template", {"templateId": slug}),
        (owner, "PATCH", stranger, {"name": "Nobody's"}),
    )
    for who, method, path, body in deferred:
        answer = who.send(method, path, body, {"Prefer": "respond-async"})
        place = answer.headers["Location"]
        assert eventually(lambda: decided(who, place))  # noqa: B023 - called before the next


def decided(who: ProjectClient, place: str) -> bool:
    return bool(who.send("GET", place).json()["status"] != "pending")


def projected(owner: ProjectClient, project: str, services: int) -> bool:
    """Wait for both projectors, so that what comes next updates what they have made."""

    def listed() -> bool:
        found = owner.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"]
        return len(found) == services

    return row(owner, project, 1 + services) is not None and eventually(listed)


def no_commit() -> Json:
    return {"aggregateId": {"S": f"PROJECT#{uuid.uuid4()}"}, "eventSequence": {"N": "1"}}


def unknown_event() -> Json:
    """A commit whose event no projection knows."""
    return no_commit() | {
        "eventCount": {"N": "1"},
        "events": {"S": UNKNOWN},
        "commandId": {"S": "by-hand"},
        "fingerprint": {"B": bytes(32)},
        "actor": {"S": "somebody::somebody"},
        "timestamp": {"S": "2026-01-18T10:30:00.123Z"},
        "previousHash": {"B": bytes(32)},
    }


def recorded(running: Stack) -> set[Right]:
    names = logical_ids(running)
    return {*to_emulator(running, names), *to_appsync(running, names)}


def to_emulator(running: Stack, names: Names) -> Iterator[Right]:
    for function, made in fetch(f"{running.options.addresses.aws}/_skafu/calls").items():
        for action, arn in made:
            yield Right(function_id(function, names), action, resource_id(arn, names))


def to_appsync(running: Stack, names: Names) -> Iterator[Right]:
    address = f"http://127.0.0.1:{running.options.appsync_port}/_calls"
    for key, fields in fetch(address).items():
        if key.startswith(KEY_PREFIX):  # the other keys are operators'
            function = function_id(key.removeprefix(KEY_PREFIX), names)
            yield from (Right(function, "appsync:GraphQL", field) for field in fields)


def fetch(url: str) -> dict[str, Any]:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def logical_ids(running: Stack) -> Names:
    """Service and name of what was deployed → logical id; a table and a bus may share a name."""
    pages = running.aws.client("cloudformation").get_paginator("list_stack_resources")
    return {
        (service(found), physical_name(found)): found["LogicalResourceId"]
        for page in pages.paginate(StackName=f"skafu-{running.options.environment}")
        for found in page["StackResourceSummaries"]
    }


def service(resource: Json) -> str:
    """Return the name as ARNs have it."""
    name = str(resource["ResourceType"]).split("::")[1].lower()
    return {"stepfunctions": "states"}.get(name, name)


def physical_name(resource: Json) -> str:
    return re.split("[/:]", str(resource["PhysicalResourceId"]))[-1]


def function_id(name: str, names: Names) -> str:
    return names.get(("lambda", name), name)


def resource_id(arn: str, names: Names) -> str:
    """The logical id, or the ARN of what is not of this stack."""
    if not arn.startswith("arn:"):
        return arn
    _, _, service, _, _, rest = arn.split(":", 5)
    return names.get((service, KIND.sub("", rest).split("/")[0]), arn)


def test_every_right_is_exercised_or_has_its_reason(calls: set[Right]) -> None:
    assert permissions.unexplained(calls) == []


def test_no_right_that_is_said_to_be_unexercised_is_exercised(calls: set[Right]) -> None:
    assert permissions.stale(calls) == []


def test_no_function_calls_what_it_is_not_granted(calls: set[Right]) -> None:
    assert permissions.ungranted(calls) == []
