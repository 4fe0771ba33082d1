"""Spans: what is below what, and what goes through when nobody records."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace

from adapters.dynamodb.items import to_item
from adapters.dynamodb.stream_images import commit_of
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application import tracing
from application.capacity import consumed
from application.commit import Commit
from application.ports import Unavailable
from application.publishing.feed import FeedReader
from application.reading.catch_up import CatchUp
from application.tracing import caused_by, caused_later, current, span
from edge.commands import api as command_api
from edge.commands.sending import Commands
from edge.deliveries.hints import project_hints
from edge.deliveries.publication import publish
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from local.emulator.spans import Provider, RecordedSpan, Spans, Tracer
from tests.support.api import ADA, Api
from tests.support.fakes import Bus, Clock, Failures, MemoryReadModels
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import teapots
from tests.support.paths import ROOT
from tests.support.spec import ID
from tests.unit.edge.deliveries.test_publish_events import record

pytestmark = pytest.mark.feature("O4")

LAYER = "1.44.0"
"""The version of OpenTelemetry in the ADOT layer for Python 0.19.0."""
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = f"00-{TRACE}-00f067aa0ba902b7-01"
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Record spans as the emulator does; return those that have ended."""
    file = tmp_path / "spans.jsonl"
    monkeypatch.setattr(tracing, "_tracer", Tracer(Spans(str(file), "tea")))
    return lambda: [json.loads(line) for line in file.read_text().splitlines()]


class House:
    """The command API with its store, and what follows a commit."""

    def __init__(self) -> None:
        self.store = MemoryEventStore()
        clock = Clock(datetime.now(UTC))
        self.commands = Commands.over(kitchen, self.store, clock, {}, lambda _: None)
        self.api = Api(command_api.build(self.commands))

    def make(self, **headers: str) -> Commit:
        answer = self.api.post("/teapots", {"name": "Teapot"}, **headers)
        assert answer.status == 202
        return self.commits()[-1]

    def commits(self) -> list[Commit]:
        return [commit for id, _ in self.store.heads() for commit in self.store.read(id)]

    def publish(self) -> list[dict[str, Any]]:
        bus = Bus()
        batch = [record(to_item(commit), f"p{n}") for n, commit in enumerate(self.commits())]
        publish({"Records": batch}, commit_of, bus, Failures())
        return [dict(entry) for entry in bus.put_entries]

    def project(self, *entries: dict[str, Any]) -> None:
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
        records = [
            {"messageId": f"m{n}", "body": json.dumps({"detail": e}), "attributes": attributes}
            for n, e in enumerate(entries)
        ]
        catch_up = CatchUp(self.store, MemoryReadModels(), teapots)
        project_hints({"Records": records}, catch_up, Failures())


def test_the_api_is_that_of_the_layer() -> None:
    """A newer one before the layer's SDK records nothing, without a word."""
    pinned = re.findall(r'"opentelemetry-api==([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    locked = re.findall(
        r"^opentelemetry-api==([\d.]+)", (ROOT / "src/requirements.txt").read_text(), re.M
    )

    assert pinned == locked == [version("opentelemetry-api")] == [LAYER]


class TestWhenNobodyRecords:
    def test_the_client_s_context_goes_through_unchanged(self) -> None:
        assert House().make(traceparent=CLIENT).traceparent == CLIENT

    def test_there_is_none_without_the_client_s(self) -> None:
        assert House().make().traceparent is None


class TestACommand:
    def test_is_below_the_client_and_above_what_follows(self, recorded: Read) -> None:
        house = House()
        commit = house.make(traceparent=CLIENT)
        house.project(*house.publish())

        command, published, projected = recorded()
        assert {s["trace"] for s in recorded()} == {TRACE}
        assert (command["name"], command["parent"]) == ("command make-teapot", CLIENT.split("-")[2])
        assert commit.traceparent == f"00-{TRACE}-{command['span']}-01"
        assert (published["name"], published["parent"]) == ("publish", command["span"])
        assert (projected["name"], projected["parent"]) == ("project teapots", command["span"])
        assert projected["attributes"]["rows"] == 1
        assert [s["remote"] for s in recorded()] == [True, True, True]

    def test_begins_a_trace_of_its_own_without_a_client_s(self, recorded: Read) -> None:
        House().make()

        (command,) = recorded()
        assert (command["parent"], command["remote"]) == (None, True)
        assert int(command["trace"], 16) > 0

    def test_of_a_batch_has_a_span_of_its_own(self, recorded: Read) -> None:
        make = {"type": "make-teapot", "data": {"name": "Teapot"}}
        House().api.post("/commands", {"commands": [make, make]}, traceparent=CLIENT)

        assert [s["parent"] for s in recorded()] == [CLIENT.split("-")[2]] * 2

    def test_that_fails_names_the_class_alone(self, recorded: Read) -> None:
        class Down(MemoryEventStore):
            def append(self, *_: Any, **__: Any) -> Commit:  # noqa: ANN401 - whatever
                raise Unavailable("secret")

        house = House()
        down: Any = Down()
        over = Commands.over(kitchen, down, Clock(datetime.now(UTC)), {}, lambda _: None)
        Api(command_api.build(over)).post("/teapots", {"name": "Teapot"})

        (command,) = recorded()
        assert command["attributes"]["error"] == "Unavailable"
        assert "secret" not in json.dumps(recorded())
        assert house.commits() == []


class TestAProjection:
    def test_of_several_events_is_below_the_newest_and_linked_to_the_others(
        self, recorded: Read
    ) -> None:
        house = House()
        id = house.make().aggregate_id.partition("#")[2]
        house.api.patch(f"/teapots/{id}", {"name": "Urn"})
        house.project(*house.publish())

        made, renamed, *_, projected = recorded()
        assert projected["parent"] == renamed["span"]
        assert projected["links"] == [made["span"]]

    @pytest.mark.parametrize("metadata", [None, [], {"traceparent": 7}, {"traceparent": "x"}])
    def test_of_a_message_with_any_metadata_is_recorded(
        self, recorded: Read, metadata: object
    ) -> None:
        house = House()
        house.make()
        (entry,) = house.publish()
        house.project({**entry, "metadata": metadata})

        assert recorded()[-1]["parent"] is None


def test_a_query_is_below_its_client(recorded: Read) -> None:
    store: Any = MemoryEventStore()
    ports = QueryPorts(kitchen, None, store, FeedReader(MemoryFeed(), store))  # type: ignore[arg-type] # history asks the store alone
    Api(query_api.build(ports), ADA).get(f"/teapots/{ID}/events", traceparent=CLIENT)

    (query,) = recorded()
    assert (query["name"], query["parent"]) == ("query list_teapot_events", CLIENT.split("-")[2])


class TestWorkWithALaterCause:
    def test_is_recorded_from_its_begin_on_once_that_is_known(self, recorded: Read) -> None:
        with caused_later("saga DO", {"step": "lid"}):
            caused_by(CLIENT)
            caused_by(None)  # only the first counts
            with span("command"):
                pass

        inner, outer = recorded()
        assert (outer["name"], outer["parent"]) == ("saga DO", CLIENT.split("-")[2])
        assert (inner["parent"], inner["remote"]) == (outer["span"], False)
        assert outer["start"] <= inner["start"] <= inner["end"] <= outer["end"]

    def test_is_not_recorded_when_it_never_is(self, recorded: Read, tmp_path: Path) -> None:
        with caused_later("saga DO"):
            pass

        assert recorded() == []

    def test_leaves_nothing_behind(self) -> None:
        caused_by(CLIENT)  # nobody listens

        assert current() is None


def test_units_are_those_of_all_calls_within(recorded: Read) -> None:
    with span("outer"):
        consumed(read=1)
        with span("inner"):
            consumed(write=2)

    inner, outer = recorded()
    assert inner["attributes"] == {"write_units": 2}
    assert outer["attributes"] == {"read_units": 1, "write_units": 2}


def test_a_span_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "spans"
    one = RecordedSpan(Spans(str(file), "tea"), "pour", None, {}, (), 1)
    one.set_attributes({"a": 1})
    one.update_name("brew")
    one.end(5)
    one.end(6)

    (line,) = map(json.loads, file.read_text().splitlines())
    assert (line["name"], line["end"], line["attributes"]) == ("brew", 5, {"a": 1})
    assert not one.is_recording()


def test_a_file_that_has_grown_too_large_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.emulator.spans.MOST_BYTES", 100)
    spans = Spans(str(tmp_path / "spans"), "tea")
    for n in range(20):
        spans.write({"n": n})

    assert (tmp_path / "spans").stat().st_size <= 150


def test_the_provider_gives_the_tracer_to_whoever_asks(tmp_path: Path) -> None:
    provider = Provider(Spans(str(tmp_path / "spans"), "tea"))
    with provider.get_tracer("any").start_as_current_span("pour"):
        assert trace.get_current_span().is_recording()
