"""A rebuild reads the store, then the rows; what happens in between must not be undone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from application.commit import Commit
from application.ports import EventStore
from application.reading.catch_up import CatchUp
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.builders import make, rename
from tests.support.kitchen.projections import teapots
from tests.support.kitchen.read_models import TeapotRow
from tests.support.spec import STREAM

HEAD = teapots.head(STREAM)


@dataclass
class OvertakenReader:
    """After the first forward read of the store, `rival` gets its turn."""

    inner: EventStore
    rival: Callable[[], None] | None

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        return self.inner.append(commit, state_due=state_due, claim=claim)

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return self.inner.newest_first(aggregate, consistent=consistent)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        found = list(self.inner.read(aggregate, from_sequence))
        if self.rival is not None:
            rival, self.rival = self.rival, None
            rival()
        return iter(found)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make())
    return desk


@pytest.fixture
def rows(desk: Desk) -> MemoryReadModels:
    rows = MemoryReadModels()
    CatchUp(desk.store, rows, teapots).reach(STREAM, 1)
    return rows


def overtaken(desk: Desk, rows: MemoryReadModels, release: int = teapots.version) -> CatchUp:
    """Between its reads of the store and of the rows, `release` teapots one more commit."""

    def rival() -> None:
        desk.send(rename("Samovar"))
        CatchUp(desk.store, rows, teapots).reach(STREAM, 2)
        rows.rows[HEAD] = replace(row(rows), projection_version=release)

    return CatchUp(OvertakenReader(desk.store, rival), rows, teapots)


@pytest.mark.feature("W3", "R23")
def test_a_rebuild_does_not_take_back_what_was_projected_meanwhile(
    desk: Desk, rows: MemoryReadModels
) -> None:
    overtaken(desk, rows).rebuild(STREAM)

    assert name_and_version(rows) == ("Samovar", 2)


@pytest.mark.feature("W3", "R23")
def test_nor_does_one_release_take_back_what_another_has_projected(
    desk: Desk, rows: MemoryReadModels
) -> None:
    rows.rows[HEAD] = replace(row(rows), projection_version=0)

    overtaken(desk, rows, release=0).reach(STREAM, 1)

    assert name_and_version(rows) == ("Samovar", 2)
    assert row(rows).projection_version == teapots.version


@pytest.mark.feature("W3")
def test_a_row_that_knows_more_than_the_store_is_rebuilt_all_the_same(
    desk: Desk, rows: MemoryReadModels
) -> None:
    rows.rows[HEAD] = replace(row(rows), name="Lost", version=9)

    CatchUp(desk.store, rows, teapots).rebuild(STREAM)

    assert name_and_version(rows) == ("Teapot", 1)


def row(rows: MemoryReadModels) -> TeapotRow:
    found = rows.rows[HEAD]
    assert isinstance(found, TeapotRow)
    return found


def name_and_version(rows: MemoryReadModels) -> tuple[str, int]:
    return row(rows).name, row(rows).version
