"""The Service read model: a row for each service, and a checkpoint for each project."""

from dataclasses import replace

import pytest

from builders import added, created, service_id
from domain.project.commands import ServiceType
from domain.project.events import ProjectArchived, ProjectRenamed
from projections import rows
from projections.rows import ServiceCheckpointRow, ServiceRow, ServiceStatus
from projections.services import VERSION, services
from spec import ACTOR, at, given, recorded

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
    projection_version=VERSION,
)
CHECKPOINT = ServiceCheckpointRow(
    id=PROJECT,
    service_ids=(service_id("spout"),),
    created_at=at(2),
    updated_at=at(2),
    version=2,
    projection_version=VERSION,
)


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

    given(services, *recorded(created(), renamed, ProjectArchived())).then_rows()


def test_a_project_archived_keeps_its_services() -> None:
    given(services, *recorded(created(), added("spout"), ProjectArchived())).then_rows(
        SPOUT, CHECKPOINT
    )
