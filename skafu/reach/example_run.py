"""Examples of commands, sent to the real rules in memory after the commands they are given."""

from dataclasses import dataclass
from typing import Any

import uuid6

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import utc_now
from domain.contents import contents
from edge.caller import Caller
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from kernel.messages import AggregateId, plain_id
from kernel.operation import Example, Json, Operation, Who
from skafu.examples import Placeholders

OWNER = Caller("owner", "owner", frozenset(), "", name="Some Body", email="somebody@example.com")
ADMIN = Caller("admin", "admin", frozenset({"Admin"}), "")


class RecordsNothing(Exception):
    """All is already as the example would have it."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """The operation that was not accepted, and why."""

    operation: Operation
    error: Exception


def run(operation: Operation, example: Example, data: Json) -> list[Commit]:
    """Send what is given, then the example, and return its stream. Raises `Refused`."""
    script = Script(MemoryEventStore(), Placeholders.numbered(1))
    for given in map(contents.operation.__getitem__, example.given):
        if given.example is None:
            return []  # the completeness check names it
        script.send(given, given.example.typical)
    return list(script.store.read(script.send(operation, data)))


@dataclass(frozen=True)
class Script:
    store: MemoryEventStore
    known: Placeholders

    def send(self, operation: Operation, data: Json) -> AggregateId:
        try:
            return self._send(operation, data)
        except Exception as error:  # the rules are anybody's
            raise Refused(operation, error) from error

    def _send(self, operation: Operation, data: Json) -> AggregateId:
        commands = Commands.over(contents, self.store, utc_now, {})
        who = OWNER if operation.who is Who.OWNER else ADMIN
        sent = from_named_envelope(who, contents, self._item(operation, data))
        accepted = perform(commands, sent)
        newest = next(self.store.newest_first(accepted.aggregate_id, consistent=True))
        if newest.command_id != accepted.command_id:
            raise RecordsNothing
        self.known.learn(operation, plain_id(accepted.aggregate_id), newest.stored_events())
        return accepted.aggregate_id

    def _item(self, operation: Operation, data: Json) -> dict[str, Any]:
        return {
            "type": operation.name,
            "commandId": str(uuid6.uuid7()),
            "aggregateId": self.known.aggregate(operation),
            "data": {**self.known.data(data), **self.known.ids(operation)},
        }
