"""The feed writer's handler: commits in, everything else left to the publisher."""

import json
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from adapters.dynamodb.stream_images import commit_of
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.failures import Severity
from application.publishing.feed import FeedWriter
from application.writing.heads import StreamBroken
from edge.deliveries.feeding import feed, report
from kernel.messages import AggregateId
from tests.support.fakes import BrokenFailures, Clock, Failures
from tests.support.paths import EVENTS

pytestmark = pytest.mark.feature("E25")


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return event


@pytest.fixture
def pages() -> MemoryFeed:
    return MemoryFeed()


@pytest.fixture
def writer(pages: MemoryFeed) -> FeedWriter:
    return FeedWriter(pages, MemoryEventStore(), Clock(), lambda stream, error: None)


def test_a_commit_is_fed(pages: MemoryFeed, writer: FeedWriter) -> None:
    assert feed(sample("feed_events/one_commit.json"), commit_of, writer) == {
        "batchItemFailures": []
    }

    (page,) = pages.pages(1)
    assert [(entry.first, entry.last) for entry in page.entries] == [(1, 2)]


@pytest.mark.parametrize("name", ["MODIFY", "REMOVE"])
def test_tampering_is_not_fed(pages: MemoryFeed, writer: FeedWriter, name: str) -> None:
    event = sample("feed_events/one_commit.json")
    event["Records"][0]["eventName"] = name
    feed(event, commit_of, writer)

    assert list(pages.pages(1)) == []


def test_a_bad_record_holds_up_no_other(pages: MemoryFeed, writer: FeedWriter) -> None:
    event = sample("feed_events/one_commit.json")
    bad = {**event["Records"][0], "dynamodb": {"NewImage": {"note": {"S": "written by hand"}}}}
    feed({"Records": [bad, *event["Records"]]}, commit_of, writer)

    assert len(list(pages.pages(1))) == 1


def test_a_broken_stream_is_reported() -> None:
    failures = Failures()
    report(failures, AggregateId("TEAPOT#1"), StreamBroken("a gap"))

    (reported,) = failures.reported
    assert (reported.what, reported.severity) == ("StreamNotFed", Severity.CRITICAL)
    assert reported.key == {"aggregateId": "TEAPOT#1"}


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "text",
        {},
        {"eventName": "INSERT"},
        {"eventName": "INSERT", "dynamodb": []},
        {"eventName": "INSERT", "dynamodb": {"NewImage": "x"}},
        {"eventName": "INSERT", "dynamodb": {"NewImage": {"aggregateId": {"S": "x"}}}},
    ],
)
def test_a_record_of_any_shape_holds_up_no_other(
    pages: MemoryFeed,
    writer: FeedWriter,
    record: Any,  # noqa: ANN401 - JSON
) -> None:
    event = sample("feed_events/one_commit.json")
    feed({"Records": [record, *event["Records"]]}, commit_of, writer)

    assert len(list(pages.pages(1))) == 1


@pytest.mark.parametrize("held", [["x"], {"S": "x"}, 1, None], ids=str)
def test_a_commit_whose_stream_has_no_name_holds_up_no_other(
    pages: MemoryFeed, writer: FeedWriter, held: object
) -> None:
    event = sample("feed_events/one_commit.json")
    nameless = json.loads(json.dumps(event["Records"][0]))
    nameless["dynamodb"]["NewImage"]["aggregateId"]["S"] = held
    feed({"Records": [nameless, *event["Records"]]}, commit_of, writer)

    assert len(list(pages.pages(1))) == 1


def test_a_broken_stream_holds_up_no_other_when_the_error_bus_is_down(pages: MemoryFeed) -> None:
    broken = partial(report, BrokenFailures())
    writer = FeedWriter(pages, MemoryEventStore(), Clock(), broken)
    event = sample("feed_events/one_commit.json")
    gap = json.loads(json.dumps(event["Records"][0]))
    gap["dynamodb"]["NewImage"]["aggregateId"]["S"] = f"TEAPOT#{uuid4()}"
    gap["dynamodb"]["NewImage"]["eventSequence"]["N"] = "7"
    answer = feed({"Records": [gap, *event["Records"]]}, commit_of, writer)

    assert answer == {"batchItemFailures": []}
    assert [len(page.entries) for page in pages.pages(1)] == [1]
