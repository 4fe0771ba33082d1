"""Sums of owners that are wrong are found, by many at once and one by one, and mended."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.sqlite.spool import SqliteSpool
from application.ports import StoredRow
from application.publishing.republish import ScannedPage
from application.reading.catch_up import CatchUp
from application.reading.gathering import gathering_of
from application.reading.rebuild import Rebuild
from application.reading.survey import Survey
from application.reading.verify import STRAY, Discrepancy
from domain.contents import contents
from domain.project.aggregate import project
from kernel.actor import user_id
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey
from projections.generated.rows import OwnerPartRow, OwnerShareRow, OwnerSummaryRow
from projections.owners import owners
from skafu.commands.rebuild import named
from skafu.commands.rehearse import of_rows
from skafu.rehearsal.comparing import ROW, Comparison
from skafu.rehearsal.stored import head
from tests.domain.support.builders import add, create
from tests.support.desk import Desk
from tests.support.fakes import NOW, MemoryReadModels
from tests.support.spec import ACTOR

pytestmark = pytest.mark.feature("R18", "T10", "W12")
ADA = user_id(ACTOR)
STREAMS = [project.id(f"01980000-0000-7000-8000-{n:012x}") for n in range(1, 131)]
TOTAL, ROOT = RowKey("OwnerSummary", ADA), RowKey("OwnerPart", f"{ADA}#")


@dataclass
class World:
    """An owner of more projects than one part holds."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    rows: MemoryReadModels = field(default_factory=MemoryReadModels)
    spools: list[SqliteSpool] = field(default_factory=list)

    def __post_init__(self) -> None:
        for stream in STREAMS:
            desk = Desk(self.store, aggregate=project, stream=stream)
            desk.send(create("Teapot"))
            desk.send(add("spout"))
            self.catch_up().reach(stream, 2)

    def catch_up(self) -> CatchUp:
        gathering = gathering_of(owners, self.rows, anew=True)
        return CatchUp(self.store, self.rows, owners, gathering=gathering)

    def bring_up(self, _: Projection, stream: AggregateId) -> int:
        return self.catch_up().rebuild(stream)

    def every(self) -> Iterator[ScannedPage]:
        commits = [c for stream, _ in self.store.heads() for c in self.store.read(stream)]
        yield ScannedPage(commits, [], len(commits), {})

    def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        stored: dict[RowKey, StoredRow] = {**self.rows.rows, **self.rows.unreadable}
        yield [(key, row) for key, row in stored.items() if key.model == model]

    def survey(self) -> Survey:
        self.spools.append(SqliteSpool(contents.read_models))
        return Survey(
            contents,
            (owners,),
            self.store,
            self.rows,
            self,
            self,
            MemoryFeed(),
            self.spools[-1],
            NOW,
        )

    def found(self) -> list[Discrepancy]:
        """Return what is wrong about rows; nothing was fed here."""
        return [one for one in self.survey().findings() if one.where in (owners.name, STRAY)]

    def part(self) -> OwnerPartRow:
        return cast(OwnerPartRow, self.rows.rows[ROOT])

    def alter(self, key: RowKey, **fields: Any) -> None:  # noqa: ANN401 - any row
        self.rows.rows[key] = replace(cast(Any, self.rows.rows[key]), **fields)

    def sums(self) -> tuple[int, int]:
        row = cast(OwnerSummaryRow, self.rows.rows[TOTAL])
        return row.active, row.services


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    for spool in made.spools:
        with closing(spool):
            pass


def sum_altered(world: World) -> None:
    world.alter(TOTAL, active=7)


def sum_gone(world: World) -> None:
    del world.rows.rows[TOTAL]


def sum_unreadable(world: World) -> None:
    world.rows.spoil(TOTAL, version=world.rows.rows[TOTAL].version, projection_version=1)


def contribution_altered(world: World) -> None:
    held = cast(dict[str, Any], world.part().contributions)
    first = next(iter(held))
    forged = {**held[first], "figures": {"active": 9}}
    world.alter(ROOT, contributions={**held, first: forged})


def contribution_gone(world: World) -> None:
    _, *others = cast(dict[str, Any], world.part().contributions).items()
    world.alter(ROOT, contributions=dict(others))


def contribution_ahead(world: World) -> None:
    """It claims to show an event that was never recorded."""
    held = cast(dict[str, Any], world.part().contributions)
    first = next(iter(held))
    world.alter(ROOT, contributions={**held, first: {"version": 99, "figures": {}}})


def figures_of_a_part_altered(world: World) -> None:
    parts = cast(dict[str, Any], world.part().parts)
    first = next(iter(parts))
    forged = {**parts[first], "figures": {"active": 9}}
    world.alter(ROOT, parts={**parts, first: forged})


def part_gone(world: World) -> None:
    del world.rows.rows[ROOT]


def part_below_gone(world: World) -> None:
    parts = cast(dict[str, Any], world.part().parts)
    del world.rows.rows[RowKey("OwnerPart", ROOT.id + next(iter(parts)))]


def part_unreadable(world: World) -> None:
    world.rows.spoil(ROOT, version=world.part().version, projection_version=1)


def part_of_before(world: World) -> None:
    """As from a backup, with its number."""
    few = dict(list(cast(dict[str, Any], world.part().contributions).items())[:3])
    world.alter(ROOT, contributions=few, parts={}, version=3)


def everything_gone(world: World) -> None:
    world.rows.rows.clear()


WRONG = [
    sum_altered,
    sum_gone,
    sum_unreadable,
    contribution_altered,
    contribution_gone,
    contribution_ahead,
    figures_of_a_part_altered,
    part_gone,
    part_below_gone,
    part_unreadable,
    part_of_before,
    everything_gone,
]
Wrong = Callable[[World], None]


def test_nothing_is_found_where_all_is_right(world: World) -> None:
    assert world.found() == []
    assert world.sums() == (130, 130)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_what_is_wrong_is_found_and_mended(world: World, wrong: Wrong) -> None:
    wrong(world)
    found = world.found()
    for stream in {one.aggregate for one in found if one.where == owners.name}:
        world.catch_up().rebuild(stream)

    assert found
    assert world.found() == []
    assert world.sums() == (130, 130)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_rebuild_mends_it_as_well_and_writes_nothing_more(world: World, wrong: Wrong) -> None:
    wrong(world)
    work = Rebuild(world.survey())
    work.compare()
    work.write(world.bring_up)
    again = Rebuild(world.survey())

    assert world.sums() == (130, 130)
    assert (work.done.written > 0, again.compare().rows) == (True, 0)


def test_a_rehearsal_lists_sums_that_a_rebuild_would_mend(world: World) -> None:
    sum_altered(world)
    comparison = Comparison((head(contents), head(contents)))
    found = list(of_rows(world.survey(), comparison))

    assert [(one.what, one.name, one.key) for one in found] == [(ROW, "owners", "OwnerSummary")]
    assert comparison.tally.differing[ROW, "owners"] == comparison.tally.rebuild.rows == 1


def test_a_contribution_of_no_stream_is_told_and_left(world: World) -> None:
    held = cast(dict[str, Any], world.part().contributions)
    nobodys = {"version": 1, "figures": {}}
    world.alter(ROOT, contributions={**held, "01980000-0000-7000-8000-0000000000ff": nobodys})

    assert [(one.where, one.row) for one in world.found()] == [(STRAY, ROOT)]


def test_sums_of_somebody_without_projects_are_told_and_left(world: World) -> None:
    stranger = replace(cast(OwnerSummaryRow, world.rows.rows[TOTAL]), id="eve", user_id="eve")
    world.rows.rows[RowKey("OwnerSummary", "eve")] = stranger

    (found,) = world.found()
    assert (found.where, found.row) == (STRAY, RowKey("OwnerSummary", "eve"))
    assert found.what == "OwnerSummary eve: no stream contributes to it"


def test_a_part_of_somebody_without_projects_is_told_and_left(world: World) -> None:
    key = RowKey("OwnerPart", "eve#")
    world.rows.rows[key] = replace(world.part(), id=key.id, contributions={}, parts={})

    assert [(one.where, one.row) for one in world.found()] == [(STRAY, key)]


@pytest.mark.parametrize("model", ["OwnerSummary", "OwnerPart", "OwnerShare"])
def test_a_rebuild_is_asked_for_by_the_name_of_any_row_that_it_writes(model: str) -> None:
    assert named([model]) == (owners,)


def test_a_row_that_is_stored_in_another_order_does_not_differ() -> None:
    """AppSync gives the names within a JSON field back as DynamoDB orders them."""
    ada, eve = {"projects": 1}, {"projects": 0}
    orders: tuple[Any, ...] = ({"ada": ada, "eve": eve}, {"eve": eve, "ada": ada})
    when = "2026-01-01T00:00:00.000Z"
    folded, stored = (
        OwnerShareRow(
            id="one",
            shares=shares,
            version=1,
            projection_version=1,
            created_at=when,
            updated_at=when,
        )
        for shares in orders
    )
    key = RowKey("OwnerShare", "one")
    with closing(SqliteSpool(contents.read_models)) as spool:
        spool.add_stream(AggregateId("PROJECT#one"), {key: folded}, 1)
        spool.add_rows([(key, stored)])

        assert list(spool.differing()) == []
