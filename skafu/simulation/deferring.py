"""Deferred commands: the table of their tickets, and the workflow that runs them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from adapters.dynamodb.items import Item
from adapters.dynamodb.tickets import DynamoDbTickets, from_item, to_item
from application.ports import Unavailable
from application.writing.deferral import Outcome, Status, Ticket, Worker
from skafu.simulation.dynamodb import EXCEPTIONS, condition_failed, put, throttle
from skafu.simulation.faults import Fault
from skafu.simulation.world import Killed, World

COMMANDS = "commands"
"""The table's name."""
RETRIES = 6
"""Of `Run` in statemachines/command.asl.yaml."""


class Kept(NamedTuple):
    """A ticket as it was, and since when."""

    step: int
    milliseconds: int
    ticket: Ticket


class TicketTable:
    """GetItem, strongly consistent, and PutItem on a condition."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World) -> None:
        self.history: dict[str, list[Kept]] = defaultdict(list)
        self._world = world

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("GetItem of a ticket", self._get, given["Key"]["command"]["S"])

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("PutItem of a ticket", self._put, given)

    def now(self, key: str) -> Ticket | None:
        kept = self.history[key]
        return kept[-1].ticket if kept else None

    def keep(self, ticket: Ticket) -> None:
        moment = self._world.step, self._world.milliseconds
        self.history[ticket.key].append(Kept(*moment, ticket))

    def _get(self, key: str) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "GetItem")
        found = self.now(key)
        return {} if found is None else {"Item": to_item(found)}

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        return put(self._world, partial(self._insert, given))

    def _insert(self, given: dict[str, Any]) -> None:
        ticket = from_item(given["Item"])
        if not self.holds(self.now(ticket.key), given):
            raise condition_failed()
        self.keep(ticket)

    def holds(self, found: Ticket | None, given: dict[str, Any]) -> bool:
        """Tell whether the condition holds."""
        return (found and found.guard) == wanted(given.get("ExpressionAttributeValues"))


def wanted(values: Item | None) -> tuple[int, Status] | None:
    """Return what the condition demands of the stored item; `None` when there must be none."""
    if values is None:
        return None
    return int(values[":attempt"]["N"]), Status(values[":status"]["S"])


class Workflow:
    """An Express workflow: each execution that was started runs, now and then twice."""

    def __init__(
        self, world: World, table: TicketTable, execute: Callable[[Ticket], Outcome]
    ) -> None:
        self.started: set[tuple[str, int]] = set()
        self._world = world
        self._table = table
        client: Any = table
        self._worker = Worker(DynamoDbTickets(client, COMMANDS), execute)

    def start(self, ticket: Ticket) -> None:
        self._world.call("StartExecution", self._start, ticket.key, ticket.attempt)

    def _start(self, key: str, attempt: int) -> None:
        if self._world.strikes(Fault.WORKFLOW_THROTTLED):
            raise Unavailable("StartExecution")
        self.started.add((key, attempt))
        for _ in range(2 if self._world.strikes(Fault.WORKFLOW_TWICE) else 1):
            self._world.start("workflow", partial(self._execute, key, attempt))

    def _execute(self, key: str, attempt: int) -> None:
        """Run the command, with the retries of statemachines/command.asl.yaml."""
        for _ in range(1 + RETRIES):
            try:
                return self._world.invoke(self._worker.run, key, attempt)
            except (Killed, Unavailable):
                self._world.pause()
        self._give_up(key, attempt)

    def _give_up(self, key: str, attempt: int) -> None:
        ticket = self._table.now(key)
        if ticket is not None and ticket.guard == (attempt, Status.PENDING):
            self._table.keep(replace(ticket, status=Status.FAILED, request=None))
