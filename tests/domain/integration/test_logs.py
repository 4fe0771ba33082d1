"""One command followed through all functions of the running stack, by `skafu logs`."""

import json
import uuid
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.stack import Stack
from skafu.cli import app
from tests.domain.integration.test_integrate_events import start, tell
from tests.domain.support.project_client import ProjectClient, row
from tests.integration.test_dead_letters import skafu
from tests.support import dumps, lab, template
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.menders import in_workflow
from tests.support.running import Stacks

pytestmark = pytest.mark.feature("E10")

SERVICE = {"serviceName": "a", "serviceType": "API"}


@pytest.fixture(scope="module")
def owner(stack: Json) -> ProjectClient:
    return ProjectClient(stack, "owner@skafu.dev")


def followed(outputs: Path, correlation_id: str, *parts: str) -> list[Json]:
    """Return the lines about a command, once all these parts have logged theirs."""

    def look() -> list[Json]:
        code, said = skafu(outputs, "logs", correlation_id, "--json")
        found = [json.loads(line) for line in said.splitlines()] if code == 0 else []
        return found if set(parts) <= parts_of(found) else []

    lines = eventually(look, pause=0.5)
    assert lines, f"{parts} did not all log {correlation_id}"
    return lines


def parts_of(lines: Iterable[Json]) -> set[str]:
    return {line["part"] for line in lines}


SCHEDULED = ("MetricWriter", "Reconciler")


def functions() -> list[str]:
    found = template.written().items()
    return [name for name, one in found if one["Type"] == "AWS::Serverless::Function"]


def logged(running: Stack, function: str) -> list[Json]:
    """Return every line of a function that is its own, not Lambda's."""
    logs = running.aws.client("logs")
    name = template.named(f"{function}Logs", "LogGroupName", running.options.environment)
    events = logs.filter_log_events(logGroupName=name)["events"]
    return [json.loads(e["message"]) for e in events if e["message"].startswith("{")]


def test_a_command_is_followed_from_the_gateway_to_its_rows(
    owner: ProjectClient, stack_outputs: Path
) -> None:
    id = f"way-{uuid.uuid4()}"
    body = {"name": "Followed", "services": [SERVICE]}
    assert owner.send("POST", "/projects", body, {"X-Correlation-Id": id}).status_code == 202
    projectors = ("OwnerProjector", "ProjectProjector", "ServiceProjector")
    ways = ("Api", "CommandApi", "Publisher", "FeedWriter", *projectors)
    lines = followed(stack_outputs, id, *ways)

    assert parts_of(lines) == {*ways}
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
    assert lines[0]["part"] == "Api"
    access = next(line for line in lines if line["part"] == "Api")
    (answered,) = (line for line in lines if line["message"] == "answered")
    assert access["api_request_id"] == answered["api_request_id"]
    assert (answered["route"], answered["status"]) == ("POST /projects", 202)


def test_a_deferred_command_is_followed_through_its_workflow(
    owner: ProjectClient, stack_outputs: Path
) -> None:
    id = f"later-{uuid.uuid4()}"
    headers = {"X-Correlation-Id": id, "Prefer": "respond-async"}
    assert owner.send("POST", "/projects", {"name": "Later"}, headers).status_code == 202
    lines = followed(stack_outputs, id, "CommandWorker", "CommandWorkflow", "ProjectProjector")

    assert "CommandApi" in parts_of(lines)
    ended = [line for line in lines if line.get("type") == "ExecutionSucceeded"]
    assert [line["part"] for line in ended] == ["CommandWorkflow"]


def test_an_event_of_another_domain_is_followed_by_its_own_id(
    running: Stack, owner: ProjectClient, stack_outputs: Path
) -> None:
    project, deployment = owner.create_project("Told of")["aggregateId"], str(uuid.uuid4())
    start(owner, project, deployment)
    tell(running, project, deployment, status=int(uuid.uuid4().int % 10**9))

    def id() -> str:
        events = owner.send("GET", f"/projects/{project}/events").json()["data"]
        done = [e for e in events if e["eventType"] == "DeploymentCompleted"]
        return str(done[0]["correlationId"]) if done else ""

    lines = followed(stack_outputs, eventually(id), "IntegrationConsumer", "Publisher")
    assert {"translated", "accepted", "published"} <= {line["message"] for line in lines}


def let_all_work(running: Stack, owner: ProjectClient) -> None:
    project = owner.create_project("Ids", services=[SERVICE])["aggregateId"]
    deployment = str(uuid.uuid4())
    assert row(owner, project, 2)
    assert owner.send("GET", f"/projects/{project}").status_code == 200
    question = {"projectId": project, "kind": "COST"}
    assert owner.send("POST", "/analyses", question).status_code == 202
    owner.create_project("From a template", templateId=published(running))
    start(owner, project, deployment)
    tell(running, project, deployment, status=int(uuid.uuid4().int % 10**9))
    later = {"Prefer": "respond-async"}
    assert owner.send("POST", "/projects", {"name": "Later"}, later).status_code == 202
    let_what_is_seldom_called_work(running)


def let_what_is_seldom_called_work(running: Stack) -> None:
    """Call what a schedule, or a person, calls at other times."""
    for name in SCHEDULED:
        lab.call(running.aws, template.function_name(name), {})
    _, said = in_workflow(running, "rebuild", "--segments", "2")
    assert "rows were written" in said, said


def published(running: Stack) -> str:
    """Return the slug of a template that Admin has just published."""
    admin, slug = ApiClient(running.outputs, "admin@skafu.dev"), f"logged-{uuid.uuid4().hex[:8]}"
    files = [{"path": "README.md", "content": "# Logged"}]
    draft = admin.send("POST", "/templates", {"slug": slug, "name": "Logged", "files": files})
    template = draft.json()["aggregateId"]
    assert admin.send("POST", f"/templates/{template}/publish").status_code == 202
    return slug


@pytest.mark.feature("C15")
def test_a_command_that_is_sent_again_is_marked_in_its_line(
    owner: ProjectClient, stack_outputs: Path
) -> None:
    key, later = str(uuid.uuid4()), str(uuid.uuid4())
    for _ in range(2):
        assert owner.command("POST", "/projects", {"name": "Twice"}, key).status_code == 202
        sent = {"Idempotency-Key": later, "Prefer": "respond-async"}
        assert owner.send("POST", "/projects", {"name": "Later"}, sent).status_code == 202
    accepted = [
        line.get("repeated", False)
        for line in followed(stack_outputs, key, "CommandApi")
        if line.get("message") == "accepted"
    ]
    deferred = [
        line.get("repeated", False)
        for line in followed(stack_outputs, later, "CommandApi")
        if line.get("message") == "deferred"
    ]

    assert accepted == deferred == [False, True]


def test_a_refused_command_is_found_by_the_id_of_its_answer(
    owner: ProjectClient, stack_outputs: Path
) -> None:
    answer = owner.command("POST", "/projects", {"name": ""})
    lines = followed(stack_outputs, answer.headers["X-Correlation-Id"], "CommandApi", "Api")

    assert answer.status_code == 400
    assert ("refused", 400) in [(line["message"], line.get("status")) for line in lines]


def test_each_line_of_each_function_carries_the_ids(stacks: Stacks) -> None:
    """ApiDocs writes none."""
    running = stacks.named("sagas")
    let_all_work(running, ProjectClient(running.outputs, "owner@skafu.dev"))

    def all_logged() -> dict[str, list[Json]]:
        found = {name: logged(running, name) for name in functions()}
        return found if {n for n, lines in found.items() if not lines} <= {"ApiDocs"} else {}

    found = eventually(all_logged, pause=0.5)
    assert found, [name for name in functions() if not logged(running, name)]
    for lines in found.values():
        for line in lines:
            assert line["correlation_id"], line
            assert line["function_request_id"], line
            assert line["cold_start"] in (True, False), line


@pytest.mark.feature("L10")
def test_no_log_holds_what_a_path_a_query_or_a_header_says(
    running: Stack, owner: ProjectClient
) -> None:
    canary = f"canary.{uuid.uuid4()}@example.org"
    from_somewhere = {"User-Agent": canary, "X-Forwarded-For": "198.51.100.77", "Referer": canary}
    for method in ("GET", "POST"):
        answer = owner.send(method, f"/projects/{canary}?who={canary}", {}, from_somewhere)
        assert answer.status_code >= 400
    logs = dict(dumps.logs(running.aws))

    assert dumps.holding(logs, canary, "198.51.100.77") == []
    assert "log /skafu/local/api" in dumps.holding(logs, "api_request_id")


def test_what_nobody_logged_is_said_and_is_no_success(stack_outputs: Path) -> None:
    asked = ["logs", "nobody-sent-this", "--outputs", str(stack_outputs)]
    answer = CliRunner().invoke(app, asked)

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert "--since" in answer.stderr
    assert "nobody-sent-this" in answer.stderr
