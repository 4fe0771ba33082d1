"""Every test gives the handler a batch, as SQS does."""

import json
<% if "database" not in features %>
from collections.abc import Iterator
<% endif %>
from typing import Any

import pytest

import worker


<% if "database" in features %>
class Results:
    """The part of a DynamoDB table that the worker uses."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def put_item(self, Item: dict[str, Any]) -> None:
        self.items[Item["jobId"]] = Item


@pytest.fixture(autouse=True)
def results(monkeypatch: pytest.MonkeyPatch) -> Results:
    made = Results()
    monkeypatch.setattr(worker, "results", lambda: made)
    return made


<% else %>
@pytest.fixture(autouse=True)
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level("INFO"):
        yield


<% endif %>
def message(number: int, body: str | None = None, group: str = "a") -> dict[str, Any]:
    whole = json.dumps({"jobId": f"job-{number}", "text": "word " * number})
    return {
        "messageId": f"message-{number}",
        "body": whole if body is None else body,
        "attributes": {"MessageGroupId": group},
    }


def failed(*records: dict[str, Any]) -> list[str]:
    answer = worker.handler({"Records": list(records)}, None)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_jobs_are_done() -> None:
    assert failed(message(1), message(2, group="b")) == []


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"jobId": 1, "text": ""}'])
def test_what_cannot_be_read_fails(body: str) -> None:
    assert failed(message(1, body)) == ["message-1"]


def test_one_that_fails_does_not_fail_the_others() -> None:
    assert failed(message(1), message(2, "{", group="b"), message(3)) == ["message-2"]
<% if ordered %>


def test_what_comes_after_a_failure_in_its_group_waits() -> None:
    records = message(1, "{"), message(2), message(3, group="b")

    assert failed(*records) == ["message-1", "message-2"]
<% endif %>


def test_a_failure_of_the_work_itself_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: worker.Job) -> dict[str, Any]:
        raise OSError("no connection")

    monkeypatch.setattr(worker, "work", broken)

    assert failed(message(1)) == ["message-1"]
<% if "database" in features %>


def test_results_are_kept(results: Results) -> None:
    assert failed(message(3)) == []
    assert results.items == {"job-3": {"jobId": "job-3", "words": 3}}


def test_twice_is_as_good_as_once(results: Results) -> None:
    assert failed(message(3)) == failed(message(3)) == []
    assert len(results.items) == 1
<% else %>


def test_results_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert failed(message(3)) == []
    assert '{"jobId": "job-3", "words": 3}' in caplog.text
<% endif %>
