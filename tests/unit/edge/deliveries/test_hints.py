"""A batch of hints: grouped by stream, one stuck stream stops no other."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.appsync.session import SchemaBehind
from application.failures import Failure, Severity
from application.ports import Unavailable
from application.writing.heads import StreamBroken
from edge.deliveries.hints import project_hints
from kernel.messages import AggregateId
from kernel.projection import Projection
from tests.support.fakes import BrokenFailures, Failures
from tests.support.kitchen.projections import teapots

A, B = AggregateId("TEAPOT#a"), AggregateId("TEAPOT#b")


@dataclass
class CatchUps:
    """Stands for CatchUp: keeps what was asked of it, and fails where it is told to."""

    fails: Callable[[AggregateId], Exception | None] = lambda _: None
    projection: Projection = teapots
    reached: list[tuple[AggregateId, int]] = field(default_factory=list)
    begun: list[AggregateId] = field(default_factory=list)

    replayed: list[tuple[AggregateId, int, str]] = field(default_factory=list)

    def replay(self, aggregate: AggregateId, sequence: int, replay: str) -> int:
        self.replayed.append((aggregate, sequence, replay))
        return 1

    def reach(self, aggregate: AggregateId, sequence: int, *, begins: bool = False) -> int:
        if error := self.fails(aggregate):
            raise error
        self.reached.append((aggregate, sequence))
        self.begun += [aggregate] if begins else []
        return 1


def message(aggregate: str, sequence: int, *, receives: int = 1) -> dict[str, Any]:
    return record(
        json.dumps({"detail": {"aggregateId": aggregate, "eventSequence": sequence}}),
        f"{aggregate}@{sequence}",
        receives,
    )


def record(body: str, message_id: str = "m", receives: int = 1) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(receives), "SentTimestamp": "1767355200000"}
    return {"messageId": message_id, "body": body, "attributes": attributes}


@dataclass
class Outcome:
    retried: list[str]
    failures: list[Failure]


def handled(catch_up: CatchUps, *records: dict[str, Any]) -> Outcome:
    failures = Failures()
    answer = project_hints({"Records": list(records)}, catch_up, failures)  # type: ignore[arg-type] # stands for CatchUp
    return Outcome([f["itemIdentifier"] for f in answer["batchItemFailures"]], failures.reported)


@pytest.mark.feature("R1", "R19")
def test_hints_of_one_stream_are_one_piece_of_work() -> None:
    catch_up = CatchUps()
    handled(catch_up, message(A, 2), message(B, 1), message(A, 4), message(A, 3))

    assert catch_up.reached == [(A, 4), (B, 1)]


@pytest.mark.feature("R1")
def test_a_stream_begins_with_its_first_event_whatever_comes_with_it() -> None:
    catch_up = CatchUps()
    handled(catch_up, message(A, 2), message(A, 1), message(B, 2))

    assert catch_up.begun == [A]


def test_what_was_done_is_not_delivered_again() -> None:
    assert handled(CatchUps(), message(A, 1)) == Outcome([], [])


@pytest.mark.feature("W12")
class TestAStreamThatIsStuck:
    STUCK = staticmethod(lambda aggregate: StreamBroken("a gap") if aggregate == A else None)

    def test_stops_no_other(self) -> None:
        catch_up = CatchUps(self.STUCK)
        outcome = handled(catch_up, message(A, 1), message(B, 1), message(A, 2))

        assert catch_up.reached == [(B, 1)]
        assert outcome.retried == [f"{A}@1", f"{A}@2"]

    @pytest.mark.feature("O5")
    def test_is_reported_with_the_key_to_read_it_again(self) -> None:
        (failure,) = handled(CatchUps(self.STUCK), message(A, 1), message(A, 2)).failures

        assert failure == Failure(
            what="EventNotProjected",
            where="teapots",
            why="StreamBroken: a gap",
            severity=Severity.CRITICAL,
            retryable=False,
            key={"aggregateId": A, "eventSequence": 2},
        )

    def test_is_stuck_alone_when_the_error_bus_is_down(self) -> None:
        catch_up = CatchUps(self.STUCK)
        records = [message(A, 1), record("tea", "odd"), message(B, 1)]
        answer = project_hints({"Records": records}, catch_up, BrokenFailures())  # type: ignore[arg-type] # stands for CatchUp

        assert catch_up.reached == [(B, 1)]
        assert [f["itemIdentifier"] for f in answer["batchItemFailures"]] == [f"{A}@1", "odd"]

    def test_is_reported_once_and_not_at_each_delivery(self) -> None:
        outcome = handled(CatchUps(self.STUCK), message(A, 1, receives=2))

        assert outcome == Outcome([f"{A}@1"], [])

    def test_is_reported_when_a_hint_comes_for_the_first_time(self) -> None:
        records = message(A, 1, receives=2), message(A, 2)

        assert len(handled(CatchUps(self.STUCK), *records).failures) == 1


@pytest.mark.parametrize("error", [Unavailable("throttled"), SchemaBehind("no field 'label'")])
def test_throttling_or_a_deployment_is_tried_again_and_is_no_failure(error: Unavailable) -> None:
    outcome = handled(CatchUps(lambda _: error), message(A, 1))

    assert outcome == Outcome([f"{A}@1"], [])


@pytest.mark.feature("P9")
@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", '{"detail": 1}', '{"detail": {"aggregateId": "TEAPOT#a"}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": "last"}}',
     '{"detail": {"aggregateId": ["x"], "eventSequence": 1}}',
     '{"detail": {"aggregateId": {"x": 1}, "eventSequence": 1}}',
     '{"detail": {"aggregateId": 7, "eventSequence": 1}}',
     '{"detail": {"aggregateId": null, "eventSequence": 1}}',
     '{"detail": {"aggregateId": "CUP#a", "eventSequence": 1}}',
     '{"detail": {"aggregateId": "TEAPOT#", "eventSequence": 1}}',
     '{"detail": {"aggregateId": "TEAPOT", "eventSequence": 1}}',
     '{"detail": {"aggregateId": "TEAPOT#\\u0000", "eventSequence": 1}}',
     '{"detail": {"aggregateId": "TEAPOT#%s", "eventSequence": 1}}' % ("a" * 3000),
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": [1]}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": true}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": 0}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": -1}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": 1.5}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": 1e999}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": NaN}}',
     '{"detail": {"aggregateId": "TEAPOT#a", "eventSequence": 1%s}}' % ("0" * 5000),
     "[" * 100_000],
)  # fmt: skip
def test_a_message_that_is_no_hint_is_reported_and_done_with(body: str) -> None:
    catch_up = CatchUps()
    outcome = handled(catch_up, record(body, "odd"), message(B, 1))

    assert catch_up.reached == [(B, 1)]
    assert outcome.retried == []
    assert [(f.what, f.key) for f in outcome.failures] == [("HintNotRead", {"messageId": "odd"})]


@pytest.mark.feature("P9")
@pytest.mark.parametrize(
    "odd",
    [None, [], "text", {}, {"messageId": "odd"}, {"messageId": ["odd"], "body": "{}"},
     {"messageId": "odd", "body": None}, {"messageId": "odd", "body": "{}", "attributes": []}],
)  # fmt: skip
def test_a_record_of_another_shape_holds_up_no_hint(odd: Any) -> None:  # noqa: ANN401 - JSON
    catch_up = CatchUps()
    outcome = handled(catch_up, odd, message(B, 1))

    assert (catch_up.reached, outcome.retried) == ([(B, 1)], [])
    assert [failure.what for failure in outcome.failures] == ["HintNotRead"]

    failures = BrokenFailures()
    answer = project_hints({"Records": [odd]}, catch_up, failures)  # type: ignore[arg-type] # stands for one
    named = isinstance(odd, dict) and odd.get("messageId") == "odd"
    assert answer["batchItemFailures"] == ([{"itemIdentifier": "odd"}] if named else [])


@pytest.mark.parametrize(
    ("aggregate", "sequence", "taken"),
    [
        ("TEAPOT#" + "a" * 249, 10**12, True),
        ("TEAPOT#" + "a" * 250, 10**12, False),
        ("TEAPOT#" + "a" * 249, 10**12 + 1, False),
    ],
    ids=["largest", "too long", "too far"],
)
def test_a_hint_has_its_bounds(aggregate: str, sequence: int, taken: bool) -> None:
    catch_up = CatchUps()
    handled(catch_up, message(aggregate, sequence))

    assert catch_up.reached == ([(aggregate, sequence)] if taken else [])


def test_streams_may_be_worked_on_at_once() -> None:
    everybody = threading.Barrier(3, timeout=100)

    class Meeting(CatchUps):
        def reach(self, aggregate: AggregateId, sequence: int, *, begins: bool = False) -> int:
            everybody.wait()
            return super().reach(aggregate, sequence)

    catch_up, failures = Meeting(lambda one: Unavailable("later") if one == B else None), Failures()
    records = [message(A, 1), message(B, 1), message("TEAPOT#c", 1)]
    with ThreadPoolExecutor(3) as threads:
        answer = project_hints({"Records": records}, catch_up, failures, threads.map)  # type: ignore[arg-type] # stands for CatchUp

    assert sorted(catch_up.reached) == [(A, 1), ("TEAPOT#c", 1)]
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{B}@1"}]}


@pytest.mark.feature("T4", "T13")
class TestAReplayedEvent:
    def replayed(self, sequence: int, **metadata: str) -> dict[str, Any]:
        detail = {"aggregateId": A, "eventSequence": sequence, "metadata": metadata}
        return record(json.dumps({"source": "skafu.replay.teapot", "detail": detail}))

    def test_lets_the_rows_be_folded_from_the_start(self) -> None:
        catch_up = CatchUps()
        events = [self.replayed(n, replayId="r1") for n in (1, 2)]
        answer = project_hints({"Records": [*events, message(B, 1)]}, catch_up, Failures())  # type: ignore[arg-type] # stands for CatchUp

        assert answer == {"batchItemFailures": []}
        assert (catch_up.replayed, catch_up.reached) == ([(A, 2, "r1")], [(B, 1)])

    def test_that_names_no_replay_is_reported(self) -> None:
        failures = Failures()
        project_hints({"Records": [self.replayed(1)]}, CatchUps(), failures)  # type: ignore[arg-type] # stands for CatchUp

        assert [failure.what for failure in failures.reported] == ["HintNotRead"]
