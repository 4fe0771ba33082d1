"""Laws that hold of every read model: however hints arrive, the rows are the fold of the stream."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.event_store import MemoryEventStore
from application.reading.catch_up import CatchUp
from domain.contents import contents
from kernel.errors import DomainError
from kernel.messages import AggregateId, Command
from kernel.projection import Projection, fold_rows
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.spec import ID
from tests.support.steps import FEW, lives
from tests.support.strategies import kind_of

pytestmark = pytest.mark.feature("L5", "R22", "R23", "R24", "W3")


@dataclass
class Case:
    """A stream that some commands made, the rows that its projection has written, and more."""

    projection: Projection
    asked: Sequence[Command]
    later: Sequence[Command]
    dice: Random
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    rows: MemoryReadModels = field(default_factory=MemoryReadModels)

    def __post_init__(self) -> None:
        kind = self.projection.aggregate
        self.desk = Desk(self.store, aggregate=kind, stream=kind.id(ID))
        for command in self.asked:
            self.send(command)

    @property
    def stream(self) -> AggregateId:
        return self.desk.stream

    @property
    def version(self) -> int:
        return dict(self.store.heads())[self.stream]

    @property
    def catch_up(self) -> CatchUp:
        return CatchUp(self.store, self.rows, self.projection)

    def send(self, command: Command) -> None:
        try:
            self.desk.send(command)
        except DomainError:
            return  # refused: nothing was recorded

    def reach(self) -> int:
        return self.catch_up.reach(self.stream, self.version)

    def fold(self) -> dict[Any, Any]:
        commits = self.store.read(self.stream)
        events = self.projection.events
        return fold_rows(self.projection, (r for c in commits for r in c.recorded(events)))


Check = Callable[[Case], None]


def law(check: Check) -> Callable[[Projection, str], None]:
    """Make a test of a law: it holds in every life of the aggregate, and for random commands."""

    @pytest.mark.parametrize("projection", contents.projections, ids=lambda p: p.name)
    @pytest.mark.parametrize("commands", ["of lives", "at random"])
    def test(projection: Projection, commands: str) -> None:
        if commands == "at random":
            at_random(projection, check)
        else:
            for case in cases_of_lives(projection):
                check(case)

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


def at_random(projection: Projection, check: Check) -> None:
    kind = kind_of(projection.aggregate)
    some = kind.asked(max_size=10)

    @given(some, some, st.integers(0, 1000))
    def explore(asked: list[Command], later: list[Command], seed: int) -> None:
        check(Case(projection, [kind.begin, *asked], later, Random(seed)))

    explore()


def cases_of_lives(projection: Projection) -> Iterator[Case]:
    """Yield each life from its begin, broken off at every point."""
    for life in lives():
        if life.decider is projection.aggregate and not life.before:
            length = len(life.commands)
            for cut in range(1 if length <= FEW else length, length + 1):
                yield Case(projection, life.commands[:cut], life.commands[cut:], Random(cut))


@law
def test_hints_in_any_order_and_number_give_the_fold(case: Case) -> None:
    hints = [*case.dice.choices(range(1, case.version + 1), k=10), case.version]
    case.dice.shuffle(hints)

    for sequence in hints:
        case.catch_up.reach(case.stream, sequence)

    assert case.rows.rows == case.fold()


@law
def test_a_hint_delivered_twice_writes_nothing_more(case: Case) -> None:
    case.reach()

    assert case.reach() == 0


@law
def test_hints_of_a_growing_stream_give_the_fold(case: Case) -> None:
    case.reach()
    for command in case.later:
        case.send(command)
        case.reach()

    assert case.rows.rows == case.fold()


@pytest.mark.feature("T11")
@law
def test_a_rebuild_from_nothing_equals_the_live_rows(case: Case) -> None:
    case.reach()
    fresh = MemoryReadModels()
    CatchUp(case.store, fresh, case.projection).rebuild(case.stream)

    assert fresh.rows == case.rows.rows


@law
def test_a_rebuild_of_rows_that_are_right_writes_nothing(case: Case) -> None:
    case.reach()

    assert case.catch_up.rebuild(case.stream) == 0


@pytest.mark.feature("V7")
@law
def test_rows_of_another_projection_version_are_folded_anew(case: Case) -> None:
    case.reach()
    for key, row in case.rows.rows.items():
        case.rows.rows[key] = replace(row, projection_version=99, created_at="wrong")  # type: ignore[type-var] # rows are dataclasses
    for command in case.later:
        case.send(command)

    case.reach()

    assert case.rows.rows == case.fold()
