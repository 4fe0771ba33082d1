"""The one write rule of every read model: live, gap, replay, rebuild and repair are this."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from application.ports import EventStore, ReadModels, RowConflict, Unavailable
from kernel.messages import AggregateId, Recorded
from kernel.projection import Projection, Row, RowKey, RowMissing

MAX_ATTEMPTS = 5


class RowContended(Unavailable):
    """The rows changed under us each time; the hint goes back to its queue."""


class _FoldFromStart(Exception):
    """A row of another projection version was met: only the whole stream can mend it."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Brings one projection's rows of one stream up to the store.

    An event delivered is a hint that the stream reached a sequence; its payload is never applied.
    """

    store: EventStore
    rows: ReadModels
    projection: Projection

    def reach(self, aggregate: AggregateId, sequence: int) -> int:
        """Bring the rows to `sequence` or beyond; return how many rows were written.

        Raises `Unavailable` when it should be tried again later.
        """
        for _ in range(MAX_ATTEMPTS):
            head = self.rows.get(self.projection.head(aggregate))
            if self._current(head) and head is not None and head.version >= sequence:
                return 0
            try:
                return self._bring_forward(aggregate, head)
            except (RowConflict, RowMissing):
                continue
        raise RowContended(f"{self.projection.name} {aggregate}")

    def rebuild(self, aggregate: AggregateId) -> int:
        """Fold the rows from the start of the stream and write those that differ."""
        for _ in range(MAX_ATTEMPTS):
            head = self.rows.get(self.projection.head(aggregate))
            try:
                return self._write(self._fold(aggregate, head, start=1))
            except RowConflict:
                continue
        raise RowContended(f"{self.projection.name} {aggregate}")

    def _bring_forward(self, aggregate: AggregateId, head: Row | None) -> int:
        start = head.version + 1 if self._current(head) and head is not None else 1
        try:
            return self._write(self._fold(aggregate, head, start))
        except _FoldFromStart:
            return self._write(self._fold(aggregate, head, start=1))

    def _fold(self, aggregate: AggregateId, head: Row | None, start: int) -> "_Rows":
        rows = _Rows(self.projection, self.rows, resumed=start > 1)
        rows.met(self.projection.head(aggregate), head)
        end = self._apply(rows, aggregate, start)
        # Rows are read after the store was: a newer one knows commits that are to be read yet.
        while rows.behind() and (further := self._apply(rows, aggregate, end + 1)) > end:
            end = further
        return rows

    def _apply(self, rows: "_Rows", aggregate: AggregateId, start: int) -> int:
        """Fold from `start` to the end of the stream; return the sequence of its last event."""
        head_key, end = self.projection.head(aggregate), start - 1
        for recorded in self._recorded(aggregate, start):
            head = rows.row(head_key)
            for key in self.projection.touches(head, recorded):
                rows.apply(key, recorded)
            end = recorded.sequence
        return end

    def _recorded(self, aggregate: AggregateId, start: int) -> Iterator[Recorded[Any]]:
        """Whole commits, from the one that contains `start`: a gap read must not lose its tail."""
        for commit in self.store.read(aggregate, start):
            yield from commit.recorded(self.projection.events)

    def _write(self, rows: "_Rows") -> int:
        changed = rows.changed()
        for key, row in changed:
            replaces = rows.before[key]
            if replaces is None:
                self.rows.create(key, row)
            else:
                self.rows.update(key, row, replaces)
        return len(changed)

    def _current(self, row: Row | None) -> bool:
        return row is not None and row.projection_version == self.projection.version


@dataclass(slots=True)
class _Rows:
    """The rows of one fold: as they were read, and as they are to be.

    A fold that is `resumed` goes on from the rows of today's projection version; one from the
    start of the stream takes nothing from the rows, and sees the head as it was at each event.
    """

    projection: Projection
    stored: ReadModels
    resumed: bool
    before: dict[RowKey, Row | None] = field(default_factory=dict)
    after: dict[RowKey, Row] = field(default_factory=dict)

    def row(self, key: RowKey) -> Row | None:
        if key not in self.before:
            self.met(key, self.stored.get(key))
        return self.after.get(key)

    def apply(self, key: RowKey, recorded: Recorded[Any]) -> None:
        row = self.row(key)
        if row is not None and recorded.sequence <= row.version:
            return  # this row has its own gate: a crash may have written it and not the head
        self.after[key] = self.projection.after(key, row, recorded)

    def changed(self) -> list[tuple[RowKey, Row]]:
        """Rows to write, the head last: it vouches for the others."""
        heads_last = sorted(self.after, key=lambda key: key.model == self.projection.head_model)
        return [(key, self.after[key]) for key in heads_last if self.after[key] != self.before[key]]

    def behind(self) -> bool:
        """Tell if a stored row has been brought further than these."""
        pairs = ((self.before[key], row) for key, row in self.after.items())
        return any(before is not None and before.version > row.version for before, row in pairs)

    def met(self, key: RowKey, row: Row | None) -> None:
        self.before[key] = row
        if row is None or not self.resumed:
            return
        if row.projection_version != self.projection.version:
            raise _FoldFromStart
        self.after[key] = row
