"""The Deployment read model: a row for each deployment, written with the project's row."""

from dataclasses import replace

import pytest

from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectDeleted,
    ProjectEvent,
    ProjectHandedOver,
    ProjectRenamed,
)
from kernel.messages import AggregateId, inner_id
from kernel.projection import RowKey, RowMissing, fold_rows
from projections.generated.rows import DeploymentRow, DeploymentStatus
from projections.projects import projects
from tests.domain.support.builders import created, deployment_id
from tests.support.spec import ACTOR, STREAM, at, given, recorded

pytestmark = pytest.mark.feature("L3", "R5")
ROW_ID = inner_id(STREAM, deployment_id(1))
KEY = RowKey("Deployment", ROW_ID)
URL = "https://prod.shop.example.com"


def started(number: int = 1, environment: str = "prod") -> DeploymentStarted:
    return DeploymentStarted(
        owner=ACTOR,
        deployment_id=deployment_id(number),
        environment=environment,
        revision="4f2a9c1",
    )


def completed(number: int = 1) -> DeploymentCompleted:
    return DeploymentCompleted(deployment_id=deployment_id(number), environment="prod", url=URL)


def failed(number: int = 1) -> DeploymentFailed:
    return DeploymentFailed(
        deployment_id=deployment_id(number), environment="prod", reason="It leaks."
    )


ROW = DeploymentRow(
    id=ROW_ID,
    project_id="01980000-0000-7000-8000-000000000001",
    deployment_id=deployment_id(1),
    environment="prod",
    revision="4f2a9c1",
    status=DeploymentStatus.RUNNING,
    url=None,
    reason=None,
    started_at=at(2),
    ended_at=None,
    user_id="ada-sub",
    owner=ACTOR,
    created_at=at(2),
    updated_at=at(2),
    version=2,
    projection_version=projects.version,
)
COMPLETED = replace(
    ROW, status=DeploymentStatus.SUCCEEDED, url=URL, ended_at=at(3), updated_at=at(3), version=3
)


def test_a_deployment_runs_from_its_start() -> None:
    given(projects, *recorded(created(), started())).then_row(ROW)


def test_one_that_succeeded_shows_where() -> None:
    given(projects, *recorded(created(), started(), completed())).then_row(COMPLETED)


def test_one_that_failed_shows_why() -> None:
    given(projects, *recorded(created(), started(), failed())).then_row(
        replace(COMPLETED, status=DeploymentStatus.FAILED, url=None, reason="It leaks.")
    )


def test_other_events_and_deployments_leave_it_as_it_is() -> None:
    later = (ProjectRenamed(name="Samovar"), started(2), failed(2), ProjectDeleted())

    given(projects, *recorded(created(), started(), completed(), *later)).then_row(COMPLETED)


def test_an_id_that_is_used_again_begins_the_row_anew() -> None:
    """The rules know the latest deployment of each environment alone."""
    once_more = (started(), completed(), started(2), completed(2), started())

    given(projects, *recorded(created(), *once_more)).then_row(
        replace(ROW, started_at=at(6), created_at=at(6), updated_at=at(6), version=6)
    )


def test_an_id_that_clients_chose_twice_is_of_two_projects() -> None:
    other = AggregateId("PROJECT#01980000-0000-7000-8000-000000000002")
    ids = {
        key.id
        for stream in (STREAM, other)
        for key in fold_rows(projects, recorded(created(), started(), stream=stream))
        if key.model == "Deployment"
    }

    assert len(ids) == 2


@pytest.mark.feature("R22")
def test_it_follows_the_project_to_another_owner() -> None:
    handed = ProjectHandedOver(owner="heir-sub::heir")

    given(projects, *recorded(created(), started(), completed(), handed)).then_row(
        replace(COMPLETED, owner="heir-sub::heir", user_id="heir-sub", version=4, updated_at=at(4))
    )


@pytest.mark.parametrize("event", [completed(), failed()], ids=lambda event: event.type)
def test_the_end_of_one_that_is_not_there_yet_is_not_guessed(event: ProjectEvent) -> None:
    (end,) = recorded(event, first=3)

    with pytest.raises(RowMissing, match=r"#.* 3: Deployment"):
        projects.project(KEY, None, end, None)


@pytest.mark.parametrize("event", [started(), completed(), failed()], ids=lambda event: event.type)
def test_the_project_is_written_last(event: ProjectEvent) -> None:
    (change,) = recorded(event, first=3)

    touched = projects.touches(None, change)

    assert (touched[0], touched[-1]) == (KEY, projects.head(STREAM))
