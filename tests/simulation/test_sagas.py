"""Sagas in the simulator: its stores and machines, and what is noticed of them."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.dynamodb.saga_table import DynamoDbSagaTable, to_item
from adapters.memory.sagas import MemorySagaTable
from application.sagas.ports import BegunRun, Place, SagaTable, Waiting
from application.sagas.tasks import RunKey
from domain.contents import contents
from kernel.messages import aggregate_id
from kernel.saga import COMPLETED, FAILED, Saga
from skafu.generate.template import heard
from skafu.reach.quiet import quiet
from skafu.simulation.campaign import WHOLE
from skafu.simulation.checks import check
from skafu.simulation.divergence import Divergence
from skafu.simulation.history import History
from skafu.simulation.machines import GaveUp
from skafu.simulation.saga_checks import check_course
from skafu.simulation.saga_stores import SagaItems
from skafu.simulation.sagas import Sagas, rules
from skafu.simulation.system import System, has_sagas
from skafu.simulation.world import World

RUN = RunKey("tea", "1", 1, "e", 3)
ASKED = aggregate_id("QUESTION", "1")
FIRST = Waiting(ASKED, RUN, "STEEP", "2026-01-01T00:00:00.000Z", "first")
LATER = replace(FIRST, deadline="2026-01-01T00:00:00.001Z", token="later")

SEED = 33  # from where on that is soon


def in_dynamodb() -> SagaTable:
    world = World(0)
    world.faults.cease()
    items: Any = SagaItems(world)
    return DynamoDbSagaTable(items, "sagas")


@pytest.mark.parametrize("table", [MemorySagaTable(), in_dynamodb()], ids=["memory", "dynamodb"])
class TestTable:
    def test_the_later_deadline_wins(self, table: SagaTable) -> None:
        for waiting in (FIRST, LATER, FIRST):
            table.wait(waiting)

        assert table.waiting(ASKED) == LATER
        table.forget(FIRST)
        assert [*table.waits()] == [LATER]
        table.forget(LATER)
        assert [*table.waits()] == []

    def test_runs_and_the_place_of_the_sweep_are_kept(self, table: SagaTable) -> None:
        begun = [BegunRun(replace(RUN, event_id=str(n)), "2026") for n in range(5)]
        for one in begun:
            table.add(one)
        table.keep(Place(7, 3, "work 1"))

        assert [*table.begun()] == begun
        assert table.place() == Place(7, 3, "work 1")
        table.remove(begun[0].run)
        assert [*table.begun()] == begun[1:]


def test_it_has_the_rules_of_the_template() -> None:
    listening = {
        (source, kind)
        for rule in rules()
        if rule.projection == "sagas"
        for source, kind in itertools.product(rule.sources, rule.detail_types or ())
    }

    assert listening >= {*heard(contents.sagas)}


def outcomes(system: System) -> set[str]:
    assert system.sagas
    found = system.sagas.machines.all
    return {str(system.sagas.steps.runs.progress(one.run).status) for one in found}


@pytest.fixture(scope="module")
def seed() -> int:
    """The first schedule in which a saga was completed, one was undone, and one has waited."""
    for seed in itertools.count(SEED):
        system = ended(seed)
        assert system.sagas
        if outcomes(system) >= {COMPLETED, FAILED} and system.sagas.items.asked:
            return seed
    raise AssertionError


def ended(seed: int) -> System:
    system = System(seed, WHOLE, sagas=True)
    with quiet(50):
        system.run()
    return system


def archive_left(sagas: Sagas) -> None:
    sagas.bucket.objects["1/1/00.zip"] = b""


def archive_gone(sagas: Sagas) -> None:
    sagas.bucket.objects.clear()


def token_left(sagas: Sagas) -> None:
    run = next(iter(sagas.machines.all)).run
    sagas.items.items["WAITS#QUESTION#1"] = to_item(replace(FIRST, run=run))


def execution_left(sagas: Sagas) -> None:
    next(iter(sagas.machines.all)).status = "RUNNING"


def begun_twice(sagas: Sagas) -> None:
    sagas.machines.former += [one for one in sagas.machines.all if not one.undoes]


def begun_for_nothing(sagas: Sagas) -> None:
    """It was begun at the end, when every run had ended."""
    execution = next(one for one in sagas.machines.all if not one.undoes)
    execution.began = execution.started = 10**6


def waited_in_vain(sagas: Sagas) -> None:
    (token, *_) = sagas.items.asked
    sagas.machines.gave_up.append(GaveUp(token, 0, 10**12))


PLANTED = (
    archive_left,
    archive_gone,
    token_left,
    execution_left,
    begun_twice,
    begun_for_nothing,
    waited_in_vain,
)


@pytest.mark.sagas
@pytest.mark.feature("S1", "S2")
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_wrong_about_a_saga_is_noticed(seed: int, plant: Callable[[Sagas], None]) -> None:
    system = ended(seed)
    assert system.sagas
    plant(system.sagas)

    with quiet(50), pytest.raises(Divergence, match=r"^saga: "):
        check(system)


@pytest.mark.sagas
def test_without_that_nothing_is_noticed(seed: int) -> None:
    with quiet(50):
        check(ended(seed))


@pytest.mark.sagas
def test_steps_in_another_order_are_noticed(seed: int) -> None:
    """An attempt that is undone is not begun anew, and a step is done once."""
    system = ended(seed)
    saga, streams = contents.sagas[0], system.table.aggregates.items()
    found = [History.of(name, stored) for name, stored in streams]
    course = next(one for one in found if one.kind == saga.aggregate_type and done(saga, one))
    check_course(saga, course)

    course.states[-2:] = reversed(course.states[-2:])
    with pytest.raises(Divergence, match="went from"):
        check_course(saga, course)


def done(saga: Saga, stream: History) -> bool:
    """Tell whether the last commit has ended an attempt."""
    before, after = (saga.progress(state).status for state in stream.states[-2:])
    return before != after and after in (COMPLETED, FAILED)


@pytest.mark.sagas
def test_schedules_without_sagas_know_nothing_of_them() -> None:
    seeds = range(100)
    some = [seed for seed in seeds if has_sagas(seed)]

    assert 2 < len(some) < 20
    assert System(some[0], WHOLE).sagas is not None
    assert all(System(seed, WHOLE).sagas is None for seed in seeds[:20] if seed not in some)
