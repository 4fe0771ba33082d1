"""Commits of an outage are found by time and published again: in order, paced, page by page."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.dynamodb.event_store import DynamoDbEventStore
from application.commit import Commit
from application.ports import Unavailable
from application.publishing.republish import (
    AT_ONCE,
    CommitMissing,
    Position,
    Publication,
    ScannedPage,
    publish_recorded,
    republish,
)
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.fakes import Bus
from tests.support.kitchen.builders import make, part, rename
from tests.support.spec import STREAM
from tests.support.stores import new_table

pytestmark = pytest.mark.feature("P8")

OUTAGE = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@dataclass
class Pages:
    """A scan of which each page holds one commit."""

    commits: Sequence[Commit]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def recorded_between(
        self, since: str, until: str, after: Position | None = None
    ) -> Iterator[ScannedPage]:
        self.asked.append((since, until))
        first = 0 if after is None else after["n"] + 1
        for n, commit in list(enumerate(self.commits))[first:]:
            yield ScannedPage([commit], [], 1, {"n": n} if n + 1 < len(self.commits) else None)


def test_the_span_stays_within_the_calendar_however_clocks_may_differ() -> None:
    pages = Pages([])
    first, last = (day.replace(tzinfo=UTC) for day in (datetime.min, datetime.max))  # noqa: DTZ901 - replaced
    list(republish(pages, lambda _: None, first, last))

    assert pages.asked == [("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make())
    desk.send(rename("Samovar"))
    desk.send(rename("Kettle"))
    return desk


def sequences(bus: Bus) -> list[int]:
    return [entry["eventSequence"] for entry in bus.put_entries]


def publication(bus: Bus) -> Publication:
    return Publication(bus, rate=1000, clock=lambda: 0.0, sleep=lambda _: None)


def test_each_commit_of_the_span_is_published_as_it_was_the_first_time(desk: Desk) -> None:
    bus, scan = Bus(), Pages(desk.commits())
    pages = list(republish(scan, publication(bus).publish, OUTAGE, OUTAGE))

    assert sequences(bus) == [1, 2, 3]
    assert {entry.get("metadata", {}).get("replayId") for entry in bus.put_entries} == {None}
    assert [page.after for page in pages] == [{"n": 0}, {"n": 1}, None]


def test_the_span_is_widened_by_as_much_as_clocks_may_differ(desk: Desk) -> None:
    scan = Pages(desk.commits())
    list(republish(scan, publication(Bus()).publish, OUTAGE, OUTAGE + timedelta(hours=1)))

    assert scan.asked == [("2026-01-02T11:55:00.000Z", "2026-01-02T13:05:00.000Z")]


def test_what_was_broken_off_goes_on_behind_the_last_page_that_was_published(desk: Desk) -> None:
    refused = Bus(refuses=lambda entry: entry["eventSequence"] == 2)
    scan = Pages(desk.commits())
    pages = republish(scan, publication(refused).publish, OUTAGE, OUTAGE)
    first = next(pages)
    with pytest.raises(Unavailable):
        next(pages)
    bus = Bus()
    list(republish(scan, publication(bus).publish, OUTAGE, OUTAGE, first.after))

    assert first.after == {"n": 0}
    assert sequences(bus) == [2, 3]


def test_no_more_events_a_second_go_out_than_were_allowed(desk: Desk) -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    paced = Publication(Bus(), rate=50, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        paced.publish(desk.commits()[:1] * AT_ONCE)

    assert slept == pytest.approx([AT_ONCE / 50] * 2)
    assert paced.events == 3 * AT_ONCE


def test_nothing_waits_after_a_pause(desk: Desk) -> None:
    now, slept = iter([0.0, 100.0, 100.02]), list[float]()
    paced = Publication(Bus(), rate=50, clock=lambda: next(now), sleep=slept.append)
    for _ in range(3):  # the last comes just when it may
        paced.publish(desk.commits()[:1])

    assert slept == []


def test_one_commit_is_published_from_the_store(desk: Desk) -> None:
    bus = Bus()
    publish_recorded(desk.inner, publication(bus), (STREAM, 2))

    assert sequences(bus) == [2]


@pytest.mark.parametrize("key", [(STREAM, 9), (AggregateId("TEAPOT#none"), 1)])
def test_a_commit_that_the_store_does_not_have_is_named(
    desk: Desk, key: tuple[AggregateId, int]
) -> None:
    with pytest.raises(CommitMissing, match=str(key[1])):
        publish_recorded(desk.inner, publication(Bus()), key)


def test_the_middle_of_a_commit_is_the_key_of_none() -> None:
    desk = Desk()
    desk.send(make(parts=[part("spout")]))
    with pytest.raises(CommitMissing):
        publish_recorded(desk.inner, publication(Bus()), (STREAM, 2))


class TestOnDynamoDb:
    @pytest.fixture
    def scan(self) -> Iterator[DynamoDbCommitScan]:
        """Three commits, an hour after each other, and an item that is none; two items a page."""
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            table = new_table(client, "EventsTable")
            desk = Desk(DynamoDbEventStore(client, table))
            desk.send(make())
            for name in ("Samovar", "Kettle"):
                desk.clock.move(hours=1)
                desk.send(rename(name))
            odd = {"aggregateId": {"S": "TEAPOT#odd"}, "eventSequence": {"N": "1"}}
            odd["timestamp"] = {"S": "2026-01-02T12:30:00.000Z"}
            client.put_item(TableName=table, Item=odd)
            yield DynamoDbCommitScan(client, table, page=2)

    def test_finds_what_was_recorded_in_the_span_and_names_what_is_no_commit(
        self, scan: DynamoDbCommitScan
    ) -> None:
        pages = list(scan.recorded_between("2026-01-02T12:00:00.000Z", "2026-01-02T13:00:00.000Z"))

        assert [c.first_sequence for page in pages for c in page.commits] == [1, 2]
        assert [key for page in pages for key in page.unreadable] == [("TEAPOT#odd", 1)]
        assert sum(page.examined for page in pages) == 4

    def test_goes_on_behind_a_position_that_was_written_down(
        self, scan: DynamoDbCommitScan
    ) -> None:
        span = ("2026-01-01T00:00:00.000Z", "2026-01-03T00:00:00.000Z")
        whole = list(scan.recorded_between(*span))
        position = json.loads(json.dumps(whole[0].after))

        assert list(scan.recorded_between(*span, position)) == whole[1:]
        assert whole[-1].after is None
