"""The feed: every event of every stream once, in one order that never changes.

Pages are numbered without gaps. Each is appended on the condition that its number is free, so a
consumer that has read page n misses nothing that is appended later. A page holds keys, not events:
the next part of a stream, with the hash of the last commit in it. So the feed also proves the end
of each stream, which the chain of the stream's own hashes does not cover.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, tee
from typing import Any, NamedTuple, Protocol

from application.commit import GENESIS, Commit, canonical_json
from application.ports import Clock, CommitRange, EventStore, Unavailable
from application.publishing.envelopes import envelopes
from application.reading.pages import cut
from application.warm import Bounded
from application.writing.heads import StreamBroken
from kernel.messages import AggregateId, iso_milliseconds

MAX_ATTEMPTS = 20
BACKOFF = 0.02  # seconds, times the attempt, with full jitter
MAX_ENDS = 10_000  # streams whose fed end a warm writer remembers
MAX_ENTRIES = 500  # of a page: 60 KB
MAX_PAGES = 4  # that a warm reader remembers: they never change
MAX_EVENTS = 100  # of an entry, unless one commit has more: a reader may have to skip them


class FeedEntry(NamedTuple):
    """Events `first` to `last` of a stream: whole commits; `hash` is the last commit's, in hex."""

    aggregate: AggregateId
    first: int
    last: int
    hash: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of the feed; `timestamp` is the time it was made: UTC, milliseconds, `Z`."""

    number: int
    entries: tuple[FeedEntry, ...]
    previous_hash: bytes
    timestamp: str

    def hash(self) -> bytes:
        content = [self.number, self.entries, self.previous_hash.hex(), self.timestamp]
        return hashlib.sha256(canonical_json(content).encode()).digest()


class PageTaken(Unavailable):
    """Another writer has appended a page with this number."""


class Feed(Protocol):
    """Pages by number, and the fed end of each stream. Reads are consistent."""

    def append(self, page: FeedPage) -> None:
        """Raises `PageTaken`."""
        ...

    def newest(self) -> FeedPage | None: ...

    def pages(self, first: int) -> Iterator[FeedPage]:
        """Yield the pages from this number on, in order, read lazily."""
        ...

    def ends(self, streams: Sequence[AggregateId]) -> dict[AggregateId, int]:
        """Return the last event of each stream that is recorded as fed; 0 for none."""
        ...

    def record_ends(self, page: FeedPage) -> None:
        """Record the ends of the page's streams, then the page's number; none is ever lowered."""
        ...

    def ends_recorded(self) -> int:
        """Return the number of the last page whose ends were recorded, or of an older one."""
        ...


class CommitRanges(Protocol):
    def between(self, aggregate: AggregateId, first: int, last: int) -> Iterator[Commit]:
        """Yield the commits that begin at `first` to `last`, in order, read strongly."""
        ...

    def of_ranges(self, ranges: Iterable[CommitRange]) -> Iterator[Iterator[Commit]]:
        """Yield what `between` yields for each of the ranges, in their order.

        Many are read together, so some are read before they are asked for.
        """
        ...


CommitsByStream = dict[AggregateId, list[Commit]]
"""Commits by stream, in order."""


@dataclass
class FeedWriter:
    """Appends commits that are not in the feed yet. Any number of writers may do so at once.

    The ends of a page are recorded before the next page is appended, so that the recorded ends and
    the newest page together say exactly what has been fed. A warm process remembers them.
    A stream that cannot be read, or has a gap, is not fed, and is reported to `broken`.
    """

    feed: Feed
    store: EventStore
    clock: Clock
    broken: Callable[[AggregateId, Exception], None]
    sleep: Callable[[float], None] = time.sleep
    head: FeedPage | None = None
    ends_recorded: int = 0
    ends: Bounded[AggregateId, int] = field(default_factory=lambda: Bounded(MAX_ENDS))

    def write(self, commits: Iterable[Commit]) -> int:
        """Feed these commits, and earlier ones that are missing; return the number of entries.

        Raises `Unavailable` when other writers were always first.
        """
        wanted, put = by_stream(commits), 0
        for attempt in range(MAX_ATTEMPTS):
            self._catch_up()
            self._look_up(wanted)
            entries = [entry for stream in list(wanted) for entry in self._missing(stream, wanted)]
            if not entries:
                return put
            try:
                put += self._put(entries[:MAX_ENTRIES])
            except PageTaken:
                self.sleep(random.uniform(0, BACKOFF * (attempt + 1)))
        raise Unavailable("the feed is contended")

    def reach(self, aggregate: AggregateId) -> int:
        """Feed the rest of a stream from the store. Raises whatever reading the stream raises."""
        return self.write(self.store.read(aggregate, self._end(aggregate) + 1))

    def _catch_up(self) -> None:
        """Read the pages of other writers; make sure that the ends of the newest are recorded."""
        if self.head is None:
            # What was looked up while there was no page: others may have fed more in several.
            self.ends.clear()
        newest = self.feed.newest() if self.head is None else None
        pages = [newest] if newest else self.feed.pages(self.head.number + 1 if self.head else 1)
        for page in pages:
            self._learn(page)
        if self.head is not None and self.ends_recorded < self.head.number:
            if self.feed.ends_recorded() < self.head.number:
                self.feed.record_ends(self.head)
            self.ends_recorded = self.head.number

    def _learn(self, page: FeedPage) -> None:
        for entry in page.entries:
            self.ends[entry.aggregate] = entry.last
        self.head = page

    def _put(self, entries: list[FeedEntry]) -> int:
        number, previous = (self.head.number + 1, self.head.hash()) if self.head else (1, GENESIS)
        page = FeedPage(number, tuple(entries), previous, iso_milliseconds(self.clock()))
        self.feed.append(page)
        self._learn(page)
        self.feed.record_ends(page)
        self.ends_recorded = number
        return len(entries)

    def _end(self, aggregate: AggregateId) -> int:
        self._look_up([aggregate])
        return self.ends[aggregate]

    def _look_up(self, streams: Iterable[AggregateId]) -> None:
        """Learn the ends of the streams that this process does not know."""
        if unknown := [stream for stream in streams if stream not in self.ends]:
            self.ends.update(self.feed.ends(unknown))

    def _missing(self, aggregate: AggregateId, wanted: CommitsByStream) -> list[FeedEntry]:
        try:
            return list(entries_of(self._beyond(aggregate, wanted[aggregate])))
        except Unavailable:
            raise
        except Exception as error:  # whatever it is, it holds up no other stream
            del wanted[aggregate]
            self.broken(aggregate, error)
            return []

    def _beyond(self, aggregate: AggregateId, commits: list[Commit]) -> list[Commit]:
        """Return the commits not yet in the feed, with earlier ones missing from this batch."""
        end = self._end(aggregate)
        beyond = [commit for commit in commits if commit.first_sequence > end]
        if not follows(end, beyond):
            beyond = list(self.store.read(aggregate, end + 1))
            if not follows(end, beyond):
                raise StreamBroken(f"{aggregate} has a gap after event {end}")
        return beyond


def by_stream(commits: Iterable[Commit]) -> CommitsByStream:
    """Group commits by stream, in order; take one that was delivered twice once."""
    streams: dict[AggregateId, dict[int, Commit]] = {}
    for commit in commits:
        streams.setdefault(commit.aggregate_id, {})[commit.first_sequence] = commit
    return {stream: [own[n] for n in sorted(own)] for stream, own in streams.items()}


def follows(end: int, commits: Sequence[Commit]) -> bool:
    """Tell whether the commits continue from `end` without a gap."""
    for commit in commits:
        if commit.first_sequence != end + 1:
            return False
        end = commit.last_sequence
    return True


def entries_of(commits: Iterable[Commit]) -> Iterator[FeedEntry]:
    """Yield as few entries as possible for consecutive commits of one stream."""
    entry: FeedEntry | None = None
    for commit in commits:
        own = FeedEntry(
            commit.aggregate_id, commit.first_sequence, commit.last_sequence, commit.hash().hex()
        )
        if entry is not None and own.last - entry.first < MAX_EVENTS:
            entry = own._replace(first=entry.first)
            continue
        if entry is not None:
            yield entry
        entry = own
    if entry is not None:
        yield entry


class Cursor(NamedTuple):
    """A place in the feed: behind the first `events` events of a page."""

    page: int = 1
    events: int = 0

    def __str__(self) -> str:
        return f"{self.page}.{self.events}"


@dataclass(frozen=True, slots=True)
class FeedEvents:
    """Events in the order of the feed. `cursor` leads to the next; `more`: there are some now."""

    events: list[dict[str, Any]]
    cursor: Cursor
    more: bool


PlacedEvent = tuple[dict[str, Any], Cursor]
"""An event, and the cursor behind it."""


class Place(NamedTuple):
    """An entry behind `before` events of its page, of which the first `skipped` are not wanted."""

    page: int
    before: int
    skipped: int
    entry: FeedEntry

    @property
    def events(self) -> int:
        """How many events of the entry are wanted."""
        return self.before + self.entry.last - self.entry.first + 1 - max(self.before, self.skipped)


@dataclass(frozen=True, slots=True)
class FeedReader:
    feed: Feed
    store: CommitRanges
    read_before: Bounded[int, FeedPage] = field(default_factory=lambda: Bounded(MAX_PAGES))

    def read(self, after: Cursor, limit: int) -> FeedEvents:
        """Return at most `limit` events after the cursor; none for a cursor beyond the feed.

        There are fewer in a page when it would have more bytes than an answer may have.
        """
        # One event more tells whether there are more.
        found, more = cut(self._from(after, limit + 1), limit)
        cursor = found[-1][1] if found else after
        return FeedEvents([envelope for envelope, _ in found], cursor, more)

    def of_page(
        self, page: FeedPage, skipped: int, wanted: Callable[[AggregateId], bool] = lambda _: True
    ) -> Iterator[PlacedEvent]:
        """Yield the events of a page from streams that are wanted, behind so many of its events."""
        return self._events(one for one in places(page, skipped) if wanted(one.entry.aggregate))

    def _from(self, after: Cursor, wanted: int) -> Iterator[PlacedEvent]:
        """Yield events, each with the cursor behind it; entries read before are not looked up.

        So many entries are looked up together as have the events that are wanted.
        """
        found = (one for page in self._pages(after.page) for one in places_behind(page, after))
        while group := holding(found, wanted):
            yield from self._events(group)

    def _pages(self, first: int) -> Iterator[FeedPage]:
        """Yield the pages from this number on; those read before are not read again."""
        while page := self.read_before.get(first):
            yield page
            first += 1
        for page in self.feed.pages(first):
            self.read_before[page.number] = page
            yield page

    def _events(self, found: Iterable[Place]) -> Iterator[PlacedEvent]:
        ours, theirs = tee(found)
        ranges = (CommitRange(*one.entry[:3]) for one in theirs)
        for place, commits in zip(ours, self.store.of_ranges(ranges), strict=True):
            for envelope in chain.from_iterable(map(envelopes, commits)):
                number = place.before + envelope["eventSequence"] - place.entry.first + 1
                if number > place.skipped:
                    yield envelope, Cursor(place.page, number)


def places_behind(page: FeedPage, cursor: Cursor) -> Iterator[Place]:
    return places(page, cursor.events if page.number == cursor.page else 0)


def places(page: FeedPage, skipped: int) -> Iterator[Place]:
    """Yield the entries of a page that have events behind the first `skipped` of its events."""
    before = 0
    for entry in page.entries:
        upto = before + entry.last - entry.first + 1
        if upto > skipped:
            yield Place(page.number, before, skipped, entry)
        before = upto


def holding(found: Iterator[Place], wanted: int) -> list[Place]:
    """Take entries until they have so many events together; fewer when there are no more."""
    taken: list[Place] = []
    for place in found:
        taken.append(place)
        wanted -= place.events
        if wanted <= 0:
            break
    return taken


def broken_feed(pages: Iterable[FeedPage]) -> Iterator[str]:
    """Yield the faults of the feed: in its numbers, its hashes, or the order within a stream."""
    kept = list(pages)
    yield from broken_pages(kept)
    ends = dict[AggregateId, int]()
    for page in kept:
        for entry in page.entries:
            if entry.first != ends.get(entry.aggregate, 0) + 1:
                yield misplaced(page.number, entry.aggregate, entry.first)
            ends[entry.aggregate] = entry.last


def broken_pages(pages: Iterable[FeedPage]) -> Iterator[str]:
    """Yield the pages that do not follow the one before, or lack its hash."""
    number, previous = 0, GENESIS
    for page in pages:
        if page.number != number + 1:
            yield f"page {page.number} follows page {number}"
        elif page.previous_hash != previous:
            yield f"page {page.number} does not carry its predecessor's hash"
        number, previous = page.number, page.hash()


def misplaced(page: int, stream: AggregateId, first: int) -> str:
    return f"page {page} goes on with {stream} at {first}"
