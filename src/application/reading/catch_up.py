"""Catch up: the one way in which rows are written, live and after gaps, in rebuild and repair."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

from application.ports import (
    EventStore,
    OpensRows,
    ReadModels,
    RowConflict,
    StoredRow,
    Unavailable,
    UnreadableRow,
)
from application.reading.gathering import Gathering
from application.reading.warm_rows import Reached, WarmRows
from application.reading.words import Words
from kernel.messages import AggregateId, Recorded
from kernel.ownership import HandedOver
from kernel.projection import Projection, Row, RowKey, RowMissing, fold_rows
from kernel.summary import Shares

MAX_ATTEMPTS = 5


class RowContended(Unavailable):
    """Another writer changed the rows at every attempt; the hint is delivered again later."""


class _FoldFromStart(Exception):
    """All rows are folded from the start of the stream.

    One is unreadable or of another projection version; or all of them change their owner, and only
    the whole stream tells which they are.
    """


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Brings one projection's rows of one stream up to the store.

    A delivered event is a hint that the stream has reached a sequence; its payload is not used.
    With a `memory`, a warm process goes on from the rows that it wrote last without reading them:
    the compare-and-set notices when they have changed, and then they are read. The `opener` opens
    what rows show of people, just before they are written; no memory holds it. With a `gathering`,
    what the stream contributes is in all sums before its head is written; with `words`, the index
    of words has what the head says.
    """

    store: EventStore
    rows: ReadModels
    projection: Projection
    memory: WarmRows | None = None
    opener: OpensRows | None = None
    gathering: Gathering | None = None
    words: Words | None = None

    def reach(self, aggregate: AggregateId, sequence: int, *, begins: bool = False) -> int:
        """Bring the rows to `sequence` or beyond; return how many rows were written.

        With `begins`, the stream may be new: its rows are created before they are looked for.
        A row that is missing was read too early or is gone: at the second miss the rows are folded
        from the start of the stream, which makes it anew.
        Raises `Unavailable` if it has to be tried again later.
        """
        known = None if self.memory is None else self.memory.recall(aggregate)
        if known is not None and known.end >= sequence:
            return 0
        with suppress(RowConflict, RowMissing, _FoldFromStart):
            if known is not None:
                return self._go_on(aggregate, known)
            if begins:
                return self._begin(aggregate)
        return self._read_and_reach(aggregate, sequence)

    def replay(self, aggregate: AggregateId, sequence: int, replay: str) -> int:
        """Fold the rows from the start, once for each replay as far as a warm process remembers."""
        known = None if self.memory is None else self.memory.recall(aggregate)
        if known is not None and known.replay == replay and known.end >= sequence:
            return 0
        written = self.rebuild(aggregate)
        if self.memory is not None and (reached := self.memory.recall(aggregate)) is not None:
            self.memory.keep(aggregate, replace(reached, replay=replay))
        return written

    def _read_and_reach(self, aggregate: AggregateId, sequence: int) -> int:
        missed = False
        for _ in range(MAX_ATTEMPTS):
            head = self.rows.get(self.projection.head(aggregate))
            current = self._current(head)
            if current is not None and current.version >= sequence:
                return self._gather({self.projection.head(aggregate): current})
            try:
                return self._bring_forward(aggregate, head)
            except RowConflict:
                continue
            except RowMissing:
                if missed:
                    return self.rebuild(aggregate)
                missed = True
        raise RowContended(f"{self.projection.name} {aggregate}")

    def rebuild(self, aggregate: AggregateId) -> int:
        """Fold the rows from the start of the stream and write those that differ."""
        for _ in range(MAX_ATTEMPTS):
            head = self.rows.get(self.projection.head(aggregate))
            try:
                return self._write_fold(aggregate, head, start=1)
            except RowConflict:
                continue
        raise RowContended(f"{self.projection.name} {aggregate}")

    def _go_on(self, aggregate: AggregateId, known: Reached) -> int:
        before = dict[RowKey, StoredRow | None](known.rows)
        rows = _Rows(self.projection, self.rows, True, before, dict(known.rows))
        return self._finish(aggregate, rows, known.end + 1)

    def _begin(self, aggregate: AggregateId) -> int:
        return self._finish(aggregate, _NewRows(self.projection, self.rows, resumed=False), 1)

    def _bring_forward(self, aggregate: AggregateId, head: StoredRow | None) -> int:
        current = self._current(head)
        try:
            start = 1 if current is None else current.version + 1
            return self._write_fold(aggregate, head, start)
        except _FoldFromStart:
            return self._write_fold(aggregate, head, start=1)

    def _write_fold(self, aggregate: AggregateId, head: StoredRow | None, start: int) -> int:
        rows = _Rows(self.projection, self.rows, resumed=start > 1)
        rows.add_stored(self.projection.head(aggregate), head)
        return self._finish(aggregate, rows, start)

    def _finish(self, aggregate: AggregateId, rows: "_Rows", start: int) -> int:
        """Fold from `start` on, write what has changed, and remember it once it is written."""
        if self.memory is not None:
            self.memory.forget(aggregate)
        end = self._fold(rows, aggregate, start)
        worded = self.words.bring(aggregate) if self.words and rows.worded else 0
        written = worded + self._write(rows)
        if self.memory is not None:
            kept = {key: self.projection.remembered(key, row) for key, row in rows.after.items()}
            self.memory.keep(aggregate, Reached(end, kept))
        return written

    def _fold(self, rows: "_Rows", aggregate: AggregateId, start: int) -> int:
        """Fold from `start` to the end of the stream; return the sequence of its last event."""
        end = self._apply(rows, aggregate, start)
        # Rows are read after the store: a newer row has seen commits that are still to be read.
        while rows.behind() and (further := self._apply(rows, aggregate, end + 1)) > end:
            end = further
        return end

    def _apply(self, rows: "_Rows", aggregate: AggregateId, start: int) -> int:
        head_key, end = self.projection.head(aggregate), start - 1
        for recorded in self._recorded(aggregate, start):
            if rows.resumed and isinstance(recorded.event, HandedOver):
                raise _FoldFromStart
            head = rows.row(head_key)
            for key in self.projection.touched(rows.after.keys(), head, recorded):
                rows.apply(key, recorded, head)
            if self.words and self.words.concerns(head, recorded, rows.after.get(head_key)):
                rows.worded = True
            end = recorded.sequence
        return end

    def _recorded(self, aggregate: AggregateId, start: int) -> Iterator[Recorded[Any]]:
        """Yield the events of whole commits: the first one may begin before `start`."""
        for commit in self.store.read(aggregate, start):
            yield from commit.recorded(self.projection.events)

    def _write(self, rows: "_Rows") -> int:
        changed = rows.changed(self._opened)
        gathered = self._gather(rows.after)
        for key, row in changed:
            replaces = rows.before[key]
            if replaces is None:
                self.rows.create(key, row)
            else:
                self.rows.update(key, row, replaces)
        return gathered + len(changed)

    def _gather(self, rows: Mapping[RowKey, Row]) -> int:
        """Bring the sums up to the head, if there are any: also when a process died before that."""
        heads = [key for key in rows if key.model == self.projection.head_model]
        if self.gathering is None or not heads:
            return 0
        (key,) = heads
        return self.gathering.gather(cast(Shares, rows[key]), key.id, lambda: self._head_of(key.id))

    def _head_of(self, id: str) -> Shares:
        """Fold the head anew, from the stream as it is now."""
        aggregate = self.projection.aggregate.id(id)
        commits = self.store.read(aggregate)
        recorded = (r for commit in commits for r in commit.recorded(self.projection.events))
        folded = fold_rows(self.projection, recorded)
        return cast(Shares, folded[self.projection.head(aggregate)])

    def _opened(self, key: RowKey, row: Row) -> Row:
        return row if self.opener is None else self.opener.opened(key, row)

    def _current(self, row: StoredRow | None) -> Row | None:
        """Return a row from which a fold may continue: readable, of today's version."""
        if row is None or isinstance(row, UnreadableRow):
            return None
        return row if row.projection_version == self.projection.version else None


@dataclass(slots=True)
class _Rows:
    """The rows of one fold: as they were read, and as they will be written.

    A `resumed` fold continues from rows of today's projection version. A fold from the start of the
    stream takes nothing from the stored rows, and sees the head as it was at each event. A fold is
    `worded` if the words may have changed by which the head is found.
    """

    projection: Projection
    stored: ReadModels
    resumed: bool
    before: dict[RowKey, StoredRow | None] = field(default_factory=dict)
    after: dict[RowKey, Row] = field(default_factory=dict)
    worded: bool = False

    def row(self, key: RowKey) -> Row | None:
        if key not in self.before:
            self.add_stored(key, self.stored.get(key))
        return self.after.get(key)

    def apply(self, key: RowKey, recorded: Recorded[Any], head: Row | None) -> None:
        row = self.row(key)
        if row is not None and recorded.sequence <= row.version:
            return  # a crash may have left this row further than the head
        self.after[key] = self.projection.after(key, row, recorded, head)

    def changed(self, opened: Callable[[RowKey, Row], Row]) -> list[tuple[RowKey, Row]]:
        """Return the rows to write, the head last: its version covers all the others."""
        heads_last = sorted(self.after, key=lambda key: key.model == self.projection.head_model)
        after = [(key, opened(key, self.after[key])) for key in heads_last]
        return [(key, row) for key, row in after if row != self.before[key]]

    def behind(self) -> bool:
        """Tell whether a stored row is further than this fold."""
        pairs = ((self.before[key], row) for key, row in self.after.items())
        return any((version_of(before) or 0) > row.version for before, row in pairs)

    def add_stored(self, key: RowKey, row: StoredRow | None) -> None:
        self.before[key] = row
        if row is None or not self.resumed:
            return
        if isinstance(row, UnreadableRow) or row.projection_version != self.projection.version:
            raise _FoldFromStart
        self.after[key] = row


class _NewRows(_Rows):
    """The rows of a stream that is taken for new: none is read, and each is created."""

    def row(self, key: RowKey) -> Row | None:
        self.before.setdefault(key, None)
        return self.after.get(key)


def version_of(row: StoredRow | None) -> int | None:
    return None if row is None else row.version
