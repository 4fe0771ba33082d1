"""The steps of an attempt to provision a project, as its row shows them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue, TypeAdapter

from domain.project.provisioning import COMPLETION
from domain.project.values import ProvisioningStep
from kernel.messages import Message, iso_milliseconds


class StepStatus(StrEnum):
    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    UNDOING = "UNDOING"
    UNDONE = "UNDONE"
    FAILED = "FAILED"


class Step(Message):
    """A step; `detail` says what it has yielded or why it failed, `deadline` when it fails."""

    step: str
    status: StepStatus = StepStatus.WAITING
    started_at: str | None = None
    ended_at: str | None = None
    undone_at: str | None = None
    detail: str | None = None
    deadline: str | None = None


LIMITS = {
    ProvisioningStep.TEMPLATE: timedelta(minutes=1),
    ProvisioningStep.ANALYSIS: timedelta(minutes=10),
    ProvisioningStep.REPOSITORY: timedelta(minutes=2),
    ProvisioningStep.CONFIGURATION: timedelta(minutes=1),
    COMPLETION: timedelta(minutes=1),
}
"""The saga's steps and how long each may take, as this version of the projection shows them.

Rows follow from events and from this version alone: a change here needs the next version.
"""
Steps = tuple[Step, ...]
STORED = TypeAdapter(Steps)


def read(stored: JsonValue) -> Steps:
    return STORED.validate_python(stored)


def stored(steps: Steps) -> JsonValue:
    return [step.model_dump(mode="json", by_alias=True) for step in steps]


def runs(steps: Steps) -> str | None:
    """Return the name of the step that runs."""
    return next((step.step for step in steps if step.status is StepStatus.RUNNING), None)


def begun(now: str) -> Steps:
    """Return the steps at the start of an attempt: the first one runs."""
    return begin_next(tuple(Step(step=name) for name in LIMITS), now)


def begin_next(steps: Steps, now: str) -> Steps:
    return first(steps, StepStatus.WAITING, lambda step: running(step, now))


def running(step: Step, now: str) -> Step:
    changes = {
        "status": StepStatus.RUNNING,
        "started_at": now,
        "deadline": deadline(step.step, now),
    }
    return step.model_copy(update=changes)


def deadline(step: str, begun: str) -> str:
    """Return when a step that began then fails by itself, unless it has to be tried once more."""
    return iso_milliseconds(datetime.fromisoformat(begun) + LIMITS[step])


def done(steps: Steps, name: str, now: str) -> Steps:
    changes = {"status": StepStatus.DONE, "ended_at": now, "deadline": None}
    return named(steps, name, lambda step: step.model_copy(update=changes))


def failed(steps: Steps, reason: str, now: str) -> Steps:
    """Return the steps when the attempt is given up: the one that runs has failed."""
    changes = {
        "status": StepStatus.FAILED,
        "ended_at": now,
        "detail": reason,
        "deadline": None,
    }
    return first(steps, StepStatus.RUNNING, lambda step: step.model_copy(update=changes))


def undo_next(steps: Steps) -> Steps:
    """Return the steps with the last one that is done being undone."""
    undoing = {"status": StepStatus.UNDOING}
    return first(steps[::-1], StepStatus.DONE, lambda step: step.model_copy(update=undoing))[::-1]


def undone(steps: Steps, name: str, now: str) -> Steps:
    changes = {"status": StepStatus.UNDONE, "undone_at": now}
    return named(steps, name, lambda step: step.model_copy(update=changes))


def told(steps: Steps, name: str, detail: str) -> Steps:
    """Return the steps with what this one has yielded, if it runs; several things in a row."""
    return named(steps, name, lambda step: with_detail(step, detail))


def with_detail(step: Step, detail: str) -> Step:
    if step.status is not StepStatus.RUNNING:
        return step
    known = "" if step.detail is None else f"{step.detail}, "
    return step.model_copy(update={"detail": known + detail})


def named(steps: Steps, name: str, change: Callable[[Step], Step]) -> Steps:
    return tuple(change(step) if step.step == name else step for step in steps)


def first(steps: Steps, status: StepStatus, change: Callable[[Step], Step]) -> Steps:
    """Change the first step of this status, if there is one."""
    at = next((n for n, step in enumerate(steps) if step.status is status), None)
    return steps if at is None else (*steps[:at], change(steps[at]), *steps[at + 1 :])
