"""Letters are looked at without being taken, and go back or away one by one."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from domain.contents import contents
from edge.deliveries import integration, reactions
from edge.sagas import events as sagas
from skafu.commands.dlq import Reasons
from skafu.reach import letters
from skafu.reach.letters import Place
from tests.support import template

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.feature("O6")

HINT = {
    "detail-type": "TeapotRenamed",
    "detail": {"aggregateId": "TEAPOT#a", "eventSequence": 3},
}


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator["SQSClient"]:
    monkeypatch.setattr(letters, "WAIT", 0)  # one server, and no time to lose
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def place(sqs: "SQSClient") -> Place:
    return Place(
        "TeapotDlq",
        sqs.create_queue(QueueName="skafu-teapots-dlq-test")["QueueUrl"],
        sqs.create_queue(QueueName="skafu-teapots-test")["QueueUrl"],
    )


def post(sqs: "SQSClient", place: Place, count: int = 1, **attributes: str) -> None:
    said: Any = {name: {"StringValue": v, "DataType": "String"} for name, v in attributes.items()}
    for _ in range(count):
        sqs.send_message(QueueUrl=place.url, MessageBody=json.dumps(HINT), MessageAttributes=said)


def test_a_letter_says_what_it_concerns(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place)
    (letter,) = letters.look(sqs, place)

    assert (letter.aggregate_id, letter.sequence) == ("TEAPOT#a", 3)
    assert letter.event_type == "TeapotRenamed"
    assert letter.key() == {
        "aggregateId": "TEAPOT#a", "eventSequence": 3, "messageId": letter.id
    }  # fmt: skip
    assert letter.why is None


def test_looking_takes_nothing_away(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place, count=25)

    assert len(letters.look(sqs, place)) == 25
    assert len(letters.look(sqs, place)) == 25
    assert letters.count(sqs, place) == 25


def test_what_is_looked_at_is_hidden_from_others_meanwhile(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place)
    with letters.held(sqs, place) as found:
        assert len(list(found)) == 1
        assert letters.look(sqs, place) == []

    assert len(letters.look(sqs, place)) == 1


def test_no_more_than_was_asked_for_is_looked_at(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place, count=30)
    with letters.held(sqs, place, most=10) as found:
        assert len(list(found)) == 10


def test_a_letter_goes_back_to_where_it_came_from(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place, count=2)
    with letters.held(sqs, place) as found:
        letters.send_back(sqs, next(found))

    assert len(letters.look(sqs, place)) == 1
    assert place.source is not None
    (sent,) = letters.look(sqs, Place("Teapot", place.source))
    assert json.loads(sent.body) == HINT


def test_a_letter_that_could_not_be_taken_out_lies_in_both_and_is_not_lost(
    sqs: "SQSClient", place: Place
) -> None:
    """Leave things as after a kill between the two calls."""
    post(sqs, place)
    broken = Broken(sqs)
    with pytest.raises(ConnectionError), letters.held(broken, place) as found:
        letters.send_back(broken, next(found))

    assert place.source is not None
    assert len(letters.look(sqs, place)) == 1
    assert letters.count(sqs, Place("Teapot", place.source)) == 1


class Broken:
    """An SQS client that does not delete."""

    def __init__(self, client: "SQSClient") -> None:
        self._client = client

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)

    def delete_message(self, **_: object) -> None:
        raise ConnectionError


def test_eventbridge_says_itself_why_it_could_not_deliver(sqs: "SQSClient", place: Place) -> None:
    post(sqs, place, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not allowed")
    (letter,) = letters.look(sqs, place)

    assert letter.why == "NO_PERMISSIONS: not allowed"


@pytest.mark.parametrize("body", ["", "[]", '{"detail": 1}', "no json"])
def test_a_message_that_is_no_event_concerns_nothing(
    sqs: "SQSClient", place: Place, body: str
) -> None:
    sqs.send_message(QueueUrl=place.url, MessageBody=body or " ")
    (letter,) = letters.look(sqs, place)

    assert letter.aggregate_id is None
    assert letter.key() == {"messageId": letter.id}


def test_places_are_found_by_the_outputs_of_the_template() -> None:
    outputs = {
        "TeaQueueUrl": "https://q/1/skafu-tea-dev",
        "TeaDlqUrl": "https://q/1/skafu-tea-dlq-dev",
        "FailureQueueUrl": "https://q/1/skafu-failures-dev",
        "Api": "https://api",
    }
    tea, failures = letters.places(outputs)

    assert (tea.name, tea.source) == ("TeaDlq", "https://q/1/skafu-tea-dev")
    assert tea.group("dev") == "tea"
    assert (failures.name, failures.source) == ("FailureQueue", None)


def test_the_names_in_failures_are_those_in_the_names_of_queues() -> None:
    """By them `skafu dlq show` finds why a message failed."""
    resources = template.written()
    queues = {f"{name}Url": resources[name]["Properties"]["QueueName"] for name in consumed()}
    dead = {f"{name.removesuffix('Queue')}DlqUrl": "" for name in consumed()}
    found = letters.places({**queues, **dead, "FailureQueueUrl": ""})[:-1]

    assert sorted(place.group("${Environment}") or "" for place in found) == sorted(
        (*contents.projection, integration.WHERE, reactions.WHERE, sagas.WHERE)
    )


def consumed() -> list[str]:
    """Return the names of the queues from which a function takes messages."""
    events = [
        event["Properties"]
        for resource in template.written().values()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    return [event["Queue"].partition(".")[0] for event in events]


def test_a_letter_is_shown_with_the_reason_that_is_on_record(sqs: "SQSClient") -> None:
    queue = "https://sqs/1/skafu-sagas-test"
    place = Place("SagaDlq", sqs.create_queue(QueueName="skafu-sagas-dlq-test")["QueueUrl"], queue)
    post(sqs, place)
    (letter,) = letters.look(sqs, place)
    reasons = Reasons("test", {(sagas.WHERE, "TEAPOT#a"): "KeyError: 'leaf'"})

    assert reasons.of(letter) == "KeyError: 'leaf'"
