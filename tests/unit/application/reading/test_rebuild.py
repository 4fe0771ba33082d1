"""A rebuild writes the rows that differ, and no other; it may be broken off and begun again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from application.ports import Unavailable
from application.reading.catch_up import CatchUp
from application.reading.rebuild import BEHIND, MISSING, UNREAD, BroughtUp, Rebuild, Rebuilt
from application.reading.survey import Survey
from kernel.messages import AggregateId
from kernel.projection import Projection, Row, RowKey
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.builders import add, rename
from tests.support.kitchen.projections import parts, teapots
from tests.support.surveyed import STREAMS, World, world_of

pytestmark = pytest.mark.feature("T1", "T14", "W6")
FIRST = STREAMS[0]
newer = replace(teapots, version=teapots.version + 1)


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        yield made


def rebuilt(world: World, *projections: Projection, dry: bool = False) -> Rebuilt:
    survey = world.anew().survey(projections=projections or (teapots, parts))
    world.rows.calls.clear()

    def bring_up(projection: Projection, stream: AggregateId) -> int:
        return CatchUp(world.store, world.rows, projection).rebuild(stream)

    return run(survey, None if dry else bring_up)


def run(survey: Survey, bring_up: BroughtUp | None) -> Rebuilt:
    work = Rebuild(survey)
    work.compare()
    if bring_up is not None:
        work.write(bring_up)
    return work.done


def written(rows: MemoryReadModels) -> int:
    return rows.calls["create"] + rows.calls["update"]


def test_rows_that_are_right_are_not_written(world: World) -> None:
    done = rebuilt(world)

    assert (done.written, done.differences.rows, done.failed) == (0, 0, [])
    assert world.rows.calls.total() == 0


def test_a_scan_may_yield_the_commits_of_a_stream_in_any_order(world: World) -> None:
    desk = Desk(world.store, stream=FIRST)
    for number in range(9):
        desk.send(rename(f"Urn {number}"))
    world.project()
    world.textual = True
    done = rebuilt(world)

    assert [c.first_sequence for c in world.of(FIRST)] == [1, 10, 11, 12, *range(2, 10)]
    assert (done.written, done.differences.rows, done.failed) == (0, 0, [])


def test_a_whole_number_is_the_same_with_a_fraction_and_without(world: World) -> None:
    Desk(world.store, stream=FIRST).send(add("spout", holes=[3.0, {"wide": 2.0}], long=1.5))
    world.project()
    stored = next(key for key, row in world.rows.rows.items() if getattr(row, "details", None))
    details = {"holes": [3, {"wide": 2}], "long": 1.5}
    world.rows.rows[stored] = replace(world.rows.rows[stored], details=details)  # type: ignore[type-var] # any row
    assert rebuilt(world).differences.rows == 0

    world.rows.rows[stored] = replace(world.rows.rows[stored], details=details | {"long": 2})  # type: ignore[type-var] # any row
    assert rebuilt(world).differences.rows == 1


def test_only_what_differs_is_written(world: World) -> None:
    right = dict(world.rows.rows)
    head, other = teapots.head(FIRST), teapots.head(STREAMS[1])
    world.rows.rows[head] = replace(right[head], name="Forged")  # type: ignore[type-var] # any row
    del world.rows.rows[other]
    world.rows.spoil(teapots.head(STREAMS[2]), version=3, projection_version=None)
    done = rebuilt(world)

    assert dict(done.differences.kinds) == {
        ("Teapot", "differs in name"): 1,
        ("Teapot", MISSING): 1,
        ("Teapot", UNREAD): 1,
    }
    assert (done.written, written(world.rows)) == (3, 3)
    assert world.rows.rows == right
    assert rebuilt(world).written == 0


def test_a_dry_run_counts_the_same_and_writes_nothing(world: World) -> None:
    before = dict(world.rows.rows)
    dry = rebuilt(world, newer, dry=True)

    assert (dry.written, world.rows.calls.total(), world.rows.rows) == (0, 0, before)
    assert dry.differences == rebuilt(world, newer).differences
    assert dict(dry.differences.kinds) == {("Teapot", "of projection version 1"): 4}
    assert (dry.differences.streams, dry.differences.events) == (4, 12)


def test_a_new_version_of_a_projection_is_written_to_all_its_rows_and_no_other(
    world: World,
) -> None:
    others = {key: row for key, row in world.rows.rows.items() if key.model != "Teapot"}
    done = rebuilt(world, newer)

    assert done.written == 4
    assert {
        row.projection_version for key, row in world.rows.rows.items() if key not in others
    } == {newer.version}
    assert others.items() <= world.rows.rows.items()


def test_a_new_projection_is_filled_the_same_way(world: World) -> None:
    right = dict(world.rows.rows)
    for key in [key for key in right if key.model != "Teapot"]:
        del world.rows.rows[key]

    assert rebuilt(world, parts).written == len(right) - 4
    assert world.rows.rows == right


def test_rows_behind_the_store_are_brought_up(world: World) -> None:
    Desk(world.store, stream=FIRST).send(rename("Samovar"))

    assert dict(rebuilt(world).differences.kinds) == {("Teapot", BEHIND): 1}


def test_events_that_arrive_meanwhile_are_not_taken_back(world: World) -> None:
    seen: dict[RowKey, list[int]] = {}

    class Watched(MemoryReadModels):
        def update(self, key: RowKey, row: Row, replaces: Any) -> None:  # noqa: ANN401 - a stored row
            super().update(key, row, replaces)
            seen.setdefault(key, []).append(row.version)

    world.rows = Watched(world.rows.rows)

    def bring_up(projection: Projection, stream: AggregateId) -> int:
        Desk(world.store, stream=stream).send(rename("Live"))
        CatchUp(world.store, world.rows, teapots).reach(stream, 4)
        return CatchUp(world.store, world.rows, projection).rebuild(stream)

    run(world.anew().survey(projections=(newer,)), bring_up)

    assert all(versions == sorted(versions) for versions in seen.values())
    assert rebuilt(world, newer).written == 0


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("point", range(1, 25))  # each row is read and written
def test_a_rebuild_that_is_killed_anywhere_is_begun_again(world: World, point: int) -> None:
    """It is killed before one of its reads and writes of rows; what it has written stays."""
    calls = 0

    class Mortal(MemoryReadModels):
        def get(self, key: RowKey) -> Any:  # noqa: ANN401 - a stored row
            step()
            return super().get(key)

        def update(self, key: RowKey, row: Row, replaces: Any) -> None:  # noqa: ANN401 - as above
            step()
            super().update(key, row, replaces)

    def step() -> None:
        nonlocal calls
        calls += 1
        if calls == point:
            raise Killed

    rows = Mortal(dict(world.rows.rows))
    newest = tuple(replace(one, version=one.version + 1) for one in (teapots, parts))

    def bring_up(projection: Projection, stream: AggregateId) -> int:
        return CatchUp(world.store, rows, projection).rebuild(stream)

    survey = replace(world.anew().survey(projections=newest), at_once=1)
    with pytest.raises(Killed):
        run(survey, bring_up)
    done_before = sum(row.projection_version > 1 for row in rows.rows.values())
    world.rows = MemoryReadModels(rows.rows)
    done = rebuilt(world, *newest)

    assert done.written == len(rows.rows) - done_before
    assert {row.projection_version for row in world.rows.rows.values()} == {2}
    assert rebuilt(world, *newest).written == 0


def test_a_stream_that_cannot_be_folded_holds_up_no_other(world: World) -> None:
    def project(key: RowKey, row: Row | None, recorded: Any) -> Row:  # noqa: ANN401 - of teapots
        if recorded.aggregate_id == FIRST:
            raise TypeError("no tea")
        found: Row = teapots.project(key, row, recorded)
        return found

    done = rebuilt(world, replace(newer, project=project))

    assert done.written == 3
    assert [stream for stream, _ in done.failed] == [FIRST]


def test_rows_that_cannot_be_written_are_told_and_hold_up_no_other(world: World) -> None:
    def bring_up(projection: Projection, stream: AggregateId) -> int:
        if stream == FIRST:
            raise Unavailable("throttled")
        return CatchUp(world.store, world.rows, projection).rebuild(stream)

    done = run(world.anew().survey(projections=(newer,)), bring_up)

    assert done.written == 3
    assert done.failed == [(FIRST, "Unavailable: throttled")]


def test_a_lost_lease_ends_it(world: World) -> None:
    def lost() -> None:
        raise LookupError("the lease")

    with pytest.raises(LookupError, match="the lease"):
        Rebuild(world.anew().survey(projections=(newer,)), lost).compare()
