"""SagaStep: one task of a saga, for its state machine. Each may be asked for any number of times.

What the task is for is read strongly first, so that a task does nothing that is done already, and
nothing for a run that has ended. What is refused for good fails the step; what may pass is raised
by a name that the state machine tries again.

An execution keeps what is raised here for 90 days, and nobody can erase it. So it is a class and a
code; the reason, which may quote others, is noted in the table of sagas, and the log has the rest.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from application.failures import reason
from application.metrics import SAGA, SAGA_COMPLETION, UNMEASURED, Measured, Metrics
from application.ports import Clock, FailureSink, Unavailable
from application.sagas.ports import SagaTable, Tell, Waiting
from application.sagas.runs import Runs, question_of
from application.sagas.tasks import (
    ABANDON,
    ASK,
    DO,
    FAIL,
    MACHINE,
    UNDO,
    Defect,
    RunKey,
    Task,
    asking,
    command_id,
    reason_of,
    sentence,
)
from application.tracing import caused_by, caused_later
from application.upcasting import UnreadableEvent
from edge.caller import named_machine
from edge.commands.machines import send_as_machine
from edge.commands.sending import Commands
from edge.deliveries.reporting import is_reported, key_of
from edge.errors import failure, kebab, row_of
from edge.observability import correlate, correlated, logger
from kernel.errors import DomainError
from kernel.messages import iso_milliseconds
from kernel.saga import (
    ABANDONED,
    COMPLETED,
    RUNNING,
    Offered,
    Question,
    Run,
    Saga,
    Sending,
    Step,
    StepFailed,
)

WHERE = "SagaStep"
SENDER = named_machine(MACHINE, MACHINE)
ENDED = "The attempt has ended already."
FORWARD = (ASK, DO)
"""Tasks whose failure is why a run is undone."""


@dataclass(frozen=True)
class Steps:
    """Does the tasks of sagas, by the commands of their domain.

    `tell` has a step answered whose answer came before it waited.
    """

    commands: Commands
    runs: Runs
    table: SagaTable
    tell: Tell
    offered: Offered
    failures: FailureSink
    clock: Clock
    metrics: Metrics = field(default=UNMEASURED, kw_only=True)

    def __call__(self, task: Task) -> None:
        """Do the task. Raises `StepFailed`, `Unavailable` and `Defect`, each with a code alone."""
        about = {"saga": task.run.saga, "task": task.task, "step": task.step or ""}
        with correlated(None, **about), caused_later(f"saga {task.task}", about):
            try:
                self._tasks[task.task](task)
            except Exception as error:
                raise self._told(task, error) from None
            logger.info("done")

    @property
    def _tasks(self) -> Mapping[str, Callable[[Task], None]]:
        return {
            ASK: self._ask,
            DO: self._do,
            ABANDON: self._abandon,
            UNDO: self._undo,
            FAIL: self._fail,
        }

    def _do(self, task: Task) -> None:
        saga, run, step = self._opened(task)
        if not self._is_needed(saga, run, step):
            return
        try:
            self._send(task.run, run, step.does(run), step.name, self._owner(task.run, run))
        except Exception:
            present = replace(run, state=self.runs.state(task.run))
            if not self._is_done_meanwhile(saga, present, step):
                raise
            return
        if step is saga.steps[-1]:
            self._count(saga, 1)

    def _is_needed(self, saga: Saga, run: Run, step: Step) -> bool:
        """Tell whether the step is still to be done. Raises `StepFailed` when nothing is."""
        progress = saga.progress(run.state)
        newest = progress.attempt == run.attempt
        if newest and saga.is_done(run.state, step):
            return False
        if not newest or progress.status != RUNNING:
            raise StepFailed(ENDED)
        return True

    def _is_done_meanwhile(self, saga: Saga, run: Run, step: Step) -> bool:
        """Tell whether another worker has done the step.

        If the run was abandoned instead, it may have been cleaned up before this worker's try.
        """
        if not has_status(saga, run, *KEPT):
            step.cleans(run)
            return False
        return saga.is_done(run.state, step)

    def _ask(self, task: Task) -> None:
        """Keep the token before the command that may cause the answer, and look for one after it.

        Whoever answers finds the token, or this finds the answer and has the step answered. The
        deadline counts from before all that: a try that was given up, and goes on, has an earlier
        one than the next.
        """
        asked = self.clock()
        saga, run, step = self._opened(task)
        question = question_of(step)
        wanted = question.asks(run)
        deadline = iso_milliseconds(asked + step.limit)
        waiting = self._waiting(task, step, question, wanted, deadline)
        needed = self._is_needed(saga, run, step)
        self.table.wait(waiting)
        if needed and not self.runs.has_asked(task.run, step, wanted.target):
            self._send(task.run, run, wanted, asking(step), self._owner(task.run, run))
        if self.runs.answer(question, wanted.target) is not None:
            self.tell(waiting.asked, 1, run.started.correlation_id)

    def _waiting(
        self, task: Task, step: Step, question: Question, wanted: Sending, deadline: str
    ) -> Waiting:
        asked = self.commands.contents.aggregate[question.aggregate_type].id(wanted.target)
        return Waiting(asked, task.run, step.name, deadline, task.token or "")

    def _abandon(self, task: Task) -> None:
        saga, run = self._read(task)
        if has_status(saga, run, RUNNING):
            why = reason_of(saga, task, self._noted(task))
            self._send(task.run, run, saga.abandons(run, why, task.step), ABANDON)

    def _noted(self, task: Task) -> str | None:
        """Return the reason that was noted for the step, or for the whole run without one."""
        noted = self.table.noted(task.run)
        return noted.reason if noted and noted.step == task.step else None

    def _undo(self, task: Task) -> None:
        """Clean up whether or not the step is done: a worker may have died in the middle of it."""
        saga, run, step = self._opened(task)
        if has_status(saga, run, *KEPT):
            return
        if step.question is not None:
            self._withdraw(task.run, run, step, step.question)
        step.cleans(run)
        done = step.name in saga.progress(run.state).steps
        if has_status(saga, run, ABANDONED) and done and step.undoes:
            self._send(task.run, run, step.undoes(run), f"undo {step.name}")

    def _withdraw(self, key: RunKey, run: Run, step: Step, question: Question) -> None:
        """Wait no longer, and end what this run has asked unless it has ended."""
        target = question.asks(run).target
        asked = self.commands.contents.aggregate[question.aggregate_type].id(target)
        waiting = self.table.waiting(asked)
        has_asked = self.runs.has_asked(key, step, target)
        if has_asked and self.runs.answer(question, target) is None:
            with suppress(DomainError):  # it has been answered in between
                self._send(key, run, question.withdraws(run), f"withdraw {target}")
        if waiting is not None:
            self.table.forget(waiting)

    def _fail(self, task: Task) -> None:
        saga, run = self._read(task)
        if has_status(saga, run, ABANDONED):
            self._send(task.run, run, saga.fails(run), FAIL)
            self._count(saga, 0)

    def _count(self, saga: Saga, completed: int) -> None:
        self.metrics.write(Measured(SAGA, {SAGA_COMPLETION: completed}, {"Saga": saga.name}))

    def _opened(self, task: Task) -> tuple[Saga, Run, Step]:
        saga, run = self._read(task)
        return saga, run, saga.step[task.step or ""]

    def _read(self, task: Task) -> tuple[Saga, Run]:
        """Return the run, read strongly; from here on the log has its correlation id."""
        saga, run = self.runs.saga(task.run), self.runs.opened(task.run, self.offered)
        correlate(run.started.correlation_id)
        caused_by(run.started.traceparent)
        return saga, run

    def _owner(self, key: RunKey, run: Run) -> str | None:
        """Return the person on whose behalf steps are taken: the aggregate's present owner."""
        found: str | None = self.runs.kind(key).owner_of(run.state)
        return found

    def _send(
        self, key: RunKey, run: Run, sending: Sending, name: str, on_behalf_of: str | None = None
    ) -> None:
        """Send a command as the saga, under an id that is the same each time."""
        who, id = replace(SENDER, on_behalf_of=on_behalf_of), command_id(key, name)
        send_as_machine(self.commands, who, sending, id, run.started.correlation_id)

    def _told(self, task: Task, error: Exception) -> Exception:
        """Return the error under the name by which the state machine knows what to do."""
        if isinstance(error, StepFailed):
            # Its text may quote files and values, and is in the history of the aggregate.
            logger.info("failed for good", extra={"why": type(error).__name__})
            return self._failed(task, error, str(error))
        row = row_of(type(error))
        if row.retryable or isinstance(error, UnreadableEvent):
            logger.warning("later", extra={"why": reason(error)})
            return Unavailable(code(error))
        if row.answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.info("refused", extra={"why": reason(error)})
            return self._failed(task, error, row.answer.detail or str(error))
        logger.exception("defect")
        aggregate, sequence = self.runs.subject(task.run)
        key = {**key_of(aggregate, sequence), "eventId": task.run.event_id}
        is_reported(self.failures, failure(error, what="SagaTaskFailed", where=WHERE, key=key))
        return Defect(code(error))

    def _failed(self, task: Task, error: Exception, why: str) -> Exception:
        """Note why the step has failed for good; return the error that the machine gets."""
        if task.task in FORWARD and why != ENDED:
            try:
                self.table.note(task.run, task.step, sentence(why))
            except Exception as not_noted:  # then the step is tried again
                return self._told(task, not_noted)
        return StepFailed(code(error))


def code(error: Exception) -> str:
    """Return the code of an error, which says nothing of what it is about."""
    return kebab(type(error).__name__)


KEPT = (RUNNING, COMPLETED)
"""What is in one of these is not undone: it was not abandoned."""


def has_status(saga: Saga, run: Run, *statuses: str) -> bool:
    """Tell whether the run is the newest attempt, in one of the statuses."""
    progress = saga.progress(run.state)
    return progress.attempt == run.attempt and progress.status in statuses
