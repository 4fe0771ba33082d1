"""Dead letters are listed, shown, sent back and thrown away; an outage is made good."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from local.stack import Stack
from skafu.cli import app
from tests.integration.test_way_of_a_command import GET_PROJECT, row
from tests.support.api_client import ApiClient, Json, eventually

pytestmark = pytest.mark.feature("O6")

BROKEN = "handlers.nothing.handler"
PROJECTOR, PUBLISHER = "skafu-project-projector-local", "skafu-publisher-local"


@pytest.fixture
def owner(stack: Json) -> ApiClient:
    return ApiClient(stack, "owner@skafu.dev")


@pytest.fixture
def aws(stack: Json) -> Aws:
    return Aws(stack["awsEndpointUrl"])


def skafu(outputs: Path, *arguments: str) -> tuple[int, str]:
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*arguments, "--outputs", str(outputs)])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, answer.stdout


def lines(outputs: Path, *arguments: str) -> list[Json]:
    return [json.loads(line) for line in skafu(outputs, *arguments, "--json")[1].splitlines()]


def concerning(outputs: Path, place: str, project: str) -> list[Json]:
    """The letters of a place that speak of a project."""
    return [
        letter
        for letter in lines(outputs, "dlq", "show", place)
        if any(project in concern for concern in letter["concerns"])
    ]


@contextmanager
def broken(aws: Aws, function: str) -> Iterator[None]:
    """The function throws on everything."""
    client = aws.client("lambda")
    handler = client.get_function_configuration(FunctionName=function)["Handler"]
    client.update_function_configuration(FunctionName=function, Handler=BROKEN)
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=function, Handler=handler)


@contextmanager
def impatient(aws: Aws, queue: str) -> Iterator[None]:
    """A queue that gives up after the second delivery, a second after the first."""
    sqs = aws.client("sqs")
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    hasty = {**json.loads(before["RedrivePolicy"]), "maxReceiveCount": 2}
    changed = {"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(hasty)}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=changed)
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


@contextmanager
def in_vain(running: Stack) -> Iterator[None]:
    """Hints of project rows are delivered in vain, and given up soon."""
    queue = running.deployed["ProjectQueueUrl"]
    with impatient(running.aws, queue), broken(running.aws, PROJECTOR):
        yield


def given_up(running: Stack, owner: ApiClient, outputs: Path, name: str) -> str:
    """A project whose hint was delivered in vain until its queue gave it up."""
    with in_vain(running):
        project = str(owner.create_project(name)["aggregateId"])
        assert eventually(lambda: concerning(outputs, "ProjectDlq", project), 60, pause=1)
    assert owner.graphql(GET_PROJECT, id=project)["data"]["getProject"] is None
    return project


@pytest.mark.feature("P9", "O5")
def test_a_hint_that_was_given_up_is_listed_and_sent_back_until_its_row_is_there(
    running: Stack, owner: ApiClient, stack_outputs: Path
) -> None:
    project = given_up(running, owner, stack_outputs, "Given up")
    listed = {row["place"]: row for row in lines(stack_outputs, "dlq", "list")}
    (letter,) = concerning(stack_outputs, "ProjectDlq", project)

    assert listed["ProjectDlq"]["count"] >= 1
    assert listed["ProjectDlq"]["oldest"]
    assert listed["ProjectDlq"]["source"] == "skafu-projects-local"
    assert letter["concerns"] == [f"PROJECT#{project} 1"]
    assert letter["event"] == "ProjectCreated"

    redrive = ("dlq", "redrive", "ProjectDlq", "-m", letter["id"])
    assert "1 would be redriven" in skafu(stack_outputs, *redrive, "--dry-run")[1]
    code, text = skafu(stack_outputs, *redrive)

    assert (code, text) == (0, "1 redriven\n")
    assert owner.graphql(GET_PROJECT, id=project)["data"]["getProject"]["version"] == 1
    assert concerning(stack_outputs, "ProjectDlq", project) == []
    assert skafu(stack_outputs, *redrive) == (0, "0 redriven\n")


@pytest.mark.feature("O5")
def test_what_is_sent_back_too_early_is_told_and_not_lost(
    running: Stack, owner: ApiClient, stack_outputs: Path
) -> None:
    project = given_up(running, owner, stack_outputs, "Too early")
    (letter,) = concerning(stack_outputs, "ProjectDlq", project)
    redrive = ("dlq", "redrive", "ProjectDlq", "-m", letter["id"], "--wait", "1")
    with in_vain(running):
        code, text = skafu(stack_outputs, *redrive)
        assert code == 1
        assert f"not caught up after 1 s: projects PROJECT#{project}" in text
        assert eventually(lambda: concerning(stack_outputs, "ProjectDlq", project), 60, pause=1)

    assert skafu(stack_outputs, "dlq", "redrive", "ProjectDlq", "--all")[0] == 0
    assert row(owner, project, 1)


@pytest.mark.feature("S5")
def test_what_is_thrown_away_goes_on_record_with_who_and_why(
    running: Stack, owner: ApiClient, stack_outputs: Path
) -> None:
    project = given_up(running, owner, stack_outputs, "Thrown away")
    (letter,) = concerning(stack_outputs, "ProjectDlq", project)
    discard = ("dlq", "discard", "ProjectDlq", "-m", letter["id"])

    assert skafu(stack_outputs, *discard)[0] == 2  # without a reason
    assert skafu(stack_outputs, *discard, "--reason", "a test's own") == (0, "1 discarded\n")
    assert concerning(stack_outputs, "ProjectDlq", project) == []
    (decision,) = eventually(lambda: decisions(stack_outputs, project), 20, pause=0.5)
    assert decision["where"] == "ProjectDlq"
    assert decision["why"] == "Discarded: a test's own"
    assert decision["severity"] == "INFO"
    assert decision["key"]["by"].startswith("arn:aws")
    assert decision["key"]["messageId"] == letter["id"]


def decisions(outputs: Path, project: str) -> list[Json]:
    return [
        failure
        for failure in lines(outputs, "doctor")
        if failure["what"] == "Discarded"
        and failure["key"].get("aggregateId", "").endswith(project)
    ]


def test_a_failure_that_was_dealt_with_is_taken_off_the_list(
    stack: Json, stack_outputs: Path, aws: Aws, running: Stack
) -> None:
    stranger = f"PROJECT#{uuid.uuid4()}"
    failure = {"what": "Test", "where": "here", "why": "x", "severity": "ERROR",
               "retryable": False, "key": {"aggregateId": stranger}}  # fmt: skip
    entry = {"EventBusName": "skafu-errors-local", "Source": "skafu.failures"}
    aws.client("events").put_events(
        Entries=[{**entry, "DetailType": "Test", "Detail": json.dumps(failure)}]
    )
    (letter,) = eventually(lambda: concerning(stack_outputs, "FailureQueue", stranger), 20, pause=1)
    assert letter["why"] == "x"

    discard = ("dlq", "discard", "FailureQueue", "-m", letter["id"], "--reason", "mended")
    assert skafu(stack_outputs, *discard) == (0, "1 discarded\n")
    (decision,) = eventually(lambda: decisions(stack_outputs, stranger), 20, pause=0.5)
    assert decision["key"]["failure"] == "Test"


@contextmanager
def publisher_mapping(aws: Aws, **settings: Any) -> Iterator[None]:  # noqa: ANN401 - boto3's own
    """The publisher's mapping with other settings, for a while."""
    client = aws.client("lambda")
    (mapping,) = client.list_event_source_mappings(FunctionName=PUBLISHER)["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], **settings)
    try:
        yield
    finally:
        before = {name: mapping[name] for name in settings if name in mapping}
        client.update_event_source_mapping(UUID=mapping["UUID"], **before)


@pytest.mark.feature("P8", "P9")
def test_commits_that_the_publisher_gave_up_are_listed_and_published_from_the_store(
    aws: Aws, owner: ApiClient, stack_outputs: Path
) -> None:
    with publisher_mapping(aws, MaximumRetryAttempts=0), broken(aws, PUBLISHER):
        project = str(owner.create_project("Never published")["aggregateId"])
        found = eventually(
            lambda: concerning(stack_outputs, "UnpublishedBucket", project), 60, pause=1
        )
        (kept,) = found
    assert kept["why"] == "RetryAttemptsExhausted"
    assert f"PROJECT#{project} 1" in kept["concerns"]
    assert "RecordsNotPublished" in {f["what"] for f in lines(stack_outputs, "doctor")}

    code, text = skafu(stack_outputs, "dlq", "redrive", "UnpublishedBucket", "-m", kept["id"])

    assert (code, text) == (0, "1 redriven\n")
    assert row(owner, project, 1)
    assert concerning(stack_outputs, "UnpublishedBucket", project) == []


@contextmanager
def outage(aws: Aws, function: str) -> Iterator[None]:
    """The function reads nothing, for so long that the stream has forgotten it: its mapping begins
    anew at the stream's end.
    """
    client = aws.client("lambda")
    (mapping,) = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    client.delete_event_source_mapping(UUID=mapping["UUID"])
    try:
        yield
    finally:
        names = (
            "EventSourceArn", "BatchSize", "BisectBatchOnFunctionError", "DestinationConfig",
            "FunctionResponseTypes", "MaximumRecordAgeInSeconds", "ParallelizationFactor",
        )  # fmt: skip
        settings = {name: mapping[name] for name in names if name in mapping}
        client.create_event_source_mapping(
            FunctionName=function, StartingPosition="LATEST", **settings
        )


@pytest.mark.feature("P8")
def test_commits_of_an_outage_are_published_again_and_rows_converge(
    aws: Aws, owner: ApiClient, stack_outputs: Path, tmp_path: Path
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    with outage(aws, PUBLISHER):
        lost = [str(owner.create_project(f"Lost {n}")["aggregateId"]) for n in range(3)]
        for project in lost:
            owner.command("PATCH", f"/projects/{project}", {"name": "Renamed meanwhile"})
    later = str(owner.create_project("After the outage")["aggregateId"])
    assert row(owner, later, 1)
    assert [owner.graphql(GET_PROJECT, id=p)["data"]["getProject"] for p in lost] == [None] * 3

    since = ("publish", "--yes", "--since", began.strftime("%Y-%m-%dT%H:%M:%S"))
    once = (*since, "--page-size", "2", "--progress-file", str(tmp_path / "progress.json"))
    code, text = skafu(stack_outputs, *once, "--dry-run")
    assert code == 0
    assert "would be published" in text
    assert owner.graphql(GET_PROJECT, id=lost[0])["data"]["getProject"] is None

    code, text = skafu(stack_outputs, *once)

    assert code == 0, text
    assert int(text.split()[0]) >= 7
    assert all(row(owner, project, 2) for project in lost)
    assert not (tmp_path / "progress.json").exists()
