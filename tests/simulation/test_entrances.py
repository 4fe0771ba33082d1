"""The two entrances to the command API: which one a schedule takes changes nothing in it."""

import subprocess
import sys

import pytest

from domain.contents import contents
from skafu.reach.quiet import quiet
from skafu.simulation.campaign import WHOLE
from skafu.simulation.clients import Sending
from skafu.simulation.proxy import Answer
from skafu.simulation.secrecy import unsealed
from skafu.simulation.system import System
from skafu.simulation.table import Stored
from tests.support.paths import ROOT

pytestmark = pytest.mark.tools

SEEDS = range(200, 250)


def ended(seed: int, *, router: bool) -> System:
    system = System(seed, WHOLE, router=router)
    with quiet(50):
        system.run()
    return system


def answered(sending: Sending) -> tuple[int, int, Answer | None]:
    return sending.began, sending.ended, sending.answer and without_places(sending.answer)


def without_places(answer: Answer) -> Answer:
    """Return the answer without the places and texts of what is not valid: a route adds its own."""
    told = ("errors", "detail") if answer.status == 400 else ()
    body = {name: value for name, value in answer.body.items() if name not in told}
    return Answer(answer.status, body, answer.etag)


def stored(system: System) -> object:
    """Return the commits; what is sealed has another text each time."""
    if not system.is_private:
        return system.table.aggregates
    return {
        name: (kept.steps, events(name, kept)) for name, kept in system.table.aggregates.items()
    }


def events(name: str, kept: Stored) -> list[str]:
    types = contents.aggregate[name.partition("#")[0]].events
    return [unsealed(item["events"]["S"], types) for item in kept.items]


def test_answers_steps_and_commits_are_the_same_with_and_without_the_router() -> None:
    statuses = set[int]()
    for seed in SEEDS:
        routed, below = ended(seed, router=True), ended(seed, router=False)
        answers = [answered(sending) for sending in below.log.sendings]

        assert answers == [answered(sending) for sending in routed.log.sendings], seed
        assert below.world.step == routed.world.step
        assert stored(below) == stored(routed)
        statuses |= {answer.status for _, _, answer in answers if answer}
    assert {202, 400, 403, 404, 409, 412, 422} <= statuses


def test_a_process_needs_no_request_through_the_router_first() -> None:
    script = "from skafu.simulation.campaign import simulate_one; print(simulate_one(97).findings)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
