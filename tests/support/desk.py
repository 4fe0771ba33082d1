"""A desk for commands: executors over one store, as many as there are processes."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import EventStore
from application.writing.execute import Executor
from application.writing.heads import Head
from application.writing.requests import Accepted, OnConflict
from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId, Command
from tests.support.fakes import Clock, CountingStore
from tests.support.kitchen.teapot import teapot
from tests.support.requests import request, uuid7
from tests.support.spec import ACTOR, STREAM

NUMBERS = count(1)


@dataclass
class Desk:
    """One warm process before a store that counts. Each key is fresh unless one is given.

    Commands are for `stream`, an aggregate of the kind `aggregate`.
    """

    inner: EventStore = field(default_factory=MemoryEventStore)
    clock: Clock = field(default_factory=Clock)
    warm: MutableMapping[AggregateId, Head[Any]] = field(default_factory=dict)
    aggregate: AnyAggregate = teapot
    stream: AggregateId = STREAM

    def __post_init__(self) -> None:
        self.store = CountingStore(self.inner)

    def send(
        self,
        command: Command,
        key: str | None = None,
        *,
        expected_version: int | None = None,
        actor: str = ACTOR,
        admin: bool = False,
        stream: AggregateId | None = None,
        on_conflict: OnConflict = OnConflict.REJECT,
    ) -> Accepted:
        asked = request(
            command,
            key or self.key(),
            expected_version=expected_version,
            actor=actor,
            admin=admin,
            stream=stream or self.stream,
            on_conflict=on_conflict,
        )
        return self.executor().execute(asked)

    def key(self) -> str:
        return uuid7(self.clock.now, next(NUMBERS))

    def executor(self) -> Executor[Any, Any, Any]:
        return Executor(self.store, self.aggregate, self.clock, self.warm, sleep=lambda _: None)

    def another(self) -> "Desk":
        """A cold process before the same store, at the same time."""
        return Desk(self.inner, self.clock, aggregate=self.aggregate, stream=self.stream)

    def commits(self) -> list[Commit]:
        return list(self.inner.read(self.stream))

    def forget_counts(self) -> None:
        self.store.appends, self.store.reads, self.store.commits_read = 0, [], 0
