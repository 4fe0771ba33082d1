"""Metrics of a running stack: a hundred commands, and CloudWatch knows all that the table names."""

from collections.abc import Iterator
from typing import Any

import pytest

from application.metrics import OCCASIONS
from tests.domain.support.project_client import ProjectClient
from tests.domain.support.saga_stack import ADMIN, COMPLETED, FAILED, Sagas
from tests.support import calls, lab
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.running import Stacks
from tests.support.template import function_name

pytestmark = [
    pytest.mark.feature("P3", "O1", "O2", "O3", "O11", "S7"),
    pytest.mark.timeout(300),
    pytest.mark.stack("sagas"),
    pytest.mark.long,
]
COMMANDS = 100
LATE = 100_000  # events: more than any minute of a test has
ROWS = """
query Rows($name: String!) {
  listMetricsByName(name: $name, sortDirection: DESC) {
    items { id timestamp value unit source version }
  }
}
"""
MINUTE_AND_A_HALF = 90.0  # seconds, of which a minute at most passes until the present one is over


@pytest.fixture(scope="module")
def sagas(stacks: Stacks) -> Iterator[Sagas]:
    running = stacks.named("sagas")
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    yield Sagas(running, owner, ApiClient(running.outputs, ADMIN))
    calls.keep(running)


def batch() -> list[Json]:
    """Return a hundred commands, the last of which repeats the first."""
    create = [
        {"type": "create-project", "commandId": f"measured-{n}", "data": {"name": f"Measured {n}"}}
        for n in range(COMMANDS - 1)
    ]
    return [*create, create[0]]


def series(sagas: Sagas) -> list[dict[str, Any]]:
    pages = (
        sagas.running.aws.client("cloudwatch")
        .get_paginator("list_metrics")
        .paginate(Namespace=f"skafu-{sagas.running.options.environment}")
    )
    return [metric for page in pages for metric in page["Metrics"]]


def missing(sagas: Sagas) -> set[str]:
    """Return the metrics of the table that CloudWatch does not know under its dimensions."""
    known = {(m["MetricName"], *sorted(d["Name"] for d in m["Dimensions"])) for m in series(sagas)}
    return {
        metric.name
        for occasion in OCCASIONS
        for metric in occasion.metrics
        if (metric.name, *occasion.dimensions) not in known
    }


def test_a_run_of_a_hundred_commands_measures_everything(sagas: Sagas) -> None:
    results = sagas.owner.batch(batch())
    assert [result["status"] for result in results] == [202] * COMMANDS
    project = results[0]["accepted"]["aggregateId"]
    late = {"If-Match": '"7"'}
    assert (
        sagas.owner.send("PATCH", f"/projects/{project}", {"name": "Late"}, late).status_code == 412
    )
    id = sagas.created(sagas.drafted())
    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED
    sagas.owner.send("GET", f"/projects/{project}")
    sagas.owner.send("GET", f"/projects/{project}/events")
    lab.call(sagas.running.aws, function_name("Reconciler"), {})

    assert eventually(lambda: missing(sagas) == set()), missing(sagas)
    assert len(series(sagas)) <= 100


@pytest.mark.feature("R3", "R6")
def test_the_figures_of_a_minute_that_is_over_become_a_row_that_admin_alone_reads(
    sagas: Sagas,
) -> None:
    sagas.owner.create_project("Measured")

    def written() -> list[Json]:
        lab.call(sagas.running.aws, function_name("MetricWriter"))
        return rows(sagas.admin)

    first = eventually(written, MINUTE_AND_A_HALF, pause=1)[0]
    assert (first["unit"], first["source"]) == ("Count", "commands")
    assert first["value"] >= 1
    assert eventually(lambda: rows(sagas.admin)[-1] == written()[-1]), "a repeated run writes again"
    measured_late(sagas, first["timestamp"])
    assert eventually(lambda: [r for r in written() if r["id"] == first["id"] and shows_late(r)])
    developer = ApiClient(sagas.running.outputs, "developer@skafu.dev")
    assert rows(sagas.owner) == rows(developer) == []


def measured_late(sagas: Sagas, minute: str) -> None:
    """Have CloudWatch know of more events of a minute whose row is there."""
    metric = next(metric for metric in series(sagas) if metric["MetricName"] == "EventsStored")
    datum = {"MetricName": "EventsStored", "Dimensions": metric["Dimensions"], "Unit": "Count"}
    sagas.running.aws.client("cloudwatch").put_metric_data(
        Namespace=metric["Namespace"], MetricData=[{**datum, "Timestamp": minute, "Value": LATE}]
    )


def shows_late(row: Json) -> bool:
    return bool(row["value"] >= LATE and row["version"] > 1)


def rows(client: ApiClient) -> list[Json]:
    answer = client.graphql(ROWS, name="EventsStored")
    found: list[Json] = ((answer.get("data") or {}).get("listMetricsByName") or {}).get("items", [])
    return found
