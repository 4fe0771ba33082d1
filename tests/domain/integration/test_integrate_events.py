"""Events of another domain on the running stack: put on the bus, seen in the audit trail."""

import json
import uuid
from pathlib import Path

import pytest

from local.stack import Stack
from tests.domain.support.project_client import ProjectClient
from tests.integration.test_dead_letters import impatient, lines, skafu
from tests.integration.test_integration_commands import claims
from tests.support.api_client import Json, eventually

pytestmark = pytest.mark.feature("C24", "I2")

WHY = "DeploymentNotFound: This is not the latest deployment of any environment of the project."


def tell(running: Stack, project: str, deployment: str, status: int) -> None:
    """Put the event on the bus twice, like AWS's webhook for GitHub."""
    detail = {
        "deployment": {"payload": {"skafu": {"projectId": project, "deploymentId": deployment}}},
        "deployment_status": {"id": status, "state": "success"},
    }
    entry = {
        "EventBusName": running.deployed["IntakeBus"],
        "Source": "github.com",
        "DetailType": "deployment_status",
        "Detail": json.dumps(detail),
    }
    answer = running.aws.client("events").put_events(Entries=[entry, entry])
    assert answer["FailedEntryCount"] == 0


def completed(owner: ProjectClient, project: str) -> list[Json]:
    events = owner.send("GET", f"/projects/{project}/events").json()["data"]
    return [event for event in events if event["eventType"] == "DeploymentCompleted"]


def start(owner: ProjectClient, project: str, deployment: str) -> None:
    path, body = f"/projects/{project}/deployments", {"deploymentId": deployment}
    assert owner.command("POST", path, body | {"environment": "live"}).status_code == 202


def said(outputs: Path, *given_up: str) -> list[tuple[str, str]]:
    return [(letter["event"], letter["why"]) for letter in lines(outputs, *given_up)]


@pytest.fixture
def owner(stack: Json) -> ProjectClient:
    return ProjectClient(stack, "owner@skafu.dev")


@pytest.fixture
def project(owner: ProjectClient) -> str:
    return str(owner.create_project("Told of")["aggregateId"])


def test_a_deployment_of_which_github_tells_is_completed_once(
    running: Stack, owner: ProjectClient, project: str
) -> None:
    deployment = str(uuid.uuid4())
    start(owner, project, deployment)
    tell(running, project, deployment, status=1)
    (event,) = eventually(lambda: completed(owner, project))

    assert event["causationId"] == "github.com:deployment_status:1"
    assert event["metadata"]["userId"] == "machine:event:github.com"
    assert event["metadata"]["onBehalfOf"] == claims(owner)["sub"]


@pytest.mark.feature("O5", "O6", "P9")
def test_what_is_told_too_early_is_listed_and_sent_back_when_its_time_has_come(
    running: Stack, owner: ProjectClient, project: str, stack_outputs: Path
) -> None:
    deployment = str(uuid.uuid4())
    with impatient(running.aws, running.deployed["IntegrationQueueUrl"]):
        tell(running, project, deployment, status=2)
        given_up = ("dlq", "show", "IntegrationDlq")
        assert eventually(lambda: len(lines(stack_outputs, *given_up)) == 2, pause=1)
    # Why is on the list of failures, which has a way of its own to go.
    assert eventually(lambda: said(stack_outputs, *given_up) == [("deployment_status", WHY)] * 2)

    start(owner, project, deployment)
    redriven = skafu(stack_outputs, "dlq", "redrive", "IntegrationDlq", "--all")

    assert redriven == (0, "2 redriven\n")
    assert len(eventually(lambda: completed(owner, project))) == 1
    assert lines(stack_outputs, *given_up) == []
