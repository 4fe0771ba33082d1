"""The lines that deliveries write: what became of each record, under its correlation id."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from adapters.dynamodb.items import to_item
from adapters.dynamodb.stream_images import commit_of
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.commit import Commit
from application.failures import Failure
from application.ports import Unavailable
from application.publishing.feed import FeedWriter
from edge.deliveries.batches import each_message
from edge.deliveries.feeding import feed
from edge.deliveries.hints import project_hints
from edge.deliveries.integration import Consumer
from edge.deliveries.publication import publish
from edge.deliveries.reporting import is_reported
from edge.observability import correlate, logger
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.fakes import BrokenFailures, Bus, Clock, DoubtfulStore, Failures
from tests.support.kitchen.builders import make, rename
from tests.support.kitchen.contents import INSPECTION, inspected, kitchen
from tests.support.spec import STREAM
from tests.unit.edge.deliveries.test_hints import A, B, CatchUps
from tests.unit.edge.deliveries.test_integrate_events import NOBODYS, Kitchen
from tests.unit.edge.deliveries.test_integrate_events import message as told_in
from tests.unit.edge.deliveries.test_publish_events import record

pytestmark = pytest.mark.feature("O5")

Line = dict[str, Any]
Lines = Callable[..., list[Line]]
EVENT = "7c0ffee0-0000-4000-8000-000000000001"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Return these fields of the lines that an invocation has logged so far."""
    (handler,) = (h for h in logger.handlers if isinstance(h, logging.StreamHandler))
    written = StringIO()
    before = handler.setStream(written)
    correlate("invocation")

    def fields(*names: str) -> list[Line]:
        found = map(json.loads, written.getvalue().splitlines())
        return [{name: line.get(name) for name in names} for line in found]

    yield fields
    correlate("")
    handler.setStream(before)


def seen(message: str, commit: Commit, **more: object) -> Line:
    return {
        "message": message,
        "correlation_id": commit.correlation_id,
        "aggregate_id": STREAM,
        "sequence": commit.last_sequence,
        **more,
    }


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make())
    desk.send(rename("Urn"))
    return desk


def records(commits: list[Commit]) -> list[Line]:
    return [record(to_item(commit), f"p{n}") for n, commit in enumerate(commits)]


def test_the_publisher_tells_which_commits_the_bus_took(desk: Desk, lines: Lines) -> None:
    first, second = desk.commits()
    bus = Bus(refuses=lambda event: event["eventSequence"] == 2)
    publish({"Records": [{}, *records([first, second])]}, commit_of, bus, Failures())

    assert lines("message", "correlation_id", "aggregate_id", "sequence", "events") == [
        seen("published", first, events=1),
        seen("later", second, events=1),
    ]


def test_the_feed_writer_tells_what_was_fed(desk: Desk, lines: Lines) -> None:
    first, second = desk.commits()
    writer = FeedWriter(MemoryFeed(), MemoryEventStore(), Clock(), lambda stream, error: None)
    feed({"Records": records([first])}, commit_of, writer)
    feed({"Records": records([replace(second, first_sequence=7)])}, commit_of, writer)

    assert lines("message", "correlation_id", "aggregate_id", "sequence") == [
        seen("fed", first),
        seen("not fed", replace(second, first_sequence=7)),
    ]


def test_the_feed_writer_tells_which_record_holds_no_commit(desk: Desk, lines: Lines) -> None:
    writer = FeedWriter(MemoryFeed(), MemoryEventStore(), Clock(), lambda stream, error: None)
    feed({"Records": [*records(desk.commits()[:1]), {}]}, commit_of, writer)

    line, _ = lines("message", "record", "why")
    assert (line["message"], line["record"]) == ("no commit", 1)
    assert line["why"].startswith("KeyError in commits")


def hint(aggregate: AggregateId, correlation: object) -> Line:
    detail = {"aggregateId": aggregate, "eventSequence": 3, "correlationId": correlation}
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
    return {"messageId": "m", "body": json.dumps({"detail": detail}), "attributes": attributes}


@pytest.mark.parametrize(
    ("error", "level", "message", "more"),
    [
        (None, "INFO", "projected", {"rows": 1}),
        (Unavailable("throttled"), "WARNING", "later", {"why": "Unavailable: throttled"}),
        (ValueError(), "ERROR", "not projected", {"exception_name": "ValueError"}),
    ],
    ids=str,
)
def test_a_projector_tells_what_became_of_each_hint(
    lines: Lines, error: Exception | None, level: str, message: str, more: Line
) -> None:
    catch_up = CatchUps(lambda _: error)
    event = {"Records": [hint(A, "one"), hint(B, 7)]}
    project_hints(event, catch_up, Failures())  # type: ignore[arg-type] # stands for one

    about = {"projection": "teapots", "sequence": 3, "sent": 1767355200000}
    names = ("level", "message", "correlation_id", "aggregate_id", *about, *more)
    assert lines(*names) == [
        {"level": level, "message": message, "aggregate_id": stream, "correlation_id": correlation}
        | about
        | more
        for stream, correlation in ((A, "one"), (B, "invocation"))
    ]


class TestAnEventOfAnotherDomain:
    def integrated(self, house: Kitchen, told: object, **changed: object) -> None:
        consumer = Consumer(replace(house.commands(), **changed), house.failures)  # type: ignore[arg-type] # any field
        each_message({"Records": [told_in(told, "m0", 1)]}, consumer)

    def test_is_told_of_without_its_payload(self, lines: Lines) -> None:
        house = Kitchen()
        before = len(lines())
        self.integrated(house, house.told())

        names = ("message", "source", "detail_type", "sent", "correlation_id", "message_id")
        assert lines(*names)[before] == {
            "message": "translated",
            "source": "inspector.example",
            "detail_type": "inspected",
            "sent": {"command": "inspect-teapot", "command_id": "inspector.example:inspected:7"},
            "correlation_id": EVENT,
            "message_id": "m0",
        }

    @pytest.mark.parametrize("length", [128, 129])
    def test_is_known_by_so_much_of_its_id_as_is_taken(self, lines: Lines, length: int) -> None:
        house = Kitchen()
        self.integrated(house, house.told() | {"id": "e" * length})
        known = {line["correlation_id"] for line in lines("message_id", "correlation_id")}

        assert "e" * 128 in known
        assert "e" * 129 not in known

    def test_goes_on_under_the_correlation_id_that_its_translation_gives(
        self, lines: Lines
    ) -> None:
        house = Kitchen()

        def translate(*given: Any) -> Any:  # noqa: ANN401 - as `inspected`
            return {**(inspected(*given) or {}), "correlationId": "visit-7"}

        contents = replace(kitchen, translations={INSPECTION: translate})
        self.integrated(house, house.told(), contents=contents)

        assert [line["correlation_id"] for line in lines("correlation_id")][-2:] == [
            EVENT,
            "visit-7",
        ]

    def test_that_failed_is_told_of(self, lines: Lines) -> None:
        house = Kitchen()
        self.integrated(house, house.told(teapotId=NOBODYS))

        assert lines("message", "level")[-1] == {"message": "not integrated", "level": "ERROR"}

    def test_that_may_pass_is_told_of(self, lines: Lines) -> None:
        house = Kitchen()
        commands = house.commands(DoubtfulStore(house.store, lambda: "lost"))
        house.integrate(house.told(), commands=commands)

        assert lines("message", "why")[-1] == {
            "message": "later",
            "why": "Unavailable: timed out before it was stored",
        }


def test_a_failure_that_is_not_reported_is_in_the_log(lines: Lines) -> None:
    failure = Failure("Spilt", "kitchen", "Clumsy: oh")

    assert not is_reported(BrokenFailures(), failure)
    assert lines("message", "failure") == [
        {"message": "not reported", "failure": failure.to_dict()}
    ]
