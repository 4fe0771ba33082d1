"""The past: the trail, states by version and moment, outcomes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.items import Item, to_item
from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.folding import Snapshot
from application.ports import PAST_PAGE
from application.reading.history import (
    CommandNotFound,
    NoSuchVersion,
    command_outcome,
    commits_between,
    owner_in,
    owner_of,
    state_at_moment,
    state_at_version,
    trail,
)
from kernel.errors import AggregateNotFound
from kernel.messages import AggregateId, iso_milliseconds
from skafu.simulation.table import bounds, page, sequence_of
from tests.support.desk import Desk
from tests.support.fakes import NOW, Clock
from tests.support.kitchen.builders import add, make, part, rename
from tests.support.kitchen.teapot import Teapot, teapot
from tests.support.requests import uuid7
from tests.support.spec import ACTOR, STREAM

ALL = ["TeapotMade", "PartAdded", "PartAdded", "TeapotRenamed", "PartAdded"]
LONG_AGO = "2020-01-01T00:00:00.000Z"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make(parts=[part("spout"), part("lid")]))
    desk.send(rename("Samovar"))
    desk.send(add("cosy"))
    return desk


def types(desk: Desk, first: int, limit: int) -> list[str]:
    return [event["eventType"] for event in trail(desk.store, STREAM, first, limit).events]


@pytest.mark.feature("T10")
class TestTrail:
    def test_a_page_holds_what_was_recorded_in_order(self, desk: Desk) -> None:
        assert types(desk, 1, 100) == ALL

    def test_a_page_may_begin_and_end_within_a_commit(self, desk: Desk) -> None:
        assert types(desk, 2, 1) == ["PartAdded"]
        assert types(desk, 3, 2) == ["PartAdded", "TeapotRenamed"]

    def test_a_page_names_the_next(self, desk: Desk) -> None:
        assert trail(desk.store, STREAM, 1, 2).next_sequence == 3

    @pytest.mark.parametrize("limit", [5, 6])
    def test_the_last_page_names_none(self, desk: Desk, limit: int) -> None:
        assert trail(desk.store, STREAM, 1, limit).next_sequence is None

    def test_a_page_beyond_the_end_is_empty(self, desk: Desk) -> None:
        assert types(desk, 6, 10) == []

    def test_the_owner_is_known_from_the_newest_state(self, desk: Desk) -> None:
        assert owner_of(desk.store, teapot, STREAM) == ACTOR

    def test_nobody_owns_what_does_not_exist(self, desk: Desk) -> None:
        with pytest.raises(AggregateNotFound):
            owner_of(desk.store, teapot, AggregateId("TEAPOT#nowhere"))

    def test_nobody_owns_what_has_not_begun(self) -> None:
        with pytest.raises(AggregateNotFound):
            owner_in(teapot, teapot.initial)


def lived(length: int, seed: int = 0) -> list[Commit]:
    """A stream of so many commits; some of many events, some at the time of their predecessor."""
    dice = random.Random(seed)
    desk = Desk(clock=Clock())
    desk.send(make(parts=[part(f"s{n}") for n in range(dice.randrange(20))]))
    for number in range(1, length):
        desk.clock.move(milliseconds=dice.choice([0, 1, 40, 60_000]))
        desk.send(rename(f"Teapot {number}"))
    return desk.commits()


@cache
def of_length(length: int) -> list[Commit]:
    """Return so many commits, the last four of eight over and over: to record 10 000 takes long."""
    begun = lived(8)
    last, moment = begun[-1].last_sequence, datetime.fromisoformat(begun[-1].timestamp)
    return begun + [
        replace(
            begun[4 + n % 4],
            first_sequence=last + 1 + n,
            timestamp=iso_milliseconds(moment + timedelta(seconds=1 + n)),
        )
        for n in range(length - 8)
    ]


def of_single_events(length: int) -> list[Commit]:
    desk = Desk()
    desk.send(make())
    for number in range(1, length):
        desk.clock.move(seconds=1)
        desk.send(rename(f"Teapot {number}"))
    return desk.commits()


def folded(commits: list[Commit], version: int) -> Snapshot[Teapot]:
    """Fold as simply as can be: every event from the first on."""
    recorded = [r for c in commits for r in c.recorded(teapot.events) if r.sequence <= version]
    state = teapot.fold(r.event for r in recorded)
    return Snapshot(state, recorded[-1].sequence, recorded[-1].timestamp)


def holding(commits: list[Commit]) -> MemoryEventStore:
    store = MemoryEventStore()
    for commit in commits:
        store.append(commit, state_due=commit.state is not None)
    return store


@pytest.mark.feature("T9", "E18")
class TestStateAtVersion:
    def test_every_version_is_the_fold_of_the_events_up_to_it(self) -> None:
        commits = lived(40, seed=3)
        store = holding(commits)
        for version in range(1, commits[-1].last_sequence + 1):
            assert state_at_version(store, teapot, STREAM, version) == folded(commits, version)

    def test_without_a_version_it_is_the_newest(self, desk: Desk) -> None:
        assert state_at_version(desk.store, teapot, STREAM) == folded(desk.commits(), 5)

    def test_states_of_another_state_version_are_not_used(self) -> None:
        commits = [replace(c, state="{}", state_version=0) for c in lived(12)]
        newest = commits[-1].last_sequence

        assert state_at_version(holding(commits), teapot, STREAM) == folded(commits, newest)

    def test_a_version_that_has_not_come_is_not_found(self, desk: Desk) -> None:
        with pytest.raises(NoSuchVersion) as refusal:
            state_at_version(desk.store, teapot, STREAM, 6)

        assert refusal.value.data == {"version": 6, "newest": 5}

    def test_nothing_is_found_of_what_does_not_exist(self, desk: Desk) -> None:
        with pytest.raises(AggregateNotFound):
            state_at_version(desk.store, teapot, AggregateId("TEAPOT#nowhere"), 1)


@pytest.mark.feature("T9")
class TestStateAtMoment:
    @pytest.mark.parametrize("length", [1, 2, 8, 9, 40, 200])
    def test_at_every_moment_it_is_what_had_been_recorded_until_then(self, length: int) -> None:
        commits = lived(length, seed=length)
        store = holding(commits)
        for commit in commits:
            last = max(c.last_sequence for c in commits if c.timestamp <= commit.timestamp)
            found = state_at_moment(store, teapot, STREAM, commit.timestamp)
            assert found == folded(commits, last)

    @pytest.mark.parametrize("length", range(PAST_PAGE, 3 * PAST_PAGE))
    def test_the_first_of_them_is_found_wherever_a_page_ends(self, length: int) -> None:
        commits = of_single_events(length)
        found = state_at_moment(holding(commits), teapot, STREAM, commits[0].timestamp)

        assert found.version == 1

    def test_it_is_found_wherever_the_search_looks(self) -> None:
        commits = of_single_events(8 * PAST_PAGE)
        store = holding(commits)
        for version, commit in enumerate(commits, 1):
            assert state_at_moment(store, teapot, STREAM, commit.timestamp).version == version

    def test_between_two_commits_it_is_the_earlier_ones(self, desk: Desk) -> None:
        desk.clock.move(hours=1)
        desk.send(rename("Urn"))
        between = iso_milliseconds(desk.clock.now.replace(minute=59, hour=12))

        assert state_at_moment(desk.store, teapot, STREAM, between).version == 5
        assert state_at_moment(desk.store, teapot, STREAM, "2030").version == 6

    def test_before_the_first_commit_there_is_nothing(self, desk: Desk) -> None:
        with pytest.raises(AggregateNotFound):
            state_at_moment(desk.store, teapot, STREAM, LONG_AGO)


@dataclass
class CountedTable:
    """One stream's items, as DynamoDB answers queries for them."""

    items: list[Item]
    queries: int = 0

    def __post_init__(self) -> None:
        self.sequences = [sequence_of(item) for item in self.items]

    def query(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        self.queries += 1
        found = self.items[slice(*bounds(given, self.sequences))]
        return page(given, found, megabyte=1000)


@pytest.mark.feature("T9", "W8")
@pytest.mark.parametrize("length", [10, 1000, 10_000])
class TestWhatItCosts:
    """Queries to the table, however long the stream."""

    @pytest.fixture
    def commits(self, length: int) -> list[Commit]:
        return of_length(length)

    @pytest.fixture
    def table(self, commits: list[Commit]) -> CountedTable:
        return CountedTable([to_item(commit) for commit in commits])

    @pytest.fixture
    def store(self, table: CountedTable) -> DynamoDbEventStore:
        client: Any = table
        return DynamoDbEventStore(client, "events")

    def moments(self, commits: list[Commit]) -> Iterator[Commit]:
        yield from (commits[0], commits[-1])
        yield from random.Random(7).choices(commits, k=200)

    def test_a_version_takes_two_queries_at_most(
        self, commits: list[Commit], table: CountedTable, store: DynamoDbEventStore
    ) -> None:
        for commit in self.moments(commits):
            before = table.queries
            state_at_version(store, teapot, STREAM, commit.last_sequence)
            assert table.queries - before <= 2

    def test_a_moment_takes_sixteen_queries_at_most(
        self, commits: list[Commit], table: CountedTable, store: DynamoDbEventStore
    ) -> None:
        for commit in self.moments(commits):
            before = table.queries
            state_at_moment(store, teapot, STREAM, commit.timestamp)
            assert table.queries - before <= 16

    def test_the_owner_takes_two_queries_at_most(
        self, table: CountedTable, store: DynamoDbEventStore, commits: list[Commit]
    ) -> None:
        assert owner_of(store, teapot, STREAM) == ACTOR
        assert table.queries <= 2


@pytest.mark.feature("C26")
@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("last", range(4))
def test_commits_between_two_times_are_those_of_both_times_too(first: int, last: int) -> None:
    commits = of_single_events(4)
    since, until = commits[first].timestamp, commits[last].timestamp
    found = commits_between(holding(commits), STREAM, since, until)

    assert [c.first_sequence for c in found] == list(range(first + 1, last + 2))


@pytest.mark.feature("C26")
class TestCommandOutcome:
    def outcome(self, desk: Desk, key: str, asker: str = ACTOR) -> Commit:
        return command_outcome(desk.store, STREAM, key, asker, desk.clock.now)

    def test_is_the_commit_that_it_made(self, desk: Desk) -> None:
        key = desk.key()
        accepted = desk.send(rename("Urn"), key)
        desk.send(rename("Kettle"))

        found = self.outcome(desk, key)
        assert (found.last_sequence, found.timestamp) == (accepted.version, accepted.timestamp)

    def test_of_a_key_that_carries_its_time_is_found_however_old(self, desk: Desk) -> None:
        key = desk.key()
        accepted = desk.send(rename("Urn"), key)
        for number in range(40):
            desk.clock.move(days=1)
            desk.send(rename(f"Urn {number}"))

        assert self.outcome(desk, key).last_sequence == accepted.version

    def test_of_a_key_that_was_sent_late_is_found(self, desk: Desk) -> None:
        key = desk.key()
        desk.clock.move(hours=23)
        accepted = desk.send(rename("Urn"), key)

        assert self.outcome(desk, key).last_sequence == accepted.version

    def test_of_an_opaque_key_is_found_for_a_day(self, desk: Desk) -> None:
        accepted = desk.send(rename("Urn"), "order-7")
        desk.clock.move(hours=23)
        assert self.outcome(desk, "order-7").last_sequence == accepted.version

        desk.clock.move(hours=2)
        with pytest.raises(CommandNotFound):
            self.outcome(desk, "order-7")

    def test_of_one_id_that_two_people_used_is_the_askers_own(self, desk: Desk) -> None:
        theirs = desk.send(rename("Urn"), "order-7", actor="root::root", admin=True)
        assert self.outcome(desk, "order-7").last_sequence == theirs.version

        own = desk.send(rename("Kettle"), "order-7")
        assert self.outcome(desk, "order-7").last_sequence == own.version
        assert self.outcome(desk, "order-7", "root::root").last_sequence == theirs.version

    @pytest.mark.parametrize("key", ["order-7", uuid7(NOW), uuid7(NOW.replace(year=9990))])
    def test_that_was_never_recorded_is_not_found(self, desk: Desk, key: str) -> None:
        with pytest.raises(CommandNotFound):
            self.outcome(desk, key)

    def test_in_a_stream_that_does_not_exist_is_not_found(self) -> None:
        with pytest.raises(CommandNotFound):
            self.outcome(Desk(), "order-7")
