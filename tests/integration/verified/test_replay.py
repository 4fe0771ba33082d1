"""`skafu replay` on the running stack: one projection folds anew, and nobody else hears of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from tests.support.api_client import Json, eventually
from tests.support.owner import LONG_AGO, PROJECTION, Owner

pytestmark = pytest.mark.feature("T2", "T4", "T5", "T13", "P12")


def replay(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["replay", *words, "--outputs", str(outputs)]
    )
    return answer.exit_code, answer.output


@pytest.fixture
def foreign(stack: dict[str, Any]) -> Iterator[Callable[[], list[Json]]]:
    """Return what reads the events that a rule of another domain got, which asks for one replay."""
    aws = Aws(stack["awsEndpointUrl"])
    events, queues = aws.client("events"), aws.client("sqs")
    url = queues.create_queue(QueueName="foreign-replays")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": [{"prefix": "skafu.replay."}],
        "detail": {"metadata": {"replayId": ["for-us"]}},
    }
    bus = {"EventBusName": "skafu-events-local"}
    events.put_rule(Name="foreign", EventPattern=json.dumps(pattern), **bus)
    target = {"Id": "queue", "Arn": arn["QueueArn"]}
    events.put_targets(Rule="foreign", Targets=[target], **bus)

    def heard() -> list[Json]:
        answer = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(one["Body"])["detail"] for one in answer.get("Messages", ())]

    yield heard
    events.remove_targets(Rule="foreign", Ids=["queue"], **bus)
    events.delete_rule(Name="foreign", **bus)
    queues.delete_queue(QueueUrl=url)


def test_the_projection_that_is_named_folds_its_rows_anew(
    stack_outputs: Path, owner: Owner, altered: Json, foreign: Callable[[], list[Json]]
) -> None:
    stream = f"{PROJECTION.aggregate_type}#{altered['id']}"
    code, said = replay(stack_outputs, "--aggregate", stream, "--replay-id", "for-us")
    assert code == 0, said
    assert said.endswith(" were replayed as for-us\n")
    (event, *_) = eventually(foreign)
    assert event["metadata"]["replayTo"] == "nobody"
    still = owner.shown(altered["id"])
    assert still is not None
    assert still["updatedAt"] == LONG_AGO

    code, said = replay(stack_outputs, "--aggregate", stream, "--to", PROJECTION.name)
    assert code == 0, said
    assert eventually(lambda: owner.shown(altered["id"]) == altered)
    assert foreign() == []


def test_a_workflow_replays_to_the_projection_that_is_named_and_to_nobody_else(
    stack_outputs: Path, owner: Owner, altered: Json, foreign: Callable[[], list[Json]]
) -> None:
    since = ("--workflow", "--segments", "3", "--since", altered["createdAt"][:16])
    code, said = replay(stack_outputs, *since, "--dry-run")
    assert (code, "would be replayed" in said) == (0, True), said
    code, said = replay(stack_outputs, *since, "--rate", "1000", "--replay-id", "for-us")
    assert code == 0, said
    assert said.endswith(" were replayed as for-us\n")
    (event, *_) = eventually(foreign)
    assert event["metadata"]["replayTo"] == "nobody"
    still = owner.shown(altered["id"])
    assert still is not None
    assert still["updatedAt"] == LONG_AGO
    assert "has begun before" in replay(stack_outputs, *since, "--replay-id", "for-us")[1]

    code, said = replay(stack_outputs, *since, "--rate", "1000", "--to", PROJECTION.name)
    assert code == 0, said
    assert eventually(lambda: owner.shown(altered["id"]) == altered)


def test_an_empty_range_is_told(stack_outputs: Path) -> None:
    code, said = replay(stack_outputs, "--until", "2001-01-01", "--dry-run")

    assert code == 1
    assert "No event is selected" in said


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "nothing"),
        ("--type", "Nothing"),
        ("--from", "-3"),
        ("--rate", "0"),
        ("--workflow", "--aggregate", "an-id"),
        ("--workflow", "--from", "1"),
        ("--workflow", "--replay-id", "a:b"),
    ],
)
def test_what_does_not_exist_is_refused(stack_outputs: Path, words: tuple[str, ...]) -> None:
    assert replay(stack_outputs, *words)[0] == 2
