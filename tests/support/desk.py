"""Where commands are handed in: executors over one store, as many as there are processes."""

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
from domain.project.aggregate import Project, project
from domain.project.commands import ProjectCommand
from domain.project.events import ProjectEvent
from kernel.messages import AggregateId
from tests.domain.support.builders import request, uuid7
from tests.support.fakes import Clock, CountingStore
from tests.support.spec import ACTOR, STREAM

ProjectExecutor = Executor[Project, ProjectCommand, ProjectEvent]

NUMBERS = count(1)


@dataclass
class Desk:
    """One warm process before a store that counts. Each key is fresh unless one is given."""

    inner: EventStore = field(default_factory=MemoryEventStore)
    clock: Clock = field(default_factory=Clock)
    warm: MutableMapping[AggregateId, Head[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = CountingStore(self.inner)

    def send(
        self,
        command: ProjectCommand,
        key: str | None = None,
        *,
        expected_version: int | None = None,
        actor: str = ACTOR,
        admin: bool = False,
        stream: AggregateId = STREAM,
        on_conflict: OnConflict = OnConflict.REJECT,
    ) -> Accepted:
        asked = request(
            command,
            key or self.key(),
            expected_version=expected_version,
            actor=actor,
            admin=admin,
            stream=stream,
            on_conflict=on_conflict,
        )
        return self.executor().execute(asked)

    def key(self) -> str:
        return uuid7(self.clock.now, next(NUMBERS))

    def executor(self) -> ProjectExecutor:
        return Executor(self.store, project, self.clock, self.warm, sleep=lambda _: None)

    def another(self) -> "Desk":
        """A cold process before the same store, at the same time."""
        return Desk(self.inner, self.clock)

    def commits(self) -> list[Commit]:
        return list(self.inner.read(STREAM))

    def forget_counts(self) -> None:
        self.store.appends, self.store.reads, self.store.commits_read = 0, [], 0
