"""The rules of a project's deployments: one at a time in each environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.project import deployment_commands as commands
from domain.project import events
from domain.project.values import DeploymentId
from kernel.errors import DomainError, NotFound

MAX_ENVIRONMENTS = 20

Ending = commands.CompleteDeployment | commands.FailDeployment
Ended = events.DeploymentCompleted | events.DeploymentFailed


class Outcome(StrEnum):
    """The outcome of a deployment."""

    RUNNING = ""
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The latest deployment of an environment."""

    id: DeploymentId
    outcome: Outcome = Outcome.RUNNING


Deployments = Mapping[str, Deployment]
"""The latest deployment of each environment."""


class DeploymentIsRunning(DomainError):
    text = "A deployment to {environment} is running."


class DeploymentAlreadyExists(DomainError):
    text = "The deployment exists already, in another environment."


class DeploymentNotFound(NotFound):
    text = "This is not the latest deployment of any environment of the project."


class DeploymentHasEnded(DomainError):
    text = "The deployment has ended already: {outcome}."


class TooManyEnvironments(DomainError):
    text = "A project is deployed to at most {limit} environments."


def start(
    deployments: Deployments, owner: str, command: commands.StartDeployment
) -> list[events.DeploymentStarted]:
    latest = deployments.get(command.environment)
    if latest is not None and latest.id == command.deployment_id:
        return []
    if any(known.id == command.deployment_id for known in deployments.values()):
        raise DeploymentAlreadyExists
    if latest is not None and latest.outcome is Outcome.RUNNING:
        raise DeploymentIsRunning(environment=command.environment)
    if latest is None and len(deployments) >= MAX_ENVIRONMENTS:
        raise TooManyEnvironments(limit=MAX_ENVIRONMENTS)
    return [events.DeploymentStarted(owner=owner, **command.model_dump(exclude={"type"}))]


def end(deployments: Deployments, command: Ending) -> list[Ended]:
    environment, deployment = deployment_of(deployments, command.deployment_id)
    ended = ended_as(command, environment)
    outcome = outcome_of(ended)
    if deployment.outcome is outcome:
        return []
    if deployment.outcome is not Outcome.RUNNING:
        raise DeploymentHasEnded(outcome=deployment.outcome)
    return [ended]


def deployment_of(deployments: Deployments, deployment_id: DeploymentId) -> tuple[str, Deployment]:
    for environment, deployment in deployments.items():
        if deployment.id == deployment_id:
            return environment, deployment
    raise DeploymentNotFound


def ended_as(command: Ending, environment: str) -> Ended:
    known = {"environment": environment, **command.model_dump(exclude={"type"})}
    match command:
        case commands.CompleteDeployment():
            return events.DeploymentCompleted(**known)
        case commands.FailDeployment():
            return events.DeploymentFailed(**known)


def outcome_of(ended: Ended) -> Outcome:
    completed = isinstance(ended, events.DeploymentCompleted)
    return Outcome.COMPLETED if completed else Outcome.FAILED


def require_none_running(deployments: Deployments) -> None:
    for environment, deployment in deployments.items():
        if deployment.outcome is Outcome.RUNNING:
            raise DeploymentIsRunning(environment=environment)


def evolve(deployments: Deployments, event: events.DeploymentStarted | Ended) -> Deployments:
    outcome = Outcome.RUNNING if isinstance(event, events.DeploymentStarted) else outcome_of(event)
    return {**deployments, event.environment: Deployment(event.deployment_id, outcome)}
