"""Lives of aggregates: commands in their order, hand-written by the domain.

A domain has them in tests/domain/support/lives.py. `LIVES` reach every event and are recorded into
tests/corpus/streams/; `REFUSALS` break every rule. The laws of aggregates run over both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from kernel.actor import Actor
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import AggregateId, Command
from tests.support.fakes import Clock
from tests.support.requests import uuid7
from tests.support.spec import ACTOR

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CLIENT = b"sealed: 203.0.113.7, Mozilla/5.0"
COMMANDER = Actor(ACTOR, may_command_all=True)


@dataclass(frozen=True)
class Life:
    """Commands in their order; `number` makes the aggregate's id.

    `after` names a stream of the corpus which the life goes on from, under the same number.
    """

    number: int
    about: str
    commands: Sequence[Command]
    after: str | None = None
    actor: Actor = COMMANDER


@dataclass(frozen=True)
class Refusal:
    """A rule that the last of these commands breaks, and no other of them."""

    rule: type[DomainError]
    commands: Sequence[Command]


def live(kind: AnyAggregate, life: Life, before: Iterable[Commit] = ()) -> list[Commit]:
    """Return what the commands of a life record, one second apart, always the same.

    `before` are the commits of the stream that the life goes on from.
    """
    stream = kind.id(f"01980000-0000-7000-8000-{life.number:012}")
    store, clock, warm = lived(before), Clock(), dict[AggregateId, Any]()
    clock.move(hours=1 if life.after else 0)
    executor = Executor(store, kind, clock, warm, sleep=lambda _: None)
    for number, command in enumerate(life.commands, 1):
        clock.move(seconds=1)
        executor.execute(request(stream, life.actor, command, uuid7(clock(), number), number))
    return list(store.read(stream))


def lived(before: Iterable[Commit]) -> MemoryEventStore:
    store = MemoryEventStore()
    for commit in before:
        store.append(commit, state_due=True)
    return store


def request(
    stream: AggregateId, actor: Actor, command: Command, key: str, number: int
) -> Request[Any]:
    """Adorn every second command with all that may surround one."""
    adorned = number % 2 == 0
    return Request(
        aggregate_id=stream,
        command=command,
        metadata=CommandMetadata(
            command_id=key,
            actor=actor,
            correlation_id=f"request-{number}" if adorned else key,
            traceparent=TRACE if adorned else None,
            client=CLIENT if adorned else None,
        ),
    )
