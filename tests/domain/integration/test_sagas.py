"""Creations of projects on a running stack, on which sagas begin."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from skafu.cli import app
from tests.domain.support.project_client import ProjectClient, signed_up
from tests.domain.support.saga_stack import (
    ABANDONED,
    ADMIN,
    COMPLETED,
    CORRELATION,
    FAILED,
    MANY,
    SLOW,
    STARTED,
    TOO_MUCH,
    UNDONE,
    Sagas,
)
from tests.support import calls, dumps, lab
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.running import Stacks
from tests.support.template import function_name

pytestmark = [
    pytest.mark.feature("S1"),
    pytest.mark.timeout(300),
    pytest.mark.stack("sagas"),
    pytest.mark.long,
]


@pytest.fixture(scope="module")
def sagas(stacks: Stacks) -> Iterator[Sagas]:
    running = stacks.named("sagas")
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    yield Sagas(running, owner, ApiClient(running.outputs, ADMIN))
    calls.keep(running)


@pytest.mark.feature("S1", "S3", "I8")
def test_a_project_is_created_from_a_template(sagas: Sagas) -> None:
    services = [{"serviceName": "pot", "serviceType": "API"}]
    slug = sagas.drafted(services=services, settings={"features": ["search"]})
    id = sagas.created(slug, templateParameters={"leaf": "sage"})

    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED
    assert sagas.names(id) == [
        *("ProjectCreated", STARTED),
        *("TemplateChosen", "ProvisioningStepCompleted"),
        "ProvisioningStepCompleted",
        *("RepositoryLinked", "ProvisioningStepCompleted"),
        *("ProjectConfigured", "ServiceAdded", "ProvisioningStepCompleted"),
        COMPLETED,
    ]
    trail = sagas.trail(id)
    assert len({event["correlationId"] for event in trail}) == 1
    assert {event["metadata"].get("userId") for event in trail[2:]} == {"machine:saga"}
    assert len(sagas.archives(id)) == 1
    assert eventually(lambda: [*sagas.executions(id).values()] == ["SUCCEEDED"], SLOW)
    assert not [key for key in sagas.items() if key.startswith("WAITS#")]
    shown = json.loads(sagas.skafu("show", id, "--json"))
    assert (shown["status"], shown["attempt"], shown["waits"]) == ("COMPLETED", 1, [])


@pytest.mark.feature("L10", "S1")
def test_no_log_holds_what_a_creation_carries(sagas: Sagas) -> None:
    canary = f"canary{uuid.uuid4().hex[:10]}"
    parameter = {"name": "leaf", "type": "TEXT", "label": canary}
    file = {"path": "README.md", "content": f"{canary} <%= leaf %>"}
    slug = sagas.drafted(files=[file], parameters=[parameter], description=canary)
    done = sagas.created(slug, templateParameters={"leaf": canary}, description=canary)
    assert sagas.ended(done, COMPLETED, FAILED) == COMPLETED

    aws, folder = sagas.running.aws, sagas.running.options.state_dir / "logs"
    written = dict(dumps.logs(aws)) | dict(dumps.files(folder))
    assert any(text not in ("", "[]") for text in written.values())
    assert dumps.holding(written, canary) == []


@pytest.mark.feature("S2")
def test_what_cannot_be_rendered_is_undone_and_may_be_tried_again(sagas: Sagas) -> None:
    file = {"path": "README.md", "content": TOO_MUCH}
    slug = sagas.drafted(files=[file], parameters=[MANY])
    id = sagas.created(slug, templateParameters={"many": ["x"] * 1500})

    assert sagas.ended(id, COMPLETED, FAILED) == FAILED
    names = sagas.names(id)
    assert names[names.index(ABANDONED) :] == [
        ABANDONED, UNDONE, "TemplateReleased", UNDONE, FAILED
    ]  # fmt: skip
    reason = sagas.trail(id)[-1]["data"]["reason"]
    assert reason.startswith("The files "), reason
    assert sagas.archives(id) == []
    assert eventually(lambda: [*sagas.executions(id).values()] == ["SUCCEEDED"], SLOW)
    kept = sagas.kept(id)
    assert "not-rendered" in kept or "step-failed" in kept
    assert reason not in kept
    assert CORRELATION not in kept

    again = {"templateParameters": {"many": ["x"]}}
    answer = sagas.owner.send("POST", f"/projects/{id}/provisioning", again)
    assert answer.status_code == 202, answer.text
    assert sagas.ended(id, COMPLETED) == COMPLETED
    assert len(sagas.archives(id)) == 1


@pytest.mark.feature("S6")
def test_a_start_that_is_delivered_again_has_no_further_effect(sagas: Sagas) -> None:
    id = sagas.created(sagas.drafted())
    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED
    before = sagas.names(id)
    (start,) = [event for event in sagas.trail(id) if event["eventType"] == STARTED]

    entry = {
        "EventBusName": sagas.running.outputs["eventBus"],
        "Source": "skafu.project",
        "DetailType": STARTED,
        "Detail": json.dumps({**start, "aggregateId": f"PROJECT#{id}"}),
    }
    sagas.running.aws.client("events").put_events(Entries=[entry] * 3)
    later = sagas.created(sagas.drafted())
    assert sagas.ended(later, COMPLETED, FAILED) == COMPLETED
    assert len(sagas.executions(id)) == 1
    assert sagas.names(id) == before


@pytest.mark.feature("S2", "I8")
def test_a_repository_is_removed_when_a_later_step_fails(sagas: Sagas) -> None:
    slug = sagas.drafted(services=[{"serviceName": "one more", "serviceType": "API"}])
    id = str(sagas.owner.create_project("Full")["aggregateId"])
    full = [
        {
            "type": "add-service",
            "aggregateId": id,
            "data": {"serviceName": f"service {number}", "serviceType": "API"},
        }
        for number in range(100)
    ]
    assert {result["status"] for result in sagas.owner.batch(full)} == {202}
    started = sagas.owner.send("POST", f"/projects/{id}/provisioning", {"templateId": slug})
    assert started.status_code == 202, started.text

    assert sagas.ended(id, COMPLETED, FAILED) == FAILED
    assert sagas.trail(id)[-1]["data"] == {
        "attempt": 1,
        "reason": "A project holds at most 100 services.",
        "step": "CONFIGURATION",
    }
    assert "RepositoryUnlinked" in sagas.names(id)
    assert sagas.archives(id) == []


@pytest.mark.feature("S2")
def test_an_analysis_that_is_cancelled_ends_the_run(sagas: Sagas) -> None:
    with sagas.without("ReactionRule"):
        id = sagas.created(sagas.drafted())
        analysis = sagas.waiting(id)
        answer = sagas.owner.send("POST", f"/analyses/{analysis}/cancel")
        assert answer.status_code == 202, answer.text
        assert sagas.ended(id, COMPLETED, FAILED) == FAILED
    assert sagas.trail(id)[-1]["data"]["reason"] == "The analysis was cancelled."


@pytest.mark.feature("S6")
def test_a_task_that_comes_again_when_all_has_ended_changes_nothing(sagas: Sagas) -> None:
    with sagas.without("ReactionRule"):
        id = sagas.created(sagas.drafted())
        analysis = sagas.waiting(id)
        token = sagas.token(analysis)
        body = {"summary": "Fine.", "analyst": "rules-1"}
        sagas.admin.send("POST", f"/analyses/{analysis}/complete", body)
    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED
    before = sagas.names(id)
    (start,) = [event for event in sagas.trail(id) if event["eventType"] == STARTED]
    run = {
        "saga": "project-creation",
        "id": id,
        "attempt": 1,
        "eventId": sagas.run_of(id),
        "sequence": start["eventSequence"],
    }
    for task in (
        {"task": "do", "step": "REPOSITORY"},
        {"task": "ask", "step": "ANALYSIS", "token": token},
        {"task": "undo", "step": "REPOSITORY"},
        {"task": "fail"},
    ):
        assert invoked(sagas, {"run": run, **task}) is None
    assert eventually(lambda: not any(key.startswith("WAITS#") for key in sagas.items()), SLOW)
    assert sagas.names(id) == before
    assert len(sagas.archives(id)) == 1


@pytest.mark.feature("S5", "P9")
def test_what_is_no_task_and_what_is_no_event_is_reported(sagas: Sagas) -> None:
    run = dict.fromkeys(("saga", "id", "eventId"), "none")
    answer = invoked(sagas, {"run": {**run, "attempt": 1, "sequence": 1}, "task": "fail"})
    assert (answer["errorType"], answer["errorMessage"]) == ("Defect", "key-error")
    sqs, found = sagas.running.aws.client("sqs"), sagas.outputs
    sqs.send_message(QueueUrl=found["SagaQueueUrl"], MessageBody="no event")

    reported: set[str] = set()

    def both() -> bool:
        answer = sqs.receive_message(
            QueueUrl=found["FailureQueueUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        details = [json.loads(m["Body"])["detail"] for m in answer.get("Messages", [])]
        reported.update(detail["what"] for detail in details)
        return {"SagaTaskFailed", "HintNotRead"} <= reported

    assert eventually(both, SLOW, pause=0.5), reported


def invoked(sagas: Sagas, task: Json) -> Any:  # noqa: ANN401 - JSON
    return lab.call(sagas.running.aws, function_name("SagaStep"), task)


@pytest.mark.feature("S6")
def test_while_it_waits_the_project_is_the_sagas_and_a_wait_can_be_cancelled(sagas: Sagas) -> None:
    with sagas.without("ReactionRule"):
        id = sagas.created(sagas.drafted())
        analysis = sagas.waiting(id)

        for method, path in (("DELETE", ""), ("POST", "/archive")):
            answer = sagas.owner.send(method, f"/projects/{id}{path}", {})
            assert answer.status_code == 409, answer.text
        (row,) = map(json.loads, sagas.skafu("deadlines", "--json").splitlines())
        assert (row["aggregate"], row["step"], row["passed"]) == (id, "ANALYSIS", "no")
        assert analysis in row["waits for"]
        assert "ANALYSIS" in sagas.skafu("cancel", id, "--reason", "It is late.")

        assert sagas.ended(id, COMPLETED, FAILED) == FAILED
        assert sagas.trail(id)[-1]["data"]["reason"] == "It is late."
        (_, withdrawn) = sagas.admin.send("GET", f"/analyses/{analysis}/events").json()["data"]
        assert withdrawn["eventType"] == "AnalysisFailed"
        assert sagas.owner.send("DELETE", f"/projects/{id}").status_code == 202


@pytest.mark.feature("S2", "L10")
def test_a_run_of_somebody_who_is_forgotten_is_undone(sagas: Sagas, tmp_path: Path) -> None:
    person = signed_up(sagas.running.outputs)
    with sagas.without("ReactionRule"):
        id = sagas.created(sagas.drafted(), person)
        analysis = sagas.waiting(id)
        outputs = str(sagas.running.options.state_dir / "outputs.json")
        words = ["forget-subject", person.email, "--yes", "--outputs", outputs]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        body = {"summary": "Fine.", "analyst": "rules-1"}
        path = f"/analyses/{analysis}/complete"
        assert sagas.admin.send("POST", path, body).status_code == 202

        assert sagas.ended(id, COMPLETED, FAILED) == FAILED
    assert "forgotten" in sagas.trail(id)[-1]["data"]["reason"]
    assert sagas.archives(id) == []


@pytest.mark.feature("S6")
def test_a_start_that_was_lost_is_found(sagas: Sagas) -> None:
    with sagas.without("SagaRule"):
        id = sagas.created(sagas.drafted())
        assert not eventually(lambda: sagas.executions(id), 5)
    assert "begun" in sagas.skafu("resume", id)
    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED


@pytest.mark.feature("S6")
def test_the_sweep_finds_lost_starts_and_undoes_what_nobody_works_on(sagas: Sagas) -> None:
    with sagas.without("SagaRule"):
        lost = sagas.created(sagas.drafted())
        with sagas.without("ReactionRule"):
            stopped = sagas.created(sagas.drafted())
            sagas.skafu("resume", stopped)
            sagas.waiting(stopped)
            stop(sagas, stopped)
        assert eventually(lambda: swept(sagas, lost), SLOW, pause=3)
        # The answer of the analysis is lost as well: nobody is told of events.
        assert eventually(lambda: swept(sagas, lost) and COMPLETED in sagas.names(lost), SLOW, 3)
    assert sagas.ended(lost, COMPLETED, FAILED) == COMPLETED
    assert sagas.ended(stopped, COMPLETED, FAILED) == FAILED
    reason = sagas.trail(stopped)[-1]["data"]["reason"]
    assert reason == "The work on it came to an end before it was done."


def stop(sagas: Sagas, id: str) -> None:
    """Stop the execution of a run, as somebody may do it in the console."""
    arn = json.loads(sagas.outputs["SagaMachines"])["project-creation"]
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:{sagas.run_of(id)}"
    sagas.running.aws.client("stepfunctions").stop_execution(executionArn=execution)


def swept(sagas: Sagas, id: str) -> Any:  # noqa: ANN401 - executions, or none
    """Let the clock strike, and look for an execution."""
    body = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    sqs = sagas.running.aws.client("sqs")
    sqs.send_message(QueueUrl=sagas.outputs["SagaQueueUrl"], MessageBody=json.dumps(body))
    return sagas.executions(id)


@pytest.mark.feature("S2", "S6")
def test_an_operator_undoes_what_nobody_works_on(sagas: Sagas) -> None:
    with sagas.without("ReactionRule"):
        id = sagas.created(sagas.drafted())
        sagas.waiting(id)
        stop(sagas, id)

        assert "is undone" in sagas.skafu("compensate", id, "--reason", "It was stopped.")
        assert sagas.ended(id, COMPLETED, FAILED) == FAILED
    assert sagas.trail(id)[-1]["data"]["reason"] == "It was stopped."
    assert id in sagas.skafu("show", id)
    assert sagas.run_of(id) in sagas.skafu("list", "--limit", "200")
