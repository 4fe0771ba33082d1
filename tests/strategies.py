"""Random commands, and histories that a decider could have recorded."""

from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st

from builders import (
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
from domain.errors import DomainError
from domain.project.aggregate import Project, project
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
from domain.project.events import ProjectEvent

# Few names, so that commands meet what earlier ones did.
NAMES = st.sampled_from(["Teapot", "Samovar", "Kettle", "Urn"])
SERVICES = st.sampled_from(["spout", "Spout", "lid", "handle", "cosy"])
DESCRIPTIONS = st.none() | st.sampled_from(["hot", "cold"])
KINDS = st.sampled_from(ServiceType)
CONFIGURATIONS = st.sampled_from([{}, {"size": 1}, {"size": 2}])


@cache
def commands() -> st.SearchStrategy[ProjectCommand]:
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
        st.builds(add, SERVICES, KINDS),
        st.builds(change_service, SERVICES, service_name=SERVICES),
        st.builds(change_service, SERVICES, service_type=KINDS, configuration=CONFIGURATIONS),
        st.builds(remove_service, SERVICES),
        st.builds(archive),
        st.builds(RestoreProject),
        st.builds(configure, st.sampled_from(["us-east-1", "eu-west-1"])),
        st.builds(choose, revision=st.integers(1, 2)),
        st.builds(link),
        st.builds(UnlinkRepository),
        deployments(),
        provisioning(),
        # Rare, as nothing happens after it.
        st.integers(0, 9).map(lambda n: archive() if n else DeleteProject()),
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


def commits(max_size: int = 12) -> st.SearchStrategy[list[list[ProjectEvent]]]:
    """The commits of one stream: what each of some random commands recorded, refusals left out."""
    return st.lists(commands(), max_size=max_size).map(_recorded_by)


def _recorded_by(asked: Sequence[ProjectCommand]) -> list[list[ProjectEvent]]:
    state, stream = project.initial, list[list[ProjectEvent]]()
    for command in (create(), *asked):
        if events := decided(state, command):
            state = project.fold(events, state)
            stream.append(events)
    return stream


def decided(state: Project, command: ProjectCommand) -> list[ProjectEvent]:
    """What a command records; a refusal records nothing."""
    try:
        return project.decide(state, command)
    except DomainError:
        return []
