"""A rebuild by segments writes what a rebuild writes, whatever its pieces are cut into."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from application.ports import Refused, Unavailable
from application.reading.catch_up import CatchUp, RowContended
from application.reading.rebuild import BroughtUp
from application.reading.segment_rebuild import RowCheck, SegmentRebuild, checked_models
from application.reading.segments import Piece, whole_streams
from application.reading.verify import expected_rows
from domain.contents import contents
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey
from tests.support.desk import Desk
from tests.support.example_lives import life_of
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.builders import add, rename
from tests.support.kitchen.projections import parts, teapots
from tests.support.life import live
from tests.support.segments import MemorySegment, in_pieces, looks, whole
from tests.support.surveyed import PROJECTIONS, STREAMS, World, world_of

pytestmark = pytest.mark.feature("T1", "T5", "T14")
FIRST, SECOND, THIRD, _ = STREAMS


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        Desk(made.store, stream=SECOND).send(rename("Long one"))
        for number in range(6):
            Desk(made.store, stream=THIRD).send(add(f"spout {number}"))
        made.project()
        made.rows.calls.clear()
        yield made


def writing(world: World) -> BroughtUp:
    return lambda one, stream: CatchUp(world.store, world.rows, one).rebuild(stream)


def segment_of(world: World, number: int = 0, of: int = 1, **given: Any) -> SegmentRebuild:  # noqa: ANN401 - of SegmentRebuild
    segment = MemorySegment(world, number, of)
    asked: dict[str, Any] = {"bring_up": writing(world), "sleep": lambda _: None} | given
    return SegmentRebuild(PROJECTIONS, segment, world.store, world.rows, **asked)


def rebuilt(world: World, **given: Any) -> Piece:  # noqa: ANN401 - of SegmentRebuild
    return whole(in_pieces(segment_of(world, **given).piece))


def spoil(world: World) -> None:
    rows = world.rows.rows
    rows[teapots.head(FIRST)] = replace(rows[teapots.head(FIRST)], name="Forged")  # type: ignore[type-var] # any row
    del rows[teapots.head(SECOND)]
    for key in [key for key in rows if key.model == "Part"][-2:]:
        del rows[key]
    world.rows.spoil(teapots.head(THIRD), version=3, projection_version=None)


@pytest.mark.parametrize("items", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("of", [1, 3])
def test_every_stream_comes_once_whatever_the_pages_hold(world: World, of: int, items: int) -> None:
    world.broken.add((SECOND, 2))
    seen: list[AggregateId] = []
    for number in range(of):
        segment, after, more = MemorySegment(world, number, of, items), None, True
        while more:
            page = segment.page(after)
            for stream, commits in whole_streams(segment, after, page):
                seen.append(stream)
                assert commits is None or list(commits) == list(world.store.read(stream))
            after, more = page.after, page.after is not None

    assert sorted(seen) == sorted(STREAMS)


def test_a_page_brings_the_commits_of_streams_that_it_holds_whole(world: World) -> None:
    segment = MemorySegment(world, items=100)
    found = dict(whole_streams(segment, None, segment.page(None)))

    assert None not in found.values()


@pytest.mark.parametrize("looks_each", [0, 1, 50])
def test_only_what_differs_is_written_and_nothing_the_second_time(
    world: World, looks_each: int
) -> None:
    right = dict(world.rows.rows)
    spoil(world)
    world.rows.calls.clear()
    pieces = in_pieces(segment_of(world).piece, looks_each)
    done = whole(pieces)

    assert world.rows.rows == right
    assert (len(pieces) > 1) == (looks_each < 50)
    assert (done.counts["streams"], done.counts["commits"]) == (4, 19)
    assert done.counts["events"] == 19
    assert done.counts["differing"] == done.counts["written"] == 5
    assert world.rows.calls["create"] + world.rows.calls["update"] == 5
    assert (done.left, rebuilt(world).counts["written"]) == ([], 0)


def test_a_dry_run_counts_by_model_and_writes_nothing(world: World) -> None:
    spoil(world)
    before = dict(world.rows.rows)
    done = rebuilt(world, bring_up=None)

    assert world.rows.rows == before
    assert (done.counts["rows of Teapot"], done.counts["rows of Part"]) == (3, 2)
    assert (done.counts["differing"], done.counts["written"]) == (5, 0)


@pytest.mark.parametrize("survives", range(6))
def test_a_piece_that_is_killed_and_done_again_ends_the_same(world: World, survives: int) -> None:
    """Killed as it is about to write a further row."""
    right = dict(world.rows.rows)
    spoil(world)
    writes = iter(range(survives))

    def dying(one: Projection, stream: AggregateId) -> int:
        if next(writes, None) is None:
            raise KeyboardInterrupt
        return writing(world)(one, stream)

    place = None
    try:
        while (place := segment_of(world, bring_up=dying).piece(place, looks(0)).after) is not None:
            pass
    except KeyboardInterrupt:
        again = in_pieces(lambda _, t: segment_of(world).piece(_ or place, t))
        assert again
    assert world.rows.rows == right
    assert rebuilt(world).counts["written"] == 0


def test_each_segment_writes_the_rows_of_its_own_streams(world: World) -> None:
    right = dict(world.rows.rows)
    world.rows.rows.clear()
    done = [whole(in_pieces(segment_of(world, number, 3).piece)) for number in range(3)]

    assert world.rows.rows == right
    assert sum(one.counts["written"] for one in done) == len(right)
    assert all(one.counts["written"] for one in done)


def test_a_stream_that_moves_on_meanwhile_is_not_taken_back(world: World) -> None:
    work, moved = segment_of(world), Desk(world.store, stream=FIRST)
    page = work.segment.page(None)
    moved.send(rename("Later"))
    CatchUp(world.store, world.rows, teapots).reach(FIRST, 4)
    old = MemorySegment(world)
    object.__setattr__(work, "segment", _Stale(old, page))
    done = work.piece(None, looks(0))

    assert (done.counts["differing"], done.left) == (0, [])


class _Stale:
    """A segment whose first page was read before."""

    def __init__(self, inner: MemorySegment, page: Any) -> None:  # noqa: ANN401 - a page
        self.inner, self.stale = inner, page

    def page(self, _: Any) -> Any:  # noqa: ANN401 - a page
        return self.stale

    def ended_in(self, after: Any) -> AggregateId:  # noqa: ANN401 - a position
        return self.inner.ended_in(after)


def test_rows_of_a_broken_stream_are_left_to_a_person(world: World) -> None:
    del world.rows.rows[teapots.head(FIRST)]
    _, forged, *_ = world.store.read(FIRST)
    world.store = _forging(world, replace(forged, previous_hash=b"x" * 32))
    done = rebuilt(world)

    assert (done.counts["left"], done.counts["written"]) == (1, 0)
    assert "predecessor's hash" in done.left[0]
    assert teapots.head(FIRST) not in world.rows.rows


def _forging(world: World, forged: Any) -> Any:  # noqa: ANN401 - a commit
    """Return the store with one commit that was changed."""
    store = world.store

    class Forging:
        def read(self, stream: AggregateId, first: int = 1) -> Iterator[Any]:
            for one in store.read(stream, first):
                same = (one.aggregate_id, one.first_sequence) == (stream, forged.first_sequence)
                yield forged if same and stream == forged.aggregate_id else one

        def heads(self) -> Any:  # noqa: ANN401 - of a store
            return store.heads()

    return Forging()


@pytest.mark.parametrize("error", [Refused("no"), RowContended("rows"), ValueError("odd")])
def test_a_stream_that_cannot_be_written_holds_up_no_other(world: World, error: Exception) -> None:
    spoil(world)

    def refusing(one: Projection, stream: AggregateId) -> int:
        if stream == FIRST:
            raise error
        return writing(world)(one, stream)

    done = rebuilt(world, bring_up=refusing)
    assert (done.counts["left"], done.counts["written"]) == (1, 4)
    assert done.left[0].startswith(f"{FIRST} teapots")


def test_a_service_that_is_down_has_the_whole_piece_done_again(world: World) -> None:
    spoil(world)

    def down(*_: object) -> int:
        raise Unavailable("throttled")

    with pytest.raises(Unavailable):
        rebuilt(world, bring_up=down)


def test_a_lost_lease_ends_the_piece(world: World) -> None:
    def lost() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuilt(world, going_on=lost)


class Lists:
    """Lists of rows, one row a page."""

    def __init__(self, rows: MemoryReadModels) -> None:
        self.rows = rows

    def page(self, model: str, token: str | None) -> Any:  # noqa: ANN401 - a page
        stored: dict[RowKey, Any] = {**self.rows.rows, **self.rows.unreadable}
        found = sorted((key, row) for key, row in stored.items() if key.model == model)
        at = int(token or 0)
        return found[at : at + 1], str(at + 1) if at + 1 < len(found) else None


def checked(world: World, projection: Projection, model: str) -> Piece:
    check = RowCheck(projection, model, Lists(world.rows), world.store)
    return whole(in_pieces(check.piece))


def test_rows_that_streams_yield_are_no_strays(world: World) -> None:
    for projection, model in ((teapots, "Teapot"), (parts, "Part"), (parts, "PartCheckpoint")):
        done = checked(world, projection, model)
        assert done.counts["rows"] == sum(key.model == model for key in world.rows.rows)
        assert done.left == []


def test_rows_that_no_stream_yields_are_found(world: World) -> None:
    rows = world.rows.rows
    part = next(key for key in rows if key.model == "Part")
    rows[RowKey("Teapot", "nobody")] = rows[teapots.head(FIRST)]
    rows[RowKey("Part", "nobody")] = rows[part]

    assert checked(world, teapots, "Teapot").left == ["Teapot nobody: no stream yields it"]
    found = checked(world, parts, "Part")
    assert (found.left, found.counts["left"]) == (["Part nobody: no stream yields it"], 1)


def test_rows_of_a_stream_that_cannot_be_folded_may_be_its_own(world: World) -> None:
    class Unfoldable:
        def read(self, *_: object) -> Iterator[Any]:
            raise ValueError("odd")

    check = RowCheck(teapots, "Teapot", Lists(world.rows), Unfoldable())
    assert whole(in_pieces(check.piece)).left == []


@pytest.mark.parametrize("projection", contents.projections, ids=lambda one: one.name)
def test_the_rows_of_a_projection_can_be_traced_to_streams(projection: Projection) -> None:
    """Each row of an example names its stream, by its id or by a field."""
    kind = projection.aggregate
    for operation in kind.operations:
        commits = live(kind, life_of(kind, operation))
        for key, row in expected_rows(projection, commits).items():
            assert commits[0].aggregate_id in projection.streams_of(key, row), key
    assert set(projection.models) <= set(checked_models(projection))
