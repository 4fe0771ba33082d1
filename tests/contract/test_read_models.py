"""Rows: one contract, in memory and through AppSync as the simulator plays it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.read_models import AppSyncReadModels
from application.ports import ReadModels, RowConflict
from kernel.projection import RowKey
from skafu.metering.ports import CalmWorld
from skafu.simulation.rows import Fields, Rows, shown
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.commands import Material
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.read_models import PartRow, PartStatus, TeapotRow, TeapotStatus

pytestmark = pytest.mark.feature("R22", "L12")

AT = "2026-01-01T00:00:00.000Z"
KEY, OTHER = RowKey("Teapot", "p"), RowKey("Teapot", "q")
ROW = TeapotRow(
    id="p",
    name="Teapot",
    description="Hot",
    status=TeapotStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    part_count=0,
    created_at=AT,
    updated_at=AT,
    version=1,
    projection_version=1,
)
PART = PartRow(
    id="p",
    teapot_id="p",
    name="spout \U0001fad6",
    material=Material.CLAY,
    details={"ä": [1, None, {"b": True}], "a": 1},
    status=PartStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    created_at=AT,
    updated_at=AT,
    version=2,
    projection_version=1,
)
SECOND = replace(ROW, name="Samovar", version=2)


class Stale(Rows):
    """Shows each row as it was when it was created, as an eventually consistent read may."""

    def _get(self, key: RowKey) -> Fields | None:
        states = self.history[key]
        return shown(states[0]) if states else None


def on(rows: Rows) -> AppSyncReadModels:
    session: Any = rows  # as gql's session
    return AppSyncReadModels(session, kitchen.read_models)


OPENINGS: dict[str, Callable[[], ReadModels]] = {
    "memory": MemoryReadModels,
    "simulator": lambda: on(Rows(CalmWorld())),
}


@pytest.fixture(params=OPENINGS)
def rows(request: pytest.FixtureRequest) -> ReadModels:
    return OPENINGS[request.param]()


class TestARow:
    def test_that_is_missing_is_none(self, rows: ReadModels) -> None:
        assert rows.get(KEY) is None

    @pytest.mark.parametrize("row", [ROW, replace(ROW, description=None)], ids=["all", "null"])
    def test_is_read_as_it_was_written(self, rows: ReadModels, row: TeapotRow) -> None:
        rows.create(KEY, row)

        assert rows.get(KEY) == row

    def test_of_another_model_is_another_row(self, rows: ReadModels) -> None:
        rows.create(KEY, ROW)
        rows.create(RowKey("Part", "p"), PART)

        assert rows.get(KEY) == ROW
        assert rows.get(RowKey("Part", "p")) == PART
        assert rows.get(OTHER) is None

    def test_that_is_there_is_not_created_anew(self, rows: ReadModels) -> None:
        rows.create(KEY, ROW)
        with pytest.raises(RowConflict):
            rows.create(KEY, SECOND)

        assert rows.get(KEY) == ROW


class TestAnUpdate:
    def test_replaces_the_row_that_was_read(self, rows: ReadModels) -> None:
        rows.create(KEY, ROW)
        rows.update(KEY, SECOND, ROW)

        assert rows.get(KEY) == SECOND

    def test_removes_what_became_null(self, rows: ReadModels) -> None:
        rows.create(KEY, ROW)
        rows.update(KEY, replace(SECOND, description=None), ROW)

        assert rows.get(KEY) == replace(SECOND, description=None)

    @pytest.mark.parametrize(
        "read",
        [replace(ROW, version=2), replace(ROW, projection_version=2)],
        ids=["another version", "another release"],
    )
    def test_of_a_row_that_has_changed_conflicts(self, rows: ReadModels, read: TeapotRow) -> None:
        rows.create(KEY, ROW)
        with pytest.raises(RowConflict):
            rows.update(KEY, replace(ROW, name="Samovar", version=3), read)

        assert rows.get(KEY) == ROW

    def test_sent_twice_has_one_effect_and_conflicts(self, rows: ReadModels) -> None:
        rows.create(KEY, ROW)
        rows.update(KEY, SECOND, ROW)
        with pytest.raises(RowConflict):
            rows.update(KEY, SECOND, ROW)

        assert rows.get(KEY) == SECOND

    def test_of_a_row_that_is_missing_conflicts(self, rows: ReadModels) -> None:
        with pytest.raises(RowConflict):
            rows.update(KEY, SECOND, ROW)

        assert rows.get(KEY) is None


def test_what_was_decided_on_a_stale_read_is_not_written() -> None:
    kept = Stale(CalmWorld())
    rows = on(kept)
    rows.create(KEY, ROW)
    rows.update(KEY, SECOND, ROW)

    assert rows.get(KEY) == ROW
    with pytest.raises(RowConflict):
        rows.update(KEY, replace(ROW, name="Urn", version=2), ROW)
    assert kept.history[KEY][-1]["name"] == "Samovar"


def test_rows_in_memory_are_read_at_once() -> None:
    rows = MemoryReadModels()
    rows.create(KEY, ROW)
    for version in range(2, 20):
        following = replace(ROW, version=version)
        rows.update(KEY, following, replace(ROW, version=version - 1))

        assert rows.get(KEY) == following
