"""The trial of the examples: each is sent to the real rules, after the commands it is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import uuid6

from adapters.memory.event_store import MemoryEventStore
from application.ports import utc_now
from domain.contents import contents
from edge.caller import Caller
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from edge.http.problems import EXPECTED, problem_of
from kernel.messages import plain_id
from kernel.operation import Example, Json, Operation, Who
from skafu.completeness.missing import Missing, file_of, raised
from skafu.examples import Placeholders
from skafu.reach.quiet import quiet

OWNER = Caller("owner", "owner", frozenset(), "", name="Some Body", email="somebody@example.com")
ADMIN = Caller("admin", "admin", frozenset({"Admin"}), "")


class RecordsNothing(Exception):
    """All is already as the example would have it."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """The operation that was not accepted, and why."""

    operation: Operation
    error: Exception

    def missing(self, what: str) -> Missing:
        file = file_of(self.operation.command.__module__)
        if isinstance(self.error, RecordsNothing):
            return Missing(file, f"the {what} of {self.operation.name} records nothing")
        if not isinstance(self.error, EXPECTED):
            return raised(self.error, file)
        return Missing(file, f"the {what} of {self.operation.name} is refused: {self.reason()}")

    def reason(self) -> str:
        problem, _ = problem_of(self.error)
        faults = [f"{fault.path}: {fault.message}" for fault in problem.errors or ()]
        return "; ".join(faults) or problem.detail


def missing() -> Iterator[Missing]:
    """Name an operation that is refused once, not again for each that is given it."""
    with quiet():
        found = [trial for each in contents.operations for trial in trials(each)]
    alone = {trial.operation for trial, refused in found if trial.operation is refused.operation}
    for trial, refused in found:
        if trial.operation is refused.operation:
            yield refused.missing(f"{trial.payload} example")
        elif refused.operation not in alone:
            name = trial.operation.name
            yield refused.missing(f"typical example (as {name} is given it)")


@dataclass(frozen=True, slots=True)
class Trial:
    operation: Operation
    payload: str


def trials(operation: Operation) -> Iterator[tuple[Trial, Refused]]:
    """Yield the payloads that are refused, each with the reason."""
    if operation.example is None:
        return
    for payload, data in payloads(operation.example).items():
        try:
            run(operation, operation.example, data)
        except Refused as refused:
            yield Trial(operation, payload), refused


def payloads(example: Example) -> Mapping[str, Json]:
    others = {f"other, {name}": data for name, data in example.others.items()}
    return {"typical": example.typical, "largest": example.largest, **others}


def run(operation: Operation, example: Example, data: Json) -> None:
    """Send what is given, then the example. Raises `Refused`."""
    script = Script(MemoryEventStore(), Placeholders.numbered(1))
    for given in map(contents.operation.__getitem__, example.given):
        if given.example is None:
            return  # which is named already
        script.send(given, given.example.typical)
    script.send(operation, data)


@dataclass(frozen=True)
class Script:
    store: MemoryEventStore
    known: Placeholders

    def send(self, operation: Operation, data: Json) -> None:
        try:
            self._send(operation, data)
        except Exception as error:  # the rules are anybody's
            raise Refused(operation, error) from error

    def _send(self, operation: Operation, data: Json) -> None:
        commands = Commands.over(contents, self.store, utc_now, {})
        who = OWNER if operation.who is Who.OWNER else ADMIN
        sent = from_named_envelope(who, contents, self._item(operation, data))
        accepted = perform(commands, sent)
        newest = next(self.store.newest_first(accepted.aggregate_id, consistent=True))
        if newest.command_id != accepted.command_id:
            raise RecordsNothing
        self.known.learn(operation, plain_id(accepted.aggregate_id), newest.stored_events())

    def _item(self, operation: Operation, data: Json) -> dict[str, Any]:
        return {
            "type": operation.name,
            "commandId": str(uuid6.uuid7()),
            "aggregateId": self.known.aggregate(operation),
            "data": {**self.known.data(data), **self.known.ids(operation)},
        }
