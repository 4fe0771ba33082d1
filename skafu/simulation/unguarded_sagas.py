"""Parts of sagas, each of which lacks one guard."""

from dataclasses import replace

from application.commit import Commit
from application.sagas.beginning import Beginnings
from application.sagas.ports import BegunRun, Waiting
from application.sagas.removing import Removal
from application.sagas.sweeping import Sweep
from application.sagas.tasks import RunKey, Task, beginning
from kernel.messages import AggregateId
from kernel.saga import RUNNING, Question, Run, Saga, Sending, Step
from skafu.simulation.sagas import NotedSteps


class HastyBeginnings(Beginnings):
    """Begins a run whenever it hears of it, whatever has become of it."""

    def begin(self, run: RunKey) -> bool:
        return self.executions.start(run.saga, run.event_id, beginning(run))


class ManyBeginnings(Beginnings):
    """Begins another execution each time that it hears of a run."""

    def begin(self, run: RunKey) -> bool:
        progress = self.runs.progress(run)
        if (progress.attempt, progress.status) != (run.attempt, RUNNING):
            return False
        numbers = (f"{run.event_id}-{n}" for n in range(100))
        free = (name for name in numbers if self.executions.find(run.saga, name) is None)
        return self.executions.start(run.saga, next(free), beginning(run))


class NoLook(NotedSteps):
    """Looks for no answer once the token is kept."""

    def _ask(self, task: Task) -> None:
        tells = replace(self, tell=lambda *_: None)
        NotedSteps._ask(tells, task)


class Unanswering(Sweep):
    """Answers nobody whose answer was lost."""

    def answer(self, waiting: Waiting) -> bool:
        if self.goes_on(waiting.run):
            return False
        return super().answer(waiting)


class Unwatching(Sweep):
    """Begins and undoes no run that nobody works on."""

    def begun(self, commit: Commit) -> list[BegunRun]:
        return []


class Unending(Sweep):
    """Has no end of an aggregate heard that was lost."""

    def ended(self, commit: Commit) -> list[int]:
        return []


class Keeping(Removal):
    """Keeps what runs have made, whatever becomes of their aggregate."""

    def __call__(self, aggregate: AggregateId, sequence: int) -> bool:
        return False


class Representing(NotedSteps):
    """Undoes everything on behalf of the owner."""

    def _send(
        self, key: RunKey, run: Run, sending: Sending, name: str, on_behalf_of: str | None = None
    ) -> None:
        owner = self.runs.kind(key).owner_of(self.runs.state(key))
        super()._send(key, run, sending, name, on_behalf_of or owner)


class Untidy(NotedSteps):
    """Undoes what is recorded, and leaves all else where it is."""

    def _opened(self, task: Task) -> tuple[Saga, Run, Step]:
        saga, run, step = super()._opened(task)
        return saga, run, replace(step, cleans=lambda _: None)


class CleaningDone(NotedSteps):
    """Cleans up after a step that is done only, though a process may have died in the middle."""

    def _opened(self, task: Task) -> tuple[Saga, Run, Step]:
        saga, run, step = super()._opened(task)
        done = step.name in saga.progress(run.state).steps
        return saga, run, step if done else replace(step, cleans=lambda _: None)


class Inquisitive(NotedSteps):
    """Leaves the question open of which nobody waits for the answer."""

    def _withdraw(self, key: RunKey, run: Run, step: Step, question: Question) -> None:
        """Withdraw nothing."""
