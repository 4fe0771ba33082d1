"""Every command, in both styles, by everybody: from the table of operations."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from adapters.memory_event_store import MemoryEventStore
from api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api, Person
from application.execute import Head
from builders import uuid7
from domain.messages import AggregateId
from fakes import Clock
from handlers import command_api
from handlers.authorization import Who
from handlers.command_api import Commands, CommandStore
from handlers.operations import OPERATIONS, Operation

NOW = datetime.now(UTC)
SERVICE = {"serviceName": "spout", "serviceType": "API"}
CONFIGURATION = {"runtime": "python3.13", "region": "us-east-1"}
FILES = [{"path": "README.md", "content": "# Tea"}]
DEPLOYMENT = "0198f2a0-0000-7000-8000-00000000000d"
TASKS = [pytest.param(operation, id=operation.name) for operation in OPERATIONS]
# What has to have happened before, and what is sent; `{id}` and `{serviceId}` are filled in.
BEFORE: dict[str, tuple[str, ...]] = {
    "restore-project": ("archive-project",),
    "choose-template": ("publish-template",),
    "unlink-repository": ("link-repository",),
    "complete-deployment": ("start-deployment",),
    "fail-deployment": ("start-deployment",),
    "complete-provisioning-step": ("start-provisioning",),
    "complete-provisioning": ("start-provisioning",),
    "fail-provisioning": ("start-provisioning",),
}
DATA: dict[str, dict[str, Any]] = {
    "create-project": {
        "name": "Teapot",
        "templateId": "tea",
        "configuration": CONFIGURATION,
        "services": [SERVICE],
    },
    "change-project": {"name": "Samovar"},
    "configure-project": CONFIGURATION | {"features": ["tea.cosy"], "environment": {"CUPS": "6"}},
    "add-service": {"serviceName": "lid", "serviceType": "WORKER"},
    "change-service": {"serviceName": "Tap"},
    "choose-template": {"templateId": "tea"},
    "link-repository": {"provider": "GITHUB", "url": "https://example.org/tea.git"},
    "start-deployment": {"deploymentId": DEPLOYMENT, "environment": "prod", "revision": "v1"},
    "complete-deployment": {"url": "https://tea.example.org"},
    "fail-deployment": {"reason": "It leaks."},
    "complete-provisioning-step": {"step": "TEMPLATE"},
    "fail-provisioning": {"reason": "The kettle is cold.", "step": "ANALYSIS"},
    "draft-template": {"slug": "tea", "name": "Tea", "files": FILES},
    "revise-template": {"name": "Green tea"},
    "deprecate-template": {"reason": "Coffee."},
    "request-analysis": {"projectId": "{id}", "kind": "SECURITY", "question": "Does it leak?"},
    "complete-analysis": {"summary": "It does.", "analyst": "rules", "findings": [
        {"severity": "CRITICAL", "title": "A leak", "detail": "At the spout."}
    ]},
    "fail-analysis": {"reason": "Too dark."},
}  # fmt: skip


class Current:
    """The store of the test that runs: one API for all of them, as it takes long to build."""

    store: MemoryEventStore
    warm: dict[AggregateId, Head[Any]]

    def __init__(self) -> None:
        self.warm = {}
        self.begin()

    def begin(self) -> None:
        self.store = MemoryEventStore()
        self.warm.clear()

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


CURRENT = Current()
APP = command_api.build(
    Commands.over(cast(CommandStore, CURRENT), Clock(NOW), CURRENT.warm, sleep=lambda _: None)
)


class World:
    """A project of Ada's with a service, and what else a command needs to be there."""

    def __init__(self, *has: str) -> None:
        CURRENT.begin()
        self.store = CURRENT.store
        self.api = Api(APP, None)
        self.ids: dict[str, str] = {}
        for name in has:
            self.sent(name)

    def prepared(self, operation: Operation) -> "World":
        for name in BEFORE.get(operation.name, ()):
            self.sent(name)
        return self

    def sent(self, name: str) -> None:
        operation = next(o for o in OPERATIONS if o.name == name)
        answer = self.rest(operation, ADMIN if operation.who is not Who.OWNER else ADA)
        assert answer.status == 202, answer.text
        if operation.creates:
            self.ids[operation.aggregate_type] = answer.body["aggregateId"]

    def rest(self, operation: Operation, person: Person | None, key: str | None = None) -> Answer:
        headers = {} if key is None else {"idempotency_key": key}
        path = operation.path
        for name, value in self.path_ids(operation).items():
            path = path.replace(f"<{name}>", value)
        return self.api.as_(person).call(operation.method, path, self.data(operation), headers)

    def task(self, operation: Operation, person: Person | None, key: str) -> Answer:
        ids = self.path_ids(operation)
        target = {} if operation.creates else {"aggregateId": ids.pop("id")}
        envelope = {"commandId": key, **target, "data": {**(self.data(operation) or {}), **ids}}
        return self.api.as_(person).post(f"/commands/{operation.name}", envelope)

    def data(self, operation: Operation) -> dict[str, Any] | None:
        data = DATA.get(operation.name)
        if data and data.get("projectId") == "{id}":
            return {**data, "projectId": self.ids["PROJECT"]}
        return data

    def path_ids(self, operation: Operation) -> dict[str, str]:
        inner = {name: self.inner_id(name) for name in operation.ids}
        return inner if operation.creates else {"id": self.ids[operation.aggregate_type], **inner}

    def inner_id(self, name: str) -> str:
        if name == "deploymentId":
            return DEPLOYMENT
        project = next(stream for stream, _ in self.store.heads() if stream.startswith("PROJECT#"))
        events = [e for commit in self.store.read(project) for e in commit.stored_events()]
        return next(str(e["data"]["serviceId"]) for e in events if "serviceId" in e["data"])


def fitting(operation: Operation) -> Person:
    """Somebody who may send it; creations of the world's own are by others."""
    return ADA if operation.who is Who.OWNER else ADMIN


@pytest.fixture
def world() -> World:
    return World("create-project", "request-analysis", "draft-template")


@pytest.mark.feature("C5", "C6", "C4", "S4")
@pytest.mark.parametrize("operation", TASKS)
def test_is_taken_in_both_styles_as_the_same_command(operation: Operation, world: World) -> None:
    if operation.name == "draft-template":
        world = World()  # in which no template has its slug
    key = uuid7(NOW, 77)
    rest = world.prepared(operation).rest(operation, fitting(operation), key)
    task = world.task(operation, fitting(operation), key)

    assert rest.status == 202, rest.text
    assert task.text == rest.text
    assert task.headers["Location"] == rest.headers["Location"]


@pytest.mark.feature("C11")
@pytest.mark.parametrize("operation", TASKS)
def test_is_refused_to_those_who_only_read(operation: Operation, world: World) -> None:
    assert world.rest(operation, DEVELOPER).problem == "forbidden"
    assert world.rest(operation, None).problem == "unauthorized"


@pytest.mark.feature("C11", "L8")
@pytest.mark.parametrize("operation", TASKS)
def test_is_refused_to_a_second_owner(operation: Operation, world: World) -> None:
    """Of what is not theirs they learn nothing; what is not anybody's to send is forbidden."""
    answer = world.prepared(operation).rest(operation, EVE)

    if operation.name == "create-project":
        assert answer.status == 202
    elif operation.who is Who.OWNER:
        assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    else:
        assert (answer.status, answer.problem) == (403, "forbidden")


@pytest.mark.parametrize("operation", TASKS)
def test_unknown_fields_are_refused(operation: Operation, world: World) -> None:
    data = {**(world.data(operation) or {}), "colour": "red"}
    target = {} if operation.creates else {"aggregateId": world.ids[operation.aggregate_type]}
    ids = {name: value for name, value in world.path_ids(operation).items() if name != "id"}
    envelope = {**target, "data": data | ids}
    answer = world.api.as_(ADMIN).post(f"/commands/{operation.name}", envelope)

    assert answer.problem == "invalid-request"
    assert "data.colour" in " ".join(answer.faults)


class TestChoosingATemplate:
    def choose(self, world: World, reference: str, key: str | None = None) -> Answer:
        path = f"/projects/{world.ids['PROJECT']}/template"
        headers = {} if key is None else {"idempotency_key": key}
        return world.api.as_(ADA).call("PUT", path, {"templateId": reference}, headers)

    def test_by_slug_and_by_id_is_the_same_choice(self, world: World) -> None:
        world.sent("publish-template")
        assert self.choose(world, "tea").body["version"] == 3
        assert self.choose(world, world.ids["TEMPLATE"]).body["version"] == 3

    def test_that_is_not_published_is_refused(self, world: World) -> None:
        assert self.choose(world, "tea").problem == "template-not-published"
        assert self.choose(world, "coffee").problem == "template-not-published"

    def test_sent_again_after_a_new_revision_gets_the_first_answer(self, world: World) -> None:
        """What was looked up makes no other command of it."""
        key = uuid7(NOW, 78)
        world.sent("publish-template")
        first = self.choose(world, "tea", key)
        world.sent("revise-template")
        world.sent("publish-template")

        assert self.choose(world, "tea", key).text == first.text
        assert self.choose(world, "tea").body["version"] == first.body["version"] + 1


@pytest.mark.feature("C15")
def test_one_key_on_two_aggregates_is_two_commands(world: World) -> None:
    """Identity is looked up in the stream: each aggregate has the command once (ADR 4)."""
    key = uuid7(NOW, 79)
    other = world.api.as_(ADA).post("/projects", {"name": "Kettle"}).body["aggregateId"]
    answers = [
        world.api.as_(ADA).patch(f"/projects/{project}", {"name": "Urn"}, idempotency_key=key)
        for project in (world.ids["PROJECT"], other)
    ]

    assert [answer.status for answer in answers] == [202, 202]


def test_a_slug_is_one_templates_alone(world: World) -> None:
    answer = world.api.as_(ADMIN).post("/templates", {"slug": "tea", "name": "Another"})

    assert (answer.status, answer.problem) == (409, "slug-taken")


@pytest.mark.feature("K10")
def test_a_lost_merge_is_409_and_names_the_events(world: World) -> None:
    path = f"/projects/{world.ids['PROJECT']}"
    world.api.as_(ADA).patch(path, {"name": "Urn"})
    answer = world.api.as_(ADA).patch(path, {"name": "Pot"}, if_match='"2"', x_on_conflict="merge")

    assert (answer.status, answer.problem) == (409, "merge-conflict")
    assert "ProjectRenamed" in answer.body["detail"]
