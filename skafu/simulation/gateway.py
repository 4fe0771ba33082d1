"""API Gateway in front of CommandApi: a few warm processes, each with one request at a time.

Behind it is also QueryApi, of which no process is ever short.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.tickets import DynamoDbTickets
from application.writing.deferral import Deferral, Ticket
from application.writing.heads import WarmHeads
from domain.contents import contents
from edge.commands.sending import Commands
from skafu.simulation.deferring import COMMANDS, TicketTable, Workflow
from skafu.simulation.entrances import below_the_router, through_the_router
from skafu.simulation.faults import Fault
from skafu.simulation.older_and_newer import MixedReleases
from skafu.simulation.proxy import Answer
from skafu.simulation.queries import Queries
from skafu.simulation.table import Table
from skafu.simulation.world import Killed, World

T = TypeVar("T")
StoreType = type[DynamoDbEventStore]

PROCESSES = 4
MAX_SKEW = 60_000  # milliseconds by which a process's clock may be wrong
WARM_BYTES = (5_000, 12_000, 2**20)
"""What a process remembers of streams, in one schedule: three commands or so, some, all."""


class Process:
    """One warm Lambda environment. It is kept from schedule to schedule: building it is slow.

    It also stands between its executor and the table, so that others can run meanwhile.
    """

    exceptions = Table.exceptions

    def __init__(self, store: StoreType, warm: type[WarmHeads]) -> None:
        self.busy = False
        self._world: World
        self._table: Table
        self._skew = timedelta()
        self._warm = warm(max(WARM_BYTES))
        client: Any = self
        self._workflow: Workflow
        self._tickets: TicketTable
        tickets = DynamoDbTickets(client, COMMANDS)
        mixed: Any = MixedReleases(store(client, "events"), self._strikes)
        commands = Commands.over(contents, mixed, self._clock, self._warm, self._sleep)
        deferral = Deferral(tickets, self, self._clock)
        self._router = through_the_router(commands, deferral)
        self._below = below_the_router(commands, deferral)

    def begin(
        self,
        world: World,
        table: Table,
        tickets: TicketTable,
        workflow: Workflow,
        *,
        router: bool,
    ) -> None:
        self.busy = False
        self._enter = self._router if router else self._below
        self._world, self._table = world, table
        self._tickets, self._workflow = tickets, workflow
        self._skew = timedelta(milliseconds=world.rng.randint(-MAX_SKEW, MAX_SKEW))
        self._warm.clear()
        self._warm.limit = world.rng.choice(WARM_BYTES)

    def handle(self, event: dict[str, Any]) -> Answer:
        self.busy = True
        try:
            return self._enter(event)
        except Killed:
            self._warm.clear()
            return Answer(502)
        finally:
            self.busy = False

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table_of(given).put_item, **given))

    def transact_write_items(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table.transact_write_items, **given))

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table_of(given).get_item, **given))

    def query(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table.query, **given))

    def start(self, ticket: Ticket) -> None:
        self._alone(partial(self._workflow.start, ticket))

    def _table_of(self, given: dict[str, Any]) -> Table | TicketTable:
        return self._tickets if given["TableName"] == COMMANDS else self._table

    def _strikes(self, fault: Fault) -> bool:
        return self._world.strikes(fault)

    def _clock(self) -> datetime:
        return self._world.now + self._skew

    def _sleep(self, _: float) -> None:
        self._alone(self._world.pause)

    def _alone(self, call: Callable[[], T]) -> T:
        """Call, and restore Powertools' current event: a class holds it for all processes."""
        event: Any = getattr(BaseRouter, "current_event", None)  # none before the first request
        try:
            return call()
        finally:
            BaseRouter.current_event = event


_processes: dict[tuple[StoreType, type[WarmHeads]], tuple[Process, ...]] = {}


def processes(store: StoreType, warm: type[WarmHeads]) -> tuple[Process, ...]:
    if (store, warm) not in _processes:
        _processes[store, warm] = tuple(Process(store, warm) for _ in range(PROCESSES))
    return _processes[store, warm]


class Gateway:
    """Hands each request to a process that is free."""

    def __init__(
        self,
        world: World,
        table: Table,
        store: StoreType,
        warm: type[WarmHeads],
        tickets: TicketTable,
        workflow: Workflow,
        queries: Queries,
        *,
        router: bool,
    ) -> None:
        self.queries = queries
        self._world = world
        self._processes = processes(store, warm)
        for process in self._processes:
            process.begin(world, table, tickets, workflow, router=router)

    def request(self, event: dict[str, Any]) -> Answer:
        free = [process for process in self._processes if not process.busy]
        if not free:
            return Answer(429)
        return self._world.rng.choice(free).handle(event)
