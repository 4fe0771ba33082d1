"""A person is forgotten: at once, everywhere, once, and again after it was broken off."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any, cast

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.subject_streams import MemorySubjectStreams
from application.ports import Unavailable
from application.privacy.forgetting import (
    LONGEST_COMMAND,
    Forgetting,
    NotifiedPage,
    StreamsPage,
    concerns,
)
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.execute import Executor
from application.writing.requests import Accepted, Request
from kernel.messages import AggregateId, Command, iso_milliseconds
from tests.support import template
from tests.support.kitchen import builders
from tests.support.kitchen.commands import RegisterTea
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.teapot import teapot
from tests.support.requests import EPOCH, request, uuid7
from tests.support.sealers import LIFETIME, KeyOffice

pytestmark = pytest.mark.feature("L10", "W11")

ANN, BOB = "ann-sub", "bob-sub"
STREAMS = [AggregateId(f"TEAPOT#{uuid7(EPOCH, n)}") for n in range(6)]
TEA = AggregateId(f"TEA#{uuid7(EPOCH, 10)}")


@dataclass
class House:
    """A store in which people have streams, and who is asked to forget them."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    office: KeyOffice = field(default_factory=KeyOffice)

    def __post_init__(self) -> None:
        self.executors = {
            decider.aggregate_type: Executor(
                self.store, decider, self.office.clock, {}, lambda _: None
            )
            for decider in kitchen.aggregates
        }
        self.forgetting = Forgetting(
            self.office.table,
            MemorySubjectStreams(self.store),
            self.executors,
            self.office.clock,
            timedelta(minutes=1),
        )

    def send(
        self, person: str, stream: AggregateId, command: Command, *, admin: bool = False
    ) -> None:
        executor = self.executors[stream.partition("#")[0]]
        key = uuid7(self.office.clock.now, next(NUMBERS))
        executor.execute(
            request(command, key, actor=f"{person}::{person}", admin=admin, stream=stream)
        )

    def create(self, person: str, stream: AggregateId) -> None:
        command = builders.make().model_copy(update={"owner": f"{person}::{person}"})
        self.send(person, stream, command)

    def forget(self, subject: str) -> list[NotifiedPage]:
        return list(self.forgetting.notify(subject, self.forgetting.destroy_key(subject)))

    def told(self, subject: str) -> set[AggregateId]:
        return {
            stream for stream, _ in self.store.heads() if self.events(stream).count(subject) == 1
        }

    def events(self, stream: AggregateId) -> list[str]:
        """Return the subjects forgotten in a stream, once for each time."""
        stored = (e for commit in self.store.read(stream) for e in commit.stored_events())
        return [e["data"]["subject"] for e in stored if e["eventType"] == "SubjectForgotten"]


class TwoPages:
    """Commits of one stream on two pages, as a table of commits has them."""

    def pages(self, subject: str, position: str | None) -> Iterator[StreamsPage]:
        yield StreamsPage((STREAMS[0],), 4, "further")
        yield StreamsPage((STREAMS[0],), 4, None)

    def size(self) -> int:
        return 8


NUMBERS = iter(range(1_000_000))


@pytest.fixture
def house() -> House:
    """Three teapots of Ann's, two of Bob's, and one of Bob's which Ann changed as Admin."""
    house = House()
    for stream in STREAMS[:3]:
        house.create(ANN, stream)
    for stream in STREAMS[3:]:
        house.create(BOB, stream)
    house.send(ANN, STREAMS[5], builders.rename("Samovar"), admin=True)
    return house


class TestStreams:
    def test_each_that_is_theirs_is_told_and_no_other(self, house: House) -> None:
        house.forget(ANN)

        assert house.told(ANN) == {*STREAMS[:3], STREAMS[5]}
        assert house.told(BOB) == set()

    def test_of_every_kind_are_told(self, house: House) -> None:
        owner = f"{ANN}::{ANN}"
        house.send(ANN, TEA, RegisterTea(owner=owner, slug="assam", name="Assam"))
        house.forget(ANN)

        assert house.told(ANN) == {*STREAMS[:3], STREAMS[5], TEA}

    @pytest.mark.parametrize("last", [builders.retire(), builders.smash()])
    def test_that_take_no_other_command_are_told_as_well(self, house: House, last: Command) -> None:
        house.send(ANN, STREAMS[0], last)
        house.forget(ANN)

        assert STREAMS[0] in house.told(ANN)

    def test_are_told_once_however_often_it_is_done(self, house: House) -> None:
        house.forget(ANN)
        house.forget(ANN)

        assert house.told(ANN) == {*STREAMS[:3], STREAMS[5]}

    def test_that_two_pages_hold_are_named_once(self, house: House) -> None:
        house.forgetting = replace(house.forgetting, streams=TwoPages())
        pages = house.forget(ANN)

        assert [page.streams for page in pages] == [(STREAMS[0],), ()]

    def test_of_two_people_know_of_both(self, house: House) -> None:
        house.forget(ANN)
        house.forget(BOB)

        assert house.events(STREAMS[5]) == [ANN, BOB]

    def test_are_told_by_nobody_in_particular(self, house: House) -> None:
        house.forget(ANN)

        *_, last = house.store.read(STREAMS[0])
        assert last.actor == "operator::skafu"


class TestBrokenOff:
    def test_goes_on_where_it_was(self, house: House) -> None:
        tombstone = house.forgetting.destroy_key(ANN)
        list(islice(house.forgetting.notify(ANN, tombstone), 1))
        half = house.told(ANN)
        going_on = house.forgetting.destroy_key(ANN)
        examined = sum(page.examined for page in house.forgetting.notify(ANN, going_on))

        assert half == set(STREAMS[:2])
        assert house.told(ANN) == {*STREAMS[:3], STREAMS[5]}
        assert examined < house.forgetting.streams.size()

    def test_notes_no_position_past_a_stream_that_could_not_be_told(self, house: House) -> None:
        """The first page fails; those behind it do not, and must not hide it."""
        deaf = Deaf(house.executors["TEAPOT"], STREAMS[0])
        house.executors["TEAPOT"] = cast(Any, deaf)
        pages = house.forget(ANN)
        record = house.office.table.get(ANN)

        assert [bool(page.failed) for page in pages] == [True, False, False]
        assert record is not None
        assert (record.position, record.notified_at) == (None, None)

    def test_notes_the_position_before_a_stream_that_could_not_be_told(self, house: House) -> None:
        house.executors["TEAPOT"] = cast(Any, Deaf(house.executors["TEAPOT"], STREAMS[2]))
        house.forget(ANN)
        assert (record := house.office.table.get(ANN)) is not None
        assert (record.position, record.notified_at) == ("2", None)

        house.executors["TEAPOT"] = cast(Any, house.executors["TEAPOT"]).inner
        house.forget(ANN)
        assert STREAMS[2] in house.told(ANN)

    def test_after_its_end_begins_anew(self, house: House) -> None:
        house.forget(ANN)
        record = house.office.table.get(ANN)

        assert record is not None
        assert record.notified_at == iso_milliseconds(house.office.clock.now)
        assert record.position is None

    def test_a_stream_that_cannot_be_told_keeps_no_other(self, house: House) -> None:
        del house.executors["TEAPOT"]
        house.send(ANN, TEA, RegisterTea(owner=f"{ANN}::{ANN}", slug="assam", name="Assam"))
        failed = [stream for page in house.forget(ANN) for stream, _ in page.failed]

        assert set(failed) == {*STREAMS[:3], STREAMS[5]}
        assert house.told(ANN) == {TEA}

    def test_a_stream_that_could_not_be_told_is_met_again(self, house: House) -> None:
        executor = house.executors.pop("TEAPOT")
        house.forget(ANN)
        assert (record := house.office.table.get(ANN)) is not None
        assert record.notified_at is None

        house.executors["TEAPOT"] = executor
        assert not any(page.failed for page in house.forget(ANN))
        assert house.told(ANN) == {*STREAMS[:3], STREAMS[5]}


@dataclass
class Deaf:
    """Executes commands, but not for one stream."""

    inner: Executor[Any, Any, Any]
    stream: AggregateId

    def execute(self, asked: Request[Any]) -> Accepted:
        if asked.aggregate_id == self.stream:
            raise Unavailable(self.stream)
        return self.inner.execute(asked)


class TestKey:
    def test_is_gone_before_any_stream_is_told(self, house: House) -> None:
        sealer = house.office.sealer()
        sealed = sealer.seal(ANN, "Ann Example")
        house.forgetting.destroy_key(ANN)

        assert house.office.sealer().open(ANN, sealed) is None
        assert house.told(ANN) == set()

    def test_is_used_by_nobody_when_the_streams_are_looked_through(self, house: House) -> None:
        """A process keeps an opened key for a minute, and a command is on its way for less."""
        tombstone = house.forgetting.destroy_key(ANN)
        settled = house.forgetting.settled_at(tombstone)

        assert settled - house.office.clock.now == timedelta(minutes=1) + LONGEST_COMMAND

    @pytest.mark.parametrize("function", ["CommandApi", "CommandWorker"])
    def test_is_waited_for_as_long_as_a_command_may_take(self, function: str) -> None:
        written: Any = template.written()
        timeout = written[function]["Properties"].get("Timeout", 10)

        assert timedelta(seconds=timeout) <= LONGEST_COMMAND


def test_what_a_warm_process_still_appended_is_found_after_the_wait(house: House) -> None:
    """It had opened the key before that was destroyed; whoever looks waits until it uses it not."""
    warm = house.office.sealer()
    warm.seal(ANN, "")
    tombstone = house.forgetting.destroy_key(ANN)
    late = AggregateId(f"TEAPOT#{uuid7(EPOCH, 7)}")
    assert warm.seal(ANN, "still") is not None
    house.create(ANN, late)

    house.office.seconds = LIFETIME
    with pytest.raises(SubjectIsForgotten):
        warm.seal(ANN, "no more")
    list(house.forgetting.notify(ANN, tombstone))
    assert late in house.told(ANN)


def own_or_acted() -> Iterator[tuple[str, str, bool]]:
    yield "ann-sub::ann", "[]", True
    yield "bob-sub::bob", '[{"data":{"owner":"ann-sub::ann"}}]', True
    yield "bob-sub::bob", '[{"data":{"owner":"bob-sub::bob"}}]', False
    yield "ann-sub-2::ann", "[]", False
    yield "bob-sub::bob", r'[{"data":{"description":"\"owner\":\"ann-sub::ann\""}}]', False


@pytest.mark.parametrize(("actor", "events", "expected"), list(own_or_acted()))
def test_a_commit_is_whose_events_name_them_or_who_commanded(
    actor: str, events: str, expected: bool
) -> None:
    """A text that somebody writes makes a stream nobody's."""
    assert concerns(ANN, actor, events) is expected


def test_a_teapot_keeps_its_rules_when_its_owner_is_forgotten(house: House) -> None:
    house.forget(BOB)
    house.send("root", STREAMS[3], builders.rename("Samovar"), admin=True)

    recorded = [r.event for c in house.store.read(STREAMS[3]) for r in c.recorded(teapot.events)]
    assert teapot.fold(recorded).name == "Samovar"
