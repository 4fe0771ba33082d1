"""The feed: every event once, each stream in order, and no reader misses any, whoever writes."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dynamodb.feed import end_key, to_item
from adapters.dynamodb.items import item_size, write_units
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.commit import GENESIS, Commit
from application.ports import CommitRange, Unavailable
from application.publishing.feed import (
    MAX_ENTRIES,
    MAX_EVENTS,
    MAX_PAGES,
    Cursor,
    FeedEntry,
    FeedPage,
    FeedReader,
    FeedWriter,
    broken_feed,
    entries_of,
)
from kernel.messages import AggregateId
from tests.support.commits import STREAM, commit
from tests.support.fakes import Clock, CountingStore

pytestmark = pytest.mark.feature("E25")
STREAMS = [AggregateId(f"TEAPOT#01980000-0000-7000-8000-{n:012}") for n in range(1, 700)]


def stored(store: MemoryEventStore, stream: AggregateId, *sizes: int) -> list[Commit]:
    """Commits of so many events each, after those that the stream has."""
    end = max((c.last_sequence for c in store.read(stream)), default=0)
    appended = []
    for size in sizes:
        appended.append(store.append(readable(end + 1, size, stream), state_due=False))
        end += size
    return appended


def readable(first: int, size: int, stream: AggregateId) -> Commit:
    event = '{"eventType":"Poured","schemaVersion":"1.0","data":{}}'
    return replace(commit(first, size, stream=stream), events=f"[{','.join([event] * size)}]")


def keys(feed: MemoryFeed, store: MemoryEventStore, limit: int = 7) -> list[tuple[str, int]]:
    """All events by a reader who keeps the cursor."""
    reader, cursor, found = FeedReader(feed, store), Cursor(), list[tuple[str, int]]()
    while True:
        read = reader.read(cursor, limit)
        assert read.more == (len(list(_rest(reader, read.cursor))) > 0)
        found += [(event["aggregateId"], event["eventSequence"]) for event in read.events]
        if not read.events:
            return found
        cursor = read.cursor


def _rest(reader: FeedReader, cursor: Cursor) -> Iterator[object]:
    yield from reader.read(cursor, 1).events


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def feed() -> MemoryFeed:
    return MemoryFeed()


@pytest.fixture
def writer(feed: MemoryFeed, store: MemoryEventStore) -> FeedWriter:
    return new_writer(feed, store)


def new_writer(feed: MemoryFeed, store: MemoryEventStore) -> FeedWriter:
    return FeedWriter(feed, store, Clock(), refuse, sleep=lambda _: None)


def refuse(aggregate: AggregateId, error: Exception) -> None:
    raise AssertionError(aggregate) from error


class TestWriting:
    def test_events_come_in_the_order_in_which_they_were_fed(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        one, other = STREAMS[:2]
        writer.write(stored(store, other, 2))
        writer.write(stored(store, one, 1, 1))
        writer.write(stored(store, other, 1))

        assert keys(feed, store) == [(other, 1), (other, 2), (one, 1), (one, 2), (other, 3)]

    def test_what_is_delivered_again_is_fed_once(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        commits = stored(store, STREAM, 1, 2, 1)
        writer.write(commits)
        assert writer.write(commits) == 0
        assert new_writer(feed, store).write([commits[1], commits[1]]) == 0
        assert len(list(feed.pages(1))) == 1

    def test_what_was_never_delivered_is_fed_with_what_follows_it(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        commits = stored(store, STREAM, 1, 2, 1, 1)
        writer.write(commits[:1])
        writer.write(commits[3:])

        assert keys(feed, store) == [(STREAM, n) for n in range(1, 6)]

    def test_what_is_delivered_out_of_order_is_fed_in_order(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        first, second, third = stored(store, STREAM, 1, 1, 1)
        writer.write([third, first])
        writer.write([second])

        assert keys(feed, store) == [(STREAM, 1), (STREAM, 2), (STREAM, 3)]

    def test_what_is_delivered_twice_and_in_any_order_is_fed_without_a_read_of_the_stream(
        self, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        first, second, third = stored(store, STREAM, 1, 1, 1)
        counting = CountingStore(store)
        writer = FeedWriter(feed, counting, Clock(), refuse)
        writer.write([first])
        writer.write([third, first, second])

        assert keys(feed, store) == [(STREAM, 1), (STREAM, 2), (STREAM, 3)]
        assert counting.reads == []

    @pytest.mark.parametrize("missing", [1, 2, 3])
    def test_what_is_missing_inside_a_delivered_run_is_fed_with_it(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore, missing: int
    ) -> None:
        """The first that is delivered follows what was fed; one further on does not."""
        commits = stored(store, STREAM, *[MAX_EVENTS - 1] * 5)
        writer.write([c for n, c in enumerate(commits) if n != missing])

        assert keys(feed, store, 100) == [(STREAM, n) for n in range(1, 5 * (MAX_EVENTS - 1) + 1)]
        assert list(broken_feed(feed.pages(1))) == []

    def test_a_run_with_a_hole_that_the_store_has_too_is_not_fed(
        self, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        broken: dict[AggregateId, Exception] = {}
        writer = FeedWriter(feed, store, Clock(), broken.__setitem__, sleep=lambda _: None)
        run = [store.append(readable(first, 1, STREAM), state_due=False) for first in (1, 2, 4)]

        assert writer.write(run) == 0
        assert broken.keys() == {STREAM}

    def test_a_stream_that_nobody_spoke_of_may_be_fed(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        stored(store, STREAM, 1, 2)
        assert writer.reach(STREAM) == 1
        assert writer.reach(STREAM) == 0
        assert keys(feed, store) == [(STREAM, n) for n in (1, 2, 3)]

    def test_of_a_stream_that_nobody_spoke_of_a_single_event_may_be_missing(
        self, writer: FeedWriter, store: MemoryEventStore
    ) -> None:
        writer.write(stored(store, STREAM, 1))
        stored(store, STREAM, 1)

        assert writer.reach(STREAM) == 1

    def test_more_than_a_page_holds_takes_two(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        commits = [c for stream in STREAMS for c in stored(store, stream, 1)]
        assert writer.write(commits) == len(STREAMS)

        sizes = [len(page.entries) for page in feed.pages(1)]
        assert sizes == [MAX_ENTRIES, len(STREAMS) - MAX_ENTRIES]

    def test_a_stream_that_has_a_gap_or_cannot_be_read_holds_up_no_other(
        self, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        gap, unreadable, whole = STREAMS[:3]
        store.append(readable(7, 1, gap), state_due=False)
        strange = Unhashable(**asdict(readable(1, 1, unreadable)))
        broken = list[AggregateId]()
        writer = FeedWriter(feed, store, Clock(), lambda stream, error: broken.append(stream))
        writer.write([*store.read(gap), strange, *stored(store, whole, 1)])

        assert sorted(broken) == [gap, unreadable]
        assert keys(feed, store) == [(whole, 1)]

    def test_a_store_that_does_not_answer_is_not_a_broken_stream(
        self, writer: FeedWriter, store: MemoryEventStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def throttled(*_: object) -> Iterator[Commit]:
            raise Unavailable("throttled")

        _, second = stored(store, STREAM, 1, 1)
        monkeypatch.setattr(store, "read", throttled)
        with pytest.raises(Unavailable, match="throttled"):
            writer.write([second])

    def test_a_writer_to_whom_others_are_always_quicker_gives_up(
        self, store: MemoryEventStore
    ) -> None:
        contended = Contended(races=99)
        with pytest.raises(Unavailable, match="contended"):
            new_writer(contended, store).write(stored(store, STREAM, 1))

    def test_a_writer_waits_longer_after_each_lost_race_with_full_jitter(
        self, store: MemoryEventStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ranges, slept = list[tuple[float, float]](), list[float]()

        def longest(least: float, most: float) -> float:
            ranges.append((least, most))
            return most

        monkeypatch.setattr("application.publishing.feed.random.uniform", longest)
        writer = FeedWriter(Contended(races=3), store, Clock(), refuse, sleep=slept.append)

        assert writer.write(stored(store, STREAM, 1)) == 1
        assert slept == pytest.approx([0.02, 0.04, 0.06])
        assert ranges == [(0, most) for most in slept]

    def test_commits_of_one_stream_share_entries_of_readable_length(
        self, store: MemoryEventStore
    ) -> None:
        commits = stored(store, STREAM, *[3] * 100)
        entries = list(entries_of(commits))

        assert [entry.last - entry.first + 1 for entry in entries] == [99, 99, 99, 3]
        assert max(e.last - e.first for e in entries) < MAX_EVENTS
        hashes = {c.last_sequence: c.hash().hex() for c in commits}
        assert all(entry.hash == hashes[entry.last] for entry in entries)

    def test_an_entry_has_as_many_events_as_it_may(self, store: MemoryEventStore) -> None:
        entries = list(entries_of(stored(store, STREAM, *[1] * (MAX_EVENTS + 1))))

        assert [(e.first, e.last) for e in entries] == [(1, MAX_EVENTS), (101, 101)]


class Unhashable(Commit):
    def hash(self) -> bytes:
        raise ValueError("what is this?")


class Contended(MemoryFeed):
    """Before the next pages, another writer puts one each."""

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    def append(self, page: FeedPage) -> None:
        if self.races:
            self.races -= 1
            super().append(replace(page, entries=()))
        super().append(page)


class Unnoted(MemoryFeed):
    """The writer dies before it has recorded any end."""

    died = False

    def record_ends(self, page: FeedPage) -> None:
        if not self.died:
            self.died = True
            raise Unavailable("died")
        super().record_ends(page)


def test_a_writer_that_died_before_it_noted_its_page_doubles_nothing(
    store: MemoryEventStore,
) -> None:
    feed = Unnoted()
    commits = stored(store, STREAM, 1, 1)
    with pytest.raises(Unavailable):
        new_writer(feed, store).write(commits)

    other = stored(store, STREAMS[5], 1)
    new_writer(feed, store).write([*other, *commits])
    new_writer(feed, store).write(commits)
    assert keys(feed, store) == [(STREAM, 1), (STREAM, 2), (STREAMS[5], 1)]


@given(seed=st.integers(0, 10**6))
def test_any_writers_on_any_shards_with_any_deliveries_make_one_feed(seed: int) -> None:
    """Readers that polled all along have read the same as one who begins at the end."""
    dice = random.Random(seed)
    feed, store = MemoryFeed(), MemoryEventStore()
    writers = [new_writer(feed, store) for _ in range(3)]
    reader, cursor, polled = FeedReader(feed, store), Cursor(), list[tuple[str, int]]()
    delivered: list[Commit] = []
    for _ in range(12):
        delivered += stored(store, dice.choice(STREAMS[:4]), *dice.choices([1, 2, 5], k=2))
        writers[dice.randrange(3)] = new_writer(feed, store)  # a cold start
        writer = dice.choice(writers)
        writer.write(dice.sample(delivered, dice.randrange(len(delivered) + 1)))
        read = reader.read(cursor, dice.randrange(1, 9))
        polled += [(event["aggregateId"], event["eventSequence"]) for event in read.events]
        cursor = read.cursor
    writers[0].write(delivered)
    everything = keys(feed, store)

    assert sorted(everything) == sorted(
        (c.aggregate_id, n) for c in delivered for n in range(c.first_sequence, c.last_sequence + 1)
    )
    for stream in STREAMS[:4]:
        own = [sequence for aggregate, sequence in everything if aggregate == stream]
        assert own == list(range(1, len(own) + 1))
    assert everything[: len(polled)] == polled
    assert list(broken_feed(feed.pages(1))) == []


class Unreachable(MemoryFeed):
    """A feed that does not answer to the first page."""

    def append(self, page: FeedPage) -> None:
        raise Unavailable("no answer")


def test_a_writer_that_began_before_the_first_page_doubles_nothing_when_others_wrote_several(
    feed: MemoryFeed, store: MemoryEventStore
) -> None:
    first, second = stored(store, STREAMS[0], 1), stored(store, STREAMS[1], 1)
    early = new_writer(Unreachable(), store)
    with pytest.raises(Unavailable):
        early.write(first)
    other = new_writer(feed, store)
    other.write(first)
    other.write(second)

    early.feed = feed
    assert early.write([*first, *second]) == 0
    assert list(broken_feed(feed.pages(1))) == []


class TestProof:
    @pytest.fixture
    def pages(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> list[FeedPage]:
        for _ in range(4):
            writer.write([*stored(store, STREAM, 2), *stored(store, STREAMS[3], 1)])
        return list(feed.pages(1))

    def test_of_a_feed_that_is_whole(self, pages: list[FeedPage]) -> None:
        assert list(broken_feed(pages)) == []

    def test_finds_a_page_that_was_changed_or_removed(self, pages: list[FeedPage]) -> None:
        forged = replace(pages[1], entries=(pages[1].entries[0]._replace(hash="00"),))
        for tampered in (
            [pages[0], forged, *pages[2:]],
            [pages[0], *pages[2:]],
            pages[1:],
            [pages[0], replace(pages[2], number=2), replace(pages[1], number=3), pages[3]],
        ):
            assert list(broken_feed(tampered))

    def test_names_each_kind_of_fault(self, pages: list[FeedPage]) -> None:
        first, second, third, _ = pages
        empty = replace(third, entries=())
        later = replace(second, timestamp="2026-01-03T00:00:00.000Z")
        on = replace(second, entries=(FeedEntry(STREAM, 9, 9, "00"),))

        assert list(broken_feed([first, empty])) == ["page 3 follows page 1"]
        assert list(broken_feed([first, later, third])) == [
            "page 3 does not carry its predecessor's hash"
        ]
        assert list(broken_feed([first, on])) == [f"page 2 goes on with {STREAM} at 9"]


class TestWhatItCosts:
    """Write units of a page and of the ends recorded with it, for each commit."""

    @pytest.mark.parametrize(
        ("streams", "commits", "most"), [(1, 1, 3), (10, 1, 1.4), (100, 1, 1.2), (10, 10, 0.2)]
    )
    def test_a_commit_costs_less_the_more_share_a_page(
        self, streams: int, commits: int, most: float
    ) -> None:
        entries = tuple(FeedEntry(stream, 10**5, 10**5, "a" * 64) for stream in STREAMS[:streams])
        page = to_item(FeedPage(10**6, entries, GENESIS, "2026-01-01T00:00:00.000Z"))
        ends_recorded = sum(
            write_units({**end_key(e.aggregate), "end": {"N": "9"}}) for e in entries
        )
        units = write_units(page) + ends_recorded + 1  # and the mark that all are ends_recorded

        assert units / (streams * commits) <= most
        assert math.ceil(item_size(page) / 1024) == write_units(page)


class CountedFeed(MemoryFeed):
    """A feed that keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def newest(self) -> FeedPage | None:
        self.asked.append("newest")
        return super().newest()

    def pages(self, first: int) -> Iterator[FeedPage]:
        self.asked.append(f"pages from {first}")
        return super().pages(first)

    def ends(self, streams: Sequence[AggregateId]) -> dict[AggregateId, int]:
        self.asked.append("ends")
        return super().ends(streams)

    def append(self, page: FeedPage) -> None:
        self.asked.append(f"append {page.number}")
        super().append(page)

    def record_ends(self, page: FeedPage) -> None:
        self.asked.append(f"record ends of {page.number}")
        super().record_ends(page)

    def ends_recorded(self) -> int:
        self.asked.append("ends recorded")
        return super().ends_recorded()

    def forget(self) -> list[str]:
        """Return what was asked so far, and begin anew."""
        asked, self.asked = self.asked, []
        return asked


def test_a_writer_asks_the_feed_for_no_more_than_it_needs(store: MemoryEventStore) -> None:
    feed = CountedFeed()
    writer, other = new_writer(feed, store), new_writer(feed, store)

    writer.write(stored(store, STREAM, 1))
    assert feed.forget() == ["newest", "pages from 1", "ends", *put(1)]

    writer.write(stored(store, STREAM, 1))
    assert feed.forget() == ["pages from 2", *put(2)]

    other.write(stored(store, STREAM, 1))
    assert feed.forget() == ["newest", "ends recorded", *put(3)]

    commits = stored(store, STREAM, 1)
    writer.write(commits)
    assert feed.forget() == ["pages from 3", "ends recorded", *put(4)]

    other.write(commits)
    other.write(commits)
    assert feed.forget() == ["pages from 4", "ends recorded", "pages from 5"]


def put(number: int) -> list[str]:
    """A page, and the look whether there is more to put."""
    return [f"append {number}", f"record ends of {number}", f"pages from {number + 1}"]


def test_a_hundred_new_streams_are_looked_up_in_one_request(store: MemoryEventStore) -> None:
    feed = CountedFeed()
    commits = [commit for stream in STREAMS[:100] for commit in stored(store, stream, 1)]
    FeedWriter(feed, store, Clock(), lambda stream, error: None).write(commits)

    assert feed.asked.count("ends") == 1
    assert feed.ends(STREAMS[:101]) == {**dict.fromkeys(STREAMS[:100], 1), STREAMS[100]: 0}


@dataclass
class Ranges:
    """A store that keeps which events it was asked for."""

    store: MemoryEventStore
    asked: list[tuple[int, int]] = field(default_factory=list)

    def between(self, aggregate: AggregateId, first: int, last: int) -> Iterator[Commit]:
        raise AssertionError("entries are read together")

    def of_ranges(self, ranges: Iterable[CommitRange]) -> Iterator[Iterator[Commit]]:
        wanted = list(ranges)
        self.asked += [(one.first, one.last) for one in wanted]
        return self.store.of_ranges(wanted)


class TestACursor:
    def test_counts_the_events_of_a_page(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        writer.write([*stored(store, STREAMS[0], 1, 1), *stored(store, STREAMS[1], 3)])
        writer.write(stored(store, STREAMS[0], 1))
        reader, cursors = FeedReader(feed, store), [Cursor()]
        for _ in range(6):
            cursors.append(reader.read(cursors[-1], 1).cursor)

        assert cursors == [*(Cursor(1, n) for n in range(6)), Cursor(2, 1)]
        assert str(cursors[5]) == "1.5"

    def test_behind_an_entry_asks_for_none_of_its_events(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        writer.write([*stored(store, STREAMS[0], 2), *stored(store, STREAMS[1], 3)])
        ranges = Ranges(store)
        FeedReader(feed, ranges).read(Cursor(1, 2), 9)

        assert ranges.asked == [(1, 3)]


class TestWhatAReaderLooksUp:
    """As many entries as have the events that were asked for, and one event behind them."""

    @pytest.fixture
    def ranges(self, store: MemoryEventStore) -> Ranges:
        return Ranges(store)

    def test_is_no_more_than_it_gives(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore, ranges: Ranges
    ) -> None:
        writer.write([c for stream in STREAMS[:9] for c in stored(store, stream, 2)])
        found = FeedReader(feed, ranges).read(Cursor(1, 3), 4)

        # Event 4 ends the second entry, the third has 5 and 6, and the fourth 7, and 8 behind it.
        assert [e["aggregateId"] for e in found.events] == [STREAMS[n] for n in (1, 2, 2, 3)]
        assert (len(ranges.asked), found.more) == (3, True)

    def test_may_stand_on_many_pages(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        for stream in STREAMS[:5]:
            writer.write(stored(store, stream, 1))
        together = list[int]()

        class Together(Ranges):
            def of_ranges(self, ranges: Iterable[CommitRange]) -> Iterator[Iterator[Commit]]:
                wanted = list(ranges)
                together.append(len(wanted))
                return super().of_ranges(wanted)

        found = FeedReader(feed, Together(store)).read(Cursor(), 9)

        assert [e["aggregateId"] for e in found.events] == STREAMS[:5]
        assert (together, found.more, found.cursor) == ([5], False, Cursor(5, 1))

    def test_goes_on_when_commits_are_missing(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore, ranges: Ranges
    ) -> None:
        """They are reported by `skafu verify --history`; the others are given meanwhile."""
        for stream in STREAMS[:6]:
            writer.write(stored(store, stream, 1))
        for stream in STREAMS[:4]:
            store._streams[stream].clear()
        found = FeedReader(feed, ranges).read(Cursor(), 2)

        assert [e["aggregateId"] for e in found.events] == STREAMS[4:6]
        assert (found.cursor, found.more) == (Cursor(6, 1), False)

    def test_is_given_whatever_the_hash_of_the_page_says(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        """The hash proves the end of a stream to `skafu verify --history`, not to readers."""
        writer.write(stored(store, STREAM, 1))
        (page,) = feed.pages(1)
        forged = replace(page, entries=(page.entries[0]._replace(hash="00"),))

        assert [*FeedReader(feed, store).of_page(forged, 0)] == [
            *FeedReader(feed, store).of_page(page, 0)
        ]

    def test_of_a_page_is_read_as_it_is_taken(
        self, writer: FeedWriter, feed: MemoryFeed, store: MemoryEventStore
    ) -> None:
        writer.write([c for stream in STREAMS[:9] for c in stored(store, stream, 1)])
        (page,) = feed.pages(1)
        found = FeedReader(feed, store).of_page(page, 2, lambda stream: stream != STREAMS[3])

        assert [e["aggregateId"] for e, _ in found] == [STREAMS[2], *STREAMS[4:9]]


class TestAWarmReader:
    """Pages never change, so one that was read is not read again."""

    def test_asks_for_the_pages_that_it_does_not_know(self, store: MemoryEventStore) -> None:
        feed = CountedFeed()
        writer, reader = new_writer(feed, store), FeedReader(feed, store)
        writer.write(stored(store, STREAM, 3))
        cursor = reader.read(Cursor(), 2).cursor
        feed.forget()

        cursor = reader.read(cursor, 9).cursor
        assert (cursor, feed.forget()) == (Cursor(1, 3), ["pages from 2"])

        writer.write(stored(store, STREAM, 1))
        feed.forget()
        assert reader.read(cursor, 9).cursor == Cursor(2, 1)
        assert feed.forget() == ["pages from 2"]

    def test_remembers_few(self, store: MemoryEventStore) -> None:
        feed = CountedFeed()
        writer, reader = new_writer(feed, store), FeedReader(feed, store)
        for stream in STREAMS[:9]:
            writer.write(stored(store, stream, 1))
        first = reader.read(Cursor(), 100)

        assert sorted(reader.read_before) == [*range(10 - MAX_PAGES, 10)]
        assert reader.read(Cursor(), 100) == first
        assert reader.read(Cursor(7), 100).events == first.events[6:]
