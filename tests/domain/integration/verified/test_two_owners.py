"""Two people who use the same keys, names and ids: neither reads or changes what is the other's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import uuid6
from typer.testing import CliRunner

from kernel.actor import owner
from skafu.cli import app
from tests.domain.support.project_client import GET_PROJECT, SERVICES, ProjectClient, row
from tests.integration.test_integration_commands import Machine, claims, erp
from tests.support.api_client import Json, eventually

__all__ = ["erp"]

WITHIN = {"serviceName": "api", "serviceType": "API"}
ADDED = {"serviceName": "web", "serviceType": "WORKER"}
Way = Callable[[ProjectClient, str, str, Machine], requests.Response]
"""How `add-service` is sent to a project under a key."""


def task(client: ProjectClient, project: str, key: str, _: Machine) -> requests.Response:
    envelope = {"aggregateId": project, "commandId": key, "data": ADDED}
    return client.send("POST", "/commands/add-service", envelope)


def resource(client: ProjectClient, project: str, key: str, _: Machine) -> requests.Response:
    return client.command("POST", f"/projects/{project}/services", ADDED, key)


def batch(client: ProjectClient, project: str, key: str, _: Machine) -> requests.Response:
    item = {"type": "add-service", "aggregateId": project, "data": ADDED}
    return client.command("POST", "/commands", {"commands": [item]}, key)


def deferred(client: ProjectClient, project: str, key: str, _: Machine) -> requests.Response:
    headers = {"Idempotency-Key": key, "Prefer": "respond-async"}
    return client.send("POST", f"/projects/{project}/services", ADDED, headers)


def machine(client: ProjectClient, project: str, key: str, erp: Machine) -> requests.Response:
    known = claims(client)
    item = {"type": "add-service", "aggregateId": project, "commandId": key, "data": ADDED}
    person = owner(known["sub"], known["cognito:username"])
    return erp.send(item | {"onBehalfOf": person})


WAYS: dict[str, Way] = {way.__name__: way for way in (task, resource, batch, deferred, machine)}


def created(client: ProjectClient, key: str) -> str:
    """Create a project with a service in the creation; return its id."""
    body = {"name": "Same", "services": [WITHIN]}
    answer = client.command("POST", "/projects", body, key)
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["aggregateId"]
    return found


def listed(client: ProjectClient, project: str) -> Json:
    """Return the ids of the services that are there, by name."""
    answer = client.send("GET", f"/projects/{project}/services").json()
    return {one["name"]: one["id"] for one in answer.get("data", []) if one["status"] == "ACTIVE"}


def ended(client: ProjectClient, project: str, names: set[str]) -> Json:
    assert eventually(lambda: set(listed(client, project)) == names), listed(client, project)
    return listed(client, project)


@pytest.fixture(scope="module", autouse=True)
def whole(stack_outputs: Path) -> Iterator[None]:
    """Every row equals its fold in the end, whichever way the commands came."""
    yield
    assert eventually(lambda: verified(stack_outputs), pause=1)


def verified(outputs: Path) -> bool:
    words = ("verify", "--outputs", str(outputs))
    return CliRunner().invoke(app, words).exit_code == 0


@pytest.mark.feature("C11", "C15", "R37")
@pytest.mark.parametrize("way", WAYS)
def test_one_key_of_two_people_is_two_services(way: str, stack: Json, erp: Machine) -> None:
    first, second, admin = (
        ProjectClient(stack, f"{name}@skafu.dev") for name in ("owner", "second", "admin")
    )
    creation, key, deployment = (str(uuid6.uuid7()) for _ in range(3))
    mine, theirs = created(first, creation), created(second, creation)
    starting = {"deploymentId": deployment, "environment": "staging", "revision": "4f2a9c1"}
    for client, project in ((first, mine), (second, theirs)):
        assert WAYS[way](client, project, key, erp).ok
        assert ended(client, project, {"api", "web"})
        answer = admin.command("POST", f"/projects/{project}/deployments", starting)
        assert answer.status_code == 202, answer.text

    ids = [*listed(first, mine).values(), *listed(second, theirs).values()]
    assert len({mine, theirs, *ids}) == 6
    removed = first.command("DELETE", f"/projects/{mine}/services/{listed(first, mine)['web']}", {})
    assert removed.status_code == 202

    assert ended(first, mine, {"api"})
    assert ended(second, theirs, {"api", "web"})
    for client, project in ((first, theirs), (second, mine)):
        assert client.graphql(GET_PROJECT, id=project)["data"]["getProject"] is None
        assert client.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"] == []
        assert client.send("GET", f"/projects/{project}/services").status_code == 404
    for project in (mine, theirs):
        assert row(admin, project, 3)
        assert ended(admin, project, {"api"} if project == mine else {"api", "web"})
