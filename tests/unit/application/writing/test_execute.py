"""The executor's reads, writes and answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.ports import Unavailable
from application.writing.append import state_due
from application.writing.execute import MAX_ATTEMPTS, Contended, Executor
from application.writing.identity import CLOCK_SKEW, WINDOW, KeyExpired
from application.writing.key_times import KeyTimes
from application.writing.limits import EventTooLarge
from application.writing.requests import CommandIdReused, WrongExpectedVersion
from kernel.errors import AggregateNotFound
from tests.support.commits import commit
from tests.support.desk import Desk
from tests.support.fakes import (
    NOW,
    DoubtfulStore,
    LaggingStore,
    OvertakenStore,
    WithoutKeyTimes,
)
from tests.support.kitchen.builders import add, make, part, rename
from tests.support.kitchen.teapot import PartNameTaken, TeapotAlreadyExists, teapot
from tests.support.requests import request, uuid7
from tests.support.spec import ACTOR, STREAM

AHEAD = [timedelta(minutes=6), timedelta(hours=7), timedelta(hours=30), timedelta(hours=60)]
LATER = [timedelta(0), timedelta(minutes=2), timedelta(minutes=12), timedelta(hours=23)]


@pytest.fixture
def desk() -> Desk:
    """A process that has just created the teapot."""
    desk = Desk()
    desk.send(make())
    desk.clock.move(hours=1)
    desk.forget_counts()
    return desk


@pytest.fixture
def cold(desk: Desk) -> Desk:
    return desk.another()


class TestWhatIsRead:
    """C14: the state is loaded only when it is needed."""

    @pytest.mark.feature("C14")
    def test_a_creation_reads_nothing(self) -> None:
        desk = Desk()
        desk.send(make())

        assert (desk.store.reads, desk.store.appends) == ([], 1)

    @pytest.mark.feature("C14", "E18")
    def test_a_cold_process_reads_the_newest_commit_weakly(self, cold: Desk) -> None:
        cold.send(rename("Samovar"))

        assert (cold.store.reads, cold.store.commits_read) == (["weak"], 1)
        assert cold.store.appends == 1

    @pytest.mark.feature("C14")
    def test_a_warm_process_reads_nothing(self, desk: Desk) -> None:
        desk.send(rename("Samovar"))
        desk.send(rename("Urn"))

        assert (desk.store.reads, desk.store.appends) == ([], 2)

    def test_a_process_stays_warm_after_a_load(self, cold: Desk) -> None:
        cold.send(rename("Samovar"))
        cold.forget_counts()
        cold.send(rename("Urn"))

        assert cold.store.reads == []

    def test_a_collision_corrects_a_warm_process_by_one_strong_read(self, desk: Desk) -> None:
        desk.another().send(rename("Samovar"))
        accepted = desk.send(rename("Urn"))

        assert accepted.version == 3
        assert (desk.store.reads, desk.store.appends) == (["strong"], 2)

    def test_a_collision_reads_no_further_than_what_was_known(self, desk: Desk) -> None:
        for name in ("Samovar", "Urn", "Kettle"):
            desk.send(rename(name))
        desk.another().send(rename("Teapot"))
        desk.send(rename("Urn"))

        assert desk.store.commits_read == 2
        assert [c.first_sequence for c in desk.commits()] == [1, 2, 3, 4, 5, 6]

    def test_a_key_from_before_a_collision_is_still_known(self, desk: Desk) -> None:
        key = desk.key()
        first = desk.send(rename("Samovar"), key)
        desk.another().send(rename("Teapot"))
        desk.send(rename("Urn"))
        desk.forget_counts()

        assert desk.send(rename("Samovar"), key) == first
        assert desk.store.reads == []

    def test_a_refusal_is_decided_again_on_a_strong_read(self, desk: Desk) -> None:
        with pytest.raises(TeapotAlreadyExists):
            desk.send(make())

        assert desk.store.reads == ["strong"]

    def test_a_no_op_is_decided_again_on_a_strong_read(self, desk: Desk) -> None:
        accepted = desk.send(rename("Teapot"))

        assert accepted.version == 1
        assert (desk.store.reads, desk.store.appends) == (["strong"], 0)

    def test_a_no_op_that_a_newer_commit_undid_is_recorded(self, desk: Desk) -> None:
        desk.another().send(rename("Samovar"))
        accepted = desk.send(rename("Teapot"))

        assert accepted.version == 3

    def test_a_refusal_that_a_newer_commit_lifted_is_accepted(self) -> None:
        behind = LaggingStore(MemoryEventStore(), lag=lambda: 1)
        desk = Desk(behind)
        desk.send(make())
        desk.clock.move(hours=1)

        assert desk.another().send(rename("Samovar")).version == 2

    @pytest.mark.feature("V7")
    def test_a_state_of_another_state_version_is_folded_anew(self, desk: Desk) -> None:
        desk.send(rename("Samovar"))
        newer = replace(teapot, state_version=teapot.state_version + 1)
        executor = Executor(desk.store, newer, desk.clock, {})
        executor.execute(request(add("spout"), desk.key()))

        assert desk.store.commits_read == 2
        assert desk.commits()[-1].state_version == newer.state_version


class TestWhatANoOpLeaves:
    def test_the_process_is_warm_after_it(self, cold: Desk) -> None:
        cold.send(rename("Teapot"))
        cold.forget_counts()
        cold.send(rename("Samovar"))

        assert cold.store.reads == []

    def test_its_head_is_not_taken_for_the_newest(self, cold: Desk) -> None:
        cold.send(rename("Teapot"))
        cold.another().send(rename("Samovar"))

        assert cold.send(rename("Teapot")).version == 3

    def test_an_aggregate_that_does_not_exist_is_not_remembered(self) -> None:
        desk = Desk()
        with pytest.raises(AggregateNotFound):
            desk.send(rename("Samovar"))

        assert desk.warm == {}

    def test_after_a_lost_race_the_next_command_does_not_collide_again(self, desk: Desk) -> None:
        desk.another().send(add("spout"))
        with pytest.raises(PartNameTaken):
            desk.send(add("spout"))
        desk.forget_counts()
        desk.send(rename("Samovar"))

        assert desk.store.appends == 1


class TestWhatIsRecorded:
    @pytest.mark.feature("E17", "C16")
    def test_all_events_of_a_command_with_state_and_identity_in_one_append(self) -> None:
        desk = Desk()
        accepted = desk.send(make(parts=[part("spout"), part("lid")]), key="k")

        (commit,) = desk.commits()
        assert desk.store.appends == 1
        assert (commit.first_sequence, commit.count, accepted.version) == (1, 3, 3)
        assert (commit.identity, commit.state is not None) == ((ACTOR, "k"), True)

    @pytest.mark.feature("E10", "E11")
    def test_correlation_and_trace_of_the_request(self) -> None:
        desk = Desk()
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        desk.executor().execute(request(make(), "k", correlation_id="c", traceparent=trace))

        (commit,) = desk.commits()
        assert (commit.correlation_id, commit.traceparent) == ("c", trace)

    def test_the_hash_of_the_predecessor(self, desk: Desk) -> None:
        desk.send(rename("Samovar"))
        desk.another().send(rename("Urn"))

        first, second, third = desk.commits()
        assert (second.previous_hash, third.previous_hash) == (first.hash(), second.hash())

    @pytest.mark.feature("E9")
    def test_no_field_of_the_state_at_its_default(self) -> None:
        desk = Desk()
        desk.send(make(description=None))
        for number in range(3):
            desk.send(rename(f"Teapot {number}"))

        assert "description" not in json.loads(desk.commits()[-1].state or "")

    def test_never_a_time_before_what_this_process_recorded(self, desk: Desk) -> None:
        desk.clock.move(minutes=3)
        desk.send(rename("Samovar"))
        desk.clock.move(minutes=-2)
        desk.send(rename("Urn"))

        assert desk.commits()[2].timestamp == desk.commits()[1].timestamp

    def test_never_a_time_before_its_predecessors(self, desk: Desk) -> None:
        desk.send(rename("Samovar"))
        late = desk.commits()[-1].timestamp
        desk.clock.move(minutes=-3)
        accepted = desk.another().send(rename("Urn"))

        assert accepted.timestamp == late

    @pytest.mark.feature("C20")
    def test_nothing_when_a_rule_refuses(self, desk: Desk) -> None:
        desk.send(add("spout"))
        with pytest.raises(PartNameTaken):
            desk.send(add("spout"))

        assert len(desk.commits()) == 2

    def test_nothing_when_the_commit_is_too_large(self, desk: Desk) -> None:
        with pytest.raises(EventTooLarge):
            desk.send(add("spout", tea="x" * 65_536))

        assert (len(desk.commits()), desk.store.appends) == (1, 0)


@pytest.mark.feature("C11")
class TestWhoMayCommand:
    def test_another_owners_teapot_does_not_exist(self, desk: Desk) -> None:
        with pytest.raises(AggregateNotFound):
            desk.send(rename("Mine"), actor="eve::eve")

    def test_an_admin_commands_any_teapot(self, desk: Desk) -> None:
        assert desk.send(rename("Ours"), actor="root::root", admin=True).version == 2

    def test_a_teapot_that_does_not_exist_answers_the_same(self) -> None:
        with pytest.raises(AggregateNotFound):
            Desk().send(rename("Samovar"))


@pytest.mark.feature("C17")
class TestExpectedVersion:
    def test_at_the_head_is_decided(self, desk: Desk) -> None:
        assert desk.send(rename("Samovar"), expected_version=1).version == 2

    def test_of_zero_expects_that_nothing_is_there(self) -> None:
        assert Desk().send(make(), expected_version=0).version == 1

    @pytest.mark.parametrize("expected", [0, 2, 100])
    def test_below_or_above_the_head_is_refused(self, desk: Desk, expected: int) -> None:
        with pytest.raises(WrongExpectedVersion) as refusal:
            desk.send(rename("Samovar"), expected_version=expected)

        assert (refusal.value.expected, refusal.value.actual) == (expected, 1)
        assert desk.store.appends == 0

    def test_is_compared_with_what_a_strong_read_finds(self, desk: Desk) -> None:
        desk.another().send(rename("Samovar"))

        assert desk.send(rename("Urn"), expected_version=2).version == 3

    def test_is_refused_when_another_was_first(self, desk: Desk) -> None:
        desk.another().send(rename("Samovar"))
        with pytest.raises(WrongExpectedVersion):
            desk.send(rename("Urn"), expected_version=1)

        assert len(desk.commits()) == 2

    @pytest.mark.feature("C15")
    def test_comes_after_identity(self, desk: Desk) -> None:
        key = desk.key()
        first = desk.send(rename("Samovar"), key, expected_version=1)

        assert desk.send(rename("Samovar"), key, expected_version=1) == first
        assert desk.another().send(rename("Samovar"), key, expected_version=1) == first


@pytest.mark.feature("C15")
class TestSentTwice:
    def test_gets_the_same_answer_from_the_same_process(self, desk: Desk) -> None:
        key = desk.key()

        assert desk.send(rename("Samovar"), key) == desk.send(rename("Samovar"), key)
        assert len(desk.commits()) == 2

    def test_gets_the_same_answer_from_another_process(self, desk: Desk) -> None:
        key = desk.key()
        first = desk.send(rename("Samovar"), key)
        desk.send(rename("Urn"))

        assert desk.another().send(rename("Samovar"), key) == first
        assert len(desk.commits()) == 3

    def test_a_creation_gets_the_same_answer(self) -> None:
        desk = Desk()
        key = desk.key()
        first = desk.send(make(), key)
        desk.send(rename("Samovar"))

        assert desk.another().send(make(), key) == first

    def test_at_once_by_the_winner_that_a_collision_brings(self, desk: Desk) -> None:
        key = desk.key()
        first = desk.another().send(rename("Samovar"), key)
        again = desk.send(rename("Samovar"), key)

        assert (again, desk.store.reads) == (first, [])

    def test_with_another_content_is_refused(self, desk: Desk) -> None:
        key = desk.key()
        desk.send(rename("Samovar"), key)
        for process in (desk, desk.another()):
            with pytest.raises(CommandIdReused):
                process.send(rename("Urn"), key)

        assert len(desk.commits()) == 2

    def test_with_another_expected_version_is_refused(self, desk: Desk) -> None:
        key = desk.key()
        desk.send(rename("Samovar"), key)
        with pytest.raises(CommandIdReused):
            desk.send(rename("Samovar"), key, expected_version=1)

    def test_by_another_principal_is_another_command(self, desk: Desk) -> None:
        key = desk.key()
        desk.send(rename("Samovar"), key)

        assert desk.send(rename("Urn"), key, actor="root::root", admin=True).version == 3

    def test_after_a_refusal_is_decided_afresh(self, desk: Desk) -> None:
        key = desk.key()
        with pytest.raises(AggregateNotFound):
            desk.send(rename("Samovar"), key, actor="eve::eve")

        assert desk.send(rename("Samovar"), key, actor="eve::eve", admin=True).version == 2

    def test_after_a_no_op_is_decided_afresh(self, desk: Desk) -> None:
        key = desk.key()
        desk.send(rename("Teapot"), key)
        desk.send(rename("Samovar"))

        assert desk.send(rename("Teapot"), key).version == 3

    @pytest.mark.parametrize("fate", ["lost", "stored"])
    def test_after_an_answer_that_was_lost_has_one_effect(self, desk: Desk, fate: str) -> None:
        key = desk.key()
        unlucky = Desk(DoubtfulStore(desk.inner, lambda: fate), desk.clock)
        with pytest.raises(Unavailable):
            unlucky.send(rename("Samovar"), key)

        assert desk.another().send(rename("Samovar"), key).version == 2
        assert len(desk.commits()) == 2

    @pytest.mark.parametrize("lag", [2, 3])
    def test_is_found_although_replicas_lag_differently(self, desk: Desk, lag: int) -> None:
        """The first page may know commits that the replica of the second does not have yet."""
        key = desk.key()
        first = desk.send(rename("Samovar"), key)
        desk.send(rename("Urn"))
        lags = iter([0, lag])
        replicas = LaggingStore(desk.inner, lambda: next(lags, 0), pages=(1, 8))

        assert Desk(replicas, desk.clock).send(rename("Samovar"), key) == first
        assert len(desk.commits()) == 3


def opaque(number: int) -> str:
    return f"order-{number}"


def timed(number: int) -> str:
    return uuid7(NOW, number)


def older_release() -> Desk:
    """A desk whose commits do not carry the times of keys."""
    desk = Desk(MemoryEventStore())
    desk.store.inner = WithoutKeyTimes(desk.inner)
    desk.send(make())
    return desk


@pytest.mark.feature("C15")
class TestLookBack:
    """The time for which a key is remembered, and the reads that it takes."""

    @pytest.mark.parametrize("make_key", [timed, opaque])
    @pytest.mark.parametrize(
        "age",
        [
            timedelta(0),
            timedelta(minutes=11),
            timedelta(hours=23),
            timedelta(hours=24),
        ],
        ids=str,
    )
    def test_a_key_sent_again_within_24_hours_gets_its_answer(
        self, make_key: Callable[[int], str], age: timedelta
    ) -> None:
        desk = Desk()
        desk.send(make())
        first = desk.send(rename("Samovar"), make_key(1))
        desk.clock.move(seconds=age.total_seconds())
        desk.another().send(add("spout"))

        assert desk.another().send(rename("Samovar"), make_key(1)) == first
        assert len(desk.commits()) == 3

    def test_a_fresh_timed_key_reads_the_newest_commit_alone(self) -> None:
        desk = Desk()
        desk.send(make())
        for number in range(20):
            desk.clock.move(milliseconds=10)
            desk.send(rename(f"Teapot {number}"))
            cold = desk.another()
            desk.clock.move(milliseconds=1)
            cold.send(rename(f"Samovar {number}"))

            assert (cold.store.reads, cold.store.commits_read) == (["weak"], 1)

    def test_a_timed_key_reads_back_to_the_commit_that_knew_no_newer_one(self) -> None:
        desk = Desk()
        desk.send(make())
        for number in range(20):
            desk.clock.move(seconds=1)
            desk.send(rename(f"Teapot {number}"))
        late = uuid7(desk.clock.now - timedelta(seconds=3, milliseconds=500))
        cold = desk.another()
        cold.send(rename("Samovar"), late)

        assert cold.store.commits_read == 5  # four made later, and the one before

    def test_a_key_of_another_principal_does_not_wait_for_their_clock(self) -> None:
        desk = Desk()
        desk.send(make())
        for number in range(20):
            desk.clock.move(seconds=1)
            ahead = uuid7(desk.clock.now + timedelta(minutes=4), number)
            desk.send(rename(f"Teapot {number}"), ahead, actor="root::root", admin=True)
        cold = desk.another()
        cold.send(rename("Samovar"))

        assert cold.store.commits_read == 1

    def test_commits_of_an_older_release_are_read_to_five_minutes_before_the_key(self) -> None:
        desk = older_release()
        for name in ("Samovar", "Urn", "Kettle"):
            desk.clock.move(minutes=2)
            desk.send(rename(name))
        cold = desk.another()
        cold.send(rename("Teapot"))

        assert cold.store.commits_read == 4  # of 6, 4, 2 and 0 minutes ago
        assert cold.commits()[-1].key_times is not None

    def test_a_key_that_an_older_release_recorded_gets_its_answer(self) -> None:
        desk = older_release()
        key = uuid7(desk.clock.now + CLOCK_SKEW)  # of a clock that is ahead
        first = desk.send(rename("Samovar"), key)
        desk.send(rename("Urn"))
        newer = desk.another()
        newer.send(rename("Teapot"), uuid7(desk.clock.now + CLOCK_SKEW, 2))
        desk.clock.move(hours=24)
        newer.another().send(rename("Kettle"))

        assert newer.another().send(rename("Samovar"), key) == first

    def test_an_opaque_key_reads_the_whole_window(self) -> None:
        desk = Desk()
        desk.send(make())
        for name in ("Samovar", "Urn", "Kettle"):
            desk.clock.move(hours=11)
            desk.send(rename(name))
        cold = desk.another()
        cold.send(rename("Teapot"), "order-1")

        assert cold.store.commits_read == 4  # three of the window, and the first one beyond it

    def test_an_opaque_key_is_another_command_after_24_hours(self) -> None:
        desk = Desk()
        desk.send(make())
        desk.send(rename("Samovar"), "order-1")
        desk.send(rename("Urn"))
        desk.clock.move(hours=24, milliseconds=1)

        assert desk.another().send(rename("Samovar"), "order-1").version == 4

    def test_an_opaque_key_of_the_newest_commit_is_another_command_after_24_hours(self) -> None:
        desk = Desk()
        desk.send(make())
        desk.send(rename("Samovar"), "order-1")
        desk.clock.move(hours=24, milliseconds=1)

        assert desk.another().send(rename("Urn"), "order-1").version == 3

    def test_warm_and_cold_processes_agree_on_an_old_opaque_key(self) -> None:
        desk = Desk()
        desk.send(make())
        desk.send(rename("Samovar"), "order-1")
        desk.send(rename("Urn"))
        desk.clock.move(hours=24, milliseconds=1)

        assert desk.send(rename("Samovar"), "order-1").version == 4

    def test_an_opaque_key_used_again_after_its_window_gets_the_newer_answer(self) -> None:
        desk = Desk()
        desk.send(make(description="so long that a load reads on " * 60))
        desk.send(rename("Samovar"), "order-1")
        desk.send(rename("Urn"))
        desk.clock.move(hours=25)
        newer = desk.another().send(rename("Samovar"), "order-1")
        reader = desk.another()
        reader.send(add("spout"), "order-2")

        assert reader.send(rename("Samovar"), "order-1") == newer

    def test_an_older_use_that_a_warm_process_collides_with_does_not_hide_the_newer(self) -> None:
        desk = Desk()
        desk.send(make())
        other = desk.another()
        other.send(rename("Samovar"), "order-1")
        other.clock.move(hours=25)
        other.send(rename("Urn"))
        newer = other.another().send(rename("Samovar"), "order-1")

        assert desk.send(rename("Samovar"), "order-1") == newer

    @pytest.mark.parametrize("make_key", [timed, opaque])
    def test_a_key_from_before_what_a_warm_process_has_read_is_looked_up(
        self, make_key: Callable[[int], str]
    ) -> None:
        desk = Desk()
        desk.send(make())
        first = desk.send(rename("Samovar"), make_key(1))
        desk.clock.move(hours=1)
        desk.send(rename("Urn"))
        desk.clock.move(hours=1)
        warm = desk.another()
        warm.send(add("spout"))

        assert warm.send(rename("Samovar"), make_key(1)) == first
        assert len(desk.commits()) == 4

    def test_a_key_five_minutes_ahead_is_found_among_commits_of_one_millisecond(self) -> None:
        desk = Desk()
        desk.send(make())
        key = uuid7(desk.clock.now + CLOCK_SKEW)
        first = desk.send(rename("Samovar"), key)
        desk.send(rename("Urn"))

        assert desk.another().send(rename("Samovar"), key) == first

    def test_a_timed_key_expires_after_24_hours_and_five_minutes(self, desk: Desk) -> None:
        key = uuid7(desk.clock.now)
        desk.clock.move(seconds=(WINDOW + CLOCK_SKEW).total_seconds())
        desk.send(rename("Samovar"), key)
        desk.clock.move(milliseconds=1)
        with pytest.raises(KeyExpired):
            desk.send(rename("Samovar"), key)

    def test_a_key_up_to_five_minutes_ahead_is_taken(self, desk: Desk) -> None:
        key = uuid7(desk.clock.now + CLOCK_SKEW)
        first = desk.send(rename("Samovar"), key)

        assert desk.another().send(rename("Samovar"), key) == first

    @pytest.mark.parametrize("ahead", AHEAD, ids=str)
    @pytest.mark.parametrize("later", LATER, ids=str)
    @pytest.mark.parametrize("cold", [True, False])
    def test_a_key_from_the_future_has_one_effect(
        self, desk: Desk, ahead: timedelta, later: timedelta, cold: bool
    ) -> None:
        """Also once its time has come: the commit is then older than the key."""
        key = uuid7(desk.clock.now + ahead)
        first = desk.send(rename("Samovar"), key)
        desk.send(rename("Urn"), uuid7(desk.clock.now, 1))
        desk.clock.move(seconds=later.total_seconds())
        desk.send(rename("Pot"), uuid7(desk.clock.now, 2))
        commits = len(list(desk.inner.read(STREAM)))
        again = desk.another() if cold else desk

        assert again.send(rename("Samovar"), key) == first
        assert len(list(desk.inner.read(STREAM))) == commits

    def test_a_key_of_the_year_9999_makes_later_commands_no_dearer(self, desk: Desk) -> None:
        far = str(UUID(int=(2**48 - 1) << 80 | 7 << 76 | 2 << 62))
        first = desk.send(rename("Samovar"), far)
        commit = list(desk.inner.read(STREAM))[-1]

        assert commit.key_times is not None
        assert KeyTimes.decode(commit.key_times).bound(ACTOR) < 2**48 - 1
        assert desk.another().send(rename("Samovar"), far) == first


def twenty_commits(description: str) -> Desk:
    desk = Desk()
    desk.send(make(description=description))
    for number in range(19):
        desk.send(rename(f"Teapot {number}"))
    return desk


def kept_of(desk: Desk) -> list[int]:
    """The commits that hold a state, by number."""
    return [n for n, commit in enumerate(desk.commits(), 1) if commit.state is not None]


class TestStateInTheCommit:
    @pytest.mark.feature("E18")
    def test_of_one_further_unit_is_kept_every_fourth_commit(self) -> None:
        assert kept_of(twenty_commits(description="x" * 1000)) == [4, 8, 12, 16, 20]

    @pytest.mark.feature("E18")
    def test_of_more_units_is_kept_every_eighth_commit(self) -> None:
        assert kept_of(twenty_commits(description="x" * 1500)) == [8, 16]

    @pytest.mark.feature("E18")
    def test_is_due_in_time_after_a_collision(self) -> None:
        desk = Desk()
        desk.send(make(description="x" * 1500))
        for number in range(4):
            desk.send(rename(f"Teapot {number}"))
        desk.another().send(rename("Samovar"))
        desk.send(rename("Urn"))
        desk.send(rename("Kettle"))

        assert kept_of(desk) == [8]

    @pytest.mark.feature("E18")
    def test_a_load_reads_at_most_to_the_last_kept_state(self) -> None:
        desk = Desk()
        desk.send(make(description="x" * 1500))
        for number in range(14):
            desk.send(rename(f"Teapot {number}"))
        desk.clock.move(hours=1)
        cold = desk.another()
        cold.send(rename("Samovar"))

        assert cold.store.commits_read == 8


@pytest.mark.parametrize(
    ("octets", "since", "due"),
    [(1536, 2, False), (1536, 3, True), (1537, 3, False), (1537, 6, False), (1537, 7, True)],
)
def test_a_state_is_due_by_its_octets(octets: int, since: int, due: bool) -> None:
    assert state_due(replace(commit(), state="x" * octets), since) is due


class TestWhatAWarmProcessRemembers:
    def test_the_size_of_the_state_although_it_was_not_stored(self) -> None:
        desk = Desk()
        desk.send(make(description="x" * 1500))

        assert desk.commits()[0].state is None
        assert 1500 < desk.warm[STREAM].state_bytes < 2000

    def test_no_receipt_older_than_a_key_may_be(self, desk: Desk) -> None:
        desk.send(rename("Samovar"))
        desk.clock.move(hours=60)
        desk.send(rename("Urn"))

        assert len(desk.warm[STREAM].receipts) == 1


def overtake(desk: Desk, times: int) -> Callable[[], None]:
    """Another process commits first, so many times."""
    left = iter(range(times))

    def rival() -> None:
        if (number := next(left, None)) is not None:
            desk.another().send(rename(f"Rival {number}"))

    return rival


class TestAnswered:
    """The answer that a command got, for somebody who asks without sending it."""

    def test_of_a_recorded_command_is_found_by_a_strong_read(self, desk: Desk) -> None:
        key = desk.key()
        accepted = desk.send(rename("Samovar"), key)
        cold = desk.another()
        answered = cold.executor().answered(request(rename("Samovar"), key))

        assert answered is not None
        assert (answered.version, answered.repeated) == (accepted.version, True)
        assert cold.store.reads == ["strong"]

    def test_of_an_unknown_command_is_none(self, desk: Desk) -> None:
        assert desk.executor().answered(request(rename("Samovar"), desk.key())) is None

    def test_on_a_stale_head_is_that_of_then(self, desk: Desk) -> None:
        other = desk.another()
        other.send(rename("Samovar"))
        key = other.key()
        first = other.send(rename("Teapot"), key)

        again = desk.send(rename("Teapot"), key)

        assert (again.version, again.repeated) == (first.version, True)


class TestContention:
    def test_waits_longer_after_each_lost_race_with_full_jitter(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ranges: list[tuple[float, float]] = []
        slept: list[float] = []

        def longest(least: float, most: float) -> float:
            ranges.append((least, most))
            return most

        monkeypatch.setattr("application.writing.execute.random.uniform", longest)
        store = OvertakenStore(desk.inner, overtake(desk, times=4))
        executor = Executor(store, teapot, desk.clock, {}, sleep=slept.append)
        executor.execute(request(rename("Last"), desk.key()))

        assert slept == [0.01, 0.02, 0.04, 0.08]
        assert ranges == [(0, most) for most in slept]

    def test_a_lost_race_is_decided_again(self, desk: Desk) -> None:
        store = OvertakenStore(desk.inner, overtake(desk, times=3))
        accepted = Desk(store, desk.clock).send(rename("Last"))

        assert accepted.version == 5

    @pytest.mark.feature("C22")
    def test_races_lost_every_time_may_be_tried_again_later(self, desk: Desk) -> None:
        store = OvertakenStore(desk.inner, overtake(desk, times=MAX_ATTEMPTS))
        with pytest.raises(Contended):
            Desk(store, desk.clock).send(rename("Never"))

        assert len(desk.commits()) == 1 + MAX_ATTEMPTS
