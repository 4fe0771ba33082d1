"""Every example of the OpenAPI document is sent, and answered as the document says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.writing.identity import nth_inner_id
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.examples import aggregate_ids, inner_ids, one_of
from edge.http import openapi
from kernel.messages import aggregate_id
from kernel.operation import Who
from tests.support.api import Answer, Api, Person
from tests.support.fakes import Clock

DOCUMENT = openapi.document(contents)
IDS, INNER_IDS = aggregate_ids(contents), inner_ids(contents)
OWNER = Person("user-123", "user-123")
ADMIN = Person("root", "root", "Admin")
MACHINE = "arn:aws:sts::123456789012:assumed-role/erp/session"
PREPARED = ("draft-template", "publish-template", "create-project", "add-service")
# What has to have happened before, besides.
BEFORE = {
    "restore-project": ("archive-project",),
    "unlink-repository": ("link-repository",),
    "complete-deployment": ("start-deployment",),
    "fail-deployment": ("start-deployment",),
    "complete-provisioning-step": ("start-provisioning",),
    "complete-provisioning": ("start-provisioning",),
    "fail-provisioning": ("start-provisioning",),
    "complete-analysis": ("request-analysis",),
    "fail-analysis": ("request-analysis",),
    "cancel-analysis": ("request-analysis",),
    "draft-template": (),
    "publish-template": ("draft-template",),
    "create-project": (),
}
ALONE = {"draft-template", "publish-template", "create-project", "/commands"}
EXAMPLES = [
    (path, method, name, example["value"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
    for name, example in operation["requestBody"]["content"]["application/json"]["examples"].items()
]


class World:
    """What the example needs, made by the examples of other commands."""

    def __init__(self) -> None:
        commands = Commands.over(contents, MemoryEventStore(), Clock(datetime.now(UTC)), {})
        self.api = Api(command_api.build(commands))

    def prepare(self, name: str) -> None:
        before = () if name in ALONE else PREPARED
        for needed in (*before, *BEFORE.get(name, ())):
            if needed == name:
                continue
            self.send(f"/commands/{needed}", "post", needed, envelope(needed))

    def send(self, path: str, method: str, name: str, body: dict[str, Any]) -> Answer:
        answer = self.as_whom(name).call(method.upper(), at(path), substituted(body), {})
        assert answer.status in (200, 202), f"{name}: {answer.text}"
        return answer

    def as_whom(self, name: str) -> Api:
        if name == "machine":
            return self.api.as_machine(MACHINE)
        operation = contents.operation.get(name)
        by_owner = operation is None or operation.who is Who.OWNER
        return self.api.as_(OWNER if by_owner else ADMIN)


def envelope(name: str) -> dict[str, Any]:
    """The example in task style, for the aggregate of all examples."""
    operation = contents.operation[name]
    ids = {field: INNER_IDS[field] for field in operation.ids}
    return {
        "commandId": f"{name}-1",
        "aggregateId": IDS[operation.aggregate_type],
        "data": one_of(contents, operation) | ids,
    }


SERVICE = nth_inner_id(
    aggregate_id("PROJECT", IDS["PROJECT"]), f"{OWNER.sub}::{OWNER.username}", "add-service-1", 0
)


def substituted(body: Any) -> Any:  # noqa: ANN401 - JSON
    """A service's id is made by the command that adds it."""
    return json.loads(json.dumps(body).replace(INNER_IDS["serviceId"], SERVICE))


def at(path: str) -> str:
    kinds = {"projects": "PROJECT", "templates": "TEMPLATE", "analyses": "ANALYSIS"}
    collection = path.split("/")[1]
    filled = path.replace("{id}", IDS.get(kinds.get(collection, ""), ""))
    inner = INNER_IDS | {"serviceId": SERVICE}
    for name, value in inner.items():
        filled = filled.replace("{" + name + "}", value)
    return filled


@pytest.mark.feature("C5", "C6", "C7", "C8", "C27")
@pytest.mark.parametrize(
    ("path", "method", "name", "body"), EXAMPLES, ids=[f"{m} {p}" for p, m, *_ in EXAMPLES]
)
def test_an_example_is_answered_as_documented(
    path: str, method: str, name: str, body: dict[str, Any]
) -> None:
    world = World()
    world.prepare(path if path in ALONE else name)
    if "userId" in body and contents.operation[name].who is not Who.OWNER:
        body = body | {"userId": ADMIN.sub}
    answer = world.send(path, method, name, body)

    assert str(answer.status) in DOCUMENT["paths"][path][method]["responses"]


@pytest.mark.feature("C5", "C6")
def test_every_command_has_an_example_in_both_styles() -> None:
    styles = {(method, path) for path, method, *_ in EXAMPLES}

    assert len(styles) == 2 * len(contents.operations) + 2
    assert len(IDS) == len(contents.aggregates)


@pytest.mark.feature("C7", "C8")
def test_the_source_documents_own_example_is_among_them() -> None:
    (example,) = [body for path, _, _, body in EXAMPLES if path == "/commands/create-project"]

    assert example == {
        "commandId": "cmd-12345",
        "userId": "user-123",
        "correlationId": "req-12345",
        "timestamp": "2025-01-18T10:30:00.123Z",
        "data": {
            "name": "E-commerce Platform",
            "description": "Full-stack e-commerce solution",
            "templateId": "full-stack-template",
            "configuration": {"runtime": "python3.9", "region": "us-east-1"},
        },
    }
