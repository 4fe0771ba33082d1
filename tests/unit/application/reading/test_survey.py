"""The survey finds what is wrong in few large reads; a second look denies what is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from adapters.memory.feed import MemoryFeed
from application.ports import StoredRow, UnreadableRow
from application.publishing.feed import FeedPage, FeedWriter
from application.publishing.republish import ScannedPage
from application.reading.survey import FEED_ITSELF, ahead
from application.reading.verify import FEED, HISTORY, SHARED, STRAY, Discrepancy
from kernel.messages import AggregateId
from kernel.projection import RowKey
from tests.support.desk import Desk
from tests.support.fakes import NOW, CountingStore
from tests.support.kitchen.builders import make, part, part_id, remove_part, rename
from tests.support.kitchen.projections import teapots
from tests.support.surveyed import STREAMS, World, raising, world_of

pytestmark = pytest.mark.feature("T10", "W12")
FIRST = STREAMS[0]
HEAD = teapots.head(FIRST)


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        yield made


def places(found: Sequence[Discrepancy]) -> list[tuple[str, str]]:
    return [(one.aggregate, one.where) for one in found]


def test_nothing_is_found_where_all_is_right_and_no_stream_is_read_by_itself(world: World) -> None:
    store = CountingStore(world.store)
    world.rows.calls.clear()

    assert world.survey(store=store).findings() == []
    assert (store.reads, world.rows.calls["get"]) == ([], 0)
    assert world.spool.streams() == len(STREAMS)
    assert world.counts == {"rows": len(world.rows.rows), "commits": 12, "fed": 4}


def altered(world: World) -> None:
    world.rows.rows[HEAD] = replace(world.rows.rows[HEAD], name="Forged")  # type: ignore[type-var] # any row


def deleted(world: World) -> None:
    del world.rows.rows[HEAD]


def unreadable(world: World) -> None:
    world.rows.spoil(HEAD, version=3, projection_version=1)


def behind(world: World) -> None:
    Desk(world.store, stream=FIRST).send(rename("Samovar"))


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (altered, "differs in name"),
        (deleted, "missing"),
        (unreadable, "cannot be read"),
        (behind, "at version 3 of 4"),
    ],
)
def test_a_row_that_is_not_its_fold_is_named(
    world: World, fault: Callable[[World], None], what: str
) -> None:
    fault(world)
    (found,) = world.survey().findings()

    assert (found.aggregate, found.where, found.row) == (FIRST, teapots.name, HEAD)
    assert found.what == f"{HEAD.model} {HEAD.id}: {what}"


def test_rows_that_were_never_written_are_named(world: World) -> None:
    never = AggregateId("TEAPOT#01980000-0000-7000-8000-00000000000f")
    Desk(world.store, stream=never).send(make())

    assert places(world.survey().findings()) == [(never, teapots.name)]


def test_a_stale_list_of_rows_is_no_finding(world: World) -> None:
    """The second look reads the row that has come since."""

    class Stale(World):
        def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
            yield []

    assert world.survey(lists=Stale()).findings() == []
    assert world.counts["streams"] == len(STREAMS)


def test_a_scan_that_tears_a_stream_apart_is_no_finding(world: World) -> None:
    class Torn(World):
        def every(self) -> Iterator[ScannedPage]:
            commits = sorted(
                (c for stream in STREAMS for c in world.store.read(stream)),
                key=lambda c: c.first_sequence,
            )
            yield ScannedPage(commits, [], len(commits), None)

    assert world.survey(scan=Torn()).findings() == []


def test_a_commit_that_the_scan_cannot_read_is_read_by_itself(world: World) -> None:
    world.broken = {(FIRST, 2), (STREAMS[3], 1)}

    assert world.survey().findings() == []
    assert world.counts["streams"] == 2


def test_a_row_that_no_stream_yields_is_stray(world: World) -> None:
    nobody = replace(world.rows.rows[HEAD], id="nobody", version=7)  # type: ignore[type-var] # any row
    world.rows.rows[RowKey("Teapot", "nobody")] = nobody
    world.rows.unreadable[RowKey("Teapot", "odd")] = UnreadableRow(None, None)
    found = world.survey().findings()

    assert [(one.where, one.what) for one in found] == [
        (STRAY, "Teapot nobody at version 7: no stream yields it"),
        (STRAY, "Teapot odd whose version cannot be read: no stream yields it"),
    ]


def test_rows_of_a_stream_that_began_after_the_scan_are_no_strays(world: World) -> None:
    young = AggregateId("TEAPOT#01980000-0000-7000-8000-00000000000f")
    nobody = RowKey("Teapot", "nobody")

    class Listed(World):
        def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
            scanned.wait(10)
            Desk(world.store, stream=young).send(make(), key="once")
            world.project()
            world.rows.rows[nobody] = world.rows.rows[HEAD]
            yield from world.pages(model)

    class Scanned(World):
        def every(self) -> Iterator[ScannedPage]:
            yield from list(world.every())
            scanned.set()

    scanned = Event()
    found = world.survey(lists=Listed(), scan=Scanned()).findings()

    assert [(one.where, one.row) for one in found] == [(STRAY, None)]
    assert "Teapot nobody" in found[0].what


def test_a_row_that_two_streams_yield_is_shared_and_no_tampering(world: World) -> None:
    """Streams of before ids within an aggregate were made from its id."""
    one, other = (AggregateId(f"TEAPOT#01980000-0000-7000-8000-0000000000a{n}") for n in (1, 2))
    desk = Desk(world.store)
    for stream in (one, other):
        desk.send(make(parts=[part("lid")]), stream=stream)
    desk.send(remove_part("lid"), stream=other)
    world.project()
    (found,) = world.survey().findings()

    assert (found.where, found.row) == (SHARED, RowKey("Part", part_id("lid")))
    assert found.what.endswith(f"{one}, {other} yield it")


def without_last_commit(world: World) -> None:
    del world.store._streams[FIRST][3]


def without_stream(world: World) -> None:
    del world.store._streams[FIRST]


def with_another_event(world: World) -> None:
    commits = world.store._streams[FIRST]
    commits[2] = replace(commits[2], actor="eve-sub::eve")


@pytest.mark.parametrize("fault", [without_last_commit, without_stream, with_another_event])
def test_history_that_was_changed_is_found(world: World, fault: Callable[[World], None]) -> None:
    fault(world)

    assert (FIRST, HISTORY) in places(world.survey().findings())


def test_events_that_the_feed_lacks_are_found_in_time_and_mended(world: World) -> None:
    Desk(world.store, stream=FIRST).send(rename("Samovar"))
    world.project()
    survey = replace(world.survey(), now=NOW + timedelta(minutes=20))

    assert places(survey.findings()) == [(FIRST, FEED)]
    assert places(survey.again([FIRST])) == [(FIRST, FEED)]
    FeedWriter(world.feed, world.store, lambda: NOW, raising).reach(FIRST)
    assert survey.again([FIRST]) == []


def test_a_feed_that_is_not_whole_is_found(world: World) -> None:
    class Changed(MemoryFeed):
        def pages(self, first: int) -> Iterator[FeedPage]:
            one, two, *rest = world.feed.pages(first)
            entry = one.entries[0]._replace(first=2)
            yield from (one, replace(two, entries=(entry,)), *rest)

    found = replace(world.survey(), feed=Changed()).findings()
    faults = [one.what for one in found if one.aggregate == FEED_ITSELF]

    assert faults == [
        "page 3 does not carry its predecessor's hash",
        f"page 2 goes on with {FIRST} at 2",
    ]


def test_the_next_page_is_fetched_while_one_is_worked_on() -> None:
    assert list(ahead(iter(range(5)))) == [0, 1, 2, 3, 4]

    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("down")

    with pytest.raises(ValueError, match="down"):
        list(ahead(failing()))
