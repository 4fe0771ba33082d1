"""The rules of a project's provisioning: begun, step by step, ended in one way."""

from dataclasses import replace
from typing import assert_never

from domain.project import commands, events
from domain.project.state import Project, Provisioning
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


class ProvisioningIsRunning(DomainError):
    text = "The project is being provisioned."


class ProvisioningIsNotRunning(DomainError):
    text = "The project is not being provisioned."


def start(state: Project) -> list[events.ProvisioningStarted]:
    """Begin the first time, and again after a failure; what is under way or done stays so."""
    if state.provisioning in (Provisioning.RUNNING, Provisioning.COMPLETED):
        return []
    return [events.ProvisioningStarted(owner=state.owner, attempt=state.attempt + 1)]


def progress(state: Project, command: Progress) -> list[ProvisioningEvent]:
    match command:
        case commands.CompleteProvisioningStep(step=step) if step in state.steps:
            return []
        case commands.CompleteProvisioning() if state.provisioning is Provisioning.COMPLETED:
            return []
        case commands.FailProvisioning() if state.provisioning is Provisioning.FAILED:
            return []
        case _ if state.provisioning is not Provisioning.RUNNING:
            raise ProvisioningIsNotRunning
        case commands.CompleteProvisioningStep(step=step):
            return [events.ProvisioningStepCompleted(step=step)]
        case commands.CompleteProvisioning():
            return [events.ProvisioningCompleted()]
        case commands.FailProvisioning(reason=reason, step=failed):
            return [events.ProvisioningFailed(reason=reason, step=failed)]
        case _:
            assert_never(command)


def require_none_running(state: Project) -> None:
    if state.provisioning is Provisioning.RUNNING:
        raise ProvisioningIsRunning


def evolve(state: Project, event: ProvisioningEvent) -> Project:
    match event:
        case events.ProvisioningStarted(attempt=attempt):
            return replace(state, provisioning=Provisioning.RUNNING, attempt=attempt, steps=())
        case events.ProvisioningStepCompleted(step=step):
            return replace(state, steps=(*state.steps, step))
        case events.ProvisioningCompleted():
            return replace(state, provisioning=Provisioning.COMPLETED)
        case events.ProvisioningFailed():
            return replace(state, provisioning=Provisioning.FAILED)
        case _:
            assert_never(event)
