"""The functions call exactly what template.yaml grants them: judged after all other tests.

They make calls themselves; what other domains' events cause, the integration suite has shown before
them: `make test ARGS="integration rights"`.
"""

import json
import os
import signal
import time
import uuid
from contextlib import ExitStack, suppress

import pytest

from local.stack import Stack
from tests.domain.support.project_client import (
    SERVICES,
    ProjectClient,
    owner_of,
    row,
    signed_up,
)
from tests.integration.test_failures import by_hand
from tests.support import lab, permissions
from tests.support.api_client import Json, eventually
from tests.support.calls import kept, recorded
from tests.support.right import Right
from tests.support.storm import environments
from tests.support.template import function_name, named

UNKNOWN = json.dumps([{"eventType": "ProjectTeleported", "schemaVersion": "1.0", "data": {}}])
ARCHIVED = json.dumps([{"eventType": "ProjectArchived", "schemaVersion": "1.0", "data": {}}])
SERVICE = {"serviceName": "a", "serviceType": "API"}


@pytest.fixture(scope="module")
def calls(running: Stack) -> set[Right]:
    """Every call of a function, here and in the suite that ran before."""
    before = kept()
    with exercise(running):
        eventually(lambda: not permissions.unexplained(recorded(running) | before), pause=0.5)
    return recorded(running) | before


def exercise(running: Stack) -> ExitStack:
    """Let each function make use of what it is granted; what was put in by hand goes at the end."""
    owner, admin = (
        ProjectClient(running.outputs, f"{name}@skafu.dev") for name in ("owner", "admin")
    )
    work(owner)
    claim(owner, admin)
    defer(owner, admin)
    open_again(owner, float(running.deployed["OpenKeySeconds"]))
    measure(running)
    begin_anew(running, "FeedWriter", named("FeedTable", "TableName", "local"))
    sqs = running.aws.client("sqs")
    sqs.send_message(QueueUrl=running.deployed["ServiceQueueUrl"], MessageBody="no hint")
    cleanup = ExitStack()
    late = unknown_event() | {"eventSequence": {"N": "7"}}  # the feed looks for what came before
    for item in (no_commit(), unknown_event(), late, broken := beginning_lost()):
        cleanup.enter_context(by_hand(running.outputs, item))
    fail(admin, broken["aggregateId"]["S"].removeprefix("PROJECT#"))
    return cleanup


def measure(running: Stack) -> None:
    """Let a figure become a row, another mend it, and one that is no number be refused."""
    now = time.time()  # once: both figures of the first row are of one minute
    for minutes_ago, values in ((2, [1.0]), (2, [1.0]), (5, [1.7e308, 1.7e308])):
        datum = {
            "MetricName": "EventsStored",
            "Dimensions": [{"Name": "Aggregate", "Value": "PROJECT"}],
            "Timestamp": now - 60 * minutes_ago,
            "Values": values,
        }
        running.aws.client("cloudwatch").put_metric_data(
            Namespace=f"skafu-{running.options.environment}", MetricData=[datum]
        )
        assert lab.call(running.aws, function_name("MetricWriter")) is None


def begin_anew(running: Stack, function: str, table: str) -> None:
    """End the processes of a function once its table is no longer empty: the next one looks."""
    client = running.aws.client("dynamodb")
    assert eventually(lambda: client.scan(TableName=table, Limit=1)["Items"])
    for process in environments(running.outputs, function_name(function)):
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(process, signal.SIGKILL)


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


def fail(admin: ProjectClient, broken: str) -> None:
    """Both APIs report a stream that lacks a commit; the feed is read without one."""
    assert admin.send("GET", "/events").status_code == 200
    assert admin.command("PATCH", f"/projects/{broken}", {"name": "Mended"}).status_code == 500
    assert admin.send("GET", f"/projects/{broken}/events").status_code == 500


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
    given = owner.create_project("Given")["aggregateId"]
    heir = {"owner": owner_of(signed_up(owner.outputs))}  # the worker makes their key
    deferred = (
        (admin, "POST", f"/projects/{given}/hand-over", heir),
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


def beginning_lost() -> Json:
    """A commit whose predecessors are gone."""
    return unknown_event() | {"events": {"S": ARCHIVED}, "eventSequence": {"N": "7"}}


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


def test_every_right_is_exercised_or_has_its_reason(calls: set[Right]) -> None:
    assert permissions.unexplained(calls) == []


def test_no_right_that_is_said_to_be_unexercised_is_exercised(calls: set[Right]) -> None:
    assert permissions.stale(calls) == []


def test_no_function_calls_what_it_is_not_granted(calls: set[Right]) -> None:
    assert permissions.ungranted(calls) == []
