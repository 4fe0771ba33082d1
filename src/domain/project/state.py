"""The state of a project: everything that its rules need to know, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.project.commands import DeploymentId, ProvisioningStep, ServiceId, ServiceType
from kernel.personal import Subject


class Status(StrEnum):
    NONE = ""  # not created yet
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class Outcome(StrEnum):
    """The outcome of a deployment."""

    RUNNING = ""
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Provisioning(StrEnum):
    NONE = ""  # not begun
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Service:
    """`configuration` is a digest."""

    name: str
    type: ServiceType
    configuration: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The latest deployment of an environment."""

    id: DeploymentId
    outcome: Outcome = Outcome.RUNNING


Services = Mapping[ServiceId, Service]
Deployments = Mapping[str, Deployment]
"""The latest deployment of each environment."""


@dataclass(frozen=True, slots=True)
class Project:
    """The state. Of large values it holds digests.

    `template` and `repository` hold what the last choice was, `steps` those of provisioning that
    are done.
    """

    status: Status = Status.NONE
    owner: str = ""
    name: str = ""
    description: str | None = None
    configuration: str = ""
    services: Services = field(default_factory=dict)
    template: str = ""
    repository: str = ""
    deployments: Deployments = field(default_factory=dict)
    provisioning: Provisioning = Provisioning.NONE
    attempt: int = 0
    steps: tuple[ProvisioningStep, ...] = ()
    forgotten: tuple[Subject, ...] = ()
