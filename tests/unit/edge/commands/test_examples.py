"""Every example of the OpenAPI document is sent, and answered as the document says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.examples import aggregate_ids, inner_ids, typical
from kernel.operation import Who
from skafu.examples import inner_ids as ids_in
from tests.support.api import Answer, Api, Person
from tests.support.documented import document
from tests.support.fakes import Clock
from tests.support.generated_requests import operation_of
from tests.support.world import before

DOCUMENT = document()
IDS, INNER_IDS = aggregate_ids(contents), inner_ids(contents)
OWNER = Person("user-123", "user-123")
ADMIN = Person("root", "root", "Admin")
MACHINE = "arn:aws:sts::123456789012:assumed-role/erp/session"
COLLECTIONS = {path: kind.aggregate_type for path, kind in contents.collections()}

EXAMPLES = [
    (path, method, name, example["value"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
    for name, example in operation["requestBody"]["content"]["application/json"]["examples"].items()
]


class World:
    """The things that an example needs, made by the examples of other commands."""

    def __init__(self) -> None:
        self.store = MemoryEventStore()
        commands = Commands.over(contents, self.store, Clock(datetime.now(UTC)), {})
        self.api = Api(command_api.build(commands))
        self.made: dict[str, str] = {}
        """Ids that commands made, by those which the document has in their place."""

    def prepare(self, path: str, method: str) -> None:
        """Send what comes before the command of this route, to the aggregates of the examples.

        The routes without a command of their own take the first creation.
        """
        operation = operation_of(f"{method.upper()} {path}") or contents.first_creation
        for name in before(operation):
            self.send(f"/commands/{name}", "post", name, envelope(name))

    def send(self, path: str, method: str, name: str, body: dict[str, Any]) -> Answer:
        answer = self.as_whom(name).call(method.upper(), self.at(path), self.substituted(body), {})
        assert answer.status in (200, 202), f"{name}: {answer.text}"
        self.learn()
        return answer

    def learn(self) -> None:
        for stream, _ in self.store.heads():
            for commit in self.store.read(stream):
                for inner, plain in ids_in(commit.stored_events()):
                    self.made[INNER_IDS[inner]] = plain

    def as_whom(self, name: str) -> Api:
        if name == "machine":
            return self.api.as_machine(MACHINE)
        operation = contents.operation.get(name)
        by_owner = operation is None or operation.who is Who.OWNER
        return self.api.as_(OWNER if by_owner else ADMIN)

    def substituted(self, body: Any) -> Any:  # noqa: ANN401 - JSON
        text = json.dumps(body)
        for example, plain in self.made.items():
            text = text.replace(example, plain)
        return json.loads(text)

    def at(self, path: str) -> str:
        aggregate_type = COLLECTIONS.get("/" + path.split("/")[1], "")
        filled = path.replace("{id}", IDS.get(aggregate_type, ""))
        for name, example in INNER_IDS.items():
            filled = filled.replace("{" + name + "}", self.made.get(example, example))
        return filled


def envelope(name: str) -> dict[str, Any]:
    """Return the example in task style, for the aggregate of all examples."""
    operation = contents.operation[name]
    ids = {field: INNER_IDS[field] for field in operation.ids}
    return {
        "commandId": f"{name}-1",
        "aggregateId": IDS[operation.aggregate_type],
        "data": typical(contents, operation) | ids,
    }


@pytest.mark.feature("C5", "C6", "C7", "C8", "C27")
@pytest.mark.parametrize(
    ("path", "method", "name", "body"), EXAMPLES, ids=[f"{m} {p}" for p, m, *_ in EXAMPLES]
)
def test_an_example_is_answered_as_documented(
    path: str, method: str, name: str, body: dict[str, Any]
) -> None:
    world = World()
    world.prepare(path, method)
    if "userId" in body and contents.operation[name].who is not Who.OWNER:
        body = body | {"userId": ADMIN.sub}
    answer = world.send(path, method, name, body)

    assert str(answer.status) in DOCUMENT["paths"][path][method]["responses"]


@pytest.mark.feature("C5", "C6")
def test_every_command_has_an_example_in_both_styles() -> None:
    styles = {(method, path) for path, method, *_ in EXAMPLES}

    assert len(styles) == 2 * len(contents.operations) + 2
    assert len(IDS) == len(contents.aggregates)
