"""Rows through AppSync's mutations: what is sent, and what is read back."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials
from gql.transport.exceptions import TransportQueryError

from adapters.appsync.read_models import (
    PAGE,
    AppSyncReadModels,
    from_graphql,
    left_out,
    signed_session,
    to_graphql,
)
from adapters.appsync.session import AppSyncError, SigV4
from application.ports import UnreadableRow
from kernel.personal import KEPT, Unopened
from kernel.projection import RowKey
from tests.support.graphql_session import Session
from tests.support.kitchen.commands import Material
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.read_models import (
    PartCheckpointRow,
    PartRow,
    PartStatus,
    TeapotRow,
    TeapotStatus,
)

SCHEMA = kitchen.read_models
TEAPOT = TeapotRow(
    id="p",
    name="Teapot",
    description=None,
    status=TeapotStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    part_count=0,
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=1,
    projection_version=1,
)
SPOUT = PartRow(
    id="s",
    teapot_id="p",
    name="spout",
    material=Material.CLAY,
    details={"ä": [1, None, {"b": True}], "a": 1},
    status=PartStatus.ACTIVE,
    user_id="ada-sub",
    owner="ada-sub::ada",
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=2,
    projection_version=1,
)
CHECKPOINT = PartCheckpointRow(
    id="p",
    part_ids=("s",),
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    version=2,
    projection_version=1,
)
KEY = RowKey("Teapot", "p")


@pytest.mark.parametrize(
    ("model", "row"),
    [
        ("Teapot", TEAPOT),
        ("Teapot", replace(TEAPOT, owner=None)),
        ("Part", SPOUT),
        ("Part", replace(SPOUT, details=None)),
        ("PartCheckpoint", CHECKPOINT),
    ],
)
def test_a_row_is_read_as_it_was_written(
    model: str, row: TeapotRow | PartRow | PartCheckpointRow
) -> None:
    assert from_graphql(SCHEMA, model, to_graphql(SCHEMA, model, row)) == row


@dataclass(frozen=True)
class ArchiveRow:
    content_sha256: str | None = None
    s3_key: str | None = None


def test_a_field_with_a_digit_in_its_name_is_read_as_it_was_written() -> None:
    row: Any = ArchiveRow("00ff", "a.zip")
    schema = replace(SCHEMA, rows={"Archive": ArchiveRow}, json_fields={"Archive": frozenset()})
    shown = to_graphql(schema, "Archive", row)

    assert from_graphql(schema, "Archive", shown) == row


def test_json_travels_as_text() -> None:
    assert to_graphql(SCHEMA, "Part", SPOUT)["details"] == '{"a":1,"ä":[1,null,{"b":true}]}'
    assert to_graphql(SCHEMA, "Part", replace(SPOUT, details=None))["details"] is None


def test_the_owner_is_made_whole_again() -> None:
    """Amplify's resolver shows only the last part of the stored owner."""
    shown = to_graphql(SCHEMA, "Teapot", TEAPOT) | {"owner": "ada"}

    assert from_graphql(SCHEMA, "Teapot", shown) == TEAPOT


def test_a_row_that_is_missing_is_none() -> None:
    assert AppSyncReadModels(Session({"getTeapot": None}), SCHEMA).get(KEY) is None


def sent(session: Session) -> dict[str, Any]:
    return dict(session.asked[-1].variables)


@pytest.mark.feature("R2", "W4")
class TestWriting:
    def test_a_new_row_leaves_out_what_is_null(self) -> None:
        session = Session({"createTeapot": {}})
        AppSyncReadModels(session, SCHEMA).create(KEY, TEAPOT)

        assert "description" not in sent(session)["input"]
        assert sent(session)["input"]["owner"] == "ada-sub::ada"

    @pytest.mark.feature("R22")
    def test_a_changed_row_is_guarded_by_both_versions_that_were_read(self) -> None:
        session = Session({"updateTeapot": {}})
        changed = replace(TEAPOT, name="Samovar", version=2)
        AppSyncReadModels(session, SCHEMA).update(KEY, changed, TEAPOT)

        assert sent(session)["condition"] == {"version": {"eq": 1}, "projectionVersion": {"eq": 1}}

    def test_a_changed_row_sends_what_differs_and_its_time_which_appsync_would_make_up(
        self,
    ) -> None:
        session = Session({"updateTeapot": {}})
        changed = replace(TEAPOT, name="Samovar", version=2)
        AppSyncReadModels(session, SCHEMA).update(KEY, changed, TEAPOT)

        assert sent(session)["input"] == {
            "id": "p",
            "name": "Samovar",
            "version": 2,
            "projectionVersion": 1,
            "updatedAt": TEAPOT.updated_at,
        }

    def test_what_became_null_is_removed(self) -> None:
        session = Session({"updateTeapot": {}})
        AppSyncReadModels(session, SCHEMA).update(
            KEY, replace(TEAPOT, version=2), replace(TEAPOT, description="Hot")
        )

        assert sent(session)["input"]["description"] is None


def test_all_rows_are_read_page_by_page() -> None:
    def page(row: TeapotRow, token: str | None) -> dict[str, Any]:
        return {"items": [to_graphql(SCHEMA, "Teapot", row)], "nextToken": token}

    other = replace(TEAPOT, id="q")
    session = Session({"listTeapots": [page(TEAPOT, "t"), page(other, None)]})

    assert list(AppSyncReadModels(session, SCHEMA).pages("Teapot")) == [
        [(KEY, TEAPOT)],
        [(RowKey("Teapot", "q"), other)],
    ]
    assert [asked.variables for asked in session.asked] == [
        {"limit": PAGE},
        {"limit": PAGE, "nextToken": "t"},
    ]


@pytest.mark.parametrize(
    ("credentials", "region"), [(None, "eu-central-1"), (Credentials("id", "key"), None)]
)
def test_nothing_is_sent_unsigned(
    monkeypatch: pytest.MonkeyPatch, credentials: Credentials | None, region: str | None
) -> None:
    found = SimpleNamespace(get_credentials=lambda: credentials, region_name=region)
    monkeypatch.setattr("boto3.Session", lambda: found)

    with pytest.raises(RuntimeError, match="no AWS credentials or region"):
        signed_session("https://appsync.example/graphql")


def test_a_session_of_a_function_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials("id", "key")
    found = SimpleNamespace(get_credentials=lambda: credentials, region_name="eu-central-1")
    monkeypatch.setattr("boto3.Session", lambda: found)
    session: Any = signed_session("https://appsync.example/graphql")

    assert isinstance(session.transport.auth, SigV4)


def of_values(field: str, data: Any, *places: str) -> TransportQueryError:  # noqa: ANN401 - GraphQL
    """Return the answer of AppSync when the schema cannot show the values at these places."""
    errors = [
        {"path": [field, *map(digits, place.split("."))], "message": "Can't serialize value"}
        for place in places
    ]
    return TransportQueryError("", errors=errors, data={field: data})


def digits(part: str) -> str | int:
    return int(part) if part.isdecimal() else part


@pytest.mark.feature("R2", "R22")
class TestARowThatCannotBeShown:
    WHOLE = to_graphql(SCHEMA, "Teapot", TEAPOT)

    def test_is_read_by_its_guards_alone(self) -> None:
        session = Session(
            {
                "getTeapot": [
                    of_values("getTeapot", None, "status"),
                    {"version": 7},
                    {"projectionVersion": 2},
                ]
            }
        )

        assert AppSyncReadModels(session, SCHEMA).get(KEY) == UnreadableRow(7, 2)

    def test_may_have_a_field_whose_own_template_fails(self) -> None:
        failed = {"path": ["getTeapot", "owner"], "errorType": "MappingTemplate", "message": "x"}
        answer = {"getTeapot": {**self.WHOLE, "owner": None}}
        session = Session(
            {
                "getTeapot": [
                    TransportQueryError("", errors=[failed], data=answer),
                    {"version": 7},
                    {"projectionVersion": 2},
                ]
            }
        )

        assert AppSyncReadModels(session, SCHEMA).get(KEY) == UnreadableRow(7, 2)

    def test_may_lack_a_guard(self) -> None:
        session = Session(
            {
                "getTeapot": [
                    of_values("getTeapot", None, "version", "name"),
                    of_values("getTeapot", None, "version"),
                    {"projectionVersion": 2},
                ]
            }
        )

        assert AppSyncReadModels(session, SCHEMA).get(KEY) == UnreadableRow(None, 2)

    def test_may_be_gone_by_the_time_its_guards_are_read(self) -> None:
        session = Session({"getTeapot": [of_values("getTeapot", None, "status"), None]})

        assert AppSyncReadModels(session, SCHEMA).get(KEY) == UnreadableRow(None, None)

    @pytest.mark.parametrize(
        "unknown",
        [
            {"status": "HIBERNATING"},
            {"name": None},
            {"createdAt": 7},
            {"partCount": "x"},
        ],
    )
    def test_may_be_unreadable_for_this_release_alone(self, unknown: dict[str, Any]) -> None:
        session = Session({"getTeapot": self.WHOLE | unknown})

        assert AppSyncReadModels(session, SCHEMA).get(KEY) == UnreadableRow(1, 1)

    def test_may_hold_text_that_is_no_json(self) -> None:
        session = Session({"getPart": to_graphql(SCHEMA, "Part", SPOUT) | {"details": "{"}})

        assert AppSyncReadModels(session, SCHEMA).get(RowKey("Part", "s")) == UnreadableRow(2, 1)

    def test_is_replaced_with_all_fields(self) -> None:
        session = Session({"updateTeapot": {}})
        AppSyncReadModels(session, SCHEMA).update(KEY, TEAPOT, UnreadableRow(7, 2))

        assert sent(session)["input"] == self.WHOLE
        assert sent(session)["condition"] == {"version": {"eq": 7}, "projectionVersion": {"eq": 2}}

    def test_is_replaced_by_the_guard_that_could_be_read(self) -> None:
        session = Session({"updateTeapot": {}})
        models = AppSyncReadModels(session, SCHEMA)

        models.update(KEY, TEAPOT, UnreadableRow(7, None))
        assert sent(session)["condition"] == {"version": {"eq": 7}}
        models.update(KEY, TEAPOT, UnreadableRow(None, 2))
        assert sent(session)["condition"]["projectionVersion"] == {"eq": 2}

    def test_is_replaced_without_a_version_unless_it_has_a_newer_one_by_now(self) -> None:
        session = Session({"updateTeapot": {}})
        AppSyncReadModels(session, SCHEMA).update(KEY, TEAPOT, UnreadableRow(None, None))

        assert sent(session)["condition"] == {
            "or": [
                {"not": {"version": {"attributeType": "number"}}},
                {"version": {"gt": 2**31 - 1}},
                {"version": {"le": 1}},
            ]
        }

    def test_is_listed_without_its_version(self) -> None:
        row = to_graphql(SCHEMA, "Teapot", TEAPOT)
        shown = {"items": [row, None], "nextToken": None}
        ids = {"items": [{"id": "p"}, {"id": "q"}], "nextToken": None}
        session = Session(
            {"listTeapots": [of_values("listTeapots", shown, "items.1.version"), ids]}
        )

        assert list(AppSyncReadModels(session, SCHEMA).pages("Teapot")) == [
            [(KEY, TEAPOT), (RowKey("Teapot", "q"), UnreadableRow(None, None))]
        ]

    @pytest.mark.parametrize(
        ("shown", "ids", "names"),
        [
            (["a", None], ["a", "b"], ["b"]),
            ([None, "c"], ["b", "c"], ["b"]),
            (["a", None, "c"], ["a", "c"], []),  # what was unreadable is gone
            ([None, "c"], ["n", "b", "c"], ["n"]),  # another one came
            (["a"], ["n"], []),
        ],
    )
    def test_is_found_by_its_place(
        self, shown: list[str | None], ids: list[str], names: list[str]
    ) -> None:
        page = {"items": [id and {"id": id} for id in shown]}

        assert left_out(page, {"items": [{"id": id} for id in ids]}) == names

    def test_is_not_what_a_refusal_makes_it(self) -> None:
        refused = TransportQueryError(
            "",
            errors=[{"path": ["getTeapot", "owner"], "errorType": "Unauthorized", "message": ""}],
        )
        with pytest.raises(AppSyncError):
            AppSyncReadModels(Session({"getTeapot": refused}), SCHEMA).get(KEY)


@pytest.mark.feature("L10")
class TestPersonalTexts:
    SEALED = replace(TEAPOT, description=Unopened(f"s1:{'n' * 48}", "ada-sub"))

    def test_are_never_sent_sealed(self) -> None:
        session = Session({})
        rows = AppSyncReadModels(session, SCHEMA)

        with pytest.raises(ValueError, match="description of TeapotRow must be opened first"):
            rows.create(KEY, self.SEALED)
        with pytest.raises(ValueError, match="description of TeapotRow must be opened first"):
            rows.update(KEY, self.SEALED, TEAPOT)
        assert session.asked == []

    def test_that_are_kept_are_not_sent_at_all(self) -> None:
        session = Session({"updateTeapot": {}})
        kept = replace(TEAPOT, description=KEPT)
        AppSyncReadModels(session, SCHEMA).update(KEY, replace(kept, name="Urn", version=2), kept)

        assert session.asked[0].variables["input"].keys() == {
            *("id", "name", "version", "projectionVersion", "updatedAt")
        }
