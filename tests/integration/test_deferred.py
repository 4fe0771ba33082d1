"""Deferred commands on the running stack: the workflow's own definition runs them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
import uuid6

from local.stack import Stack
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.owner import CHANGE, CREATE, data
from tests.support.storm import environments

LATER = {"Prefer": "respond-async"}
WORKER = "skafu-command-worker-local"


@pytest.fixture
def owner(stack: Json) -> ApiClient:
    return ApiClient(stack, "owner@skafu.dev")


def defer(owner: ApiClient, method: str, path: str, body: object) -> str:
    """The path of its outcome."""
    key = {"Idempotency-Key": str(uuid6.uuid7())}
    answer = owner.send(method, path, body, LATER | key)
    assert answer.status_code == 202, answer.text
    assert "ETag" not in answer.headers
    return str(answer.headers["Location"])


def begin(owner: ApiClient) -> str:
    return defer(owner, CREATE.method, CREATE.path, data(CREATE))


def outcome(owner: ApiClient, location: str, seconds: float = 30) -> Json:
    """Once it is not pending any more."""

    def decided() -> requests.Response | None:
        answer = owner.send("GET", location)
        return None if answer.json()["status"] == "pending" else answer

    answer = eventually(decided, seconds)
    assert answer is not None, "still pending"
    found: Json = answer.json()
    return found


@pytest.mark.feature("C3", "C26")
def test_an_accepted_command_is_read_at_its_location(owner: ApiClient) -> None:
    found = outcome(owner, begin(owner))
    events = owner.send("GET", f"{found['location']}/events").json()["data"]

    assert (found["status"], found["version"]) == ("accepted", 1)
    assert [event["causationId"] for event in events] == [found["commandId"]]


@pytest.mark.feature("C3", "C26", "C20")
def test_a_refused_command_tells_why(owner: ApiClient) -> None:
    nowhere = CHANGE.path.replace("<id>", str(uuid6.uuid7()))
    found = outcome(owner, defer(owner, CHANGE.method, nowhere, data(CHANGE)))

    assert found["status"] == "refused"
    assert found["problem"]["type"].endswith("/aggregate-not-found")


@pytest.mark.feature("C3", "C22", "C26")
def test_a_throttled_command_is_retried_until_it_is_accepted(
    running: Stack, owner: ApiClient
) -> None:
    running.faults(throttleDynamoDB=1, tables="skafu-events")
    try:
        location = begin(owner)
        pending = owner.send("GET", location).json()["status"]
        assert eventually(lambda: struck(running) >= 6)
    finally:
        running.faults()

    assert pending == "pending"
    assert outcome(owner, location)["status"] == "accepted"


@pytest.mark.feature("C3", "C22", "C26")
def test_a_command_whose_worker_is_killed_is_run_again(running: Stack, owner: ApiClient) -> None:
    running.faults(throttleDynamoDB=1, tables="skafu-events")
    try:
        location = begin(owner)
        # At work: others read that table, too, so a throttled request alone does not tell.
        killed = eventually(
            lambda: environments(owner.outputs, WORKER) if struck(running) else [], 20, pause=0.02
        )
        for process in killed:
            os.kill(process, signal.SIGKILL)
    finally:
        running.faults()

    assert killed
    assert outcome(owner, location)["status"] == "accepted"


def struck(running: Stack) -> int:
    """Count the throttled requests; each run of the function makes three of one."""
    report = requests.get(f"{running.options.addresses.aws}/_skafu/faults", timeout=60).json()
    return int(report["struck"].get("throttleDynamoDB", 0))


@pytest.mark.feature("C3", "C26", "P9")
def test_a_command_that_is_given_up_is_a_failure_that_is_listed(
    running: Stack, owner: ApiClient
) -> None:
    with broken(running):
        location = begin(owner)
        assert outcome(owner, location) == {
            "commandId": location.rpartition("/")[2],
            "status": "failed",
        }
    assert eventually(listed(running))


@contextmanager
def broken(running: Stack) -> Iterator[None]:
    """A worker that cannot start."""
    client = running.aws.client("lambda")
    client.update_function_configuration(FunctionName=WORKER, Handler="handlers.nowhere.handler")
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=WORKER, Handler="handlers.run_command.handler"
        )


def listed(running: Stack) -> Callable[[], bool]:
    sqs, queue = running.aws.client("sqs"), running.deployed["FailureQueueUrl"]

    def found() -> bool:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return any("CommandGivenUp" in message["Body"] for message in answer.get("Messages", []))

    return found
