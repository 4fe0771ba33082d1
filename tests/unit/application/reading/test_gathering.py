"""Sums over streams, kept in parts: right in whatever order contributions arrive."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, cast

import pytest

from application.ports import ReadModels, RowConflict, RowUnreadable, StoredRow
from application.reading.gathering import Gathering, SumsContended
from kernel.projection import Projection, Row, RowKey
from kernel.summary import CAPACITY, Shares, Summary, path_of
from tests.support.fakes import MemoryReadModels

pytestmark = pytest.mark.feature("R18", "L5")
ADA, BOB = "ada", "bob"


@dataclass(frozen=True, kw_only=True)
class Base:
    id: str
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, kw_only=True)
class PartRow(Base):
    contributions: Any
    parts: Any


@dataclass(frozen=True, kw_only=True)
class TotalRow(Base):
    user_id: str
    owner: str | None
    cups: int
    pots: int


@dataclass(frozen=True, kw_only=True)
class SharesRow(Base):
    shares: Any


SUMMARY = Summary("Total", "Part", TotalRow, PartRow, ("cups", "pots"))
# Only the version of the projection matters to what is gathered.
PROJECTION = cast(Projection, type("Folded", (), {"version": 3})())


def shares(stream: str, version: int, **of: Mapping[str, int]) -> SharesRow:
    """Return what a stream contributes as of an event: to each owner, so many of each."""
    named = {
        whose: {"version": version, "owner": f"{whose}::{whose}", "figures": dict(figures)}
        for whose, figures in of.items()
    }
    moment = f"2026-01-01T00:00:{version:02d}.000Z"
    return SharesRow(
        id=stream,
        shares=named,
        version=version,
        projection_version=3,
        created_at=moment,
        updated_at=moment,
    )


@dataclass
class Sums:
    """Rows, and what puts shares into them; the truth is what the stream was last given."""

    rows: MemoryReadModels = field(default_factory=MemoryReadModels)
    truth: dict[str, SharesRow] = field(default_factory=dict)

    def put(self, given: SharesRow, *, anew: bool = False, rows: ReadModels | None = None) -> int:
        """Put shares, which may be out of date; the stream is at least as far."""
        known = self.truth.get(given.id)
        if known is None or known.version <= given.version:
            self.truth[given.id] = given
        gathering = Gathering(rows or self.rows, PROJECTION, SUMMARY, nullcontext(), anew)
        return gathering.gather(cast(Shares, given), given.id, lambda: self.now(given.id))

    def now(self, stream: str) -> Shares:
        return cast(Shares, self.truth[stream])

    def total(self, whose: str = ADA) -> dict[str, int]:
        row = cast(TotalRow, self.rows.rows[SUMMARY.key(whose)])
        return {"cups": row.cups, "pots": row.pots}

    def parts(self, whose: str = ADA) -> dict[str, PartRow]:
        found = {key.id: row for key, row in self.rows.rows.items() if key.model == "Part"}
        return {id: cast(PartRow, row) for id, row in found.items() if id.startswith(f"{whose}#")}

    def expected(self, whose: str) -> dict[str, int]:
        sums = Counter[str]()
        for row in self.truth.values():
            sums.update(row.shares.get(whose, {"figures": {}})["figures"])
        return {"cups": sums["cups"], "pots": sums["pots"]}

    def require_right(self) -> None:
        """Require each stream in one part of each owner, the sums of each, and no way unwritten."""
        for whose in (ADA, BOB):
            streams = [s for part in self.parts(whose).values() for s in part.contributions]
            owned = [stream for stream, row in self.truth.items() if whose in row.shares]
            assert sorted(streams) == sorted(owned)
            if owned:
                assert self.total(whose) == self.expected(whose)
        assert sum(self.put(row) for row in list(self.truth.values())) == 0


@pytest.fixture
def sums() -> Sums:
    return Sums()


def many(count: int, figures: Mapping[str, int]) -> Iterator[SharesRow]:
    return (shares(f"stream-{n}", 1, **{ADA: figures}) for n in range(count))


class TestPut:
    def test_the_row_shows_the_sums(self, sums: Sums) -> None:
        sums.put(shares("a", 1, **{ADA: {"cups": 2}}))
        sums.put(shares("b", 4, **{ADA: {"cups": 1, "pots": 5}}))

        assert sums.total() == {"cups": 3, "pots": 5}
        row = cast(TotalRow, sums.rows.rows[SUMMARY.key(ADA)])
        assert (row.owner, row.user_id) == ("ada::ada", ADA)

    def test_a_later_contribution_replaces_the_one_before(self, sums: Sums) -> None:
        sums.put(shares("a", 1, **{ADA: {"cups": 2}}))
        sums.put(shares("a", 2, **{ADA: {"pots": 1}}))

        assert sums.total() == {"cups": 0, "pots": 1}

    def test_an_earlier_one_changes_nothing(self, sums: Sums) -> None:
        sums.put(shares("a", 2, **{ADA: {"cups": 2}}))

        assert sums.put(shares("a", 1, **{ADA: {"cups": 9}})) == 0

    def test_the_same_one_again_writes_nothing(self, sums: Sums) -> None:
        sums.put(shares("a", 2, **{ADA: {"cups": 2}}))

        assert sums.put(shares("a", 2, **{ADA: {"cups": 2}})) == 0

    def test_what_changes_hands_moves(self, sums: Sums) -> None:
        sums.put(shares("a", 1, **{ADA: {"cups": 2}}))
        sums.put(shares("a", 2, **{ADA: {}, BOB: {"cups": 2}}))

        assert (sums.total(ADA)["cups"], sums.total(BOB)["cups"]) == (0, 2)

    def test_what_was_put_too_late_does_not_come_back_to_its_first_owner(self, sums: Sums) -> None:
        sums.put(shares("a", 2, **{ADA: {}, BOB: {"cups": 2}}))
        sums.put(shares("a", 1, **{ADA: {"cups": 2}}))

        assert (sums.total(ADA)["cups"], sums.total(BOB)["cups"]) == (0, 2)

    def test_a_contribution_that_shows_what_was_never_recorded_is_replaced(
        self, sums: Sums
    ) -> None:
        sums.put(shares("a", 9, **{ADA: {"cups": 7}}))
        sums.truth["a"] = shares("a", 2, **{ADA: {"cups": 2}})
        sums.put(sums.truth["a"])

        assert sums.total()["cups"] == 2


class TestParts:
    def test_a_full_part_takes_no_more_and_the_parts_below_do(self, sums: Sums) -> None:
        for one in many(CAPACITY + 40, {"cups": 1}):
            sums.put(one)

        sizes = {id: len(part.contributions) for id, part in sums.parts().items()}
        assert sizes[f"{ADA}#"] == CAPACITY
        assert sum(sizes.values()) == CAPACITY + 40
        assert all(len(id) == len(f"{ADA}#") + 1 for id in sizes if id != f"{ADA}#")
        sums.require_right()

    def test_a_stream_is_below_the_digit_of_its_hash(self, sums: Sums) -> None:
        for one in many(CAPACITY + 1, {"cups": 1}):
            sums.put(one)

        (below,) = (id for id in sums.parts() if id != f"{ADA}#")
        assert below == f"{ADA}#{path_of(f'stream-{CAPACITY}')[0]}"

    def test_a_part_that_is_gone_is_made_anew_beyond_what_is_known_of_it(self, sums: Sums) -> None:
        given = list(many(3, {"cups": 1}))
        for one in given:
            sums.put(one)
        del sums.rows.rows[SUMMARY.part_key(ADA, "")]
        for one in given:
            sums.put(one)

        assert sums.total()["cups"] == 3
        sums.require_right()

    def test_one_below_that_is_gone_is_too(self, sums: Sums) -> None:
        given = list(many(CAPACITY + 30, {"cups": 1}))
        for one in given:
            sums.put(one)
        for id in list(sums.parts()):
            if id != f"{ADA}#":
                del sums.rows.rows[RowKey("Part", id)]
        for one in given:
            sums.put(one)

        sums.require_right()

    def test_sums_that_were_altered_are_written_again(self, sums: Sums) -> None:
        given = shares("a", 1, **{ADA: {"cups": 2}})
        sums.put(given)
        key = SUMMARY.key(ADA)
        for wrong in ({"cups": 5}, {"version": 99}, {"owner": "ada::x"}):
            sums.rows.rows[key] = replace(cast(Any, sums.rows.rows[key]), **wrong)
            sums.put(given)
            sums.require_right()

    def test_a_row_of_sums_that_cannot_be_read_is_written_again(self, sums: Sums) -> None:
        given = shares("a", 1, **{ADA: {"cups": 2}})
        sums.put(given)
        sums.rows.spoil(SUMMARY.key(ADA), version=1, projection_version=3)
        sums.put(given)

        assert sums.total()["cups"] == 2

    def test_a_part_that_cannot_be_read_stops_the_work_until_it_is_made_anew(
        self, sums: Sums
    ) -> None:
        given = list(many(3, {"cups": 1}))
        for one in given:
            sums.put(one)
        sums.rows.spoil(SUMMARY.part_key(ADA, ""), version=3, projection_version=3)

        with pytest.raises(RowUnreadable):
            sums.put(given[0])
        for one in given:
            sums.put(one, anew=True)
        sums.require_right()


class Died(BaseException):
    """The process is gone."""


@dataclass
class Weather:
    """Rows that are read too early, whose writers die, and which others write meanwhile."""

    inner: MemoryReadModels
    dice: Random
    meanwhile: Callable[[], None]
    before: dict[RowKey, StoredRow | None] = field(default_factory=dict)
    ends_within: int = 0

    def get(self, key: RowKey) -> StoredRow | None:
        stale = self.dice.random() < 0.1 and key in self.before
        return self.before[key] if stale else self.inner.get(key)

    def create(self, key: RowKey, row: Row) -> None:
        self._write(key, lambda: self.inner.create(key, row))

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        self._write(key, lambda: self.inner.update(key, row, replaces))

    def _write(self, key: RowKey, write: Callable[[], None]) -> None:
        if self.dice.random() < 0.15:
            raise Died
        if self.dice.random() < 0.2:
            self.meanwhile()
        before = self.inner.get(key)
        write()
        self.before[key] = before
        if self.dice.random() < 0.1:
            raise RowConflict(key)  # sent twice: the answer is that of the second


def history(dice: Random, stream: str) -> list[SharesRow]:
    """Return what a stream contributes after each event; it may change hands, to and fro."""
    owner, other, held = ADA, BOB, False
    found = []
    for version in range(1, dice.randint(2, 6)):
        if dice.random() < 0.3:
            owner, other, held = other, owner, True
        figures = {"cups": dice.randint(0, 3), "pots": version}
        left: dict[str, dict[str, int]] = {other: {}} if held else {}
        found.append(shares(stream, version, **{owner: figures, **left}))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_to_the_writers_the_sums_are_right_in_the_end(
    sums: Sums, seed: int
) -> None:
    dice = Random(seed)
    histories = {name: history(dice, name) for name in map(str, range(4))}
    sums.truth = {name: given[-1] for name, given in histories.items()}
    hints = [one for given in histories.values() for one in given for _ in range(2)]
    dice.shuffle(hints)

    def rival() -> None:
        with suppress(SumsContended):
            sums.put(dice.choice(dice.choice(list(histories.values()))))

    weather = Weather(sums.rows, dice, rival)
    for hint in hints:
        with suppress(Died, SumsContended):
            sums.put(hint, rows=weather)
    # What died is delivered again, and so is the last hint of each stream.
    for given in histories.values():
        sums.put(given[-1])

    sums.require_right()


def test_writers_that_never_get_on_leave_it_for_later(sums: Sums) -> None:
    class Lost(MemoryReadModels):
        def create(self, key: RowKey, row: Row) -> None:
            raise RowConflict(key)

    with pytest.raises(SumsContended):
        sums.put(shares("a", 1, **{ADA: {"cups": 1}}), rows=Lost())
