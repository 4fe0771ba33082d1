"""A replay publishes what is selected, in order, marked, and no faster than it may."""

from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.publishing.envelopes import NOBODY, replayed, source
from application.publishing.feed import Cursor, FeedReader, FeedWriter
from application.publishing.replay import Selection, in_batches, of_feed, of_stream
from application.publishing.republish import Publication
from application.reading.catch_up import CatchUp
from application.reading.warm_rows import WarmRows
from kernel.messages import AggregateId, iso_milliseconds
from tests.support.desk import Desk
from tests.support.fakes import NOW, Bus, Clock, CountingStore, MemoryReadModels, Stopwatch
from tests.support.kitchen.builders import add, make, rename
from tests.support.kitchen.projections import parts, teapots
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("T2", "T3", "T4", "P12")
OTHER = AggregateId("TEAPOT#01980000-0000-7000-8000-000000000002")


@pytest.fixture
def desk() -> Desk:
    """Two streams that take turns, a minute between commits."""
    desk = Desk()
    for command in (make(), rename("Urn"), add("lid")):
        for stream in (STREAM, OTHER):
            desk.send(command if command != add("lid") else add(f"lid {stream[-1]}"), stream=stream)
            desk.clock.move(minutes=1)
    return desk


@pytest.fixture
def reader(desk: Desk) -> FeedReader:
    """A feed of a page for each commit."""
    store, feed = held(desk), MemoryFeed()
    commits = [c for stream in (STREAM, OTHER) for c in desk.inner.read(stream)]
    for commit in sorted(commits, key=lambda c: c.timestamp):
        clock = Clock(NOW.fromisoformat(commit.timestamp))
        FeedWriter(feed, desk.inner, clock, raising).write([commit])
    return FeedReader(feed, store)


def held(desk: Desk) -> MemoryEventStore:
    assert isinstance(desk.inner, MemoryEventStore)
    return desk.inner


def raising(_: AggregateId, error: Exception) -> None:
    raise error


def found(reader: FeedReader, selection: Selection, after: Cursor = Cursor()) -> list[Any]:  # noqa: B008 - a constant
    pages = of_feed(reader, after, selection)
    return [(one["aggregateId"], one["eventSequence"]) for _, page in pages for one in page]


def test_all_events_come_in_the_order_of_the_feed(reader: FeedReader) -> None:
    assert found(reader, Selection()) == [
        (stream, number) for number in (1, 2, 3) for stream in (STREAM, OTHER)
    ]


def test_types_and_kinds_select(reader: FeedReader) -> None:
    assert found(reader, Selection(types=frozenset({"PartAdded"}))) == [(STREAM, 3), (OTHER, 3)]
    assert found(reader, Selection(kinds=frozenset({"TEAPOT"}))) == found(reader, Selection())
    assert found(reader, Selection(kinds=frozenset({"CUP"}))) == []


def test_both_ends_of_the_time_belong_to_it(reader: FeedReader) -> None:
    def after(minutes: int) -> str:
        clock = Clock()
        clock.move(minutes=minutes)
        return iso_milliseconds(clock.now)

    span = Selection(since=after(2), until=after(4))
    assert found(reader, span) == [(STREAM, 2), (OTHER, 2), (STREAM, 3)]


def test_pages_of_before_the_time_are_not_read_though_clocks_may_differ(desk: Desk) -> None:
    store = CountingStore(desk.inner)
    pages: list[int] = []

    class Watched(FeedReader):
        def of_page(self, page: Any, *others: Any) -> Any:  # noqa: ANN401 - as FeedReader has it
            pages.append(page.number)
            return super().of_page(page, *others)

    feed = MemoryFeed()
    for commit in desk.inner.read(STREAM):
        clock = Clock(NOW.fromisoformat(commit.timestamp))
        FeedWriter(feed, desk.inner, clock, raising).write([commit])
    late = Clock()
    late.move(minutes=7)
    assert found(Watched(feed, held(desk)), Selection(since=iso_milliseconds(late.now))) == []
    assert (pages, store.reads) == ([2, 3], [])


@pytest.mark.feature("T12")
def test_a_replay_goes_on_behind_a_place(reader: FeedReader) -> None:
    places = [place for place, _ in of_feed(reader, Cursor(), Selection())]

    assert found(reader, Selection(), places[3]) == [(STREAM, 3), (OTHER, 3)]
    assert found(reader, Selection(), Cursor(6, 1)) == []


@pytest.mark.feature("T12")
def test_one_stream_is_replayed_from_a_sequence(desk: Desk) -> None:
    events = of_stream(desk.inner, STREAM, 2, Selection())

    assert [one["eventSequence"] for one in events] == [2, 3]


@pytest.mark.feature("T13")
def test_a_replayed_event_has_another_source_and_names_its_replay(desk: Desk) -> None:
    (first, *_) = of_stream(desk.inner, STREAM, 1, Selection())
    marked = replayed(first, "r1", NOBODY)

    assert (source(first), source(marked)) == ("skafu.teapot", "skafu.replay.teapot")
    assert marked["metadata"] == {**first["metadata"], "replayId": "r1", "replayTo": NOBODY}
    assert {**marked, "metadata": first["metadata"]} == first


@pytest.mark.feature("T6")
def test_the_rate_is_kept_within_a_tenth() -> None:
    watch = Stopwatch()
    publication = Publication(Bus(), 50, clock=watch, sleep=watch.sleep)
    events = [{"eventSequence": n} for n in range(250)]
    for batch in in_batches(events, 5):
        publication.put(batch)

    assert publication.events == 250
    assert publication.events / watch.seconds == pytest.approx(50, rel=0.1)


class TestAProjection:
    def test_folds_its_rows_from_the_start_once_for_a_replay(self, desk: Desk) -> None:
        store, rows = CountingStore(desk.inner), MemoryReadModels()
        catch_up = CatchUp(store, rows, teapots, WarmRows(10**6))
        written = [catch_up.replay(STREAM, number, "r1") for number in (1, 2, 3)]

        assert (written, store.reads) == ([1, 0, 0], ["forward"])
        assert catch_up.replay(STREAM, 1, "r2") == 0
        assert store.reads == ["forward"] * 2

    def test_mends_a_row_that_only_a_fold_from_the_start_can_mend(self, desk: Desk) -> None:
        rows = MemoryReadModels()
        for projection in (teapots, parts):
            CatchUp(desk.inner, rows, projection).rebuild(STREAM)
        right = dict(rows.rows)
        head = teapots.head(STREAM)
        rows.rows[head] = type(right[head])(**{**vars_of(right[head]), "name": "Forged"})
        assert CatchUp(desk.inner, rows, teapots).reach(STREAM, 3) == 0
        assert CatchUp(desk.inner, rows, teapots).replay(STREAM, 3, "r1") == 1

        assert rows.rows == right


def vars_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any row
    return {name: getattr(row, name) for name in type(row).__dataclass_fields__}
