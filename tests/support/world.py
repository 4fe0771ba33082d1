"""A world in which every command can be sent: what it needs to be there, and data that it takes."""

from datetime import UTC, datetime
from typing import Any, cast

from adapters.memory.event_store import MemoryEventStore
from application.writing.heads import Head
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands, CommandStore
from handlers import wiring
from kernel.messages import AggregateId
from kernel.operation import Operation, Who
from tests.support.api import ADA, ADMIN, Answer, Api, Person

NOW = datetime.now(UTC)
SERVICE = {"serviceName": "spout", "serviceType": "API"}
CONFIGURATION = {"runtime": "python3.13", "region": "us-east-1"}
FILES = [{"path": "README.md", "content": "# Tea"}]
DEPLOYMENT = "0198f2a0-0000-7000-8000-00000000000d"
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
    # The real time: keys that the API makes itself carry it.
    Commands.over(
        contents, cast(CommandStore, CURRENT), wiring.now, CURRENT.warm, sleep=lambda _: None
    )
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
        operation = next(o for o in contents.operations if o.name == name)
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
        return self.api.as_(person).post(
            f"/commands/{operation.name}", self.envelope(operation, key)
        )

    def envelope(self, operation: Operation, key: str) -> dict[str, Any]:
        """The task style's body."""
        ids = self.path_ids(operation)
        target = {} if operation.creates else {"aggregateId": ids.pop("id")}
        return {"commandId": key, **target, "data": {**(self.data(operation) or {}), **ids}}

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
    """Somebody who may send it; what only machines and Admin may send is by Admin."""
    return ADA if operation.who is Who.OWNER else ADMIN
