"""The rules of a project's provisioning: begun, step by step, ended in one way."""

from enum import StrEnum
from typing import Any, assert_never

from domain.project import commands, events
from domain.project.commands import ProvisioningStep
from kernel.errors import DomainError

Progress = (
    commands.CompleteProvisioningStep | commands.CompleteProvisioning | commands.FailProvisioning
)
ProvisioningEvent = (
    events.ProvisioningStarted
    | events.ProvisioningStepCompleted
    | events.ProvisioningCompleted
    | events.ProvisioningFailed
)
Steps = tuple[ProvisioningStep, ...]


class Provisioning(StrEnum):
    NONE = ""  # not begun
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class ProvisioningIsRunning(DomainError):
    text = "The project is being provisioned."


class ProvisioningIsNotRunning(DomainError):
    text = "The project is not being provisioned."


def start(status: Provisioning, attempt: int, owner: str) -> list[events.ProvisioningStarted]:
    """Begin the first time, and again after a failure; what is under way or done stays so."""
    if status in (Provisioning.RUNNING, Provisioning.COMPLETED):
        return []
    return [events.ProvisioningStarted(owner=owner, attempt=attempt + 1)]


def progress(status: Provisioning, steps: Steps, command: Progress) -> list[ProvisioningEvent]:
    match command:
        case commands.CompleteProvisioningStep(step=step) if step in steps:
            return []
        case commands.CompleteProvisioning() if status is Provisioning.COMPLETED:
            return []
        case commands.FailProvisioning() if status is Provisioning.FAILED:
            return []
        case _ if status is not Provisioning.RUNNING:
            raise ProvisioningIsNotRunning
        case commands.CompleteProvisioningStep(step=step):
            return [events.ProvisioningStepCompleted(step=step)]
        case commands.CompleteProvisioning():
            return [events.ProvisioningCompleted()]
        case commands.FailProvisioning(reason=reason, step=failed):
            return [events.ProvisioningFailed(reason=reason, step=failed)]
        case _:
            assert_never(command)


def require_none_running(status: Provisioning) -> None:
    if status is Provisioning.RUNNING:
        raise ProvisioningIsRunning


def changes(steps: Steps, event: ProvisioningEvent) -> dict[str, Any]:
    """Return the fields of the project's state that the event changes."""
    match event:
        case events.ProvisioningStarted(attempt=attempt):
            return {"provisioning": Provisioning.RUNNING, "attempt": attempt, "steps": ()}
        case events.ProvisioningStepCompleted(step=step):
            return {"steps": (*steps, step)}
        case events.ProvisioningCompleted():
            return {"provisioning": Provisioning.COMPLETED}
        case events.ProvisioningFailed():
            return {"provisioning": Provisioning.FAILED}
        case _:
            assert_never(event)
