"""Events that something outside answers: by one command each, or it is given up."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import Unavailable
from application.sagas.runs import Runs
from application.upcasting import UnreadableEvent
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.reactions import TRIES, Reactor
from kernel.messages import Recorded, plain_id
from kernel.reaction import History, Reaction
from kernel.saga import Sending
from tests.support.api import ADA, Api
from tests.support.fakes import Clock, DoubtfulStore, Failures
from tests.support.hints import message, record
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.events import TeapotInspected, TeapotMade
from tests.support.kitchen.teapot import teapot

pytestmark = pytest.mark.feature("S5", "I8")
Answer = Callable[[Recorded[Any], History], Sending | None]


@dataclass
class Inspector:
    """Inspects each new teapot, as told; counts how often that was tried."""

    finds: str | Exception | None = "It leaks."
    tried: int = 0

    def answer(self, made: Recorded[TeapotMade], history: History) -> Sending | None:
        self.tried += 1
        if isinstance(self.finds, Exception):
            raise self.finds
        if self.finds is None:
            return None
        assert [one.sequence for one in history.events(teapot, plain_id(made.aggregate_id))]
        return inspected(made, self.finds)

    def give_up(self, made: Recorded[TeapotMade], error: Exception | None) -> Sending:
        return inspected(made, f"Not inspected: {type(error).__name__}")


def inspected(made: Recorded[TeapotMade], finding: str) -> Sending:
    return Sending("inspect-teapot", plain_id(made.aggregate_id), {"finding": finding})


@dataclass
class Kitchen:
    """Ada's teapot, which waits for the inspector."""

    inspector: Inspector = field(default_factory=Inspector)
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    failures: Failures = field(default_factory=Failures)

    def __post_init__(self) -> None:
        reaction = Reaction(
            teapot, TeapotMade, "inspector", self.inspector.answer, self.inspector.give_up
        )
        self.contents = replace(kitchen, reactions=(reaction,))
        made = Api(command_api.build(self.commands()), ADA).post("/teapots", {"name": "Teapot"})
        self.teapot = teapot.id(made.body["aggregateId"])

    def commands(self, store: Any = None) -> Commands:  # noqa: ANN401 - a store
        clock = Clock(datetime.now(UTC))
        return Commands.over(self.contents, store or self.store, clock, {}, lambda _: None)

    def react(self, *records: dict[str, Any], store: Any = None) -> list[str]:  # noqa: ANN401 - a store
        """Return the messages that are to be delivered again."""
        runs = Runs(self.contents, self.store)
        reactor = Reactor(self.commands(store), self.store, runs, self.failures)
        answer = each_message({"Records": list(records)}, reactor)
        return [str(failed["itemIdentifier"]) for failed in answer["batchItemFailures"]]

    def told(self, receives: int = 1) -> list[str]:
        return self.react(message(self.teapot, receives=receives))

    def commits(self) -> list[Commit]:
        return list(self.store.read(self.teapot))

    def findings(self) -> list[str]:
        recorded = [one.event for c in self.commits() for one in c.recorded(teapot.events)]
        return [event.finding for event in recorded if isinstance(event, TeapotInspected)]


class TestAnAnswer:
    def test_is_a_command_of_the_machine_caused_by_the_event(self) -> None:
        kitchen = Kitchen()

        assert kitchen.told() == []
        made, inspected = kitchen.commits()
        assert kitchen.findings() == ["It leaks."]
        assert inspected.actor == "machine:inspector::inspector"
        assert inspected.on_behalf_of is None
        assert inspected.correlation_id == made.correlation_id
        assert kitchen.failures.reported == []

    def test_has_one_effect_however_often_the_event_is_delivered(self) -> None:
        kitchen = Kitchen()
        kitchen.told()
        kitchen.inspector.finds = "It is cold."

        assert kitchen.told() == []
        assert kitchen.findings() == ["It leaks."]

    def test_may_be_that_there_is_nothing_to_do(self) -> None:
        kitchen = Kitchen(Inspector(None))

        assert kitchen.told() == []
        assert kitchen.findings() == []

    def test_that_the_rules_refuse_is_done_with(self) -> None:
        kitchen = Kitchen()
        Api(command_api.build(kitchen.commands()), ADA).call(
            "DELETE",
            f"/teapots/{plain_id(kitchen.teapot)}",
            None,
            {},
        )

        assert kitchen.told() == []
        assert (kitchen.findings(), kitchen.failures.reported) == ([], [])

    def test_is_given_to_no_other_event(self) -> None:
        kitchen = Kitchen()
        kitchen.told()

        assert kitchen.react(message(kitchen.teapot, 2), message(kitchen.teapot, 3)) == []
        assert kitchen.inspector.tried == 1


class TestAFailure:
    @pytest.mark.parametrize("error", [Unavailable("busy"), RuntimeError("a defect")], ids=str)
    def test_is_tried_again(self, error: Exception) -> None:
        kitchen = Kitchen(Inspector(error))

        assert [kitchen.told(receives) for receives in range(1, TRIES)] == [["m0"]] * (TRIES - 1)
        assert kitchen.findings() == []
        kitchen.inspector.finds = "It leaks."
        assert kitchen.told(TRIES) == []
        assert kitchen.findings() == ["It leaks."]

    def test_is_given_up_the_fifth_time_and_reported(self) -> None:
        kitchen = Kitchen(Inspector(Unavailable("busy")))

        assert kitchen.told(TRIES) == []
        assert kitchen.findings() == ["Not inspected: Unavailable"]
        (failure,) = kitchen.failures.reported
        assert (failure.what, failure.key["aggregateId"]) == ("EventNotAnswered", kitchen.teapot)

    def test_of_an_answer_that_would_be_refused_again_is_given_up_at_once(self) -> None:
        kitchen = Kitchen(Inspector("x" * 100_000))

        assert kitchen.told() == []
        assert kitchen.findings() == ["Not inspected: InvalidRequest"]

    def test_without_a_word_is_given_up_without_another_try(self) -> None:
        """The function was killed each time, as one that takes too long or too much memory is."""
        kitchen = Kitchen()

        assert kitchen.told(TRIES + 1) == []
        assert kitchen.findings() == ["Not inspected: NoneType"]
        assert kitchen.inspector.tried == 0

    def test_that_cannot_even_be_given_up_is_delivered_again(self) -> None:
        kitchen = Kitchen(Inspector(Unavailable("busy")))
        lost = DoubtfulStore(kitchen.store, lambda: "lost")

        assert kitchen.react(message(kitchen.teapot, receives=TRIES), store=lost) == ["m0"]
        assert kitchen.findings() == []

    def test_that_ends_in_the_dead_letter_queue_is_reported_once(self) -> None:
        """The queue delivers a message ten times; `skafu dlq show` tells why that was in vain."""
        kitchen = Kitchen(Inspector(Unavailable("busy")))
        lost = DoubtfulStore(kitchen.store, lambda: "lost")

        for receives in range(1, 11):
            kitchen.react(message(kitchen.teapot, receives=receives), store=lost)
        (failure,) = kitchen.failures.reported
        assert (failure.what, failure.where) == ("EventNotAnswered", "reactions")
        assert failure.key == {"aggregateId": kitchen.teapot, "eventSequence": 1}

    def test_to_read_the_event_is_in_the_log_and_delivered_again(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kitchen = Kitchen()

        def unreadable(*_: object) -> None:
            raise UnreadableEvent("written by a newer release")

        monkeypatch.setattr(kitchen.store, "back_from", unreadable)
        assert kitchen.told() == ["m0"]
        (later,) = (one for one in caplog.records if one.message == "later")
        assert "written by a newer release" in vars(later)["why"]

    def test_holds_up_no_other_message(self) -> None:
        kitchen = Kitchen()
        bad = record("tea", id="m1")

        assert kitchen.react(bad, message(kitchen.teapot, id="m2")) == []
        assert kitchen.findings() == ["It leaks."]


BODIES = {
    "no JSON": "tea",
    "no object": "[]",
    "no detail": "{}",
    "no aggregate": '{"detail": {}}',
    "an aggregate of another kind": '{"detail": {"aggregateId": "SAMOVAR#1", "eventSequence": 1}}',
    "an aggregate that is a number": '{"detail": {"aggregateId": 7, "eventSequence": 1}}',
    "no sequence": '{"detail": {"aggregateId": "TEAPOT#1"}}',
    "a sequence below one": '{"detail": {"aggregateId": "TEAPOT#1", "eventSequence": 0}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_hint_is_reported_and_done_with(body: str) -> None:
    kitchen = Kitchen()

    assert kitchen.react(record(body)) == []
    assert [failure.what for failure in kitchen.failures.reported] == ["HintNotRead"]


@pytest.mark.parametrize("sequence", [1, 9])
def test_an_event_that_is_not_there_is_none(sequence: int) -> None:
    kitchen = Kitchen()
    nobodys = "TEAPOT#0198f2a0-0000-7000-8000-00000000dead"

    assert kitchen.react(message(nobodys, sequence), message(kitchen.teapot, 9)) == []
    assert (kitchen.inspector.tried, kitchen.failures.reported) == (0, [])
