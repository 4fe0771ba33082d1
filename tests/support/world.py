"""A world in which every command of the domain can be sent: its example, after what comes before.

Nothing here names a command: `domain/contents.py` says which there are, and each has an example.
"""

from datetime import UTC, datetime
from typing import Any, cast

from adapters.memory.event_store import MemoryEventStore
from application.ports import utc_now
from application.writing.heads import Head
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands, CommandStore
from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId, aggregate_id
from kernel.operation import Operation, Who
from skafu.examples import Placeholders
from tests.support.api import ADA, ADMIN, Answer, Api, Person

NOW = datetime.now(UTC)
FIRST, CHANGE = contents.first_creation, contents.first_change
Json = dict[str, Any]


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
        contents, cast(CommandStore, CURRENT), utc_now, CURRENT.warm, sleep=lambda _: None
    )
)


class World:
    """What the named commands began, and the ids that are known of it."""

    def __init__(self, *has: str) -> None:
        CURRENT.begin()
        self.store = CURRENT.store
        self.api = Api(APP, None)
        self.placeholders = Placeholders.numbered(0)
        for name in has:
            self.sent(name)

    @classmethod
    def ready_for(cls, operation: Operation) -> "World":
        """Return a world in which the operation's example can be sent."""
        return cls(*before(operation))

    @classmethod
    def with_everything(cls, operation: Operation | None = None) -> "World":
        """Return a world with an aggregate of each kind, in which the example can be sent."""
        names = [name for kind in contents.aggregates for name in to_create(kind)]
        return cls(*dict.fromkeys((*names, *(before(operation) if operation else ()))))

    def sent(self, name: str) -> Answer:
        operation = contents.operation[name]
        answer = self.rest(operation, fitting(operation))
        assert answer.status == 202, f"{name}: {answer.text}"
        self.learn(operation, answer)
        return answer

    def learn(self, operation: Operation, answer: Answer) -> None:
        """Take note of what was created, and of the ids in what was recorded."""
        plain = answer.body["aggregateId"]
        *_, last = self.store.read(aggregate_id(operation.aggregate_type, plain))
        self.placeholders.learn(operation, plain, last.stored_events())

    @property
    def known(self) -> dict[str, str]:
        """What the placeholders of examples stand for."""
        return self.placeholders.known

    def rest(self, operation: Operation, person: Person | None, key: str | None = None) -> Answer:
        headers = {} if key is None else {"idempotency_key": key}
        path = self.path(operation)
        return self.api.as_(person).call(operation.method, path, self.data(operation), headers)

    def task(self, operation: Operation, person: Person | None, key: str) -> Answer:
        return self.api.as_(person).post(
            f"/commands/{operation.name}", self.envelope(operation, key)
        )

    def path(self, operation: Operation) -> str:
        path = operation.path
        for name, value in self.path_ids(operation).items():
            path = path.replace(f"<{name}>", value)
        return path

    def envelope(self, operation: Operation, key: str) -> Json:
        """Return the task style's body."""
        ids = self.path_ids(operation)
        target = {} if operation.creates else {"aggregateId": ids.pop("id")}
        return {"commandId": key, **target, "data": {**self.data(operation), **ids}}

    def item(self, operation: Operation, key: str) -> Json:
        """Return the command as one of a batch, and as machines send it."""
        return self.envelope(operation, key) | {"type": operation.name}

    def data(self, operation: Operation) -> Json:
        return self.placeholders.data(typical(operation))

    def path_ids(self, operation: Operation) -> dict[str, str]:
        inner = self.placeholders.ids(operation)
        return inner if operation.creates else {"id": self.id_of(operation.aggregate_type), **inner}

    def id_of(self, aggregate_type: str) -> str:
        return self.known[contents.aggregate[aggregate_type].noun]

    def named_ids(self) -> dict[str, str]:
        """Return the ids by the names that fields and paths have for them: `partId`, `teapotId`."""
        kinds = (kind for kind in contents.aggregates if kind.noun in self.known)
        ids = {f"{kind.noun}Id": self.known[kind.noun] for kind in kinds}
        return {name: self.known[name] for name in contents.inner_ids} | ids

    def stream(self, aggregate_type: str) -> AggregateId:
        return contents.aggregate[aggregate_type].id(self.id_of(aggregate_type))


def typical(operation: Operation) -> Json:
    return operation.example.typical if operation.example else {}


def largest(operation: Operation) -> Json:
    return operation.example.largest if operation.example else {}


def before(operation: Operation) -> tuple[str, ...]:
    return operation.example.given if operation.example else ()


def to_create(kind: AnyAggregate) -> tuple[str, ...]:
    """Return the names of the commands that lead to an aggregate of the kind."""
    creation = next(o for o in kind.operations if o.creates)
    return (*before(creation), creation.name)


def fitting(operation: Operation) -> Person:
    """Return somebody who may send it; what only machines and Admin may send is by Admin."""
    return ADA if operation.who is Who.OWNER else ADMIN
