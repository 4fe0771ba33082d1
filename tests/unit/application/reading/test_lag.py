"""The lag of a projection: what its rows do not show, counted by events and by the oldest's age."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from application.ports import StoredRow
from application.reading import survey as surveys
from application.reading.lag import Lag, Unshown, lags
from kernel.messages import AggregateId, Recorded
from kernel.projection import Row, RowKey
from tests.support.desk import Desk
from tests.support.fakes import CountingStore
from tests.support.kitchen.builders import add, make, part, part_id, rename, smash
from tests.support.kitchen.projections import parts, project_teapot, teapots
from tests.support.kitchen.read_models import TeapotRow
from tests.support.surveyed import STREAMS, World, world_of

pytestmark = pytest.mark.feature("K9", "W12")
FIRST = STREAMS[0]
HEAD = teapots.head(FIRST)
YOUNG = AggregateId("TEAPOT#01980000-0000-7000-8000-00000000000f")


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        yield made


def found(world: World) -> tuple[Lag, Lag]:
    of_teapots, of_parts = lags(world.survey())
    assert (of_teapots.projection, of_parts.projection) == (teapots.name, parts.name)
    return of_teapots, of_parts


def figures(one: Lag) -> tuple[int, int, int]:
    return one.streams, one.events, one.unfolded


def event(world: World, stream: AggregateId, sequence: int) -> Unshown:
    """Return the event as the one that is not shown."""
    (commit,) = (c for c in world.store.read(stream, sequence) if c.first_sequence == sequence)
    return Unshown(commit.timestamp, stream, sequence)


def test_nothing_is_behind_where_all_is_shown_and_no_stream_is_read_by_itself(
    world: World,
) -> None:
    store = CountingStore(world.store)
    world.rows.calls.clear()

    assert lags(world.survey(store=store)) == [Lag(teapots.name), Lag(parts.name)]
    assert (store.reads, world.rows.calls["get"]) == ([], 0)


def test_a_row_is_behind_by_the_events_after_its_version(world: World) -> None:
    desk = Desk(world.store, stream=FIRST)
    desk.send(rename("Samovar"))
    desk.send(rename("Ewer"))
    of_teapots, of_parts = found(world)

    assert of_teapots == Lag(teapots.name, 1, 2, 0, event(world, FIRST, 4))
    assert of_parts == Lag(parts.name)  # no part has to do with a name


def test_an_event_that_several_rows_do_not_show_counts_once(world: World) -> None:
    Desk(world.store, stream=FIRST).send(add("spout"))
    of_teapots, of_parts = found(world)

    assert figures(of_teapots) == figures(of_parts) == (1, 1, 0)


def test_one_row_behind_is_enough_though_the_head_of_the_stream_shows_all(world: World) -> None:
    del world.rows.rows[next(key for key in world.rows.rows if key.model == "Part")]
    of_teapots, of_parts = found(world)

    assert (figures(of_teapots), figures(of_parts)) == ((0, 0, 0), (1, 1, 0))


@pytest.mark.parametrize("fault", ["missing", "unreadable"])
def test_a_row_that_nobody_can_read_shows_no_event(world: World, fault: str) -> None:
    if fault == "missing":
        del world.rows.rows[HEAD]
    else:
        world.rows.spoil(HEAD, version=3, projection_version=1)

    assert found(world)[0] == Lag(teapots.name, 1, 3, 0, event(world, FIRST, 1))


def test_the_oldest_event_of_all_streams_tells_the_age(world: World) -> None:
    for stream in STREAMS[:3]:
        del world.rows.rows[teapots.head(stream)]
    of_teapots, _ = found(world)
    oldest = min(event(world, stream, 1) for stream in STREAMS[:3])
    moment = datetime.fromisoformat(oldest.timestamp)

    assert (figures(of_teapots), of_teapots.oldest) == ((3, 9, 0), oldest)
    assert of_teapots.seconds(moment + timedelta(seconds=90.5)) == 90.5
    assert of_teapots.seconds(moment - timedelta(seconds=5)) == 0  # of a clock that is behind
    assert Lag(teapots.name).seconds(moment) == 0


def test_a_stream_that_has_no_row_yet_is_behind_from_its_first_event(world: World) -> None:
    Desk(world.store, stream=YOUNG).send(make())

    assert found(world) == (Lag(teapots.name, 1, 1, 0, event(world, YOUNG, 1)), Lag(parts.name))


def test_what_was_deleted_is_behind_until_its_rows_say_so(world: World) -> None:
    Desk(world.store, stream=FIRST).send(smash())
    assert [figures(one) for one in found(world)] == [(1, 1, 0), (1, 1, 0)]

    world.project()
    assert found(world.anew()) == (Lag(teapots.name), Lag(parts.name))


def test_rows_of_a_stream_that_is_gone_are_no_lag(world: World) -> None:
    """There is no event that they could show: `skafu verify` names them."""
    del world.store._streams[FIRST]

    assert found(world) == (Lag(teapots.name), Lag(parts.name))


def test_a_stale_list_of_rows_is_no_lag(world: World) -> None:
    class Stale(World):
        def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
            yield []

    assert lags(world.survey(lists=Stale())) == [Lag(teapots.name), Lag(parts.name)]
    assert world.counts["streams"] == len(STREAMS)


def test_a_row_that_two_streams_yield_tells_nothing(world: World) -> None:
    """It has the version of one of them, which may be lower than that of the other."""
    one, other = (AggregateId(f"TEAPOT#01980000-0000-7000-8000-0000000000a{n}") for n in (1, 2))
    desk = Desk(world.store)
    desk.send(make(parts=[part("lid")]), stream=one)
    desk.send(make(), stream=other)
    desk.send(rename("Urn"), stream=other)
    desk.send(add("lid"), stream=other)
    world.project()
    world.rows.rows[RowKey("Part", part_id("lid"))] = replace(
        world.rows.rows[RowKey("Part", part_id("lid"))],  # type: ignore[type-var] # any row
        version=1,
    )

    assert found(world) == (Lag(teapots.name), Lag(parts.name))


def test_a_commit_that_the_scan_cannot_read_is_read_by_itself(world: World) -> None:
    world.broken = {(FIRST, 2)}

    assert found(world) == (Lag(teapots.name), Lag(parts.name))


def test_a_stream_that_one_projection_cannot_fold_is_counted_there_alone(world: World) -> None:
    def choosy(key: RowKey, row: Row | None, recorded: Recorded[Any]) -> Row:
        if recorded.sequence == 2 and recorded.aggregate_id == FIRST:
            raise ValueError("odd")
        return project_teapot(key, cast(TeapotRow, row), recorded)

    survey = world.survey(projections=(replace(teapots, project=choosy), parts))

    assert lags(survey) == [Lag(teapots.name, unfolded=1), Lag(parts.name)]


def test_few_streams_are_held_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveys, "AT_A_TIME", 3)
    world.rows.rows.clear()

    assert [len(some) for some in surveys.parts(STREAMS)] == [3, 1]
    assert [figures(one) for one in found(world)] == [(4, 12, 0), (4, 4, 0)]
