"""One command that can be sent, again and again, to processes over one store."""

from dataclasses import dataclass
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from application.writing.requests import Accepted
from edge.caller import Caller
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from kernel.contents import Contents
from tests.support.api import Person
from tests.support.fakes import Clock


@dataclass
class Scene:
    contents: Contents
    store: MemoryEventStore
    clock: Clock
    item: dict[str, Any]
    person: Person

    def process(self) -> Commands:
        """Return a process as it is after a cold start."""
        return Commands.over(self.contents, self.store, self.clock, {}, sleep=lambda _: None)

    def send(self, commands: Commands, person: Person | None = None, **changed: Any) -> Accepted:  # noqa: ANN401 - parts of an envelope
        who, envelope = caller(person or self.person), self.item | changed
        return perform(commands, from_named_envelope(who, self.contents, envelope))

    def commits(self) -> int:
        return sum(1 for stream, _ in self.store.heads() for _ in self.store.read(stream))


def caller(person: Person) -> Caller:
    groups = frozenset(person.groups.split())
    return Caller(sub=person.sub, username=person.username, groups=groups, token="")
