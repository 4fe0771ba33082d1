"""The reconciler mends what it finds, some at a time, and ends when its time is up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from application.ports import Refused, StoredRow, Unavailable
from application.publishing.feed import FeedWriter
from application.reading import survey as surveys
from application.reading.catch_up import CatchUp
from application.reading.mending import Mending, Place
from application.reading.reconcile import GRACE, OutOfTime, Reconciled, Reconciler
from application.reading.verify import FEED, HISTORY, SHARED, STRAY, Discrepancy
from kernel.messages import AggregateId
from kernel.projection import Row, RowKey
from tests.support.desk import Desk
from tests.support.fakes import NOW, MemoryReadModels, Stopwatch
from tests.support.kitchen.builders import add, make, part, rename
from tests.support.kitchen.projections import teapots
from tests.support.surveyed import PROJECTIONS, STREAMS, World, raising, world_of

pytestmark = pytest.mark.feature("W12", "T8")
FIRST, SECOND = STREAMS[:2]
HEAD = teapots.head(FIRST)
NEW = AggregateId("TEAPOT#01980000-0000-7000-8000-00000000000f")
LATER = NOW + timedelta(minutes=20)


@dataclass
class Run:
    """Runs of the reconciler over a world; each begins anew, as a process of its own would."""

    world: World
    left: list[Discrepancy] = field(default_factory=list)
    unmended: list[tuple[Place, str]] = field(default_factory=list)
    watch: Stopwatch = field(default_factory=Stopwatch)
    looks: int = 10**6
    """How often it may go on."""

    def reconciler(self, rows: MemoryReadModels | None = None, **others: Any) -> Reconciler:  # noqa: ANN401 - of Survey
        world, watch = self.world.anew(), self.watch
        given = {"now": LATER, "grace": GRACE, "sleep": watch.sleep, "rows": rows or world.rows}
        mending = Mending(
            PROJECTIONS,
            lambda projection: CatchUp(world.store, rows or world.rows, projection),
            lambda: FeedWriter(world.feed, world.store, lambda: LATER, raising),
            lambda place, error: self.unmended.append((place, type(error).__name__)),
            sleep=watch.sleep,
            monotonic=watch,
        )
        return Reconciler(world.survey(**given | others), mending, self.go_on, self.left.append)

    def go_on(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise OutOfTime

    def __call__(self, rows: MemoryReadModels | None = None, **others: Any) -> Reconciled:  # noqa: ANN401 - of Survey
        self.left.clear()
        return self.reconciler(rows, **others).run()


@pytest.fixture
def run() -> Iterator[Run]:
    with world_of() as made:
        yield Run(made)


def told(done: Reconciled) -> tuple[bool, int, int, int]:
    return done.finished, done.found, done.mended, done.left


CLEAN = True, 0, 0, 0


def altered(world: World, stream: AggregateId = FIRST) -> None:
    key = teapots.head(stream)
    world.rows.rows[key] = replace(world.rows.rows[key], name="Forged")  # type: ignore[type-var] # any row


def deleted(world: World) -> None:
    del world.rows.rows[HEAD]


def unreadable(world: World) -> None:
    world.rows.spoil(HEAD, version=3, projection_version=1)


def never_written(world: World) -> None:
    Desk(world.store, stream=NEW).send(make())
    FeedWriter(world.feed, world.store, lambda: NOW, raising).reach(NEW)


def unfed(world: World) -> None:
    Desk(world.store, stream=FIRST).send(rename("Samovar"))
    world.project()


def test_where_all_is_right_nothing_is_written(run: Run) -> None:
    before = dict(run.world.rows.rows)
    run.world.rows.calls.clear()

    assert told(run()) == CLEAN
    assert run.world.rows.rows == before
    assert run.world.rows.calls.total() == 0


@pytest.mark.parametrize("fault", [altered, deleted, unreadable, never_written, unfed])
def test_what_is_found_is_mended_and_the_next_run_finds_nothing(
    run: Run, fault: Callable[[World], None]
) -> None:
    fault(run.world)

    assert told(run()) == (True, 1, 1, 0)
    assert told(run()) == CLEAN
    assert (run.left, run.unmended) == ([], [])


def test_events_that_are_young_are_on_their_way_to_rows_and_feed(run: Run) -> None:
    """The pipeline has ten minutes; then the rows are behind, whatever became of their hints."""
    desk = Desk(run.world.store, stream=FIRST)
    desk.clock.now = LATER - GRACE
    desk.send(rename("Samovar"))
    Desk(run.world.store, clock=desk.clock, stream=NEW).send(make(parts=[part("lid")]))

    assert told(run()) == CLEAN
    done = run(now=LATER + timedelta(milliseconds=1))
    assert (done.finished, done.left) == (True, 0)
    assert done.found == done.mended == 6  # a row, three new ones, and two streams of the feed
    assert told(run(now=LATER + timedelta(hours=1))) == CLEAN


def test_a_row_with_a_late_event_and_a_young_one_is_late(run: Run) -> None:
    desk = Desk(run.world.store, stream=FIRST)
    desk.send(rename("Samovar"))
    desk.clock.now = LATER
    desk.send(rename("Urn"))
    FeedWriter(run.world.feed, run.world.store, lambda: LATER, raising).reach(FIRST)

    assert told(run()) == (True, 1, 1, 0)


def test_a_row_that_shows_all_its_events_and_differs_is_not_on_its_way(run: Run) -> None:
    altered(run.world)

    assert told(run(now=NOW)) == (True, 1, 1, 0)


def test_what_a_person_has_to_look_at_is_left_and_told_once(run: Run) -> None:
    world = run.world
    world.rows.rows[RowKey("Teapot", "nobody")] = world.rows.rows[HEAD]
    commits = world.store._streams[SECOND]
    commits[2] = replace(commits[2], actor="eve-sub::eve")
    one, other = (AggregateId(f"TEAPOT#01980000-0000-7000-8000-0000000000a{n}") for n in (1, 2))
    for stream in (one, other):
        Desk(world.store).send(make(parts=[part("lid")]), stream=stream)
        FeedWriter(world.feed, world.store, lambda: NOW, raising).reach(stream)
    world.project()

    for _ in range(2):
        done = run()
        assert (done.finished, done.mended) == (True, 0)
        assert done.left == done.found == len(run.left)
        assert {found.where for found in run.left} == {STRAY, HISTORY, SHARED}


def test_rows_that_appsync_refuses_are_left_and_all_others_are_mended(run: Run) -> None:
    class Refusing(MemoryReadModels):
        def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
            if key == HEAD:
                raise Refused("no")
            super().update(key, row, replaces)

    altered(run.world)
    altered(run.world, SECOND)

    assert told(run(Refusing(run.world.rows.rows))) == (True, 2, 1, 1)
    assert run.unmended == [((FIRST, teapots.name), "Refused")]
    assert [(one.aggregate, one.where) for one in run.left] == [(FIRST, teapots.name)]


def test_while_appsync_is_down_a_run_fails_and_the_next_one_mends(run: Run) -> None:
    class Down(MemoryReadModels):
        def get(self, key: RowKey) -> StoredRow | None:
            raise Unavailable("down")

    altered(run.world)
    with pytest.raises(Unavailable):
        run(Down(run.world.rows.rows))

    assert told(run()) == (True, 1, 1, 0)


def test_what_throttles_for_a_moment_is_tried_again(run: Run) -> None:
    class Throttled(MemoryReadModels):
        def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
            if self.calls["update"] == 0:
                self.calls["update"] += 1
                raise Unavailable("throttled")
            super().update(key, row, replaces)

    altered(run.world)

    assert told(run(Throttled(run.world.rows.rows))) == (True, 1, 1, 0)


def test_a_run_whose_time_is_up_ends_anywhere_and_the_next_begins_anew(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far it came, what it wrote is right; at last one comes to its end."""
    monkeypatch.setattr(surveys, "AT_A_TIME", 1)
    right = dict(run.world.rows.rows)
    seen = []
    for looks in range(0, 60, 3):
        for stream in STREAMS:
            altered(run.world, stream)
        run.looks = looks
        done = run()
        seen.append((done.finished, done.mended))
        assert done.left == 0
        assert done.mended <= done.found <= len(STREAMS)
        wrong = sum(run.world.rows.rows[key] != row for key, row in right.items())
        assert wrong <= len(STREAMS) - done.mended
    assert seen[0] == (False, 0)
    assert seen[-1] == (True, 4)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3  # some ended between one stream and the next
    assert run.world.rows.rows == right


def test_little_is_in_memory_at_a_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveys, "AT_A_TIME", 2)
    for stream in STREAMS:
        altered(run.world, stream)
    sizes = [len(found) for found in run.reconciler().survey.found()]

    assert sum(sizes) == len(STREAMS)
    assert max(sizes) == 2


def test_two_runs_at_once_write_each_row_once(run: Run) -> None:
    """Both have found the rows wrong; whoever comes second finds nothing left to write."""
    altered(run.world)
    deleted_too = teapots.head(SECOND)
    del run.world.rows.rows[deleted_too]
    run.world.rows.calls.clear()

    class Overtaken(CatchUp):
        """The other run comes between the reads and the write of this one."""

        def _write(self, rows: Any) -> int:  # noqa: ANN401 - private
            CatchUp(self.store, self.rows, self.projection).rebuild(FIRST)
            CatchUp(self.store, self.rows, self.projection).rebuild(SECOND)
            return super()._write(rows)

    one = run.reconciler()
    overtaken = partial(Overtaken, run.world.store, run.world.rows)
    one = replace(one, mending=replace(one.mending, catch_up=overtaken))

    assert told(one.run()) == (True, 2, 2, 0)
    assert told(run()) == CLEAN


def test_a_stream_that_lost_a_commit_keeps_its_rows(run: Run) -> None:
    """They may be all that still shows what was lost; the feed takes no stream with a gap."""
    Desk(run.world.store, stream=FIRST).send(rename("Samovar"))
    Desk(run.world.store, stream=FIRST).send(add("spout"))
    run.world.project()
    del run.world.store._streams[FIRST][3]
    before = dict(run.world.rows.rows)
    done = run()

    assert (done.finished, done.mended) == (True, 0)
    assert {one.where for one in run.left} >= {FEED, HISTORY}
    assert run.world.rows.rows == before
