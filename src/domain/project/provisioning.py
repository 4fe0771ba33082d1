"""The rules of a project's provisioning: begun, step by step, ended in one way.

Every step has its effect and its completion in one commit. An attempt that is abandoned is undone
step by step, the last one first, and has failed then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from domain.project import events
from domain.project import provisioning_commands as commands
from domain.project.values import ParameterValues, ProvisioningStep, ServiceId
from kernel.errors import DomainError

Step = (
    commands.ProvisionTemplate
    | commands.ProvisionAnalysis
    | commands.ProvisionRepository
    | commands.ProvisionConfiguration
)
Progress = (
    Step
    | commands.CompleteProvisioning
    | commands.AbandonProvisioning
    | commands.UndoProvisioningStep
    | commands.FailProvisioning
)
ProvisioningEvent = (
    events.ProvisioningStarted
    | events.ProvisioningStepCompleted
    | events.ProvisioningCompleted
    | events.ProvisioningAbandoned
    | events.ProvisioningStepUndone
    | events.ProvisioningFailed
)
Effect = (
    events.TemplateChosen
    | events.TemplateReleased
    | events.RepositoryLinked
    | events.RepositoryUnlinked
    | events.ProjectConfigured
    | events.ConfigurationRemoved
    | events.ServiceAdded
    | events.ServiceRemoved
)
Effects = Callable[[], Sequence[Effect]]
STEPS = tuple(ProvisioningStep)
"""The steps, in their order."""
STEP_OF: dict[type[Step], ProvisioningStep] = {
    commands.ProvisionTemplate: ProvisioningStep.TEMPLATE,
    commands.ProvisionAnalysis: ProvisioningStep.ANALYSIS,
    commands.ProvisionRepository: ProvisioningStep.REPOSITORY,
    commands.ProvisionConfiguration: ProvisioningStep.CONFIGURATION,
}
PARTS = {
    ProvisioningStep.TEMPLATE: "template",
    ProvisioningStep.REPOSITORY: "repository",
    ProvisioningStep.CONFIGURATION: "configuration",
}
"""What of the project each step changes, and undoing it brings back."""
COMPLETION = "COMPLETION"


class Status(StrEnum):
    NONE = ""  # not begun
    RUNNING = "RUNNING"
    ABANDONED = "ABANDONED"  # being undone
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Provisioning:
    """The newest attempt: `steps` are done and not undone, `services` were added by it.

    `template`, a slug or an id, and `parameters` are what the next attempt begins with if nothing
    else is said.
    """

    status: Status = Status.NONE
    attempt: int = 0
    steps: tuple[ProvisioningStep, ...] = ()
    services: tuple[ServiceId, ...] = ()
    template: str = ""
    parameters: ParameterValues = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Tell whether it may change the project yet: no one else changes then what it changes."""
        return self.status in (Status.RUNNING, Status.ABANDONED)


class ProvisioningIsRunning(DomainError):
    text = "The project is being provisioned."


class NoTemplateWished(DomainError):
    text = "Give a `templateId`: no template is known from before."


class ProvisioningIsNotRunning(DomainError):
    text = "The project is not being provisioned."


class ProvisioningIsNotAbandoned(DomainError):
    text = "The provisioning was not abandoned: nothing of it is undone."


class AttemptIsNotNewest(DomainError):
    text = "The newest attempt is {newest}, not {attempt}."


class NotOfThisStep(DomainError):
    text = "The step {step} does not change the {part}: leave `{part}` out."


class StepIsNotNext(DomainError):
    text = "The step {step} is not next; that is {next}."


def start(
    run: Provisioning, owner: str, wish: commands.Wish | None
) -> list[events.ProvisioningStarted]:
    """Begin the first time, and again after a failure; what is under way or done stays so.

    Without a wish there was nothing to begin when the command was sent.
    """
    if wish is None or run.runs or run.status is Status.COMPLETED:
        return []
    return [events.ProvisioningStarted(owner=owner, attempt=run.attempt + 1, **dict(wish))]


def progress(
    run: Provisioning, command: Progress, effects: Effects
) -> list[Effect | ProvisioningEvent]:
    """Decide what a saga reports; `effects` yields the events of a step, or of undoing it."""
    if run.status is Status.NONE:
        raise ProvisioningIsNotRunning
    if command.attempt != run.attempt:
        raise AttemptIsNotNewest(newest=run.attempt, attempt=command.attempt)
    match command:
        case commands.CompleteProvisioning():
            return [*complete(run)]
        case commands.AbandonProvisioning():
            return [*abandon(run, command)]
        case commands.UndoProvisioningStep():
            return undo(run, command, effects)
        case commands.FailProvisioning():
            return [*fail(run, command)]
        case (
            commands.ProvisionTemplate()
            | commands.ProvisionAnalysis()
            | commands.ProvisionRepository()
            | commands.ProvisionConfiguration()
        ):
            return do(run, command, effects)
        case _:
            assert_never(command)


def do(run: Provisioning, command: Step, effects: Effects) -> list[Effect | ProvisioningEvent]:
    step = STEP_OF[type(command)]
    if step in run.steps:
        return []
    require_running(run)
    require_next(step, STEPS[len(run.steps)])
    analysis = command.analysis_id if isinstance(command, commands.ProvisionAnalysis) else None
    completed = events.ProvisioningStepCompleted(
        step=step, attempt=run.attempt, analysis_id=analysis
    )
    return [*effects(), completed]


def complete(run: Provisioning) -> list[events.ProvisioningCompleted]:
    if run.status is Status.COMPLETED:
        return []
    require_running(run)
    require_next(COMPLETION, (*STEPS, COMPLETION)[len(run.steps)])
    return [events.ProvisioningCompleted(attempt=run.attempt)]


def abandon(
    run: Provisioning, command: commands.AbandonProvisioning
) -> list[events.ProvisioningAbandoned]:
    if run.status in (Status.ABANDONED, Status.FAILED):
        return []
    require_running(run)
    return [
        events.ProvisioningAbandoned(attempt=run.attempt, reason=command.reason, step=command.step)
    ]


def undo(
    run: Provisioning, command: commands.UndoProvisioningStep, effects: Effects
) -> list[Effect | ProvisioningEvent]:
    require_own(command)
    if run.status is Status.FAILED:
        return []
    require_abandoned(run)
    if command.step not in run.steps:
        return []
    require_next(command.step, run.steps[-1])
    return [*effects(), events.ProvisioningStepUndone(attempt=run.attempt, step=command.step)]


def fail(run: Provisioning, command: commands.FailProvisioning) -> list[events.ProvisioningFailed]:
    if run.status is Status.FAILED:
        return []
    require_abandoned(run)
    if run.steps:
        raise StepIsNotNext(step="FAILURE", next=run.steps[-1])
    return [
        events.ProvisioningFailed(reason=command.reason, step=command.step, attempt=run.attempt)
    ]


def require_running(run: Provisioning) -> None:
    if run.status is not Status.RUNNING:
        raise ProvisioningIsNotRunning


def require_abandoned(run: Provisioning) -> None:
    if run.status is not Status.ABANDONED:
        raise ProvisioningIsNotAbandoned


def require_own(command: commands.UndoProvisioningStep) -> None:
    for step, part in PARTS.items():
        if step != command.step and getattr(command, part) is not None:
            raise NotOfThisStep(step=command.step, part=part)


def require_next(step: str, following: str) -> None:
    if step != following:
        raise StepIsNotNext(step=step, next=following)


def require_none_running(run: Provisioning) -> None:
    if run.runs:
        raise ProvisioningIsRunning


def evolve(run: Provisioning, event: ProvisioningEvent) -> Provisioning:
    match event:
        case events.ProvisioningStarted(attempt=attempt, template_id=id, parameters=parameters):
            template = id or run.template
            return Provisioning(Status.RUNNING, attempt, template=template, parameters=parameters)
        case events.ProvisioningStepCompleted(step=step):
            return replace(run, steps=(*run.steps, step))
        case events.ProvisioningStepUndone(step=undone):
            return replace(run, steps=tuple(step for step in run.steps if step != undone))
        case events.ProvisioningCompleted():
            # No attempt follows, so no state has to carry the values any longer.
            return replace(run, status=Status.COMPLETED, parameters={})
        case events.ProvisioningAbandoned():
            return replace(run, status=Status.ABANDONED)
        case events.ProvisioningFailed():
            return replace(run, status=Status.FAILED)
        case _:
            assert_never(event)


def with_choice(run: Provisioning, event: events.TemplateChosen) -> Provisioning:
    """Keep what the owner has chosen as what the next attempt begins with.

    Values for another template do not fit it.
    """
    if run.runs or run.template in (event.template_id, event.slug):
        return run
    return replace(run, template=event.template_id, parameters={})


def with_services(
    run: Provisioning, event: events.ServiceAdded | events.ServiceChanged | events.ServiceRemoved
) -> Provisioning:
    """Keep which services the attempt has added, as long as it runs."""
    match event:
        case events.ServiceAdded(service_id=added) if run.status is Status.RUNNING:
            return replace(run, services=(*run.services, added))
        case events.ServiceRemoved(service_id=removed):
            return replace(run, services=tuple(id for id in run.services if id != removed))
        case _:
            return run
