"""The ProjectAnalytics read model: a row for each day, written with the project's row."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from domain.project.events import (
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectEvent,
    ProjectHandedOver,
    ProjectRenamed,
)
from kernel.messages import AggregateId, Recorded, inner_id, plain_id
from kernel.projection import RowKey, RowMissing, fold_rows
from projections.generated.rows import ProjectAnalyticsRow, ProjectRow
from projections.projects import projects
from tests.domain.support.builders import created, deployment_id
from tests.support.spec import ACTOR, STREAM, recorded

pytestmark = pytest.mark.feature("L3", "R11", "R16", "R18")
FIRST, SECOND = "2026-01-31", "2026-02-01"
STARTED = DeploymentStarted(owner=ACTOR, deployment_id=deployment_id(1), environment="prod")
COMPLETED = DeploymentCompleted(deployment_id=deployment_id(1), environment="prod")
FAILED = DeploymentFailed(deployment_id=deployment_id(1), environment="prod", reason="It leaks.")


def on(times: list[str], *events: ProjectEvent) -> list[Recorded[ProjectEvent]]:
    """Return the events as recorded at these times."""
    pairs = zip(recorded(*events), times, strict=True)
    return [replace(one, timestamp=time) for one, time in pairs]


def days(history: list[Recorded[ProjectEvent]]) -> dict[str, ProjectAnalyticsRow]:
    rows = fold_rows(projects, history).values()
    return {row.day: row for row in rows if isinstance(row, ProjectAnalyticsRow)}


def test_the_first_day_begins_with_the_project() -> None:
    time = f"{FIRST}T08:00:00.000Z"

    assert days(on([time], created())) == {
        FIRST: ProjectAnalyticsRow(
            id=inner_id(STREAM, FIRST),
            project_id=plain_id(STREAM),
            day=FIRST,
            deployments=0,
            succeeded=0,
            failed=0,
            total_events=1,
            user_id="ada-sub",
            owner=ACTOR,
            version=1,
            projection_version=projects.version,
            created_at=time,
            updated_at=time,
        )
    }


def test_an_event_counts_on_the_day_of_utc_on_which_it_was_recorded() -> None:
    late, early = f"{FIRST}T23:59:59.999Z", f"{SECOND}T00:00:00.000Z"

    found = days(on([late, late, early], created(), STARTED, COMPLETED))

    assert {
        day: (row.deployments, row.succeeded, row.total_events) for day, row in found.items()
    } == {
        FIRST: (1, 0, 2),
        SECOND: (0, 1, 1),
    }


def test_a_failure_counts_as_one() -> None:
    morning = [f"{FIRST}T08:00:00.000Z"] * 3

    (row,) = days(on(morning, created(), STARTED, FAILED)).values()

    assert (row.deployments, row.succeeded, row.failed, row.total_events) == (1, 0, 1, 3)


def test_a_day_without_events_has_no_row() -> None:
    times = [f"{FIRST}T08:00:00.000Z", "2026-02-03T08:00:00.000Z"]

    assert list(days(on(times, created(), ProjectRenamed(name="Urn")))) == [FIRST, "2026-02-03"]


@pytest.mark.feature("R22")
def test_all_days_follow_the_project_to_another_owner() -> None:
    heir = "heir-sub::heir"
    times = [f"{FIRST}T08:00:00.000Z", f"{SECOND}T08:00:00.000Z", "2026-02-02T08:00:00.000Z"]
    history = on(times, created(), ProjectRenamed(name="Urn"), ProjectHandedOver(owner=heir))

    found = days(history)

    assert len(found) == 3
    assert {(row.owner, row.user_id, row.version) for row in found.values()} == {
        (heir, "heir-sub", 3)
    }


def test_one_day_of_two_projects_has_two_rows() -> None:
    other = AggregateId("PROJECT#01980000-0000-7000-8000-000000000002")

    ids = {
        key.id
        for stream in (STREAM, other)
        for key in fold_rows(projects, recorded(created(), stream=stream))
        if key.model == "ProjectAnalytics"
    }

    assert len(ids) == 2


def test_a_day_whose_row_is_not_found_does_not_begin_anew() -> None:
    history = on([f"{FIRST}T08:00:00.000Z"] * 2, created(), STARTED)
    head = fold_rows(projects, history[:1])[projects.head(STREAM)]
    key = RowKey("ProjectAnalytics", inner_id(STREAM, FIRST))

    with pytest.raises(RowMissing, match=f"#.* 2: {FIRST}"):
        projects.project(key, None, history[1], head)


@each(st.lists(st.sampled_from(["rename", "start", "complete", "fail", "next day"]), max_size=40))
def test_the_days_of_a_project_add_up_to_its_row(what: list[str]) -> None:
    history = list(happened(what))
    head = fold_rows(projects, history)[projects.head(STREAM)]
    found = days(history).values()

    assert isinstance(head, ProjectRow)
    assert [
        sum(row.deployments for row in found),
        sum(row.succeeded for row in found),
        sum(row.failed for row in found),
        sum(row.total_events for row in found),
    ] == [
        head.deployment_count,
        head.deployments_succeeded,
        head.deployments_failed,
        head.total_events,
    ]
    assert max(row.version for row in found) == head.version


def happened(what: list[str]) -> Iterator[Recorded[ProjectEvent]]:
    """Yield a history; the fold counts whatever it is given, even if the rules forbid it."""
    events: dict[str, ProjectEvent] = {
        "rename": ProjectRenamed(name="Urn"),
        "start": STARTED,
        "complete": COMPLETED,
        "fail": FAILED,
    }
    day, sequence = 1, 1
    for one in ("create", "start", *what):
        if one == "next day":
            day += 1
            continue
        event = events.get(one, created())
        (happened,) = recorded(event, first=sequence)
        yield replace(happened, timestamp=f"2026-03-{day:02}T12:00:00.000Z")
        sequence += 1
