"""Creations under seeded schedules of faults: whatever happens, every run ends and leaves nothing.

Workers die, time out, fail and answer twice; starts and answers are lost or come several times;
executions are stopped; the owner renames, cancels, archives, deletes and tries again, or is
forgotten. Each guard that is left out is noticed.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.ports import Unavailable
from application.sagas.beginning import Beginnings
from application.sagas.tasks import ASK, DO, RunKey, Task
from application.sagas.tasks import beginning as first_input
from domain.project.aggregate import Project
from domain.project_creation import PROJECT_CREATION
from edge.sagas.steps import Steps, has_status
from kernel.messages import AggregateId
from kernel.saga import Question, Run, Step, StepFailed
from skafu.simulation.in_process import InProcess, TimedOut, WorkerDied
from tests.domain.support.creating import Creating
from tests.domain.unit.test_creation import forget
from tests.support.api import ADA

pytestmark = [pytest.mark.feature("S1", "S2", "S6", "W14"), pytest.mark.long]
ROUNDS = 12
LOST = 0.15
SILENT = 0.1


class Stopped(BaseException):
    """The execution was stopped in the console."""


class Schedule(Creating):
    """A world in which a seed decides what happens."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = random.Random(seed)
        self.fault = self.happens

    def chance(self, of: float) -> bool:
        return self.dice.random() < of

    def happens(self, task: Task, work: Any) -> None:  # noqa: ANN401 - a function
        self.meanwhile(task.run.id)
        before = {0.03: WorkerDied, 0.02: Unavailable, 0.015: TimedOut}
        for chance, error in before.items():
            if self.chance(chance):
                raise error(task.task)
        if self.chance(0.01):
            raise Stopped
        if task.task in (DO, ASK) and self.chance(0.03):
            raise StepFailed("No water.")
        work()
        if self.chance(0.05):
            work()
        for chance, error in before.items():
            if self.chance(chance):
                raise error(task.task)

    def meanwhile(self, id: str) -> None:
        """Let the owner do something, which may be refused."""
        api, path = self.world.api.as_(ADA), f"/projects/{id}"
        if self.chance(0.05):
            api.patch(path, {"name": f"Shop {self.dice.random()}"})
        if self.chance(0.03):
            assert api.post(f"{path}/archive").status == 409
        if self.chance(0.03):
            assert api.call("DELETE", path, None, {}).status == 409
        for waiting in [*self.table.waits()] if self.chance(0.02) else ():
            api.post(f"/analyses/{waiting.asked.partition('#')[2]}/cancel")
        if self.chance(0.005):
            forget(self, id)

    def hear(self, aggregate: AggregateId, sequence: int) -> None:
        """Lose an event now and then, or deliver it several times."""
        for _ in range(0 if self.chance(LOST) else self.dice.choice((1, 1, 2, 3))):
            super().hear(aggregate, sequence)

    def analyse(self, aggregate: AggregateId) -> None:
        """Let the analyst leave a question unanswered now and then."""
        if not self.chance(SILENT):
            super().analyse(aggregate)

    def carried_out(self, given: Mapping[str, Any]) -> str:
        in_process = InProcess(PROJECT_CREATION, self.do, self.answered, lambda _: None)
        try:
            return in_process.run(given)
        except Stopped:
            return "Not undone"

    def lasts(self) -> None:
        """Carry out what begins, and sweep every hour, until nothing is left to do."""
        for _ in range(ROUNDS):
            self.deliver()
            self.run(self.carried_out)
            self.clock.now += timedelta(minutes=61)
            for stream, _ in list(self.store.heads()):
                self.writer.write(self.store.read(stream))
            self.sweep()
            if not self.executions.waiting and not any(self.orphans().values()):
                return


def parts(state: Project) -> tuple[object, ...]:
    return state.template, state.repository, state.configuration, state.services


Plant = Callable[[Schedule], None]


def nothing(_: Schedule) -> None:
    """Leave every guard where it is."""


def play(seed: int, plant: Plant = nothing) -> tuple[Schedule, str]:
    """Let a project be created, and try again once after a failure."""
    schedule = Schedule(seed)
    plant(schedule)
    schedule.drafted(slug="rich", services=[{"serviceName": "pot", "serviceType": "API"}])
    own = {"runtime": "python3.13", "region": "eu-central-1"}
    id = schedule.created(templateId="rich", configuration=own)
    before = parts(schedule.state(id))
    schedule.lasts()
    check(schedule, id, before)
    if schedule.state(id).provisioning.status == "FAILED":
        schedule.world.api.as_(ADA).post(f"/projects/{id}/provisioning", {})
        schedule.lasts()
        check(schedule, id, before)
    return schedule, id


def played(number: int, plant: Plant = nothing) -> None:
    for seed in range(number):
        play(seed, plant)


def check(schedule: Schedule, id: str, before: tuple[object, ...]) -> None:
    state = schedule.state(id)
    names = Counter(schedule.names(id))
    assert not any(schedule.orphans().values()), schedule.orphans()
    assert names["ProvisioningCompleted"] <= 1
    ended = names["ProvisioningCompleted"] + names["ProvisioningFailed"]
    assert names["ProvisioningStarted"] == ended
    assert unanswered(schedule) == []
    if state.provisioning.status == "FAILED":
        assert parts(state) == before
        assert schedule.archives.kept == {}
    else:
        assert state.provisioning.status == "COMPLETED"
        assert len(schedule.archives.kept) == 1
        assert [service.name for service in state.services.values()] == ["pot"]
    begun = [name for name in schedule.executions.ended if "-undo-" not in name]
    assert len(begun) <= state.provisioning.attempt


def unanswered(schedule: Schedule) -> list[str]:
    """Return the analyses that have not ended."""
    kinds = (name for name, _ in schedule.store.heads() if name.startswith("ANALYSIS#"))
    return [name for name in kinds if len([*schedule.store.read(name)]) == 1]


def test_every_run_ends_and_leaves_nothing_behind() -> None:
    ends = Counter(str(s.state(id).provisioning.status) for s, id in map(play, range(60)))

    assert min(ends["COMPLETED"], ends["FAILED"]) > 5


class Uncleaned(Steps):
    """Leaves what a step made elsewhere."""

    def _undo(self, task: Task) -> None:
        step = PROJECT_CREATION.step[task.step or ""]
        with_nothing = replace(step, cleans=lambda _: None)
        saga = replace(PROJECT_CREATION, steps=(with_nothing,))
        run = self.runs.opened(task.run, self.offered)
        if has_status(saga, run, "ABANDONED") and step.name in saga.progress(run.state).steps:
            assert step.undoes is not None
            self._send(task.run, run, step.undoes(run), f"undo {step.name}")


class Unkept(Steps):
    """Cleans up after a run that has been completed."""

    def _undo(self, task: Task) -> None:
        PROJECT_CREATION.step[task.step or ""].cleans(self.runs.opened(task.run, self.offered))
        super()._undo(task)


class Unwithdrawn(Steps):
    """Leaves the analyst with a question that nobody waits for."""

    def _withdraw(self, key: RunKey, run: Run, step: Step, question: Question) -> None:
        pass


class Unnamed(Beginnings):
    """Begins an execution for every event that comes."""

    def begin(self, run: RunKey) -> bool:
        name = f"{run.event_id}.{uuid.uuid4()}"
        return self.executions.start(run.saga, name, first_input(run))


def with_steps(kind: type[Steps]) -> Plant:
    def plant(schedule: Schedule) -> None:
        schedule.steps = kind(**vars(schedule.steps))

    return plant


def without_names(schedule: Schedule) -> None:
    unnamed = Unnamed(schedule.runs, schedule.executions, schedule.table)
    schedule.listener = replace(schedule.listener, beginnings=unnamed)


def without_sweep(schedule: Schedule) -> None:
    schedule.sweep = lambda: None  # type: ignore[assignment] # nobody looks


GUARDS = {
    "what a step made elsewhere is removed": with_steps(Uncleaned),
    "a completed run is not undone": with_steps(Unkept),
    "a question is withdrawn": with_steps(Unwithdrawn),
    "an execution has the name of its event": without_names,
    "lost runs are found": without_sweep,
}


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_left_out_is_noticed(guard: str) -> None:
    with pytest.raises(AssertionError):
        played(200, GUARDS[guard])


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_run_of_many_ends_and_leaves_nothing_behind() -> None:
    played(5000)
