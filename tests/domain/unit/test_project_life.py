"""The end, the return and the owner of a project, one sentence each."""

from collections.abc import Sequence

import pytest

from domain.project.aggregate import ProjectIsArchived, ProjectIsDeleted, project
from domain.project.commands import DeleteProject, ProjectCommand, RestoreProject, UnlinkRepository
from domain.project.deployments import DeploymentIsRunning
from domain.project.events import (
    DeploymentCompleted,
    DeploymentStarted,
    ProjectArchived,
    ProjectDeleted,
    ProjectEvent,
    ProjectRestored,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    RepositoryLinked,
)
from domain.project.provisioning import STEPS, ProvisioningIsRunning
from domain.project.values import RepositoryProvider
from kernel.errors import AggregateNotFound
from kernel.personal import ForgetSubject, SubjectForgotten
from tests.domain.support.builders import (
    add,
    added,
    archive,
    change_service,
    choose,
    complete_deployment,
    configure,
    create,
    created,
    deploy,
    deployment_id,
    fail_deployment,
    link,
    remove_service,
    rename,
)
from tests.domain.support.provisioning_builders import abandon, complete, do, fail, start, undo
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")
FORGET = ForgetSubject(subject="ada-sub")
PROVISIONING = ProvisioningStarted(owner=ACTOR, attempt=1)
CHANGES: list[ProjectCommand] = [
    rename("Samovar"),
    configure(),
    add("lid"),
    change_service("spout", service_name="beak"),
    remove_service("spout"),
    choose(),
    link(),
    UnlinkRepository(),
    deploy(),
    complete_deployment(),
    fail_deployment(),
    start(),
    *map(do, STEPS),
    complete(),
    abandon(),
    undo(STEPS[0]),
    fail(),
]
"""Every command but those that begin and end a project."""


def deploying(number: int, environment: str) -> DeploymentStarted:
    return DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(number), environment=environment
    )


LINKED = RepositoryLinked(
    provider=RepositoryProvider.GITHUB, url="https://example.org/a.git", default_branch="main"
)
BUSY_LIFE: list[ProjectEvent] = [created(), added("spout"), LINKED]
"""With something in it for every change."""


class TestArchiving:
    def test_is_recorded(self) -> None:
        given(project, created()).when(archive()).then(ProjectArchived())

    def test_twice_records_nothing_more(self) -> None:
        given(project, created(), ProjectArchived()).when(archive()).then_nothing()

    @pytest.mark.parametrize("command", CHANGES, ids=lambda c: c.type)
    def test_ends_every_change(self, command: ProjectCommand) -> None:
        given(project, *BUSY_LIFE, ProjectArchived()).when(command).then_refused(ProjectIsArchived)

    def test_a_project_that_was_restored_is_recorded(self) -> None:
        given(project, created(), ProjectArchived(), ProjectRestored()).when(archive()).then(
            ProjectArchived()
        )


class TestRestoring:
    def test_an_archived_project_is_recorded(self) -> None:
        given(project, created(), ProjectArchived()).when(RestoreProject()).then(ProjectRestored())

    def test_an_active_project_records_nothing(self) -> None:
        given(project, created()).when(RestoreProject()).then_nothing()

    def test_lets_changes_in_again(self) -> None:
        given(project, created(), added("spout"), ProjectArchived(), ProjectRestored()).when(
            add("lid")
        ).then(added("lid"))

    def test_keeps_what_was_there_before(self) -> None:
        given(project, created("Teapot"), ProjectArchived(), ProjectRestored()).when(
            rename("Teapot")
        ).then_nothing()


class TestDeleting:
    @pytest.mark.parametrize("history", [(), (ProjectArchived(),)], ids=["active", "archived"])
    def test_is_recorded(self, history: Sequence[ProjectEvent]) -> None:
        given(project, created(), *history).when(DeleteProject()).then(ProjectDeleted())

    def test_twice_records_nothing_more(self) -> None:
        given(project, created(), ProjectDeleted()).when(DeleteProject()).then_nothing()

    @pytest.mark.parametrize(
        "command", [*CHANGES, archive(), RestoreProject()], ids=lambda c: c.type
    )
    def test_ends_everything(self, command: ProjectCommand) -> None:
        given(project, *BUSY_LIFE, ProjectDeleted()).when(command).then_refused(ProjectIsDeleted)

    def test_after_a_failed_provisioning_is_recorded(self) -> None:
        failed = ProvisioningFailed(reason="No water.")

        given(project, created(), PROVISIONING, failed).when(DeleteProject()).then(ProjectDeleted())


@pytest.mark.parametrize("command", [archive(), DeleteProject()], ids=lambda c: c.type)
class TestEndingWhatIsUnderWay:
    def test_is_refused_while_the_project_is_provisioned(self, command: ProjectCommand) -> None:
        given(project, created(), PROVISIONING).when(command).then_refused(ProvisioningIsRunning)

    def test_is_refused_while_it_is_deployed_anywhere(self, command: ProjectCommand) -> None:
        done = DeploymentCompleted(deployment_id=deployment_id(1), environment="dev")

        given(project, created(), deploying(1, "dev"), done, deploying(2, "prod")).when(
            command
        ).then_refused(DeploymentIsRunning)

    def test_is_recorded_once_all_has_ended(self, command: ProjectCommand) -> None:
        done = DeploymentCompleted(deployment_id=deployment_id(1), environment="prod")
        ended = ProjectArchived() if command == archive() else ProjectDeleted()

        given(
            project, created(), PROVISIONING, ProvisioningCompleted(), deploying(1, "prod"), done
        ).when(command).then(ended)


@pytest.mark.feature("L10")
class TestForgettingAPerson:
    @pytest.mark.parametrize(
        "end", [[], [ProjectArchived()], [ProjectDeleted()]], ids=["active", "archived", "deleted"]
    )
    def test_is_recorded_whatever_became_of_the_project(self, end: list[ProjectEvent]) -> None:
        given(project, created(), *end).when(FORGET).then(SubjectForgotten(subject="ada-sub"))

    def test_twice_records_nothing_more(self) -> None:
        given(project, created(), SubjectForgotten(subject="ada-sub")).when(FORGET).then_nothing()

    def test_is_recorded_for_each_person(self) -> None:
        given(project, created(), SubjectForgotten(subject="bob-sub")).when(FORGET).then(
            SubjectForgotten(subject="ada-sub")
        )


@pytest.mark.parametrize(
    "command",
    [*CHANGES, archive(), RestoreProject(), DeleteProject(), FORGET],
    ids=lambda c: c.type,
)
def test_a_project_that_does_not_exist_takes_no_command(command: ProjectCommand) -> None:
    given(project).when(command).then_refused(AggregateNotFound)


def test_the_owner_is_whoever_created_it() -> None:
    assert project.owner_of(project.fold([created()])) == ACTOR


def test_nobody_owns_what_does_not_exist() -> None:
    assert project.owner_of(project.initial) is None


@pytest.mark.parametrize(
    "command", [*CHANGES, archive(), RestoreProject(), DeleteProject()], ids=lambda c: c.type
)
def test_a_creation_begins_a_stream_and_nothing_else_does(command: ProjectCommand) -> None:
    assert project.creates(create())
    assert not project.creates(command)
