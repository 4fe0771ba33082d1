"""The survey: every stream and every row, compared in few large requests and little memory.

Rows are listed and commits are scanned, hundreds in a request. Whatever looks wrong so
is checked once more by reads of its own, and only that is reported: a list of rows may be stale, a
scan may meet a stream while it is written. What was listed lies in a spool outside the memory.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby, islice
from typing import Any, Protocol, TypeVar

from application.commit import Commit
from application.failures import reason
from application.patience import patiently
from application.ports import EventStore, OpensRows, StoredRow, StoredRows, Streams, UnreadableRow
from application.publishing.feed import Feed, FeedEntry, FeedPage, broken_pages, misplaced
from application.publishing.republish import ScannedPage
from application.reading.scans import CommitPages, follow_one_another, streams
from application.reading.sums import ROOT, SpooledSums, add_rows, add_shares
from application.reading.verify import (
    HISTORY,
    SHARED,
    STRAY,
    UNREADABLE,
    Discrepancy,
    Verified,
    Verifier,
    recorded_for,
    stray,
)
from application.reading.words import Words, key_of_words
from kernel.contents import Contents
from kernel.messages import AggregateId
from kernel.projection import Projection, Row, RowKey, fold_rows
from kernel.summary import Summary

T = TypeVar("T")
FEED_ITSELF = AggregateId("the feed")
ROWS, COMMITS, STREAMS, FED = "rows", "commits", "streams", "fed"
AT_A_TIME = 500  # streams whose second look is held in memory
Threads = Callable[[int], Executor]
"""Make an executor that works on so many things at once."""


class RowLists(Protocol):
    def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        """Yield every row of a model; the list may be stale."""
        ...


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that is not stored as its stream yields it; `stored` is `None` if it cannot be read.

    Personal texts are left out of both.
    """

    stream: AggregateId
    key: RowKey
    folded: Mapping[str, Any]
    stored: Mapping[str, Any] | None
    missing: bool


class Spool(Protocol):
    """What a survey has seen, outside the memory."""

    @property
    def sums(self) -> SpooledSums: ...

    def add_rows(self, rows: Iterable[tuple[RowKey, StoredRow]]) -> None: ...

    def add_fed(self, page: FeedPage) -> None: ...

    def last_page(self) -> int:
        """Return the number of the last page of the feed that was added; 0 for none."""
        ...

    def fed(self, stream: AggregateId) -> list[FeedEntry]: ...

    def gaps_of_feed(self) -> Iterator[tuple[int, AggregateId, int]]:
        """Yield page, stream and first event of entries that do not follow the one before."""
        ...

    def add_stream(
        self, stream: AggregateId, yields: Mapping[RowKey, Row | None], end: int
    ) -> None:
        """Add a stream with its rows, or with the keys of rows that are not to be compared."""
        ...

    def end(self, stream: AggregateId) -> int:
        """Return the last event of the stream as it was added; 0 if it was not."""
        ...

    def differing(self) -> Iterator[Differing]:
        """Yield the rows that are not as they were added with their streams, stream by stream."""
        ...

    def behind(self) -> Iterator[AggregateId]:
        """Yield the streams of rows that are missing, unreadable or not as far as their stream."""
        ...

    def ahead(self) -> Iterator[AggregateId]:
        """Yield the streams of rows that are further than their stream was."""
        ...

    def streams(self) -> int: ...

    def rows_compared(self) -> Mapping[str, int]:
        """Return by model how many of the rows that were added with streams are compared."""
        ...

    def fed_only(self) -> Iterator[AggregateId]:
        """Yield the streams that were fed and not added."""
        ...

    def strays(self) -> Iterator[tuple[RowKey, int | None]]:
        """Yield the rows that no stream yields, with their versions."""
        ...

    def shared(self) -> dict[RowKey, list[AggregateId]]:
        """Return the rows that several streams yield."""
        ...

    def is_shared(self, row: RowKey) -> bool: ...


@dataclass(frozen=True, slots=True)
class Held:
    """Commits of one stream, held in memory."""

    commits: Sequence[Commit]

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return (commit for commit in self.commits if commit.last_sequence >= from_sequence)


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey of these projections' rows, and of the history that they are made from.

    Without `compare`, rows are compared by their versions alone. `seen` is told how many rows,
    commits and streams were looked at since it was told last; what it raises ends the survey. A row
    that lacks events of the time of `grace` alone is on its way, and is no finding. `words` returns
    what keeps the words of a projection's rows: their entries are compared, too.
    """

    contents: Contents
    projections: tuple[Projection, ...]
    store: EventStore
    rows: StoredRows
    lists: RowLists
    scan: CommitPages
    feed: Feed
    spool: Spool
    now: datetime
    compare: bool = True
    seen: Callable[[str, int], None] = lambda _, __: None
    at_once: int = 10
    opener: Callable[[Projection], OpensRows | None] = lambda _: None
    grace: timedelta = timedelta(0)
    threads: Threads = ThreadPoolExecutor
    sleep: Callable[[float], None] = time.sleep
    words: Callable[[Projection], Words | None] = lambda _: None

    def findings(self) -> list[Discrepancy]:
        """Return everything that is wrong."""
        return [one for some in self.found() for one in some]

    def found(self) -> Iterator[list[Discrepancy]]:
        """Yield everything that is wrong, some at a time, once all streams and rows were compared.

        The feed is read first: it is never ahead of streams.
        """
        faults = [Discrepancy(FEED_ITSELF, HISTORY, fault) for fault in self._read_feed()]
        by_history = self.compared(lambda: list(self._wrong_by_history()))
        suspects = chain(by_history, self._wrong_by_rows(), self.spool.fed_only())
        yield from map(self._checked_again, parts(suspects))
        if next(self.spool.strays(), None) is not None:
            yield from map(self._checked_again, parts(self._grown()))
        shared = map(of_several, self.spool.shared().items())
        yield [*shared, *faults, *map(stray, self.spool.strays()), *self._stray_sums()]

    def again(self, streams: Iterable[AggregateId]) -> list[Discrepancy]:
        """Check these streams once more, against the feed as it is now."""
        for page in self.feed.pages(self.spool.last_page() + 1):
            self.spool.add_fed(page)
        return self._checked_again(streams)

    def compared(self, folding: Callable[[], T]) -> T:
        """List all rows while the streams are folded: the one waits, the other computes."""
        with self.threads(1) as thread:
            listing = thread.submit(self._list_rows)
            folded = folding()
            listing.result()
        return folded

    def _list_rows(self) -> None:
        models = [(one, model) for one in self.projections for model in one.written]
        with self.threads(len(models) or 1) as threads:
            list(threads.map(lambda one: self._list_rows_of(*one), models))
        for words in filter(None, map(self.words, self.projections)):
            for page in words.index.entries(words.projection.head_model):
                self.spool.add_rows((key_of_words(key), entry) for key, entry in page)
                self.seen(ROWS, len(page))

    def _list_rows_of(self, projection: Projection, model: str) -> None:
        for page in self.lists.pages(model):
            if projection.summary and model in projection.summary.models:
                add_rows(self.spool.sums, projection.summary, model, page)
            else:
                self.spool.add_rows((key, without_texts(projection, key, row)) for key, row in page)
            self.seen(ROWS, len(page))

    def _read_feed(self) -> Iterator[str]:
        yield from broken_pages(self._spooled_pages())
        yield from (misplaced(*gap) for gap in self.spool.gaps_of_feed())

    def _spooled_pages(self) -> Iterator[FeedPage]:
        for page in ahead(self.feed.pages(1), self.threads):
            self.spool.add_fed(page)
            self.seen(FED, 1)
            yield page

    def _wrong_by_rows(self) -> Iterator[AggregateId]:
        if self.compare:
            rows = self.spool.differing()
            yield from (stream for stream, _ in groupby(rows, lambda one: one.stream))
            yield from (stream for _, stream in self.wrong_sums())
        else:
            yield from self.spool.ahead()

    def _wrong_by_history(self) -> Iterator[AggregateId]:
        for stream, commits in streams(self.scanned()):
            if commits is None or not self._looks_right(stream, commits):
                yield stream

    def _looks_right(self, stream: AggregateId, commits: Sequence[Commit]) -> bool:
        """Look at the history, and note the rows of the stream; tell whether all is well."""
        with suppress(*UNREADABLE):
            found = self._verifier(stream, Held(commits), no_rows=True).check(stream)
            if not found.discrepancies:
                self.add_folded(stream, commits)
                return True
        return False

    def fold(self, going_on: Callable[[], None] = lambda: None) -> dict[AggregateId, str]:
        """Note the rows of every stream; return the streams that cannot be folded, and why."""
        failed: dict[AggregateId, str] = {}
        for stream, scanned in streams(self.scanned()):
            going_on()
            try:
                self.add_folded(stream, self.whole(stream, scanned))
            except UNREADABLE as error:
                failed[stream] = reason(error)
        return failed

    def add_folded(self, stream: AggregateId, commits: Sequence[Commit]) -> None:
        """Note the rows that the stream yields. Raises whatever folding it raises."""
        yields: dict[RowKey, Row | None] = {}
        own = self.projections_of(stream)
        recorded = recorded_for(own[0], commits) if own else []
        for projection in own:
            folded = fold_rows(projection, recorded)
            add_shares(self.spool.sums, projection, stream, folded)
            yields |= {key: projection.remembered(key, row) for key, row in folded.items()}
            words = self.words(projection)
            if words is not None and (entry := words.entry_of(recorded)) is not None:
                yields[key_of_words(projection.head(stream))] = entry
        self.spool.add_stream(stream, yields, commits[-1].last_sequence)

    def wrong_sums(self) -> Iterator[tuple[Projection, AggregateId]]:
        """Yield the streams whose contributions look wrong in the sums, or may have grown."""
        for projection, summary in self._summaries():
            sums = self.spool.sums
            found = dict.fromkeys(sums.wrong_streams(summary.model))
            unknown = (projection.aggregate.id(id) for _, id in sums.foreign(summary.model))
            found |= dict.fromkeys(one for one in unknown if self._exists(one))
            yield from ((projection, stream) for stream in found)

    def _stray_sums(self) -> Iterator[Discrepancy]:
        """Yield contributions and parts that no stream accounts for."""
        for projection, summary in self._summaries() if self.compare else ():
            for part, id in self.spool.sums.foreign(summary.model):
                if not self._exists(projection.aggregate.id(id)):
                    key = RowKey(summary.part_model, part)
                    what = f"{key.model} {key.id}: no stream contributes {id}"
                    yield Discrepancy(AggregateId(""), STRAY, what, key)
            for part in self.spool.sums.nobodys(summary.model):
                row = self._stray_sum(summary, part)
                if row is not None:
                    what = f"{row.model} {row.id}: no stream contributes to it"
                    yield Discrepancy(AggregateId(""), STRAY, what, row)

    def _stray_sum(self, summary: Summary, part: str) -> RowKey | None:
        """Return the row to which nothing contributes: the part, or the sums without any part."""
        key = RowKey(summary.part_model, part)
        stored = self.rows.get(key)
        if stored is None and part.endswith(ROOT):
            return summary.key(part.removesuffix(ROOT))
        return key if holds_nothing(stored) else None

    def _summaries(self) -> Iterator[tuple[Projection, Summary]]:
        for projection in self.projections:
            if projection.summary is not None:
                yield projection, projection.summary

    def _exists(self, stream: AggregateId) -> bool:
        return next(iter(self.store.read(stream)), None) is not None

    def _grown(self) -> Iterator[AggregateId]:
        """Yield the streams that have grown since they were scanned: their rows are no strays."""
        for stream, commits in streams(self.scanned()):
            if commits is None or commits[-1].last_sequence > self.spool.end(stream):
                yield stream

    def scanned(self) -> Iterator[ScannedPage]:
        for page in ahead(self.scan.every(), self.threads):
            yield page
            self.seen(COMMITS, page.examined)

    def whole(self, stream: AggregateId, scanned: Sequence[Commit] | None) -> Sequence[Commit]:
        """Return all commits of a stream, read again if the scan did not hold them together."""
        if scanned and follow_one_another(scanned):
            return scanned
        return list(self.store.read(stream))

    def _checked_again(self, suspects: Iterable[AggregateId]) -> list[Discrepancy]:
        """Check streams by reads of their own; what a shared row shows is no discrepancy."""
        with self.threads(self.at_once) as threads:
            results = list(threads.map(self._check, dict.fromkeys(suspects)))
        found = chain.from_iterable(result.discrepancies for result in results)
        return [one for one in found if one.row is None or not self.spool.is_shared(one.row)]

    def _check(self, stream: AggregateId) -> Verified:
        found = patiently(lambda: self._verifier(stream, self.store).check(stream), self.sleep)
        self.spool.add_stream(stream, dict.fromkeys(found.yields), 0)
        self.seen(STREAMS, 1)
        return found

    def _verifier(self, stream: AggregateId, store: Streams, no_rows: bool = False) -> Verifier:
        own = () if no_rows else self.projections_of(stream)
        kind, fed = self.contents.aggregate.get(type_of(stream)), {stream: self.spool.fed(stream)}
        return Verifier(
            store,
            self.rows,
            own,
            kind,
            compare=self.compare,
            fed=fed,
            now=self.now,
            opener=self.opener,
            grace=self.grace,
            words=self.words,
        )

    def projections_of(self, stream: AggregateId) -> tuple[Projection, ...]:
        kind = type_of(stream)
        return tuple(one for one in self.projections if one.aggregate_type == kind)


def type_of(stream: AggregateId) -> str:
    return stream.partition("#")[0]


def without_texts(projection: Projection, key: RowKey, row: StoredRow) -> StoredRow:
    """Return the row without the texts of people, which a fold cannot open either."""
    return row if isinstance(row, UnreadableRow) else projection.remembered(key, row)


def holds_nothing(part: Any) -> bool:  # noqa: ANN401 - a part as it is stored
    return part is None or isinstance(part, UnreadableRow) or not part.contributions


def of_several(shared: tuple[RowKey, list[AggregateId]]) -> Discrepancy:
    key, yielding = shared
    what = f"{key.model} {key.id}: {', '.join(yielding)} yield it"
    return Discrepancy(yielding[0], SHARED, what, key)


def parts(streams: Iterable[AggregateId]) -> Iterator[list[AggregateId]]:
    rest = iter(streams)
    while some := list(islice(rest, AT_A_TIME)):
        yield some


def ahead(items: Iterator[T], threads: Threads = ThreadPoolExecutor) -> Iterator[T]:
    """Yield the items; the next one is fetched while one is worked on."""
    none: list[T] = []

    def fetch() -> list[T]:
        for item in items:
            return [item]
        return none

    with threads(1) as thread:
        coming = thread.submit(fetch)
        while found := coming.result():
            coming = thread.submit(fetch)
            yield found[0]
