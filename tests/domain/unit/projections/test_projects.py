"""The Project read model: one row for each project."""

from dataclasses import replace
from typing import cast, get_args

import pytest

from domain.project.aggregate import project
from domain.project.events import (
    ProjectArchived,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectHandedOver,
    ProjectRenamed,
    ProjectRestored,
    ServiceRemoved,
)
from kernel.projection import fold_rows
from projections.generated.rows import ProjectRow, ProjectStatus
from projections.projects import NotShown, projects
from tests.domain.support.builders import added, created, service_id
from tests.support.spec import ACTOR, STREAM, at, given, recorded
from tests.support.steps import occurrences

pytestmark = pytest.mark.feature("L3", "R4")
CREATED = ProjectRow(
    id="01980000-0000-7000-8000-000000000001",
    name="Teapot",
    description=None,
    status=ProjectStatus.ACTIVE,
    user_id="ada-sub",
    owner=ACTOR,
    service_count=0,
    created_at=at(1),
    updated_at=at(1),
    version=1,
    projection_version=projects.version,
)


@pytest.mark.feature("L8", "R37")
def test_a_project_created_is_a_row_of_its_owner() -> None:
    given(projects, *recorded(created("Teapot"))).then_rows(CREATED)


def test_a_description_is_shown() -> None:
    given(projects, *recorded(created("Teapot", "Hot"))).then_row(
        replace(CREATED, description="Hot")
    )


def test_a_rename_is_shown() -> None:
    given(projects, *recorded(created(), ProjectRenamed(name="Samovar"))).then_row(
        replace(CREATED, name="Samovar", version=2, updated_at=at(2))
    )


def test_a_description_cleared_is_null() -> None:
    cleared = ProjectDescriptionChanged(description=None)

    given(projects, *recorded(created("Teapot", "Hot"), cleared)).then_row(
        replace(CREATED, description=None, version=2, updated_at=at(2))
    )


@pytest.mark.feature("R17")
def test_services_are_counted() -> None:
    given(projects, *recorded(created(), added("spout"), added("lid"))).then_row(
        replace(CREATED, service_count=2, version=3, updated_at=at(3))
    )


def test_an_archived_project_keeps_its_row() -> None:
    given(projects, *recorded(created(), ProjectArchived())).then_row(
        replace(CREATED, status=ProjectStatus.ARCHIVED, version=2, updated_at=at(2))
    )


@pytest.mark.feature("E13")
def test_the_row_belongs_to_the_owner_whoever_commanded() -> None:
    given(projects, *recorded(created(), actor="root-sub::root")).then_row(CREATED)


@pytest.mark.feature("R17")
def test_services_removed_are_counted_no_more() -> None:
    removed = ServiceRemoved(service_id=service_id("spout"))

    given(projects, *recorded(created(), added("spout"), added("lid"), removed)).then_row(
        replace(CREATED, service_count=1, version=4, updated_at=at(4))
    )


def test_a_restored_project_is_active() -> None:
    given(projects, *recorded(created(), ProjectArchived(), ProjectRestored())).then_row(
        replace(CREATED, version=3, updated_at=at(3))
    )


@pytest.mark.parametrize("first", [[], [ProjectArchived()]], ids=["active", "archived"])
def test_a_deleted_project_keeps_its_row(first: list[ProjectEvent]) -> None:
    last = 2 + len(first)

    given(projects, *recorded(created(), *first, ProjectDeleted())).then_row(
        replace(CREATED, status=ProjectStatus.DELETED, version=last, updated_at=at(last))
    )


@pytest.mark.feature("K6")
@pytest.mark.parametrize(
    "event",
    [event for event in get_args(NotShown) if event is not ProjectHandedOver],
    ids=lambda event: event.__name__,
)
def test_what_is_not_shown_moves_the_version_all_the_same(event: type[ProjectEvent]) -> None:
    before, shown = next(o for o in occurrences(project) if isinstance(o[1], event))
    history = recorded(*before)
    row = cast(ProjectRow, fold_rows(projects, history)[projects.head(STREAM)])
    (happened,) = recorded(shown, first=len(history) + 1)

    assert projects.after(projects.head(STREAM), row, happened) == replace(
        row, version=happened.sequence, updated_at=happened.timestamp
    )
