"""API Gateway in front of CommandApi: a few warm processes, each with one request at a time.

Behind it is also QueryApi, of which no process is ever short.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.tickets import DynamoDbTickets
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectKeys
from application.writing.deferral import Deferral, Ticket
from application.writing.heads import WarmHeads
from domain.contents import contents
from edge.commands.sending import Commands
from skafu.simulation.deferring import COMMANDS, TicketTable, Workflow
from skafu.simulation.entrances import Enter, below_the_router, through_the_router
from skafu.simulation.faults import Fault
from skafu.simulation.keys import KEYS, Keys, sealer
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


@dataclass(frozen=True, slots=True)
class Behind:
    """The tables and services behind a process, in one schedule."""

    events: Table
    tickets: TicketTable
    workflow: Workflow
    keys: Keys


class Process:
    """One warm Lambda environment. It is kept from schedule to schedule: building it is slow.

    It also stands between its executor and the table, so that others can run meanwhile.
    """

    exceptions = Table.exceptions

    def __init__(
        self, store: StoreType, warm: type[WarmHeads], keys: type[SubjectKeys] | None
    ) -> None:
        self.busy = False
        self._world: World
        self._behind: Behind
        self._skew = timedelta()
        self._warm = warm(max(WARM_BYTES))
        client: Any = self
        self.sealer = None if keys is None else sealer(keys, client, self._clock, self._seconds)
        tickets = DynamoDbTickets(client, COMMANDS)
        mixed: Any = MixedReleases(store(client, "events"), self._strikes)
        self._commands = Commands.over(
            contents, mixed, self._clock, self._warm, self._sleep, self.sealer
        )
        self._deferral = Deferral(tickets, self, self._clock)

    @cached_property
    def _router(self) -> Enter:
        return through_the_router(self._commands, self._deferral)

    @cached_property
    def _below(self) -> Enter:
        return below_the_router(self._commands, self._deferral)

    def begin(self, world: World, behind: Behind, *, router: bool) -> None:
        self.busy = False
        self._enter = self._router if router else self._below
        self._world, self._behind = world, behind
        self._skew = timedelta(milliseconds=world.rng.randint(-MAX_SKEW, MAX_SKEW))
        self._warm.limit = world.rng.choice(WARM_BYTES)
        self._forget_all()

    def handle(self, event: dict[str, Any]) -> Answer:
        self.busy = True
        try:
            return self._enter(event)
        except Killed:
            self._forget_all()
            return Answer(502)
        finally:
            self.busy = False

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table_of(given).put_item, **given))

    def transact_write_items(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._behind.events.transact_write_items, **given))

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._table_of(given).get_item, **given))

    def query(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._behind.events.query, **given))

    def start(self, ticket: Ticket) -> None:
        self._alone(partial(self._behind.workflow.start, ticket))

    def generate_data_key(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._behind.keys.generate_data_key, **given))

    def decrypt(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._alone(partial(self._behind.keys.decrypt, **given))

    def _table_of(self, given: dict[str, Any]) -> Table | TicketTable | Keys:
        match given["TableName"]:
            case name if name == COMMANDS:
                return self._behind.tickets
            case name if name == KEYS:
                return self._behind.keys
            case _:
                return self._behind.events

    def _forget_all(self) -> None:
        """Forget everything that a process remembers between requests."""
        self._warm.clear()
        if self.sealer:
            self.sealer.keys.cached.clear()

    def _seconds(self) -> float:
        return self._world.milliseconds / 1000

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


Kinds = tuple[StoreType, type[WarmHeads], type[SubjectKeys] | None]
_processes: dict[Kinds, tuple[Process, ...]] = {}


def processes(*kinds: *Kinds) -> tuple[Process, ...]:
    if kinds not in _processes:
        _processes[kinds] = tuple(Process(*kinds) for _ in range(PROCESSES))
    return _processes[kinds]


class Gateway:
    """Hands each request to a process that is free."""

    def __init__(
        self,
        world: World,
        behind: Behind,
        queries: Queries,
        kinds: Kinds,
        *,
        router: bool,
    ) -> None:
        self.queries = queries
        self._world = world
        self._processes = processes(*kinds)
        for process in self._processes:
            process.begin(world, behind, router=router)

    @property
    def sealers(self) -> list[Sealer]:
        return [process.sealer for process in self._processes if process.sealer]

    def request(self, event: dict[str, Any]) -> Answer:
        free = [process for process in self._processes if not process.busy]
        if not free:
            return Answer(429)
        return self._world.invoke(self._world.rng.choice(free).handle, event)
