"""State machines of sagas, as Step Functions runs them: executions, and the tokens that they give.

An execution is a task of the simulator that nothing kills; the functions that it asks for one thing
after the other may be killed between any two calls.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, ReadTimeoutError

from application.sagas.ports import ExecutionStatus
from application.sagas.tasks import RunKey, Task
from domain.contents import contents
from kernel.saga import Retries, Saga
from skafu.simulation.dynamodb import client_error, throttle
from skafu.simulation.faults import Fault
from skafu.simulation.in_process import End, InProcess, TimedOut, WorkerDied
from skafu.simulation.world import Killed, Move, World

RUNNING = ExecutionStatus.RUNNING
ARNS = {saga.name: f"arn:aws:states:sim:1:stateMachine:{saga.name}" for saga in contents.sagas}
LATE = 5_000  # milliseconds at most until a step waits no longer, when its answer is to be too late
Failure = Mapping[str, str]


class ExecutionAlreadyExists(ClientError):
    """The error that botocore makes; so are the others."""


class ExecutionDoesNotExist(ClientError):
    pass


class TaskTimedOut(ClientError):
    pass


class InvalidToken(ClientError):
    pass


EXCEPTIONS = SimpleNamespace(
    ExecutionAlreadyExists=ExecutionAlreadyExists,
    ExecutionDoesNotExist=ExecutionDoesNotExist,
    TaskTimedOut=TaskTimedOut,
    TaskDoesNotExist=TaskTimedOut,
    InvalidToken=InvalidToken,
)


class Stopped(BaseException):
    """Somebody has stopped the execution: no step of it fails, none is undone."""


class Key(NamedTuple):
    saga: str
    name: str


@dataclass(slots=True)
class Execution:
    """One execution, with all that became of it: it was `started` by an invocation that `began`."""

    key: Key
    given: str
    began: int
    started: int
    since: Any
    status: str = RUNNING
    until: Any = None

    @property
    def ended(self) -> int:
        """Return the step until which the run must have waited to be begun."""
        return self.started

    @property
    def run(self) -> RunKey:
        return RunKey.from_json(json.loads(self.given)["run"])

    @property
    def undoes(self) -> bool:
        """Tell whether it does nothing but undo its run."""
        return "failure" in json.loads(self.given)


@dataclass(slots=True)
class Token:
    """The token of a step that waits. An answer is a failure, or nothing to go on."""

    is_open: bool = True
    answered: bool = False
    answer: Failure | None = None
    wake: list[Move] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A step that waited until its deadline, in milliseconds; it was not drawn to be too early."""

    token: str
    asked: int
    deadline: int


class Machines:
    """The calls of Step Functions. An execution of which `do` is one task, done by a function."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World, do: Callable[[Task], None], asked: Callable[[], int]) -> None:
        self.executions: dict[Key, Execution] = {}
        self.former: list[Execution] = []
        """Those whose names are free again."""
        self.tokens: dict[str, Token] = {}
        self.gave_up: list[GaveUp] = []
        self._world = world
        self._do = do
        self._asked = asked

    @property
    def all(self) -> list[Execution]:
        return [*self.former, *self.executions.values()]

    def forget(self) -> None:
        """Forget what has ended, as Step Functions does after 90 days."""
        self.former = [one for one in self.all if one.status != RUNNING]
        self.executions = {
            key: one for key, one in self.executions.items() if one.status == RUNNING
        }

    def start_execution(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        key = key_of(given["stateMachineArn"], given["name"])
        return self._call("StartExecution", self._start, key, given["input"])

    def describe_execution(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        machine, _, name = given["executionArn"].rpartition(":")
        return self._call("DescribeExecution", self._describe, key_of(machine, name))

    def send_task_success(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._call("SendTaskSuccess", self._answer, given["taskToken"], None)

    def send_task_failure(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        failure = {"Error": given["error"], "Cause": given["cause"]}
        return self._call("SendTaskFailure", self._answer, given["taskToken"], failure)

    def _call(
        self,
        operation: str,
        effect: Callable[..., dict[str, Any]],
        *given: Any,  # noqa: ANN401 - passed on
    ) -> dict[str, Any]:
        done: Callable[[], dict[str, Any]] = partial(effect, *given)
        return self._world.call(operation, self._weakly, operation, done)

    def _weakly(self, operation: str, effect: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        throttle(self._world, Fault.STATES_THROTTLED, operation)
        found = effect()
        if self._world.strikes(Fault.STATES_UNANSWERED):
            raise ReadTimeoutError(endpoint_url="states")
        return found

    def _start(self, key: Key, given: str) -> dict[str, Any]:
        """Start it; the same again, as long as it runs, has no effect, and is no error."""
        found = self.executions.get(key)
        if found is None:
            step, now = self._world.step, self._world.now
            found = self.executions[key] = Execution(key, given, self._asked(), step, now)
            running = Running(self._world, self, found, self._do)
            self._world.start(key.name, running.run)
        elif found.status != RUNNING or found.given != given:
            raise ExecutionAlreadyExists(said("ExecutionAlreadyExists"), "StartExecution")
        return {}

    def _describe(self, key: Key) -> dict[str, Any]:
        found = self.executions.get(key)
        if found is None or self._world.strikes(Fault.EXECUTION_UNSEEN):
            raise ExecutionDoesNotExist(said("ExecutionDoesNotExist"), "DescribeExecution")
        ended = {} if found.until is None else {"stopDate": found.until}
        return {"name": key.name, "status": found.status, "startDate": found.since, **ended}

    def _answer(self, name: str, failure: Failure | None) -> dict[str, Any]:
        token = self.tokens.get(name)
        if token is None:
            raise InvalidToken(said("InvalidToken"), "SendTask")
        if not token.is_open:
            raise TaskTimedOut(said("TaskTimedOut"), "SendTask")
        token.is_open, token.answered, token.answer = False, True, failure
        for move in token.wake:
            self._world.later(move)
        return {}


def key_of(machine: str, name: str) -> Key:
    return Key(machine.rpartition(":")[2], name)


def said(code: str) -> Any:  # noqa: ANN401 - botocore's own
    return client_error("", code).response


class Running:
    """An execution on its way."""

    def __init__(
        self, world: World, machines: Machines, execution: Execution, do: Callable[[Task], None]
    ) -> None:
        self._world = world
        self._machines = machines
        self._execution = execution
        self._function = do
        self._token = ""

    def run(self) -> None:
        saga = contents.saga[self._execution.key.saga]
        in_process = InProcess(hurried(saga), self._do, self._answered, self._wait, self._new_token)
        try:
            end = in_process.run(json.loads(self._execution.given))
        except Stopped:
            self._end("ABORTED")
        else:
            self._end("FAILED" if end is End.NOT_UNDONE else "SUCCEEDED")

    def _end(self, status: str) -> None:
        self._close()
        self._execution.status, self._execution.until = status, self._world.now
        self._world.note(f"execution: {status}")

    def _do(self, task: Task) -> None:
        """Have one thing done by a function, whose process may die."""
        world = self._world
        if world.strikes(Fault.EXECUTION_STOPPED):
            raise Stopped
        if world.strikes(Fault.TASK_TWICE):
            world.fork("SagaStep unheard", partial(self._unheard, task))
        try:
            world.note(f"task {task.task} {task.step or ''}")
            self._function(task)
        except Killed:
            raise WorkerDied from None
        if world.strikes(Fault.TASK_TOO_LONG):
            raise TimedOut(task.step)

    def _unheard(self, task: Task) -> None:
        try:
            self._function(task)
        except (Killed, Exception) as error:  # nobody hears of it
            self._world.note(f"unheard: {error!r}"[:100])

    def _wait(self, seconds: float) -> None:
        self._world.sleep(self._world.rng.random() * seconds)  # JitterStrategy: FULL

    def _new_token(self) -> str:
        self._close()
        self._token = f"token-{len(self._machines.tokens)}"
        self._machines.tokens[self._token] = Token()
        return self._token

    def _close(self) -> None:
        """Wait with the last token no longer."""
        if self._token:
            self._machines.tokens[self._token].is_open = False

    def _answered(self, name: str, limit: timedelta) -> Failure | None:
        token, asked = self._machines.tokens[name], self._world.milliseconds
        early = self._world.strikes(Fault.ANSWER_TOO_LATE)
        time = self._world.rng.randrange(LATE) if early else int(limit.total_seconds() * 1000)
        if not token.answered:
            self._world.at(asked + time, partial(self._give_up, token))
            self._world.suspend(token.wake.append)
        if token.answered:
            return token.answer
        if not early:
            self._machines.gave_up.append(GaveUp(name, asked, asked + time))
        raise TimedOut(f"after {limit}")

    def _give_up(self, token: Token) -> None:
        if token.is_open:
            token.is_open = False
            for move in token.wake:
                move()


def hurried(saga: Saga) -> Saga:
    """Return the saga with shorter waits between its tries, so that schedules stay short."""
    steps = tuple(replace(step, retries=short(step.retries)) for step in saga.steps)
    return replace(saga, steps=steps, undoing=short(saga.undoing))


def short(retries: Retries) -> Retries:
    return replace(retries, wait=retries.wait / 10, longest=retries.longest / 10)
