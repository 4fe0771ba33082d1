"""Rows through AppSync's mutations: what is sent, and what is read back."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.read_models import AppSyncReadModels, from_graphql, to_graphql
from domain.contents import contents
from kernel.projection import RowKey
from projections.generated import rows
from projections.generated.rows import (
    ProjectRow,
    ProjectStatus,
    ServiceCheckpointRow,
    ServiceRow,
    ServiceStatus,
)
from tests.support.graphql_session import Session

SCHEMA = contents.read_models
PROJECT = ProjectRow(
    id="p",
    name="Teapot",
    description=None,
    status=ProjectStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    service_count=0,
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=1,
    projection_version=1,
)
SERVICE = ServiceRow(
    id="s",
    project_id="p",
    name="spout",
    type=rows.ServiceType.API,
    configuration={"ä": [1, None, {"b": True}]},
    status=ServiceStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=2,
    projection_version=1,
)
CHECKPOINT = ServiceCheckpointRow(
    id="p",
    service_ids=("s",),
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=2,
    projection_version=1,
)
KEY = RowKey("Project", "p")


@pytest.mark.parametrize(
    ("model", "row"),
    [("Project", PROJECT), ("Service", SERVICE), ("ServiceCheckpoint", CHECKPOINT)],
)
def test_a_row_is_read_as_it_was_written(
    model: str, row: ProjectRow | ServiceRow | ServiceCheckpointRow
) -> None:
    assert from_graphql(SCHEMA, model, to_graphql(SCHEMA, row)) == row


def test_json_travels_as_text() -> None:
    assert to_graphql(SCHEMA, SERVICE)["configuration"] == '{"ä":[1,null,{"b":true}]}'


def test_the_owner_is_made_whole_again() -> None:
    """Amplify's resolver shows only the last part of the stored owner."""
    shown = to_graphql(SCHEMA, PROJECT) | {"owner": "ada"}

    assert from_graphql(SCHEMA, "Project", shown) == PROJECT


def test_a_row_that_is_missing_is_none() -> None:
    assert AppSyncReadModels(Session({"getProject": None}), SCHEMA).get(KEY) is None


def sent(session: Session) -> dict[str, Any]:
    return dict(session.asked[-1].variables)


@pytest.mark.feature("R2", "W4")
class TestWriting:
    def test_a_new_row_leaves_out_what_is_null(self) -> None:
        session = Session({"createProject": {}})
        AppSyncReadModels(session, SCHEMA).create(KEY, PROJECT)

        assert "description" not in sent(session)["input"]
        assert sent(session)["input"]["owner"] == "ada-sub::ada"

    @pytest.mark.feature("R22")
    def test_a_changed_row_is_guarded_by_both_versions_that_were_read(self) -> None:
        session = Session({"updateProject": {}})
        changed = replace(PROJECT, name="Samovar", version=2)
        AppSyncReadModels(session, SCHEMA).update(KEY, changed, PROJECT)

        assert sent(session)["condition"] == {"version": {"eq": 1}, "projectionVersion": {"eq": 1}}

    def test_a_changed_row_sends_what_differs_and_its_time_which_appsync_would_make_up(
        self,
    ) -> None:
        session = Session({"updateProject": {}})
        changed = replace(PROJECT, name="Samovar", version=2)
        AppSyncReadModels(session, SCHEMA).update(KEY, changed, PROJECT)

        assert sent(session)["input"] == {
            "id": "p",
            "name": "Samovar",
            "version": 2,
            "projectionVersion": 1,
            "updatedAt": PROJECT.updated_at,
        }

    def test_what_became_null_is_removed(self) -> None:
        session = Session({"updateProject": {}})
        AppSyncReadModels(session, SCHEMA).update(
            KEY, replace(PROJECT, version=2), replace(PROJECT, description="Hot")
        )

        assert sent(session)["input"]["description"] is None
