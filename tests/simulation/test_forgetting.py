"""Forgetting in the simulator: it happens under faults, and what is wrong about it is noticed."""

from collections.abc import Callable
from functools import cache
from itertools import islice

import pytest

from application.privacy.forgetting import OPERATOR
from kernel.actor import user_id
from skafu.reach.quiet import quiet
from skafu.simulation.campaign import WHOLE
from skafu.simulation.checks import check
from skafu.simulation.divergence import Divergence
from skafu.simulation.faults import Fault
from skafu.simulation.secrecy import PEOPLE, check_hidden
from skafu.simulation.system import System

SCHEDULES = 12
Anomaly = Callable[[System], object]


@cache
def private_seeds() -> tuple[int, ...]:
    """Return the first schedules in which a person is forgotten."""
    seeds = (seed for seed in range(1000) if System(seed, WHOLE).is_private)
    return tuple(islice(seeds, SCHEDULES))


def ended(seed: int) -> System:
    system = System(seed, WHOLE)
    with quiet(50):
        system.run()
    return system


def actors(system: System) -> list[str]:
    """Return who recorded each commit."""
    kept = system.table.aggregates.values()
    return [item["actor"]["S"] for stored in kept for item in stored.items]


def senders(system: System) -> set[str]:
    return set(map(user_id, actors(system)))


@pytest.mark.feature("L10", "W11")
def test_persons_are_forgotten_in_the_middle_of_traffic_and_refused_from_then_on() -> None:
    systems = [ended(seed) for seed in private_seeds()]
    answers = [s.answer for system in systems for s in system.log.sendings if s.answer]

    assert sum(actors(system).count(OPERATOR.principal) for system in systems) > SCHEDULES // 3
    assert any(a.body.get("type", "").endswith("subject-is-forgotten") for a in answers)
    assert sum(system.world.faults.counts[Fault.FORGETTING_BROKEN_OFF] for system in systems) > 0
    for system in systems:
        check(system)


def no_notice(system: System) -> object:
    """Take the notice out of a stream that ends with it."""
    for stored in system.table.aggregates.values():
        if stored.items and stored.items[-1]["actor"]["S"] == OPERATOR.principal:
            for column in (stored.items, stored.sequences, stored.steps):
                del column[-1]
            return stored
    return None


def key_left(system: System) -> object:
    assert system.operator
    record = system.keys.table.items[system.operator.subject]
    record["wrappedKey"] = {"B": b"wrapped"}
    return record


def not_finished(system: System) -> object:
    assert system.operator
    return system.keys.table.items[system.operator.subject].pop("toldAt")


def key_of_another_lost(system: System) -> object:
    """Destroy the keys of others, too."""
    assert system.operator
    others = senders(system) & PEOPLE.keys() - {system.operator.subject}
    for subject in others:
        system.keys.table.items[subject] = {"subject": {"S": subject}, "forgottenAt": {"S": "now"}}
    for sealer in system.gateway.sealers:
        sealer.keys.cached.clear()
    return others


@pytest.mark.parametrize("anomaly", [no_notice, key_left, not_finished, key_of_another_lost])
@pytest.mark.feature("L10", "W11")
def test_what_is_wrong_about_a_forgetting_is_noticed(anomaly: Anomaly) -> None:
    planted = 0
    for system in map(ended, private_seeds()[:6]):
        if not anomaly(system):
            continue
        planted += 1
        with quiet(50), pytest.raises(Divergence) as found:
            check(system)
        assert found.value.kind == "forgetting"
    assert planted


@pytest.mark.feature("L10", "W11")
@pytest.mark.parametrize("of", ["the name", "the address"])
def test_what_a_row_still_shows_of_who_was_forgotten_is_noticed(of: str) -> None:
    """Rows that are not as their streams say are noticed before; this one is looked for alone."""
    system = next(s for s in map(ended, private_seeds()) if s.operator and s.rows.history)
    assert system.operator
    who = PEOPLE[system.operator.subject]
    shown = who.name if of == "the name" else who.client["sourceIp"]
    states = next(states for states in system.rows.history.values() if states)
    states.append({**states[-1], "userName": shown})

    with quiet(50), pytest.raises(Divergence) as found:
        check_hidden(system, system.operator.subject)
    assert found.value.kind == "forgetting"
