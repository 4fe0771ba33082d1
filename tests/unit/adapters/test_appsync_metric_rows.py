"""Rows of metrics through AppSync: the list that is read, and what is sent."""

from dataclasses import replace
from typing import Any

import pytest
from gql.transport.exceptions import TransportQueryError

from adapters.appsync.metric_rows import AppSyncMetricRows
from application.metric_rows import MetricRow
from application.ports import RowConflict, UnreadableRow
from domain.contents import contents
from tests.support.graphql_session import Session

pytestmark = pytest.mark.feature("R6")

ROW = MetricRow(
    id="EventsStored:sum:2026-01-02T12:00:00.000Z",
    name="EventsStored",
    value=7.0,
    unit="Count",
    tags={"statistic": "sum"},
    timestamp="2026-01-02T12:00:00.000Z",
    source="commands",
    expires=1_800_000_000,
    version=1,
    projection_version=1,
    created_at="2026-01-02T12:01:00.000Z",
    updated_at="2026-01-02T12:01:00.000Z",
)
SHOWN = {
    "id": ROW.id,
    "name": "EventsStored",
    "value": 7,
    "unit": "Count",
    "tags": '{"statistic":"sum"}',
    "timestamp": ROW.timestamp,
    "source": "commands",
    "expires": 1_800_000_000,
    "version": 1,
    "projectionVersion": 1,
    "createdAt": ROW.created_at,
    "updatedAt": ROW.updated_at,
}
CONFLICT = TransportQueryError(
    "", errors=[{"errorType": "DynamoDB:ConditionalCheckFailedException", "message": "no"}]
)


def rows(session: Session) -> AppSyncMetricRows:
    return AppSyncMetricRows(session, contents.read_models)


def pages(*items: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Return a page for each item."""
    tokens = [*map(str, range(1, len(items))), None]
    return [
        {"items": [item], "nextToken": token} for item, token in zip(items, tokens, strict=True)
    ]


def test_rows_of_a_source_are_read_from_a_minute_on_page_by_page() -> None:
    later = SHOWN | {"id": "later"}
    session = Session({"listMetricsBySource": pages(SHOWN, later)})

    found = list(rows(session).since("commands", ROW.timestamp))
    assert found == [(ROW.id, ROW), ("later", replace(ROW, id="later"))]
    asked = {"source": "commands", "timestamp": {"ge": ROW.timestamp}, "limit": 1000}
    assert [one.variables for one in session.asked] == [asked, asked | {"nextToken": "1"}]


def test_a_row_whose_tags_are_none_of_ours_cannot_be_read() -> None:
    session = Session({"listMetricsBySource": pages(SHOWN | {"tags": "[1]"})})

    assert list(rows(session).since("commands", "")) == [(ROW.id, UnreadableRow(1, 1))]


def test_a_new_row_is_sent_whole() -> None:
    session = Session({"createMetric": SHOWN})
    rows(session).create(ROW)

    assert session.asked[0].variables == {"input": SHOWN}


def test_a_mended_row_replaces_the_one_that_was_read_and_no_other() -> None:
    session = Session({"updateMetric": SHOWN})
    rows(session).update(replace(ROW, value=8.0, version=2), ROW)

    asked = session.asked[0].variables
    assert asked["condition"] == {"version": {"eq": 1}, "projectionVersion": {"eq": 1}}
    assert asked["input"] == {
        "id": ROW.id, "value": 8, "version": 2, "projectionVersion": 1,
        "updatedAt": ROW.updated_at,
    }  # fmt: skip


def test_a_row_that_is_there_already_is_a_conflict() -> None:
    with pytest.raises(RowConflict):
        rows(Session({"createMetric": CONFLICT})).create(ROW)
