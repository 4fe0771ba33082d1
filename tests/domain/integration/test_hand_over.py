"""A project that changes hands on the running stack: who sees what of it, by every way to read."""

from dataclasses import dataclass
from functools import cached_property

import pytest

from skafu.generate.read_models import amplify_schema
from tests.domain.support.project_client import (
    GET_PROJECT,
    SERVICES,
    ProjectClient,
    claims,
    owner_of,
    row,
    signed_up,
)
from tests.support.api_client import Json, eventually
from tests.support.appsync_client import AppSync, Credential, Subscriber, document

pytestmark = pytest.mark.feature("C13", "L10", "R22", "C20")
SERVICE = {"serviceName": "a", "serviceType": "API"}
GET_SERVICE = "query S($id: ID!) { getService(id: $id) { id status } }"
LISTED = "query L($id: ID!) { projectsByUser(userId: $id) { items { id } } }"
LATER = {"Prefer": "respond-async"}


@dataclass(frozen=True)
class Handed:
    """A project with a service, and one that was removed, that Admin has handed over."""

    old: ProjectClient
    new: ProjectClient
    admin: ProjectClient
    id: str
    services: tuple[str, ...]
    watching: dict[str, Subscriber]
    moment: str

    @cached_property
    def path(self) -> str:
        return f"/projects/{self.id}"

    def sees(self, who: ProjectClient) -> set[object]:
        """Return all that GraphQL shows: the row, its list, its services, deleted ones included."""
        found = [who.graphql(GET_PROJECT, id=self.id)["data"]["getProject"] is not None]
        found += [self.id in listed(who, whose) for whose in (self.old, self.new)]
        services = who.graphql(SERVICES, id=self.id)["data"]["servicesByProject"]["items"]
        rows = (who.graphql(GET_SERVICE, id=one)["data"]["getService"] for one in self.services)
        return {*found, bool(services), *(shown is not None for shown in rows)}


def listed(who: ProjectClient, whose: ProjectClient) -> set[str]:
    items = who.graphql(LISTED, id=claims(whose)["sub"])["data"]["projectsByUser"]["items"]
    return {item["id"] for item in items if item}


def subscribed(client: ProjectClient) -> Subscriber:
    token = Credential({"authorization": client.tokens["IdToken"]})
    browser = AppSync(client.outputs, token).subscriber()
    assert browser.open()
    schema = amplify_schema()
    assert schema.subscription_type is not None
    name = "onUpdateProject"
    browser.start(name, document("subscription", name, schema.subscription_type.fields[name], {}))
    assert browser.until(lambda: browser.accepted == {name})
    return browser


def services_of(client: ProjectClient, path: str, count: int) -> list[str]:
    """Return the ids of a project's services once so many have their rows."""

    def listed() -> list[str]:
        return [one["id"] for one in client.send("GET", f"{path}/services").json()["data"]]

    assert eventually(lambda: len(listed()) == count)
    return listed()


@pytest.fixture(scope="module")
def handed(stack: Json) -> Handed:
    """Hand the project over by a deferred command, while both owners watch."""
    old, admin = (ProjectClient(stack, f"{name}@skafu.dev") for name in ("owner", "admin"))
    new = signed_up(stack)
    created = old.create_project("Heirloom", services=[SERVICE, {**SERVICE, "serviceName": "b"}])
    project = created["aggregateId"]
    path = f"/projects/{project}"
    assert row(old, project, 3)
    services = services_of(old, path, 2)
    removed = old.command("DELETE", f"{path}/services/{services[0]}", {})
    assert removed.status_code == 202, removed.text
    assert row(old, project, 4)
    watching = {"old": subscribed(old), "new": subscribed(new)}
    answer = admin.send("POST", f"{path}/hand-over", {"owner": owner_of(new)}, LATER)
    place = answer.headers["Location"]
    assert eventually(lambda: admin.send("GET", place).json()["status"] == "accepted")
    assert row(new, project, 5)
    return Handed(old, new, admin, project, tuple(services), watching, created["timestamp"])


def test_graphql_shows_all_to_the_new_owner_and_nothing_to_the_old_one(handed: Handed) -> None:
    assert eventually(lambda: handed.sees(handed.old) == {False})
    rows = (handed.new.graphql(GET_SERVICE, id=one) for one in handed.services)
    assert all(answer["data"]["getService"] for answer in rows)
    assert handed.new.graphql(SERVICES, id=handed.id)["data"]["servicesByProject"]["items"]
    assert listed(handed.new, handed.new) == {handed.id}


def test_subscribers_are_told_as_appsync_filters(handed: Handed) -> None:
    """The new owner is told; the old one hears nothing, as the row is not theirs any more."""
    new = handed.watching["new"]
    assert new.until(lambda: bool(new.received))
    handed.watching["old"].read(seconds=1)
    told = {who: browser.received for who, browser in handed.watching.items()}

    assert told["old"] == {}
    rows = [frame["data"]["onUpdateProject"] for frame in told["new"]["onUpdateProject"]]
    assert {found["id"] for found in rows} == {handed.id}
    assert rows[0]["name"] == "Heirloom"


def test_the_api_reads_all_to_the_new_owner_and_nothing_to_the_old_one(handed: Handed) -> None:
    past = (f"/state?version={n}" for n in (1, 5))
    for part in ("", "/services", "/events", "/state", *past, f"/state?at={handed.moment}"):
        assert handed.old.send("GET", handed.path + part).status_code == 404, part
        assert handed.new.send("GET", handed.path + part).status_code == 200, part
        assert handed.admin.send("GET", handed.path + part).status_code == 200, part
    mine = handed.old.send("GET", "/projects?limit=100").json()["data"]
    assert handed.id not in {project["id"] for project in mine}
    assert [p["id"] for p in handed.new.send("GET", "/projects").json()["data"]] == [handed.id]


def test_the_new_owners_name_is_opened_for_them_and_the_old_owners_is_not(handed: Handed) -> None:
    events = handed.new.send("GET", f"{handed.path}/events").json()["data"]
    handed_over = next(e for e in events if e["eventType"] == "ProjectHandedOver")

    assert handed_over["data"]["ownerName"] == "Heir Apparent"
    assert handed_over["data"]["ownerEmail"] == handed.new.email
    assert events[0]["data"]["ownerEmail"] == "[withheld]"


def test_only_the_new_owner_commands_by_every_way(handed: Handed) -> None:
    item = {"type": "change-project", "aggregateId": handed.id, "data": {"name": "Heirloom II"}}
    for who, status in ((handed.old, 404), (handed.new, 202)):
        batch = who.send("POST", "/commands", {"commands": [item]}).json()["results"]
        rest = who.command("PATCH", handed.path, {"description": who.email})
        deferred = who.send("PATCH", handed.path, {"name": "Heirloom III"}, LATER)
        place = deferred.headers["Location"]

        assert [batch[0]["status"], rest.status_code] == [status, status]
        wanted = "accepted" if status == 202 else "refused"
        assert eventually(lambda: who.send("GET", place).json()["status"] == wanted)  # noqa: B023 - called before the next
