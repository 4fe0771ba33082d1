"""Each step of a creation with each thing that can happen to it, in process and by its machine."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from application.sagas.tasks import ASK, DO, UNSAID, Task
from domain.project_creation import PROJECT_CREATION
from kernel.saga import StepFailed
from skafu.generate import sagas
from skafu.simulation.in_process import TimedOut, WorkerDied
from tests.domain.support.creating import Creating, Fault
from tests.support.machine import Machine
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("S1", "S2", "W14")

STEPS = [str(step.name) for step in PROJECT_CREATION.steps]
DEFINITION = yaml.safe_load((ROOT / sagas.path(PROJECT_CREATION)).read_text())
Work = Callable[[], None]


def about(task: Task, step: str) -> bool:
    """Tell whether the task is the first of a step."""
    first = ASK if PROJECT_CREATION.step[step].question else DO
    return (task.task, task.step) == (first, step)


def fails(step: str) -> Fault:
    def fault(task: Task, work: Work) -> None:
        if about(task, step):
            raise StepFailed("No water.")
        work()

    return fault


def times_out(step: str) -> Fault:
    def fault(task: Task, work: Work) -> None:
        if about(task, step):
            raise TimedOut(step)
        work()

    return fault


def answers_twice(step: str) -> Fault:
    def fault(task: Task, work: Work) -> None:
        work()
        if about(task, step) or task.step == step:
            work()

    return fault


def killed_before(step: str) -> Fault:
    seen = Counter[bool]()

    def fault(task: Task, work: Work) -> None:
        seen[about(task, step)] += 1
        if about(task, step) and seen[True] == 1:
            raise WorkerDied(step)
        work()

    return fault


def killed_after(step: str) -> Fault:
    seen = Counter[bool]()

    def fault(task: Task, work: Work) -> None:
        work()
        seen[about(task, step)] += 1
        if about(task, step) and seen[True] == 1:
            raise WorkerDied(step)

    return fault


FAULTS = (fails, times_out, answers_twice, killed_before, killed_after)
UNDONE = (fails, times_out)
TOO_LONG = {
    step: f"The step {step} took longer than {limit}."
    for step, limit in zip(
        STEPS, ("1 minute", "10 minutes", "2 minutes", "1 minute", "1 minute"), strict=True
    )
}


@dataclass(frozen=True)
class Outcome:
    """All that a cell of the grid shows."""

    end: str
    status: str
    reason: str | None
    trail: tuple[str, ...]
    archives: int
    orphans: dict[str, Any]


def undone(done: Sequence[str]) -> tuple[str, ...]:
    """Return the end of the trail when these steps are undone."""
    effects = {"TEMPLATE": ["TemplateReleased"], "REPOSITORY": ["RepositoryUnlinked"]}
    effects["CONFIGURATION"] = ["ProjectConfigured"]
    steps = ((*effects.get(step, ()), "ProvisioningStepUndone") for step in reversed(done))
    return (
        "ProvisioningAbandoned",
        *(name for step in steps for name in step),
        "ProvisioningFailed",
    )


def outcome(fault: Fault, by_machine: bool = False) -> Outcome:
    creating = Creating()
    id = creating.created(configuration={"runtime": "nodejs22", "region": "eu-central-1"})
    creating.fault = fault
    creating.deliver()
    machine = Machine(
        DEFINITION, creating.do, creating.answered, lambda: str(len(creating.store._streams))
    )
    ends = creating.run(machine.run if by_machine else None)
    events = [event for commit in creating.trail(id) for event in commit.stored_events()]
    reasons = [e["data"].get("reason") for e in events if e["eventType"] == "ProvisioningFailed"]
    (end,) = ends
    return Outcome(
        end,
        creating.state(id).provisioning.status,
        next(iter(reasons), None),
        tuple(creating.names(id)),
        len(creating.archives.kept),
        creating.orphans(),
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_a_cell_ends_as_it_should_and_leaves_nothing_behind(
    step: str, fault: Callable[[str], Fault]
) -> None:
    found = outcome(fault(step))

    assert not any(found.orphans.values()), found.orphans
    if fault in UNDONE:
        done = STEPS[: STEPS.index(step)]
        reason = UNSAID if fault is fails else TOO_LONG[step]
        assert (found.end, found.status, found.archives) == ("Undone", "FAILED", 0)
        assert found.trail[found.trail.index("ProvisioningAbandoned") :] == undone(done)
        assert found.reason == reason
    else:
        assert (found.end, found.status, found.archives) == ("Completed", "COMPLETED", 1)
        assert found.trail == outcome(lambda _, work: work()).trail


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("step", STEPS)
def test_the_state_machine_and_the_run_in_process_do_the_same(
    step: str, fault: Callable[[str], Fault]
) -> None:
    assert outcome(fault(step), by_machine=True) == outcome(fault(step))
