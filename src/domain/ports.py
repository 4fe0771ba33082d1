"""Ports of the domain: the analyst, and the place where repositories are created.

Adapters do not inherit from the protocols. Each may raise the engine's `Unavailable`: try again
later, the input is not at fault. What else they raise is named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from domain.analysis.commands import AnalysisKind, Report
from domain.project.events import Configuration
from domain.project.values import ParameterValue, RepositoryProvider, ServiceType
from kernel.saga import StepFailed
from kernel.values import JsonObject


@dataclass(frozen=True, slots=True)
class WantedRepository:
    """A repository for one attempt to provision a project; `files` are contents by path."""

    project_id: str
    name: str
    attempt: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CreatedRepository:
    """A repository that is there; `files`, `bytes` and `sha256` are those of an archive."""

    provider: RepositoryProvider
    url: str
    default_branch: str = "main"
    files: int | None = None
    bytes: int | None = None
    sha256: str | None = None


class Repositories(Protocol):
    """The place where the files of a new project are put."""

    def create(self, wanted: WantedRepository) -> CreatedRepository:
        """Create a repository, or return it if this attempt has created it with these files.

        Raises `StepFailed` if it cannot be created, now or later, or `Unavailable`: then it may
        have been created.
        """
        ...

    def discard(self, project_id: str, attempt: int) -> None:
        """Remove all that `create` may have made for an attempt, whether it has returned or not.

        Raises `Unavailable`.
        """
        ...


@dataclass(frozen=True, slots=True)
class SubjectService:
    name: str
    type: ServiceType
    configuration: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubjectTemplate:
    """The template that was chosen, at its revision."""

    slug: str
    name: str
    revision: int


@dataclass(frozen=True, slots=True)
class Subject:
    """All that an analyst is told: nothing of it is personal data, all of it is users' text."""

    kind: AnalysisKind
    question: str | None
    name: str
    description: str | None = None
    configuration: Configuration | None = None
    services: tuple[SubjectService, ...] = ()
    template: SubjectTemplate | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


class UnusableReport(StepFailed):
    """An analyst's answer is no report. The message is a sentence for users."""


class Analyst(Protocol):
    """Rules or a model that judge a project; `name` says which, with its version."""

    @property
    def name(self) -> str: ...

    def analyse(self, subject: Subject) -> Report:
        """Return a report. Raises `UnusableReport` or `Unavailable`; both may be tried again."""
        ...
