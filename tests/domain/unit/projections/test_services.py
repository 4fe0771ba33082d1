"""The Service read model: a row for each service, and a checkpoint for each project."""

from dataclasses import replace
from typing import Any

import pytest

from domain.project.events import (
    ProjectArchived,
    ProjectDeleted,
    ProjectEvent,
    ProjectRenamed,
    ProjectRestored,
    ServiceChanged,
    ServiceRemoved,
)
from domain.project.values import ServiceType
from kernel.projection import RowKey, RowMissing
from projections.generated import rows
from projections.generated.rows import ServiceCheckpointRow, ServiceRow, ServiceStatus
from projections.services import services
from tests.domain.support.builders import added, created, service_id
from tests.support.spec import ACTOR, at, given, recorded

pytestmark = pytest.mark.feature("L3", "R5")
PROJECT = "01980000-0000-7000-8000-000000000001"
SPOUT = ServiceRow(
    id=service_id("spout"),
    project_id=PROJECT,
    name="spout",
    type=rows.ServiceType.API,
    configuration={},
    status=ServiceStatus.ACTIVE,
    user_id="ada-sub",
    owner=ACTOR,
    created_at=at(2),
    updated_at=at(2),
    version=2,
    projection_version=services.version,
)
CHECKPOINT = ServiceCheckpointRow(
    id=PROJECT,
    service_ids=(service_id("spout"),),
    created_at=at(2),
    updated_at=at(2),
    version=2,
    projection_version=services.version,
)
CHANGES = [
    ServiceChanged(service_id=service_id("spout"), service_name="beak"),
    ServiceRemoved(service_id=service_id("spout")),
]


def test_a_service_added_is_a_row_and_moves_the_checkpoint() -> None:
    given(services, *recorded(created(), added("spout"))).then_rows(SPOUT, CHECKPOINT)


def test_kind_and_configuration_are_shown() -> None:
    worker = added("spout", ServiceType.WORKER, cups=2)

    given(services, *recorded(created(), worker)).then_row(
        replace(SPOUT, type=rows.ServiceType.WORKER, configuration={"cups": 2})
    )


def test_another_service_leaves_the_first_as_it_is() -> None:
    given(services, *recorded(created(), added("spout"), added("lid"))).then_row(SPOUT)


@pytest.mark.feature("R20")
def test_the_checkpoint_names_every_service_in_order() -> None:
    given(services, *recorded(created(), added("spout"), added("lid"))).then_row(
        replace(
            CHECKPOINT,
            service_ids=(service_id("spout"), service_id("lid")),
            version=3,
            updated_at=at(3),
        )
    )


def test_events_of_the_project_alone_touch_no_service() -> None:
    renamed = ProjectRenamed(name="Samovar")

    given(services, *recorded(created(), renamed, ProjectArchived(), ProjectRestored())).then_rows()


def test_a_project_archived_keeps_its_services() -> None:
    given(services, *recorded(created(), added("spout"), ProjectArchived())).then_rows(
        SPOUT, CHECKPOINT
    )


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"service_name": "beak"}, {"name": "beak"}),
        ({"service_type": ServiceType.WORKER}, {"type": rows.ServiceType.WORKER}),
        ({"configuration": {"cups": 3}}, {"configuration": {"cups": 3}}),
        ({"configuration": {}}, {"configuration": {}}),
    ],
    ids=["name", "kind", "configuration", "empty configuration"],
)
def test_what_changed_of_a_service_is_shown_and_the_rest_stays(
    changed: dict[str, Any], shown: dict[str, Any]
) -> None:
    change = ServiceChanged(service_id=service_id("spout"), **changed)

    given(services, *recorded(created(), added("spout", cups=2), change)).then_rows(
        replace(SPOUT, **{"configuration": {"cups": 2}, **shown}, version=3, updated_at=at(3)),
        replace(CHECKPOINT, version=3, updated_at=at(3)),
    )


def test_a_service_removed_keeps_its_row_as_deleted() -> None:
    removed = ServiceRemoved(service_id=service_id("spout"))

    given(services, *recorded(created(), added("spout"), removed)).then_rows(
        replace(SPOUT, status=ServiceStatus.DELETED, version=3, updated_at=at(3)),
        replace(CHECKPOINT, service_ids=(), version=3, updated_at=at(3)),
    )


def test_a_service_removed_leaves_the_others_and_their_order() -> None:
    removed = ServiceRemoved(service_id=service_id("lid"))

    given(
        services, *recorded(created(), added("spout"), added("lid"), added("cosy"), removed)
    ).then_row(
        replace(
            CHECKPOINT,
            service_ids=(service_id("spout"), service_id("cosy")),
            version=5,
            updated_at=at(5),
        )
    )


def test_a_service_removed_and_added_again_is_a_row_anew() -> None:
    removed = ServiceRemoved(service_id=service_id("spout"))

    given(services, *recorded(created(), added("spout"), removed, added("spout"))).then_rows(
        replace(SPOUT, version=4, created_at=at(4), updated_at=at(4)),
        replace(CHECKPOINT, version=4, updated_at=at(4)),
    )


def test_a_project_deleted_takes_its_services_with_it() -> None:
    removed = ServiceRemoved(service_id=service_id("spout"))
    lid = replace(SPOUT, id=service_id("lid"), name="lid", created_at=at(3))

    given(
        services, *recorded(created(), added("spout"), added("lid"), removed, ProjectDeleted())
    ).then_rows(
        replace(SPOUT, status=ServiceStatus.DELETED, version=4, updated_at=at(4)),
        replace(lid, status=ServiceStatus.DELETED, version=5, updated_at=at(5)),
        replace(CHECKPOINT, service_ids=(), version=5, updated_at=at(5)),
    )


def test_a_project_deleted_without_services_moves_the_checkpoint() -> None:
    given(services, *recorded(created(), ProjectDeleted())).then_rows(
        replace(CHECKPOINT, service_ids=())
    )


def test_a_project_restored_keeps_its_services() -> None:
    given(
        services, *recorded(created(), added("spout"), ProjectArchived(), ProjectRestored())
    ).then_rows(SPOUT, CHECKPOINT)


@pytest.mark.parametrize("event", CHANGES, ids=lambda event: event.type)
def test_a_change_of_a_row_that_is_not_there_yet_is_not_guessed(event: ProjectEvent) -> None:
    (change,) = recorded(event, first=3)

    with pytest.raises(RowMissing, match=r"#.* 3: Service"):
        services.project(RowKey("Service", service_id("spout")), None, change)


@pytest.mark.parametrize("event", [*CHANGES, ProjectDeleted()], ids=lambda event: event.type)
def test_the_head_is_touched_last(event: ProjectEvent) -> None:
    (change,) = recorded(event, first=3)

    assert services.touches(CHECKPOINT, change) == (
        RowKey("Service", service_id("spout")),
        RowKey("ServiceCheckpoint", PROJECT),
    )
