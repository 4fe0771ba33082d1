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
from tests.support.api_client import Json, eventually
from tests.support.owner import PROJECTION, Owner, stream_of
from tests.support.template import function_name, projectors, queue_name

pytestmark = [pytest.mark.feature("O6"), pytest.mark.long]

BROKEN = "handlers.nothing.handler"
GROUP = projectors()[PROJECTION.name].removesuffix("Projector")
PROJECTOR, PUBLISHER = function_name(f"{GROUP}Projector"), function_name("Publisher")
DLQ = f"{GROUP}Dlq"


@pytest.fixture
def owner(stack: Json) -> Owner:
    return Owner(stack, "owner@skafu.dev")


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


def concerning(outputs: Path, place: str, plain: str) -> list[Json]:
    """The letters of a place that speak of an aggregate."""
    return [
        letter
        for letter in lines(outputs, "dlq", "show", place)
        if any(plain in concern for concern in letter["concerns"])
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
    """Hints of the first rows are delivered in vain, and given up soon."""
    queue = running.deployed[f"{GROUP}QueueUrl"]
    with impatient(running.aws, queue), broken(running.aws, PROJECTOR):
        yield


def given_up(running: Stack, owner: Owner, outputs: Path) -> str:
    """An aggregate whose hint was delivered in vain until its queue gave it up."""
    with in_vain(running):
        plain = owner.begin()
        assert eventually(lambda: concerning(outputs, DLQ, plain), pause=1)
    assert owner.shown(plain) is None
    return plain


@pytest.mark.feature("P9", "O5")
def test_a_hint_that_was_given_up_is_listed_and_sent_back_until_its_row_is_there(
    running: Stack, owner: Owner, stack_outputs: Path
) -> None:
    plain = given_up(running, owner, stack_outputs)
    listed = {row["place"]: row for row in lines(stack_outputs, "dlq", "list")}
    letters = concerning(stack_outputs, DLQ, plain)
    count = len(letters)

    assert listed[DLQ]["count"] >= 1
    assert listed[DLQ]["oldest"]
    assert listed[DLQ]["source"] == queue_name(f"{GROUP}Queue")
    events = {
        f"{stream_of(plain)} {e['eventSequence']}": e["eventType"] for e in owner.events(plain)
    }
    assert {
        concern: letter["event"] for letter in letters for concern in letter["concerns"]
    } == events

    redrive = ("dlq", "redrive", DLQ, *messages(letters))
    assert f"{count} would be redriven" in skafu(stack_outputs, *redrive, "--dry-run")[1]
    code, text = skafu(stack_outputs, *redrive)

    assert (code, text) == (0, f"{count} redriven\n")
    assert owner.row(plain, count)
    assert concerning(stack_outputs, DLQ, plain) == []
    assert skafu(stack_outputs, *redrive) == (1, "0 redriven\n")  # none of these ids is there


@pytest.mark.feature("O5")
def test_what_is_sent_back_too_early_is_told_and_not_lost(
    running: Stack, owner: Owner, stack_outputs: Path
) -> None:
    plain = given_up(running, owner, stack_outputs)
    letters = concerning(stack_outputs, DLQ, plain)
    redrive = ("dlq", "redrive", DLQ, *messages(letters), "--wait", "1")
    with in_vain(running):
        code, text = skafu(stack_outputs, *redrive)
        assert code == 1
        assert f"not caught up after 1 s: {PROJECTION.name} {stream_of(plain)}" in text
        assert eventually(lambda: concerning(stack_outputs, DLQ, plain), pause=1)

    assert skafu(stack_outputs, "dlq", "redrive", DLQ, "--all")[0] == 0
    assert owner.row(plain, 1)


@pytest.mark.parametrize("command", [["redrive"], ["redrive", "--dry-run"], ["discard"]])
def test_an_id_that_no_place_has_is_no_success(stack_outputs: Path, command: list[str]) -> None:
    reason = ["--reason", "a test's own"] if command == ["discard"] else []
    words = ["dlq", *command, DLQ, "-m", "no-such-message", *reason, "--outputs"]
    answer = CliRunner().invoke(app, [*words, str(stack_outputs)])

    assert answer.exit_code == 1
    assert answer.stdout.startswith("0 ")
    assert answer.stderr == "not found in these places: no-such-message\n"


def test_where_else_to_look_is_said_when_no_letter_lies_there(stack_outputs: Path) -> None:
    if lines(stack_outputs, "dlq", "show", DLQ):
        skafu(stack_outputs, "dlq", "redrive", DLQ, "--all")
    code, text = skafu(stack_outputs, "dlq", "show", DLQ)

    assert code == 0
    assert "No dead letters lie here." in text
    assert "skafu dlq list" in text


def test_a_time_without_commits_is_no_success(stack_outputs: Path, tmp_path: Path) -> None:
    span = ("--since", "1999-01-01", "--until", "1999-01-02")
    options = ("--progress-file", str(tmp_path / "progress.json"))
    code, text = skafu(stack_outputs, "publish", *span, *options, "--yes")

    assert (code, text.split()[0]) == (1, "0")
    assert skafu(stack_outputs, "publish", *span, *options, "--dry-run")[0] == 0
    backwards = ("--since", "1999-01-02", "--until", "1999-01-01")
    assert skafu(stack_outputs, "publish", *backwards, *options, "--yes")[0] == 2


@pytest.mark.feature("S5")
def test_what_is_thrown_away_goes_on_record_with_who_and_why(
    running: Stack, owner: Owner, stack_outputs: Path
) -> None:
    plain = given_up(running, owner, stack_outputs)
    letters = concerning(stack_outputs, DLQ, plain)
    discard = ("dlq", "discard", DLQ, *messages(letters))

    assert skafu(stack_outputs, *discard)[0] == 2  # without a reason
    assert skafu(stack_outputs, *discard, "--reason", "a test's own") == (
        0,
        f"{len(letters)} discarded\n",
    )
    assert concerning(stack_outputs, DLQ, plain) == []
    decision, *_ = eventually(lambda: decisions(stack_outputs, plain), pause=0.5)
    assert decision["where"] == DLQ
    assert decision["why"] == "Discarded: a test's own"
    assert decision["severity"] == "INFO"
    assert decision["key"]["by"].startswith("arn:aws")
    assert decision["key"]["messageId"] in {letter["id"] for letter in letters}


def messages(letters: list[Json]) -> list[str]:
    """Return the options that name these letters."""
    return [word for letter in letters for word in ("-m", letter["id"])]


def decisions(outputs: Path, plain: str) -> list[Json]:
    return [
        failure
        for failure in lines(outputs, "doctor")
        if failure["what"] == "Discarded" and failure["key"].get("aggregateId", "").endswith(plain)
    ]


def test_a_failure_that_was_dealt_with_is_taken_off_the_list(
    stack: Json, stack_outputs: Path, aws: Aws, running: Stack
) -> None:
    stranger = stream_of(str(uuid.uuid4()))
    failure = {"what": "Test", "where": "here", "why": "x", "severity": "ERROR",
               "retryable": False, "key": {"aggregateId": stranger}}  # fmt: skip
    entry = {"EventBusName": "skafu-errors-local", "Source": "skafu.failures"}
    aws.client("events").put_events(
        Entries=[{**entry, "DetailType": "Test", "Detail": json.dumps(failure)}]
    )
    (letter,) = eventually(lambda: concerning(stack_outputs, "FailureQueue", stranger), pause=1)
    assert letter["why"] == "x"

    discard = ("dlq", "discard", "FailureQueue", "-m", letter["id"], "--reason", "mended")
    assert skafu(stack_outputs, *discard) == (0, "1 discarded\n")
    (decision,) = eventually(lambda: decisions(stack_outputs, stranger), pause=0.5)
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
    aws: Aws, owner: Owner, stack_outputs: Path
) -> None:
    with publisher_mapping(aws, MaximumRetryAttempts=0), broken(aws, PUBLISHER):
        plain = owner.begin()
        found = eventually(
            lambda: concerning(stack_outputs, "UnpublishedBucket", plain), 60, pause=1
        )
        (kept,) = found
    assert kept["why"] == "RetryAttemptsExhausted"
    assert f"{stream_of(plain)} 1" in kept["concerns"]
    assert "RecordsNotPublished" in {f["what"] for f in lines(stack_outputs, "doctor")}

    code, text = skafu(stack_outputs, "dlq", "redrive", "UnpublishedBucket", "-m", kept["id"])

    assert (code, text) == (0, "1 redriven\n")
    assert owner.row(plain, 1)
    assert concerning(stack_outputs, "UnpublishedBucket", plain) == []


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
    aws: Aws, owner: Owner, stack_outputs: Path, tmp_path: Path
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    with outage(aws, PUBLISHER):
        lost = [owner.begin(n) for n in range(3)]
        for plain in lost:
            owner.change(plain)
    later = owner.begin()
    assert owner.row(later, 1)
    assert [owner.shown(plain) for plain in lost] == [None] * 3

    since = ("publish", "--yes", "--since", began.strftime("%Y-%m-%dT%H:%M:%S"))
    once = (*since, "--page-size", "2", "--progress-file", str(tmp_path / "progress.json"))
    code, text = skafu(stack_outputs, *once, "--dry-run")
    assert code == 0
    assert "would be published" in text
    assert owner.shown(lost[0]) is None

    code, text = skafu(stack_outputs, *once)

    assert code == 0, text
    assert int(text.split()[0]) >= 7
    assert all(owner.row(plain, 2) for plain in lost)
    assert not (tmp_path / "progress.json").exists()
