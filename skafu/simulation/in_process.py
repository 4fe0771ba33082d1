"""Runs of sagas in this process, as their state machines carry them out."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from application.ports import Unavailable
from application.sagas.tasks import ABANDON, ASK, DO, FAIL, RETRIED, TIMED_OUT, UNDO, RunKey, Task
from kernel.saga import Retries, Saga, Step, StepFailed


class End(StrEnum):
    """The state in which a run's execution ends."""

    COMPLETED = "Completed"
    UNDONE = "Undone"
    NOT_UNDONE = "Not undone"


class WorkerDied(Unavailable):
    """The process of a task died, or ran out of time."""


class TimedOut(Unavailable):
    """A task, or the answer to one, took longer than it may."""


NAMES: Mapping[type[Exception], str] = {WorkerDied: "Runtime.ExitError", TimedOut: TIMED_OUT}
Answered = Callable[[str, timedelta], Mapping[str, str] | None]
"""Wait for what is answered to a token: a failure, or nothing when the step goes on.

Raises `TimedOut`.
"""


class Failed(StepFailed):
    """A task has failed, and is not tried again; `failure` is as Step Functions has it."""

    def __init__(self, failure: Mapping[str, str]) -> None:
        super().__init__(failure["Error"])
        self.failure = failure


@dataclass(frozen=True)
class InProcess:
    """Carries a run out: tasks in their order, tried again, and undone after a failure."""

    saga: Saga
    do: Callable[[Task], None]
    answered: Answered
    sleep: Callable[[float], None]
    new_token: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))

    def run(self, given: Mapping[str, Any]) -> End:
        """Run with the input of an execution; return how it ends."""
        run, step, failure = RunKey.from_json(given["run"]), given.get("step"), given.get("failure")
        if failure is None:
            for one in self.saga.steps:
                try:
                    self._take(run, one)
                except Failed as error:
                    step, failure = one.name, error.failure
                    break
            else:
                return End.COMPLETED
        try:
            for task in self._undoing(run, step, failure):
                self._tried(self.saga.undoing, None, partial(self.do, task))
        except Failed:
            return End.NOT_UNDONE
        return End.UNDONE

    def _take(self, run: RunKey, step: Step) -> None:
        if step.question is not None:
            self._tried(step.retries, RETRIED, lambda: self._ask(run, step))
        self._tried(step.retries, RETRIED, lambda: self.do(Task(run, DO, step.name)))

    def _ask(self, run: RunKey, step: Step) -> None:
        token = self.new_token()
        self.do(Task(run, ASK, step.name, token))
        failure = self.answered(token, step.limit)
        if failure is not None:
            raise Failed(failure)

    def _undoing(self, run: RunKey, step: str | None, failure: Mapping[str, str]) -> Iterator[Task]:
        yield Task(run, ABANDON, step, failure=failure)
        for undone in self.saga.undone:
            yield Task(run, UNDO, undone.name)
        yield Task(run, FAIL)

    def _tried(
        self, retries: Retries, errors: tuple[str, ...] | None, work: Callable[[], None]
    ) -> None:
        """Do it, again after errors that may pass; any may where none is named. Raises `Failed`."""
        waits = retries.waits()
        while True:
            try:
                work()
                return
            except Exception as error:  # whatever it is, Step Functions knows it by its name
                found = failure_of(error)
                wait = next(waits, None)
                if wait is None or (errors is not None and found["Error"] not in errors):
                    raise Failed(found) from error
                self.sleep(wait)


def failure_of(error: Exception) -> Mapping[str, str]:
    if isinstance(error, Failed):
        return error.failure
    name = NAMES.get(type(error), type(error).__name__)
    return {"Error": name, "Cause": json.dumps({"errorMessage": str(error), "errorType": name})}
