"""Deliver hints in a bad order to the real catch-up, and compare the rows with a clean fold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import RowConflict, StoredRow
from application.reading.catch_up import CatchUp
from application.reading.warm_rows import WarmRows
from kernel.projection import Projection, Row, RowKey, fold_rows

WARM_BYTES = 1_000_000
MOST_WRITES = 3  # before a kill
DELIVERIES = 3  # of each hint, at most


class Killed(BaseException):
    """The process was killed. No handler may catch this: a killed process runs nothing."""


@dataclass(frozen=True)
class Delivery:
    """A hint that the stream has reached `sequence`; its process may die after some writes.

    A `cold` process remembers no rows.
    """

    sequence: int
    cold: bool = False
    dies_after: int | None = None

    def __str__(self) -> str:
        process = " to a cold process" if self.cold else ""
        death = "" if self.dies_after is None else f", killed after {self.dies_after} writes"
        return f"event {self.sequence}{process}{death}"


@dataclass
class _Rows:
    """Rows by compare-and-set, until the process dies."""

    stored: dict[RowKey, Row] = field(default_factory=dict)
    writes_left: int | None = None

    def get(self, key: RowKey) -> StoredRow | None:
        return self.stored.get(key)

    def create(self, key: RowKey, row: Row) -> None:
        self._write(key, row, None)

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        self._write(key, row, replaces)

    def _write(self, key: RowKey, row: Row, replaces: StoredRow | None) -> None:
        if self.writes_left == 0:
            raise Killed
        if self.writes_left is not None:
            self.writes_left -= 1
        there = self.stored.get(key)
        if _guards(there) != _guards(replaces):
            raise RowConflict(key)
        self.stored[key] = row if there is None else merged(there, row, replaces)


@dataclass
class _Run:
    """One order of deliveries; the stream grows as far as each of them says."""

    projection: Projection
    history: Sequence[Commit]
    rows: _Rows = field(default_factory=_Rows)
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    appended: int = 0
    warm: WarmRows = field(default_factory=lambda: WarmRows(WARM_BYTES))

    def deliver(self, delivery: Delivery) -> None:
        self._grow(delivery.sequence)
        if delivery.cold:
            self.warm = WarmRows(WARM_BYTES)
        self.rows.writes_left = delivery.dies_after
        catch_up = CatchUp(self.store, self.rows, self.projection, self.warm)
        try:
            catch_up.reach(self.history[0].aggregate_id, delivery.sequence)
        except Killed:
            self.warm = WarmRows(WARM_BYTES)

    def _grow(self, sequence: int) -> None:
        while not self.appended or self.history[self.appended - 1].last_sequence < sequence:
            self.store.append(self.history[self.appended], state_due=False)
            self.appended += 1


def converges(
    projection: Projection,
    histories: Iterable[Sequence[Commit]],
    *,
    seeds: Iterable[int] = range(20),
) -> None:
    """Fail unless the projection's rows are the fold of each stream, however hints arrive.

    Each history is one stream, in its commits. Under each seed, hints arrive twice, late, in any
    order or never, and processes die between two writes; the last hint arrives in the end. Raises
    `AssertionError`, with the seed and the smallest order that fails.
    """
    streams = [history for history in histories if history]
    assert streams, "there is no history: nothing would be tried"
    for seed in seeds:
        for number, history in enumerate(streams):
            order = schedule(Random(f"{seed} {number}"), history[-1].last_sequence)
            if difference(projection, history, order):
                raise AssertionError(_told(projection, history, seed, number, order))


def schedule(dice: Random, last: int) -> list[Delivery]:
    """Draw an order of deliveries; some hints are lost."""
    hints = [n for n in range(1, last + 1) for _ in range(dice.randint(0, DELIVERIES))]
    if dice.random() < 0.5:
        dice.shuffle(hints)
    return [_delivery(dice, sequence) for sequence in hints]


def _delivery(dice: Random, sequence: int) -> Delivery:
    dies = dice.randrange(MOST_WRITES) if dice.random() < 0.3 else None
    return Delivery(sequence, dice.random() < 0.3, dies)


def difference(
    projection: Projection, history: Sequence[Commit], order: Sequence[Delivery]
) -> str | None:
    """Return how the rows differ from a clean fold after this order and the last hint."""
    run = _Run(projection, history)
    try:
        for delivery in (*order, Delivery(history[-1].last_sequence)):
            run.deliver(delivery)
        expected = _fold(projection, history)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    found = run.rows.stored
    keys = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
    lines = (f"{key}\n  fold: {expected.get(key)}\n  rows: {found.get(key)}" for key in keys)
    return "\n".join(lines) or None


def smallest(
    projection: Projection, history: Sequence[Commit], order: Sequence[Delivery]
) -> list[Delivery]:
    """Leave out deliveries and kills, one at a time, as long as the order fails."""
    for fewer in _simpler(order):
        if difference(projection, history, fewer):
            return smallest(projection, history, fewer)
    return list(order)


def _simpler(order: Sequence[Delivery]) -> Iterable[list[Delivery]]:
    for n, one in enumerate(order):
        yield [*order[:n], *order[n + 1 :]]
        if one != (plain := Delivery(one.sequence)):
            yield [*order[:n], plain, *order[n + 1 :]]


def _told(
    projection: Projection, history: Sequence[Commit], seed: int, number: int, order: list[Delivery]
) -> str:
    order = smallest(projection, history, order)
    last = Delivery(history[-1].last_sequence)
    lines = [f"{projection.name} does not converge: seed {seed}, history {number}"]
    lines += ["The smallest order that fails:", *(f"- {one}" for one in (*order, last))]
    return "\n".join(
        [*lines, difference(projection, history, order) or "", f"Again: seeds=[{seed}]"]
    )


def _fold(projection: Projection, history: Sequence[Commit]) -> dict[RowKey, Row]:
    events = projection.events
    return fold_rows(projection, (r for commit in history for r in commit.recorded(events)))


def merged(stored: Any, row: Any, replaces: Any) -> Any:  # noqa: ANN401 - rows of one class
    """Return the row with what is stored in the fields that do not change: they are not sent."""
    names = [one.name for one in fields(row) if hasattr(replaces, one.name)]
    same = [name for name in names if getattr(row, name) == getattr(replaces, name)]
    return replace(row, **{name: getattr(stored, name) for name in same})


def _guards(row: StoredRow | None) -> tuple[int | None, int | None] | None:
    return None if row is None else (row.version, row.projection_version)
