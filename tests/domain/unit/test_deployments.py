"""The rules of a project's deployments, one sentence each."""

import pytest

from domain.project.aggregate import project
from domain.project.commands import ProjectCommand
from domain.project.deployment_commands import StartDeployment
from domain.project.deployments import (
    MAX_ENVIRONMENTS,
    DeploymentAlreadyExists,
    DeploymentHasEnded,
    DeploymentIsRunning,
    DeploymentNotFound,
    TooManyEnvironments,
)
from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectEvent,
)
from tests.domain.support.builders import (
    complete_deployment,
    created,
    deploy,
    deployment_id,
    fail_deployment,
)
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")


def started(number: int = 1, environment: str = "prod") -> DeploymentStarted:
    return DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(number), environment=environment
    )


def completed(
    number: int = 1, environment: str = "prod", url: str | None = None
) -> DeploymentCompleted:
    return DeploymentCompleted(
        deployment_id=deployment_id(number), environment=environment, url=url
    )


def failed(
    number: int = 1, environment: str = "prod", reason: str = "It leaks."
) -> DeploymentFailed:
    return DeploymentFailed(
        deployment_id=deployment_id(number), environment=environment, reason=reason
    )


EVERYWHERE = [
    event
    for n in range(MAX_ENVIRONMENTS)
    for event in (started(n, f"region-{n}"), completed(n, f"region-{n}"))
]
ENDED = pytest.mark.parametrize("ended", [completed(), failed()], ids=lambda e: e.type)


class TestStarting:
    @pytest.mark.feature("E13")
    def test_is_recorded_with_the_owner_of_the_project_environment_and_revision(self) -> None:
        given(project, created()).when(
            StartDeployment(deployment_id=deployment_id(1), environment="prod", revision="9fceb02")
        ).then(
            DeploymentStarted(
                owner=ACTOR, deployment_id=deployment_id(1), environment="prod", revision="9fceb02"
            )
        )

    def test_while_another_runs_there_is_refused(self) -> None:
        given(project, created(), started(1)).when(deploy(2)).then_refused(DeploymentIsRunning)

    def test_elsewhere_meanwhile_is_recorded(self) -> None:
        given(project, created(), started(1)).when(deploy(2, "dev")).then(started(2, "dev"))

    @ENDED
    def test_after_the_last_has_ended_is_recorded(self, ended: ProjectEvent) -> None:
        given(project, created(), started(1), ended).when(deploy(2)).then(started(2))

    def test_the_same_again_records_nothing(self) -> None:
        given(project, created(), started()).when(deploy()).then_nothing()

    @ENDED
    def test_the_same_again_after_its_end_records_nothing(self, ended: ProjectEvent) -> None:
        given(project, created(), started(), ended).when(deploy()).then_nothing()

    def test_one_of_another_environment_is_refused(self) -> None:
        given(project, created(), started(1, "dev")).when(deploy(1, "prod")).then_refused(
            DeploymentAlreadyExists
        )

    def test_in_as_many_environments_as_are_allowed_is_recorded(self) -> None:
        given(project, created(), *EVERYWHERE[:-2]).when(deploy(99, "last")).then(
            started(99, "last")
        )

    def test_in_one_environment_more_is_refused(self) -> None:
        given(project, created(), *EVERYWHERE).when(deploy(99, "one-more")).then_refused(
            TooManyEnvironments
        )

    def test_again_where_one_was_is_recorded_though_no_environment_is_free(self) -> None:
        given(project, created(), *EVERYWHERE).when(deploy(99, "region-3")).then(
            started(99, "region-3")
        )


class TestEnding:
    def test_well_is_recorded_with_where_it_can_be_seen(self) -> None:
        given(project, created(), started(1, "dev")).when(
            complete_deployment(1, "https://dev.example.org")
        ).then(completed(1, "dev", "https://dev.example.org"))

    def test_badly_is_recorded_with_the_reason(self) -> None:
        given(project, created(), started(1, "dev")).when(fail_deployment(1, "No water.")).then(
            failed(1, "dev", "No water.")
        )

    def test_one_of_two_leaves_the_other_running(self) -> None:
        given(project, created(), started(1, "prod"), started(2, "dev"), completed(1, "prod")).when(
            fail_deployment(2)
        ).then(failed(2, "dev"))

    @pytest.mark.parametrize(
        ("ended", "command"),
        [(completed(), complete_deployment()), (failed(), fail_deployment())],
        ids=["completed", "failed"],
    )
    def test_the_same_way_twice_records_nothing(
        self, ended: ProjectEvent, command: ProjectCommand
    ) -> None:
        given(project, created(), started(), ended).when(command).then_nothing()

    @pytest.mark.parametrize(
        ("ended", "command"),
        [(completed(), fail_deployment()), (failed(), complete_deployment())],
        ids=["completed", "failed"],
    )
    def test_the_other_way_is_refused(self, ended: ProjectEvent, command: ProjectCommand) -> None:
        given(project, created(), started(), ended).when(command).then_refused(DeploymentHasEnded)


@pytest.mark.parametrize(
    "command", [complete_deployment(1), fail_deployment(1)], ids=lambda c: c.type
)
class TestADeploymentThatIsNotThere:
    def test_is_not_found_when_it_never_was(self, command: ProjectCommand) -> None:
        given(project, created(), started(2)).when(command).then_refused(DeploymentNotFound)

    def test_is_not_found_when_a_later_one_took_its_place(self, command: ProjectCommand) -> None:
        given(project, created(), started(1), completed(1), started(2)).when(command).then_refused(
            DeploymentNotFound
        )


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (DeploymentIsRunning(environment="prod"), "A deployment to prod is running."),
        (DeploymentHasEnded(outcome="FAILED"), "The deployment has ended already: FAILED."),
        (TooManyEnvironments(limit=20), "A project is deployed to at most 20 environments."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_says_what_was_wrong(refusal: Exception, text: str) -> None:
    assert str(refusal) == text
