"""What is measured of commands, publications, projections and queries, and how it is written."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.dynamodb.stream_images import commit_of
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application import metrics as table
from application.capacity import consumed
from application.commit import Commit
from application.metrics import Measured, Metrics
from application.ports import Unavailable
from application.publishing.feed import FeedReader
from application.reading.catch_up import CatchUp
from edge.commands import api as command_api
from edge.commands.sending import Commands
from edge.deliveries.hints import project_hints
from edge.deliveries.publication import publish
from edge.observability import correlated, write_metrics
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import ADA, Answer, Api
from tests.support.desk import Desk
from tests.support.fakes import Bus, Clock, Failures, MemoryReadModels
from tests.support.kitchen.builders import add, make
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import teapots
from tests.support.spec import STREAM
from tests.unit.edge.deliveries.test_publish_events import records

ID = "0198f2a0-0000-7000-8000-00000000000a"
MAKE: dict[str, Any] = {"type": "make-teapot", "aggregateId": ID, "data": {"name": "Teapot"}}
RENAME: dict[str, Any] = {"type": "change-teapot", "aggregateId": ID, "data": {"name": "Urn"}}


@dataclass
class Shop:
    """The command API over a store, with what it measures."""

    store: Any = field(default_factory=MemoryEventStore)
    measured: list[Measured] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(datetime.now(UTC))
        over = Commands.over(kitchen, self.store, self.clock, {}, lambda _: None)
        self.commands = replace(over, metrics=Metrics(self.measured.append))
        self.api = Api(command_api.build(self.commands))

    def send(self, *items: dict[str, Any]) -> Answer:
        return self.api.post("/commands", {"commands": items})

    def values(self) -> list[dict[str, Any]]:
        return [by_name(one) for one in self.measured]


def by_name(one: Measured) -> dict[str, Any]:
    return {metric.name: value for metric, value in one.values.items()}


class Raced(MemoryEventStore):
    """Another writer is first, as often as told."""

    lost = 0

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        if commit.first_sequence > 1 and self.lost:
            self.lost -= 1
            events = commit.events.replace("Urn", f"Rival {self.lost}")
            rival = replace(commit, command_id=f"rival-{self.lost}", events=events, state=None)
            super().append(rival, state_due=True)
        return super().append(commit, state_due=state_due, claim=claim)


class Paid(MemoryEventStore):
    """Appends cost as DynamoDB would say."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        consumed(write=2)
        return super().append(commit, state_due=state_due, claim=claim)


@pytest.mark.feature("O1", "P3")
class TestCommands:
    def test_each_of_a_batch_is_counted_for_itself(self) -> None:
        shop = Shop()
        shop.send(MAKE, RENAME, {**RENAME, "aggregateId": ID.replace("a", "b")})

        made, renamed, refused = shop.values()
        assert made["EventsStored"] == renamed["EventsStored"] == 1
        assert made["CommandLatency"] > 0
        assert [v["CommandRefusals"] for v in (made, renamed, refused)] == [0, 0, 1]
        assert [v["CommandFailures"] for v in (made, renamed, refused)] == [0, 0, 0]
        assert [one.about["command"] for one in shop.measured] == [
            "make-teapot", "change-teapot", "change-teapot",
        ]  # fmt: skip
        assert {one.dimensions["Aggregate"] for one in shop.measured} == {"TEAPOT"}

    def test_a_repeated_one_is_no_command(self) -> None:
        shop = Shop()
        body = {"commandId": "key-1", "data": {"name": "Teapot"}}
        assert shop.api.post("/commands/make-teapot", body).status == 202
        assert shop.api.post("/commands/make-teapot", body).status == 202

        first, again = shop.values()
        assert first["EventsStored"] == 1
        assert again == {"CommandsRepeated": 1, "CommandReadUnits": 0, "CommandWriteUnits": 0}

    def test_one_that_is_not_valid_is_no_command(self) -> None:
        shop = Shop()

        assert shop.api.post("/commands/make-teapot", {"data": {}}).status == 400
        assert shop.measured == []

    def test_one_that_a_stale_client_sends_is_a_conflict(self) -> None:
        shop = Shop()
        shop.send(MAKE, RENAME, {**RENAME, "expectedVersion": 1})

        refused = shop.values()[-1]
        assert refused["VersionConflicts"] == 1
        assert refused["ConflictsResolved"] == 0

    @pytest.mark.feature("O3")
    def test_one_that_merges_has_resolved_its_conflict(self) -> None:
        shop = Shop()
        late = {"type": "add-part", "aggregateId": ID, "data": {"name": "lid", "material": "CLAY"}}
        shop.send(MAKE, RENAME, {**late, "expectedVersion": 1, "onConflict": "merge"})

        merged = shop.values()[-1]
        assert (merged["VersionConflicts"], merged["ConflictsResolved"]) == (1, 1)

    @pytest.mark.parametrize(
        ("lost", "values"), [(2, (2, 1, 0)), (8, (8, 0, 1))], ids=["won at last", "given up"]
    )
    def test_every_lost_race_is_a_conflict(self, lost: int, values: tuple[int, ...]) -> None:
        shop = Shop(Raced())
        shop.send(MAKE)
        shop.store.lost = lost
        shop.send(RENAME)

        raced = shop.values()[-1]
        assert (
            raced["VersionConflicts"], raced["ConflictsResolved"], raced["CommandFailures"],
        ) == values  # fmt: skip

    def test_one_without_a_conflict_has_none_to_resolve(self) -> None:
        shop = Shop()
        shop.send(MAKE)

        assert "ConflictsResolved" not in shop.values()[0]
        assert shop.values()[0]["VersionConflicts"] == 0

    @pytest.mark.feature("O11")
    def test_each_takes_its_own_units(self) -> None:
        shop = Shop(Paid())
        shop.send(MAKE, RENAME)

        assert [v["CommandWriteUnits"] for v in shop.values()] == [2, 2]

    def test_a_broken_store_is_a_failure(self) -> None:
        class Down(MemoryEventStore):
            def append(self, *_: Any, **__: Any) -> Commit:  # noqa: ANN401 - whatever
                raise Unavailable("down")

        shop = Shop(Down())
        shop.send(MAKE)

        (failed,) = shop.values()
        assert (failed["CommandFailures"], failed["CommandRefusals"]) == (1, 0)


def desk() -> Desk:
    desk = Desk()
    desk.send(make())
    desk.send(add("lid"))
    return desk


@pytest.mark.feature("O3", "P3")
class TestPublication:
    def measured(self, bus: Bus) -> dict[str, Any]:
        found, written = desk(), list[Measured]()
        clock = Clock(found.clock.now + timedelta(seconds=2))
        metrics = Metrics(written.append, clock)
        publish({"Records": records(found)}, commit_of, bus, Failures(), metrics)
        (one,) = written
        return by_name(one)

    def test_tells_events_and_their_age(self) -> None:
        assert self.measured(Bus()) == {
            "EventsPublished": 2, "EventsNotPublished": 0, "PublishLatency": [2000, 2000],
        }  # fmt: skip

    def test_what_the_bus_refuses_is_not_published(self) -> None:
        class Full(Bus):
            def put(self, entries: Any) -> list[int]:  # noqa: ANN401 - envelopes
                return [0, 1]

        assert self.measured(Full()) == {"EventsPublished": 0, "EventsNotPublished": 2}


def hint(sequence: int, recorded: object) -> dict[str, Any]:
    detail = {"aggregateId": STREAM, "eventSequence": sequence, "timestamp": recorded}
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
    return {
        "messageId": "m", "body": json.dumps({"detail": detail}), "attributes": attributes,
    }  # fmt: skip


@pytest.mark.feature("O2", "O3")
class TestProjection:
    def measured(self, *recorded: object, broken: bool = False) -> list[Measured]:
        found, written = desk(), list[Measured]()
        event = {"Records": [hint(n, at) for n, at in enumerate(recorded, 1)]}
        metrics = Metrics(written.append, Clock(found.clock.now + timedelta(seconds=3)))
        catch_up = CatchUp(found.inner, MemoryReadModels(), teapots)
        if broken:
            catch_up = replace(catch_up, store=None)  # type: ignore[arg-type] # fails at once
        project_hints(event, catch_up, Failures(), metrics=metrics)
        return written

    def test_tells_how_old_events_are_when_they_come_and_when_rows_show_them(self) -> None:
        at = Clock().now.isoformat()
        arrival, projection = self.measured(at, at)

        assert by_name(arrival) == {"EventPropagationLatency": [3000, 3000]}
        assert projection.dimensions == {"Projection": "teapots"}
        values = by_name(projection)
        assert values["ConsistencyLag"] == [3000, 3000]
        assert values["ProjectionLatency"] > 0
        assert values["ProjectionFailures"] == 0

    def test_rows_that_fail_show_nothing(self) -> None:
        _, projection = self.measured(Clock().now.isoformat(), broken=True)

        assert by_name(projection)["ProjectionFailures"] == 1
        assert "ConsistencyLag" not in by_name(projection)

    @pytest.mark.parametrize("at", [None, "", "yesterday", 7, "2026-01-02"])
    def test_a_message_may_hold_any_time(self, at: object) -> None:
        *_, projection = self.measured(at)

        assert by_name(projection)["ProjectionFailures"] == 0


@pytest.mark.feature("O2")
class TestQueries:
    def measured(self, rows: object, path: str, query: dict[str, str] | None = None) -> Measured:
        written = list[Measured]()
        store = MemoryEventStore()
        ports = QueryPorts(
            kitchen,
            rows,  # type: ignore[arg-type] # stands for AppSync
            store,
            FeedReader(MemoryFeed(), store),
            sleep=lambda _: None,
            monotonic=iter(range(100)).__next__,
            metrics=Metrics(written.append),
        )
        Api(query_api.build(ports), ADA).get(path, query)
        (one,) = written
        return one

    def test_an_answer_tells_if_it_was_stale_or_cached(self) -> None:
        class Rows:
            def row(self, *_: str) -> dict[str, Any]:
                return {
                    "id": ID, "version": 1, "projectionVersion": 1, "status": "IN_USE",
                    "updatedAt": "2026-01-02T12:00:00.000Z",
                }  # fmt: skip

        fresh = self.measured(Rows(), f"/teapots/{ID}")
        stale = self.measured(Rows(), f"/teapots/{ID}", {"minVersion": "9"})

        assert (fresh.dimensions, fresh.about) == ({"Kind": "Queries"}, {"query": "get_teapot"})
        assert [by_name(one)["StaleAnswers"] for one in (fresh, stale)] == [0, 1]
        assert by_name(fresh)["CacheHits"] == by_name(fresh)["QueryFailures"] == 0
        assert by_name(fresh)["QueryLatency"] > 0

    @pytest.mark.parametrize(("error", "failed"), [(Unavailable("down"), 1), (None, 0)])
    def test_only_our_own_faults_are_failures(self, error: Exception | None, failed: int) -> None:
        class Rows:
            def row(self, *_: str) -> None:
                if error:
                    raise error

        values = by_name(self.measured(Rows(), f"/teapots/{ID}"))

        assert values["QueryFailures"] == failed
        assert "StaleAnswers" not in values

    def test_history_is_a_kind_of_its_own(self) -> None:
        assert self.measured(None, f"/teapots/{ID}/events").dimensions == {"Kind": "History"}


@pytest.mark.feature("P3")
def test_a_line_holds_all_that_was_measured_and_the_ids_of_its_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "skafu-tea")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "skafu")
    values: table.Values = {table.COMMAND_LATENCY: 3.5, table.EVENTS_STORED: [1, 2]}
    with correlated("c-1"):
        write_metrics(Measured(table.COMMAND, values, {"Aggregate": "TEAPOT"}, {"command": "brew"}))

    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    (directive,) = found["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "skafu-tea"
    assert directive["Dimensions"] == [["Aggregate"]]
    assert directive["Metrics"] == [
        {"Name": "CommandLatency", "Unit": "Milliseconds"},
        {"Name": "EventsStored", "Unit": "Count"},
    ]
    assert (found["Aggregate"], found["command"], found["correlation_id"]) == (
        "TEAPOT",
        "brew",
        "c-1",
    )
    assert (found["CommandLatency"], found["EventsStored"]) == ([3.5], [1, 2])
