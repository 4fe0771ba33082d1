"""The rebuild of one segment, and the check of one model's rows: pieces of a rebuild by workflow.

Every stream is folded and compared with its rows. Where they differ, they are brought up by the one
rule that writes rows. Afterwards the rows of each model are listed, to find those that no stream
yields: they need a person, as rows do whose stream is broken.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, cast

from application.commit import Commit
from application.failures import reason
from application.patience import patiently
from application.ports import OpensRows, StoredRow, StoredRows, Streams, Unavailable, UnreadableRow
from application.publishing.republish import ScannedPage
from application.reading.mending import BEYOND_REPAIR
from application.reading.rebuild import BroughtUp
from application.reading.segments import HasTime, Piece, Place, Segment, whole_streams
from application.reading.survey import Held, Threads
from application.reading.verify import HISTORY, UNREADABLE, Discrepancy, Verifier, expected_rows
from application.reading.words import Words
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey
from kernel.summary import Part

POSITION, TOKEN = "position", "token"


class RowPages(Protocol):
    def page(
        self, model: str, token: str | None
    ) -> tuple[Sequence[tuple[RowKey, StoredRow]], str | None]:
        """Return rows of a model, which may be stale, and the token of the next page."""
        ...


@dataclass(frozen=True, slots=True)
class SegmentRebuild:
    """Rebuilds the rows of these projections; without `bring_up` it counts what differs.

    `going_on`, called often, ends a piece by raising.
    """

    projections: tuple[Projection, ...]
    segment: Segment
    store: Streams
    rows: StoredRows
    bring_up: BroughtUp | None
    going_on: Callable[[], None] = lambda: None
    opener: Callable[[Projection], OpensRows | None] = lambda _: None
    words: Callable[[Projection], Words | None] = lambda _: None
    threads: Threads = ThreadPoolExecutor
    at_once: int = 10
    sleep: Callable[[float], None] = time.sleep

    def piece(self, place: Place | None, has_time: HasTime) -> Piece:
        """Work on at least one page. Raises `Unavailable` if the whole has to be tried again."""
        done = Piece(place)
        while True:
            position = None if done.after is None else done.after[POSITION]
            page = self.segment.page(position)
            self._work_on(page, position, done)
            done.after = None if page.after is None else {POSITION: page.after}
            if done.after is None or not has_time():
                return done

    def _work_on(self, page: ScannedPage, position: Place | None, done: Piece) -> None:
        found = list(whole_streams(self.segment, position, page))
        with self.threads(self.at_once) as threads:
            for one in threads.map(lambda pair: self._stream(*pair), found):
                done.add(one)
        done.counts["commits"] += page.examined
        done.counts["events"] += sum(c.last_sequence - c.first_sequence + 1 for c in page.commits)

    def _stream(self, stream: AggregateId, commits: Sequence[Commit] | None) -> Piece:
        self.going_on()
        done = Piece()
        done.counts["streams"] += 1
        own = tuple(one for one in self.projections if one.aggregate_type == type_of(stream))
        if own:
            self._compare(stream, own, commits, done)
        return done

    def _compare(
        self,
        stream: AggregateId,
        own: tuple[Projection, ...],
        commits: Sequence[Commit] | None,
        done: Piece,
    ) -> None:
        """Compare the rows of a stream, and what looks wrong once more by strong reads."""
        if commits is not None and not self._found(stream, own, Held(commits)):
            return
        found = self._found(stream, own, self.store)
        broken = [one for one in found if one.where == HISTORY]
        if broken:
            done.leave(f"{stream}: {broken[0].what}")
        else:
            self._write(stream, own, found, done)

    def _found(
        self, stream: AggregateId, own: tuple[Projection, ...], store: Streams
    ) -> list[Discrepancy]:
        verifier = Verifier(store, self.rows, own, opener=self.opener, words=self.words)
        return patiently(lambda: verifier.check(stream), self.sleep).discrepancies

    def _write(
        self,
        stream: AggregateId,
        own: tuple[Projection, ...],
        found: list[Discrepancy],
        done: Piece,
    ) -> None:
        for one in found:
            done.counts["differing"] += 1
            done.counts[f"rows of {one.row.model if one.row else one.where}"] += 1
        wrong = {one.where for one in found}
        for projection in own if self.bring_up is not None else ():
            if projection.name in wrong:
                self._bring_up(projection, stream, done)

    def _bring_up(self, projection: Projection, stream: AggregateId, done: Piece) -> None:
        assert self.bring_up is not None
        try:
            done.counts["written"] += self.bring_up(projection, stream)
        except BEYOND_REPAIR as error:
            # Its subclasses are about this stream's rows; itself, about a service that is down.
            if type(error) is Unavailable:
                raise
            done.leave(f"{stream} {projection.name}: {reason(error)}")


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Finds rows of one model that no stream yields, among those of one projection."""

    projection: Projection
    model: str
    lists: RowPages
    store: Streams
    going_on: Callable[[], None] = lambda: None
    threads: Threads = ThreadPoolExecutor
    at_once: int = 10
    _yielded: dict[AggregateId, frozenset[RowKey] | None] = field(default_factory=dict)

    def piece(self, place: Place | None, has_time: HasTime) -> Piece:
        """Work on at least one page of rows. Raises `Unavailable`."""
        done = Piece(place)
        while True:
            before = None if done.after is None else done.after[TOKEN]
            rows, token = self.lists.page(self.model, before)
            with self.threads(self.at_once) as threads:
                for one in threads.map(self._check, rows):
                    done.add(one)
            self._yielded.clear()
            done.counts["rows"] += len(rows)
            done.after = None if token is None else {TOKEN: token}
            if token is None or not has_time():
                return done

    def _check(self, listed: tuple[RowKey, StoredRow]) -> Piece:
        self.going_on()
        done, (key, row), summary = Piece(), listed, self.projection.summary
        if summary is not None and key.model == summary.part_model:
            for id in () if isinstance(row, UnreadableRow) else cast(Part, row).contributions:
                stream = self.projection.aggregate.id(id)
                if not self._yields(stream, self.projection.head(stream)):
                    done.leave(f"{key.model} {key.id}: no stream contributes {id}")
        elif not any(self._yields(one, key) for one in self.projection.streams_of(key, row)):
            done.leave(f"{key.model} {key.id}: no stream yields it")
        return done

    def _yields(self, stream: AggregateId, key: RowKey) -> bool:
        """Tell whether the stream yields the row; one that cannot be folded may."""
        if stream not in self._yielded:
            self._yielded[stream] = self._keys(stream)
        keys = self._yielded[stream]
        return keys is None or key in keys

    def _keys(self, stream: AggregateId) -> frozenset[RowKey] | None:
        try:
            commits = patiently(lambda: list(self.store.read(stream)))
            return frozenset(expected_rows(self.projection, commits))
        except UNREADABLE:
            return None


def checked_models(projection: Projection) -> tuple[str, ...]:
    """Return the models whose rows can be traced to streams: all but that of finished sums."""
    summary = projection.summary
    return (*projection.models, *(() if summary is None else (summary.part_model,)))


def type_of(stream: AggregateId) -> str:
    return stream.partition("#")[0]
