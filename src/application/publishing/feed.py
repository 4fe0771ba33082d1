"""The feed: every event of every stream once, in one order that never changes.

Pages are numbered without gaps and each is put on the condition that its number is free, so
whoever has read page n misses nothing that is put later. A page holds keys, not events: which part
of which stream comes next, and the hash of that part's last commit. What the chain of one stream
cannot show of its own end, the feed can.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from application.commit import GENESIS, Commit, canonical_json
from application.ports import Clock, EventStore, Unavailable
from application.publishing.envelopes import envelopes
from application.warm import Bounded
from application.writing.heads import StreamBroken
from kernel.messages import AggregateId, iso_milliseconds

MAX_ATTEMPTS = 20
BACKOFF = 0.02  # seconds, times the attempt, with full jitter
MAX_ENDS = 10_000  # streams of which a warm writer remembers how far they were fed
MAX_ENTRIES = 500  # of a page: 60 KB
MAX_EVENTS = 100  # of an entry, unless one commit has more: what a reader may have to skip


class Entry(NamedTuple):
    """Events `first` to `last` of a stream, whole commits; `hash` is the last one's, in hex."""

    aggregate: AggregateId
    first: int
    last: int
    hash: str


@dataclass(frozen=True, slots=True)
class Page:
    """`timestamp` is when it was made: UTC, milliseconds, `Z`."""

    number: int
    entries: tuple[Entry, ...]
    previous_hash: bytes
    timestamp: str

    def hash(self) -> bytes:
        content = [self.number, self.entries, self.previous_hash.hex(), self.timestamp]
        return hashlib.sha256(canonical_json(content).encode()).digest()


class PageTaken(Unavailable):
    """Another writer has put a page under this number."""


class Feed(Protocol):
    """Pages by number, and how far each stream has been fed. Reads are consistent."""

    def append(self, page: Page) -> None:
        """Raises `PageTaken`."""
        ...

    def newest(self) -> Page | None: ...

    def pages(self, first: int) -> Iterator[Page]:
        """In order, from this number on, read lazily."""
        ...

    def end(self, aggregate: AggregateId) -> int:
        """The last event of the stream that was noted as fed; 0 for none."""
        ...

    def note(self, page: Page) -> None:
        """Note the ends of its streams, then that this was done; none goes back."""
        ...

    def noted(self) -> int:
        """The page of which that was done last; perhaps an older one, never a newer."""
        ...


class Spans(Protocol):
    def between(self, aggregate: AggregateId, first: int, last: int) -> Iterator[Commit]:
        """The commits that begin at `first` to `last`, in order, read strongly."""
        ...


Wanted = dict[AggregateId, list[Commit]]
"""Commits by stream, in order."""


@dataclass
class FeedWriter:
    """Puts what is not in the feed yet at its end. Any number of them may do so at once.

    Before a page is put the ends of its predecessor are noted, so that the noted ends and the
    newest page together say exactly what has been fed. What this process knows of it is kept.
    A stream that cannot be read, or has a gap, is left as it is and handed to `broken`.
    """

    feed: Feed
    store: EventStore
    clock: Clock
    broken: Callable[[AggregateId, Exception], None]
    sleep: Callable[[float], None] = time.sleep
    head: Page | None = None
    noted: int = 0
    ends: Bounded[AggregateId, int] = field(default_factory=lambda: Bounded(MAX_ENDS))

    def write(self, commits: Iterable[Commit]) -> int:
        """Feed these commits, and those that they follow; return how many entries that took.

        Raises `Unavailable` when others were always quicker.
        """
        wanted, put = by_stream(commits), 0
        for attempt in range(MAX_ATTEMPTS):
            self._catch_up()
            entries = [entry for stream in list(wanted) for entry in self._missing(stream, wanted)]
            if not entries:
                return put
            try:
                put += self._put(entries[:MAX_ENTRIES])
            except PageTaken:
                self.sleep(random.uniform(0, BACKOFF * (attempt + 1)))
        raise Unavailable("the feed is contended")

    def reach(self, aggregate: AggregateId) -> int:
        """Feed what the store holds of a stream beyond its fed end. Raises what reading it does."""
        self._catch_up()
        return self.write(self.store.read(aggregate, self._end(aggregate) + 1))

    def _catch_up(self) -> None:
        """Learn of the pages that others have put; see that the ends of the newest are noted."""
        newest = self.feed.newest() if self.head is None else None
        pages = [newest] if newest else self.feed.pages(self.head.number + 1 if self.head else 1)
        for page in pages:
            self._learn(page)
        if self.head is not None and self.noted < self.head.number:
            if self.feed.noted() < self.head.number:
                self.feed.note(self.head)
            self.noted = self.head.number

    def _learn(self, page: Page) -> None:
        for entry in page.entries:
            self.ends[entry.aggregate] = entry.last
        self.head = page

    def _put(self, entries: list[Entry]) -> int:
        number, previous = (self.head.number + 1, self.head.hash()) if self.head else (1, GENESIS)
        page = Page(number, tuple(entries), previous, iso_milliseconds(self.clock()))
        self.feed.append(page)
        self._learn(page)
        self.feed.note(page)
        self.noted = number
        return len(entries)

    def _end(self, aggregate: AggregateId) -> int:
        if aggregate not in self.ends:
            self.ends[aggregate] = self.feed.end(aggregate)
        return self.ends[aggregate]

    def _missing(self, aggregate: AggregateId, wanted: Wanted) -> list[Entry]:
        try:
            return list(entries_of(self._beyond(aggregate, wanted[aggregate])))
        except (StreamBroken, KeyError, TypeError, ValueError) as error:
            del wanted[aggregate]
            self.broken(aggregate, error)
            return []

    def _beyond(self, aggregate: AggregateId, commits: list[Commit]) -> list[Commit]:
        """Those that have not been fed, and before them those that nobody spoke of."""
        end = self._end(aggregate)
        beyond = [commit for commit in commits if commit.first_sequence > end]
        if beyond and not follows(end, beyond):
            beyond = list(self.store.read(aggregate, end + 1))
            if not follows(end, beyond):
                raise StreamBroken(f"{aggregate} has a gap after event {end}")
        return beyond


def by_stream(commits: Iterable[Commit]) -> Wanted:
    """In order; a commit that was delivered twice is taken once."""
    streams: dict[AggregateId, dict[int, Commit]] = {}
    for commit in commits:
        streams.setdefault(commit.aggregate_id, {})[commit.first_sequence] = commit
    return {stream: [own[n] for n in sorted(own)] for stream, own in streams.items()}


def follows(end: int, commits: Sequence[Commit]) -> bool:
    """Tell if the commits go on from `end` without a gap."""
    for commit in commits:
        if commit.first_sequence != end + 1:
            return False
        end = commit.last_sequence
    return True


def entries_of(commits: Iterable[Commit]) -> Iterator[Entry]:
    """Commits of one stream, one after the other, as few entries as may be."""
    entry: Entry | None = None
    for commit in commits:
        own = Entry(
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
    """So many events of the page with this number, and all of those before, have been read."""

    page: int = 1
    events: int = 0

    def __str__(self) -> str:
        return f"{self.page}.{self.events}"


@dataclass(frozen=True, slots=True)
class Read:
    """Events in the order of the feed; `cursor` goes on after them; `more`: at once, if so."""

    events: list[dict[str, Any]]
    cursor: Cursor
    more: bool


@dataclass(frozen=True, slots=True)
class FeedReader:
    feed: Feed
    store: Spans

    def read(self, after: Cursor, limit: int) -> Read:
        """At most `limit` events after the cursor. One of no place in the feed reads nothing."""
        events: list[dict[str, Any]] = []
        cursor, more = after, False
        for envelope, place in self._from(after):
            if len(events) == limit:
                more = True
                break
            events.append(envelope)
            cursor = place
        return Read(events, cursor, more)

    def _from(self, after: Cursor) -> Iterator[tuple[dict[str, Any], Cursor]]:
        """Events with the cursors that follow them; what was read already is not looked up."""
        for page in self.feed.pages(after.page):
            skipped = after.events if page.number == after.page else 0
            before = 0
            for entry in page.entries:
                upto = before + entry.last - entry.first + 1
                for envelope in self._events(entry) if upto > skipped else ():
                    number = before + envelope["eventSequence"] - entry.first + 1
                    if number > skipped:
                        yield envelope, Cursor(page.number, number)
                before = upto

    def _events(self, entry: Entry) -> Iterator[dict[str, Any]]:
        for commit in self.store.between(entry.aggregate, entry.first, entry.last):
            yield from envelopes(commit)


def broken_feed(pages: Iterable[Page]) -> Iterator[str]:
    """Each page has its number and its predecessor's hash, and goes on where its streams ended."""
    number, previous, ends = 0, GENESIS, dict[AggregateId, int]()
    for page in pages:
        if page.number != number + 1:
            yield f"page {page.number} follows page {number}"
        elif page.previous_hash != previous:
            yield f"page {page.number} does not carry its predecessor's hash"
        for entry in page.entries:
            if entry.first != ends.get(entry.aggregate, 0) + 1:
                yield f"page {page.number} goes on with {entry.aggregate} at {entry.first}"
            ends[entry.aggregate] = entry.last
        number, previous = page.number, page.hash()
