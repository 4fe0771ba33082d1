"""Tasks of a saga: the words in which its state machine asks the function for one thing."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Self

from kernel.actor import owner
from kernel.saga import Saga, Step
from kernel.texts import presentable
from kernel.values import LONGEST_REASON

MACHINE = "saga"
PRINCIPAL = owner(f"machine:{MACHINE}", MACHINE)
"""The sender of all commands of sagas."""
ASK, DO, ABANDON, UNDO, FAIL = "ask", "do", "abandon", "undo", "fail"
NOT_UNDONE = "SagaNotUndone"
STEP_FAILED = "StepFailed"
TIMED_OUT = "States.Timeout"
LAST = timedelta(minutes=1)
"""The time that a task may take which belongs to no step, or undoes one."""
RETRIED = (
    "Unavailable",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    # The process died, or ran out of time.
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
)
"""Errors of a step that may pass, by the names that Step Functions has for them."""
UNSAID = "A step could not be carried out."


class Defect(Exception):
    """Something that no task should raise; the log of the function says what."""


NAMES = {
    "saga": "saga",
    "id": "id",
    "attempt": "attempt",
    "event_id": "eventId",
    "sequence": "sequence",
}


@dataclass(frozen=True, slots=True)
class RunKey:
    """All that identifies a run, and nothing of people: histories of executions cannot be erased.

    `id` is the aggregate's plain id, `sequence` that of the event that began the run. The command's
    correlation id is a client's text, so it is read from that event.
    """

    saga: str
    id: str
    attempt: int
    event_id: str
    sequence: int

    def to_json(self) -> dict[str, str | int]:
        return {NAMES[name]: value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(**{name: found[key] for name, key in NAMES.items()})


def command_id(run: RunKey, name: str) -> str:
    """Return the id of a command of the run: the same each time, and of no time itself."""
    return str(uuid.uuid5(uuid.UUID(run.event_id), name))


def asking(step: Step) -> str:
    """Return the name of the command that asks a step's question."""
    return f"ask {step.name}"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do for a run. A task that asks has the `token` of who waits for the answer.

    `failure` is what Step Functions says of an error: `Error`, and a `Cause` that nobody reads.
    """

    run: RunKey
    task: str
    step: str | None = None
    token: str | None = field(default=None, repr=False)
    failure: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            RunKey.from_json(found["run"]),
            found["task"],
            found.get("step"),
            found.get("token"),
            found.get("failure") or {},
        )


def beginning(run: RunKey) -> dict[str, Any]:
    """Return the input of an execution; it is the same each time the run is begun."""
    return {"run": run.to_json()}


def given_up(run: RunKey, step: str | None = None) -> dict[str, Any]:
    """Return the input of an execution that does nothing but undo the run, for a noted reason."""
    return {**beginning(run), "step": step, "failure": dict(FAILURE)}


FAILURE: Mapping[str, str] = {"Error": STEP_FAILED, "Cause": "step-failed"}
"""A failure whose reason was noted. An execution keeps its own history, so it holds no text."""


def sentence(reason: str) -> str:
    """Return the reason as a command takes it."""
    return presentable(reason, LONGEST_REASON) or UNSAID


def reason_of(saga: Saga, task: Task, noted: str | None) -> str:
    """Return why a run is abandoned, in a sentence for users; `noted` is why its step failed."""
    error, step = task.failure.get("Error", ""), saga.step.get(task.step or "")
    if error == STEP_FAILED:
        return sentence(noted or "")
    if step is not None and error == TIMED_OUT:
        return f"The step {step.name} took longer than {duration_text(step.limit)}."
    return f"The step {task.step} could not be carried out."


def duration_text(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    number, unit = (seconds // 60, "minute") if seconds % 60 == 0 else (seconds, "second")
    return f"{number} {unit}{'' if number == 1 else 's'}"
