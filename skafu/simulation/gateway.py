"""API Gateway in front of CommandApi: a few warm processes, each with one request at a time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver, BaseRouter

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.tickets import DynamoDbTickets
from application.commit import Commit
from application.writing.deferral import Deferral, Ticket
from application.writing.heads import WarmHeads
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.http.api import resolve
from skafu.simulation.deferring import COMMANDS, TicketTable, Workflow
from skafu.simulation.faults import Fault
from skafu.simulation.table import Table
from skafu.simulation.world import Killed, World

T = TypeVar("T")
StoreType = type[DynamoDbEventStore]

PROCESSES = 4
MAX_SKEW = 60_000  # milliseconds by which a process's clock may be wrong
WARM_BYTES = (5_000, 12_000, 2**20)
"""What a process remembers of streams, in one schedule: three commands or so, some, all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; 502 when the process died, 429 when none was free."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    etag: str | None = None

    def each(self, count: int) -> list["Answer"]:
        """Return the answers to so many commands of one request: a batch has a result for each."""
        if "results" not in self.body:
            return [self] * count
        return [result_of(result) for result in self.body["results"]]


def result_of(result: Mapping[str, Any]) -> Answer:
    body = result.get("accepted") or result["problem"]
    return Answer(result["status"], body, f'"{body.get("version")}"')


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
        mixed: Any = MixedReleases(store(client, "events"), self._is_older)
        self._app: APIGatewayRestResolver = command_api.build(
            Commands.over(contents, mixed, self._clock, self._warm, self._sleep),
            deferral=Deferral(tickets, self, self._clock),
        )

    def begin(self, world: World, table: Table, tickets: TicketTable, workflow: Workflow) -> None:
        self.busy = False
        self._world, self._table = world, table
        self._tickets, self._workflow = tickets, workflow
        self._skew = timedelta(milliseconds=world.rng.randint(-MAX_SKEW, MAX_SKEW))
        self._warm.clear()
        self._warm.limit = world.rng.choice(WARM_BYTES)

    def handle(self, event: dict[str, Any]) -> Answer:
        self.busy = True
        try:
            answer = resolve(self._app, event, None)
        except Killed:
            self._warm.clear()
            return Answer(502)
        finally:
            self.busy = False
        headers = answer["multiValueHeaders"]
        return Answer(
            answer["statusCode"], json.loads(answer["body"]), headers.get("ETag", [None])[0]
        )

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

    def _is_older(self) -> bool:
        return self._world.strikes(Fault.NO_KEY_TIMES)

    def _clock(self) -> datetime:
        return self._world.now + self._skew

    def _sleep(self, _: float) -> None:
        self._alone(self._world.pause)

    def _alone(self, call: Callable[[], T]) -> T:
        """Call, and restore Powertools' current event: a class holds it for all processes."""
        event = BaseRouter.current_event
        try:
            return call()
        finally:
            BaseRouter.current_event = event


@dataclass(frozen=True, slots=True)
class MixedReleases:
    """An event store, of which now and then a release stores commits without the times of keys."""

    store: DynamoDbEventStore
    is_older: Callable[[], bool]

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        if self.is_older():
            commit = replace(commit, key_times=None)
        return self.store.append(commit, state_due=state_due, claim=claim)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the store's own
        return getattr(self.store, name)


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
    ) -> None:
        self._world = world
        self._processes = processes(store, warm)
        for process in self._processes:
            process.begin(world, table, tickets, workflow)

    def request(self, event: dict[str, Any]) -> Answer:
        free = [process for process in self._processes if not process.busy]
        if not free:
            return Answer(429)
        return self._world.rng.choice(free).handle(event)


def proxy_event(
    method: str,
    path: str,
    headers: dict[str, str],
    body: object,
    claims: dict[str, str] | None,
    arn: str | None = None,
) -> dict[str, Any]:
    """Return a request as a REST API's proxy integration sends it (events/command_api).

    A person has claims, a machine an ARN.
    """
    sent = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:5173", **headers}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "path": path,
            "stage": "simulated",
            "requestId": "simulated",
            "authorizer": cast(Any, None if claims is None else {"claims": claims}),
            "identity": {"userArn": arn},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
