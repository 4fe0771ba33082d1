"""The whole system, under seeded schedules of everything that AWS allows to happen."""

import os
from collections.abc import Callable
from contextlib import closing

import pytest

from domain.contents import contents
from skafu.commands.simulate import report
from skafu.simulation.campaign import Kind, Tally, campaign, hunt
from skafu.simulation.faults import OF_SAGAS, Fault
from skafu.simulation.guards import WITHOUT, Guard, kind_for, needed

SCHEDULES = int(os.environ.get("SKAFU_SCHEDULES", "100"))
KIND = Kind(os.environ.get("SKAFU_KIND", Kind.MIXED))
MOST = 25 * SCHEDULES  # whole ones, until what is rare has happened
SEED = 15_250
# From where on that is soon.
SOON_IN_SAGAS, SOON_IN_WHOLE = 30_350, 30_600
TIMES = 5  # that every fault strikes at least
SOAK = 100_000
JOBS = 2
GUARDS = [guard for guard in Guard if needed(guard)]
NEEDED = {Fault.CLAIM_CONTENDED: Guard.CLAIMS} | dict.fromkeys(OF_SAGAS, Guard.SAGA_NAME)
FAULTS = {fault for fault in Fault if fault not in NEEDED or needed(NEEDED[fault])}
OPERATIONS = {operation.name for operation in contents.operations}
# Shortly before the seed that shows what is missing. Where a change moves that one away, the hunt
# takes longer and finds another.
SOON = {
    Guard.SAGA_NOBODY: 26,
    Guard.SAGA_END: 370,
    Guard.SAGA_LOOK: 51,
    Guard.SAGA_ANSWER: 86,
    Guard.SAGA_REMAINS: 23,
    Guard.SAGA_WITHDRAWN: 22,
    Guard.SAGA_WAITING: 19,
    Guard.SAGA_CLEANING: 5,
    Guard.SAGA_DIED: 5,
    Guard.SAGA_SWEEP: 10,
    Guard.FORGETTING_PLACE: 90,
    Guard.SUM_ORDER: 76,
    Guard.KEY_LIFETIME: 87,
    Guard.KEY_AGGREGATE: 52,
    Guard.MINOR_VERSIONS: 40,
    Guard.CONTENDED_CLAIM: 48,
    Guard.MISSING_CLAIM: 39,
    Guard.CLAIMS: 18,
    Guard.WORDS_CONDITION: 72,
    Guard.MAJOR_VERSIONS: 20,
    Guard.FEED_GAP: 34,
    Guard.PAST_STATE: 23,
    Guard.STATE_VERSION: 9,
    Guard.STRONG_READ: 7,
}


def add(
    total: Tally, seed: int, schedules: int, kind: Kind, enough: Callable[[Tally], bool]
) -> None:
    with closing(campaign(seed, schedules, JOBS, kind=kind)) as tallies:
        for tally in tallies:
            total.add(tally)
            if enough(total):
                break


def never(_: Tally) -> bool:
    return False


def all_happened(total: Tally) -> bool:
    return struck(total) >= FAULTS and total.accepted.keys() >= OPERATIONS


def all_of_sagas_happened(total: Tally) -> bool:
    return struck(total) >= FAULTS & OF_SAGAS


def struck(total: Tally) -> set[Fault]:
    return {fault for fault, times in total.faults.items() if times >= TIMES}


@pytest.mark.feature("L5", "W3", "R22", "R23", "P8", "C15", "E17", "S1", "S2", "S6")
@pytest.mark.timeout(1200)
def test_every_schedule_ends_with_what_was_promised() -> None:
    """Go on with whole ones until every fault has struck and every command was accepted."""
    total = Tally()
    add(total, SEED, SCHEDULES, KIND, never)
    mixed = total.schedules
    whole = sum(KIND.of(seed) is Kind.WHOLE for seed in range(SEED, SEED + mixed))
    if contents.sagas:
        add(total, SOON_IN_SAGAS, MOST, Kind.SAGAS, all_of_sagas_happened)
    add(total, SOON_IN_WHOLE, MOST, Kind.WHOLE, all_happened)

    assert total.findings == []
    assert mixed == SCHEDULES
    assert total.whole == whole + total.schedules - mixed
    assert struck(total) == FAULTS
    assert total.accepted.keys() == OPERATIONS
    assert total.ways.keys() == {
        "in task style", "in REST style", "in a batch", "by a machine", "deferred"
    }  # fmt: skip
    assert {202, 400, 403, 404, 409, 412, 422, 429, 502, 503} <= total.answers.keys()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_every_one_of_many_schedules_ends_with_what_was_promised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    total = Tally()
    add(total, 1_000_000, SOAK, KIND, never)
    with capsys.disabled():
        report(total)

    assert total.findings == []


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.feature("L5", "W3")
@pytest.mark.timeout(300)
def test_a_guard_that_is_missing_is_found_within_a_thousand_schedules(guard: Guard) -> None:
    hunted = hunt(WITHOUT[guard], SOON.get(guard, 0), 1_000, kind_for(guard))

    assert hunted.finding is not None
