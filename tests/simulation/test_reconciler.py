"""The reconciler runs between all other tasks, and no row is the worse for it."""

from collections.abc import Iterator
from functools import cache

import pytest

from application.reading.reconcile import Reconciled
from skafu.reach.quiet import quiet
from skafu.simulation.campaign import Kind, system_of
from skafu.simulation.checks import check
from skafu.simulation.guards import WITHOUT, Guard
from skafu.simulation.system import Parts

pytestmark = pytest.mark.feature("W12", "L5")
SEEDS = range(40, 100)


@pytest.fixture(autouse=True)
def no_logs() -> Iterator[None]:
    with quiet(50):
        yield


@cache
def runs(seed: int, kind: Kind) -> list[Reconciled]:
    """Run and check a schedule in which the reconciler runs; raises `Divergence`."""
    system = system_of(seed, Parts(reconciled=True), kind, None)
    system.run()
    check(system)
    assert system.reconciling is not None
    return system.reconciling.runs


def test_runs_that_mend_and_end_anywhere_leave_every_row_as_its_fold() -> None:
    """Some meet rows on their way and mend them, some are out of time or killed."""
    done = [one for seed in SEEDS for one in runs(seed, Kind.NARROW)]

    assert sum(one.mended for one in done) > 20
    assert any(one.finished and one.mended for one in done)
    assert any(one.seen and not one.finished for one in done)


@pytest.mark.parametrize("kind", [Kind.WHOLE, Kind.FORGETTING, Kind.SAGAS])
def test_it_does_no_harm_among_commands_of_all_kinds(kind: Kind) -> None:
    done = [one for seed in SEEDS[:6] for one in runs(seed, kind)]

    assert any(one.finished for one in done)
    assert any(one.mended for seed in SEEDS for one in runs(seed, kind))


def test_it_runs_in_one_narrow_schedule_of_ten_and_in_each_that_lacks_its_guard() -> None:
    share = sum(Parts().reconciles(seed, narrow=True) for seed in range(1000)) / 1000

    assert 0.05 < share < 0.15
    assert not any(Parts().reconciles(seed, narrow=False) for seed in range(100))
    assert WITHOUT[Guard.RECONCILER].reconciles(1, narrow=False)
