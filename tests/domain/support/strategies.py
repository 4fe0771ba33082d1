"""Random commands for each kind of aggregate, and histories that its decider could record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from domain.analysis.aggregate import analysis
from domain.analysis.commands import AnalysisKind
from domain.project.aggregate import project
from domain.project.commands import (
    CompleteProvisioning,
    CompleteProvisioningStep,
    DeleteProject,
    FailProvisioning,
    ProjectCommand,
    ProvisioningStep,
    RestoreProject,
    ServiceType,
    StartProvisioning,
    UnlinkRepository,
)
from domain.template.aggregate import template
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.personal import ForgetSubject
from tests.domain.support.analysis_builders import answer, ask, cancel, fail
from tests.domain.support.builders import (
    add,
    archive,
    change,
    change_service,
    choose,
    complete_deployment,
    configure,
    create,
    deploy,
    fail_deployment,
    link,
    remove_service,
    rename,
    service,
)
from tests.domain.support.template_builders import deprecate, draft, publish, revise

# Few names, so that commands meet what earlier ones did.
NAMES = st.sampled_from(["Teapot", "Samovar", "Kettle", "Urn"])
SERVICES = st.sampled_from(["spout", "Spout", "lid", "handle", "cosy"])
DESCRIPTIONS = st.none() | st.sampled_from(["hot", "cold"])
SERVICE_TYPES = st.sampled_from(ServiceType)
CONFIGURATIONS = st.sampled_from([{}, {"size": 1}, {"size": 2}])
FILES = st.sampled_from([{}, {"a": "1"}, {"a": "2"}, {"a": "1", "b": "1"}])
FORGOTTEN = st.builds(ForgetSubject, subject=st.sampled_from(["ada-sub", "bob-sub"]))


def project_themes() -> tuple[st.SearchStrategy[Any], ...]:
    return creation(), services(), settings(), deployments(), provisioning(), endings()


def creation() -> st.SearchStrategy[ProjectCommand]:
    return st.one_of(
        st.builds(
            lambda name, description, names: create(
                name, description=description, services=[service(n) for n in names]
            ),
            NAMES,
            DESCRIPTIONS,
            st.lists(SERVICES, max_size=3),
        ),
        st.builds(rename, NAMES),
        st.builds(lambda d: change(description=d), DESCRIPTIONS),
        st.builds(lambda n, d: change(name=n, description=d), NAMES, DESCRIPTIONS),
    )


def services() -> st.SearchStrategy[ProjectCommand]:
    return st.one_of(
        st.builds(add, SERVICES, SERVICE_TYPES),
        st.builds(change_service, SERVICES, service_name=SERVICES),
        st.builds(
            change_service, SERVICES, service_type=SERVICE_TYPES, configuration=CONFIGURATIONS
        ),
        st.builds(remove_service, SERVICES),
    )


def settings() -> st.SearchStrategy[ProjectCommand]:
    return st.one_of(
        st.builds(configure, st.sampled_from(["us-east-1", "eu-west-1"])),
        st.builds(choose, revision=st.integers(1, 2)),
        st.builds(link),
        st.builds(UnlinkRepository),
    )


def endings() -> st.SearchStrategy[ProjectCommand | ForgetSubject]:
    return st.one_of(
        st.builds(archive),
        FORGOTTEN,
        # Deletion is rare, as nothing happens after it.
        st.integers(0, 9).map(lambda n: RestoreProject() if n else DeleteProject()),
    )


def deployments() -> st.SearchStrategy[ProjectCommand]:
    numbers = st.integers(1, 3)
    return st.one_of(
        st.builds(deploy, numbers, st.sampled_from(["prod", "dev"])),
        st.builds(complete_deployment, numbers),
        st.builds(fail_deployment, numbers),
    )


def provisioning() -> st.SearchStrategy[ProjectCommand]:
    return st.one_of(
        st.builds(StartProvisioning),
        st.builds(CompleteProvisioningStep, step=st.sampled_from(ProvisioningStep)),
        st.builds(CompleteProvisioning),
        st.builds(FailProvisioning, reason=st.just("The kettle is cold.")),
    )


def template_themes() -> tuple[st.SearchStrategy[Any], ...]:
    revisions = st.one_of(
        st.builds(lambda name: revise(name=name), NAMES),
        st.builds(lambda text: revise(description=text), DESCRIPTIONS),
        st.builds(lambda files: revise(files=files), FILES),
        st.builds(lambda name, files: revise(name=name, files=files), NAMES, FILES),
        st.builds(publish),
    )
    return (
        revisions,
        st.builds(draft, NAMES, files=FILES),
        FORGOTTEN,
        st.integers(0, 9).map(lambda n: publish() if n else deprecate()),
    )


def analysis_themes() -> tuple[st.SearchStrategy[Any], ...]:
    answers = st.builds(answer, st.sampled_from(["It pours.", "It leaks."]))
    return (
        st.builds(ask, st.sampled_from(AnalysisKind)),
        answers | st.builds(fail) | st.builds(cancel),
        FORGOTTEN,
    )


@dataclass(frozen=True)
class Kind:
    """A kind of aggregate, and what may be asked of one; `begin` comes first.

    Commands of one theme answer to each other, so a history of them goes deeper.
    """

    decider: AnyAggregate
    begin: Command
    themes: tuple[st.SearchStrategy[Any], ...]

    @property
    def commands(self) -> st.SearchStrategy[Any]:
        return st.one_of(*self.themes)

    def asked(self, max_size: int) -> st.SearchStrategy[list[Any]]:
        """Some commands: of one theme, or of all."""
        return st.one_of(
            *(st.lists(theme, max_size=max_size) for theme in (self.commands, *self.themes))
        )

    def commits(self, max_size: int = 12) -> st.SearchStrategy[list[list[Event]]]:
        """The commits of one stream: what each of some commands recorded, refusals left out."""
        return self.asked(max_size).map(self._recorded_by)

    def decided(self, state: Any, command: Command) -> list[Event]:  # noqa: ANN401 - any state
        """Return the events that a command records; a refusal records nothing."""
        try:
            return self.decider.decide(state, command)
        except DomainError:
            return []

    def _recorded_by(self, asked: Sequence[Command]) -> list[list[Event]]:
        state, stream = self.decider.initial, list[list[Event]]()
        for command in (self.begin, *asked):
            if events := self.decided(state, command):
                state = self.decider.fold(events, state)
                stream.append(events)
        return stream


PROJECTS = Kind(project, create(), project_themes())
TEMPLATES = Kind(template, draft(), template_themes())
ANALYSES = Kind(analysis, ask(), analysis_themes())
KINDS = (PROJECTS, TEMPLATES, ANALYSES)
