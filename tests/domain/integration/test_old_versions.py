"""Streams that older code recorded, put into the running system as they lay in its table."""

import json
from typing import Any

import pytest

from local.aws import Aws
from tests.domain.support.project_client import row
from tests.support import corpus
from tests.support.api_client import ApiClient, eventually

SERVICES = """
query Services($id: ID!) {
  servicesByProject(projectId: $id) {
    items { id name type configuration status version projectionVersion }
  }
}
"""


@pytest.fixture
def admin(stack: dict[str, Any]) -> ApiClient:
    return ApiClient(stack, "admin@skafu.dev")


def put(stack: dict[str, Any], stream: corpus.Stream) -> str:
    """Its items in their order; the plain id."""
    dynamodb = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    for item in corpus.items(stream.name):
        dynamodb.put_item(TableName=stack["eventsTable"], Item=item)
    return stream.commits[0].aggregate_id.partition("#")[2]


def services(admin: ApiClient, project: str) -> dict[str, dict[str, Any]]:
    found = admin.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"]
    return {item["id"]: item for item in found}


def expected(stream: corpus.Stream) -> dict[str, dict[str, Any]]:
    """The committed rows of the corpus, as GraphQL shows them."""
    (fold,) = (name for name in corpus.folds(stream) if name.startswith("services-"))
    rows = json.loads(corpus.file_of(stream.name, fold).read_text()).values()
    return {
        row["id"]: {
            **{name: row[name] for name in ("id", "name", "type", "status", "version")},
            "configuration": json.dumps(row["configuration"]),
            "projectionVersion": row["projection_version"],
        }
        for row in rows
        if "project_id" in row
    }


def plain(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        id: {**row, "configuration": json.loads(row["configuration"])} for id, row in rows.items()
    }


def reached_the_rows(stack: dict[str, Any], admin: ApiClient, stream: corpus.Stream) -> str:
    """Put the stream and wait for the rows of the corpus; the project's id."""
    project = put(stack, stream)
    wanted = plain(expected(stream))

    assert row(admin, project, stream.commits[-1].last_sequence)
    eventually(lambda: plain(services(admin, project)) == wanted)
    assert plain(services(admin, project)) == wanted
    return project


@pytest.mark.feature("V1", "V4", "W10")
def test_both_versions_of_an_event_become_rows(stack: dict[str, Any], admin: ApiClient) -> None:
    reached_the_rows(stack, admin, corpus.streams()["project/two-versions"])


@pytest.mark.feature("V1", "V7", "W10", "W15")
def test_a_stream_that_the_first_code_recorded_goes_on(
    stack: dict[str, Any], admin: ApiClient
) -> None:
    """Its states are of another version: they are not used, and nothing is missing."""
    stream = corpus.streams()["project/first-code"]
    project = reached_the_rows(stack, admin, stream)

    restored = admin.command("POST", f"/projects/{project}/restore", {})
    taken = admin.command(
        "POST", f"/projects/{project}/services", {"serviceName": "BREW", "serviceType": "API"}
    )

    assert {commit.state_version for commit in stream.commits if commit.state} == {1}
    assert restored.json()["version"] == stream.commits[-1].last_sequence + 1
    assert taken.json()["type"].endswith("service-name-taken")
