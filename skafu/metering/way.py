"""The whole way of a command, in one process: the real handlers, over ports that count."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
from moto import mock_aws

from adapters.appsync.read_models import AppSyncReadModels
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.stream_images import commit_of
from adapters.dynamodb.tickets import DynamoDbTickets
from adapters.dynamodb.words import DynamoDbWords
from adapters.eventbridge.event_bus import EventBridgeEventBus
from adapters.kms.key_wrapper import KmsKeyWrapper
from application.failures import Failure
from application.privacy.opening import RowOpener
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectKeys
from application.reading.catch_up import CatchUp
from application.reading.gathering import gathering_of
from application.reading.words import words_of
from application.writing.deferral import Deferral, Ticket, Worker
from application.writing.heads import Head
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.deferred import RunDeferred
from edge.commands.integration import PATH as MACHINES
from edge.commands.sending import Commands
from edge.deliveries.hints import project_hints
from edge.deliveries.publication import publish
from edge.http.api import resolve
from kernel.messages import AggregateId
from kernel.operation import Operation, Who
from kernel.projection import Projection
from local.template import load
from skafu.metering.meter import CHUNK, Hop, Meter, chunks
from skafu.metering.ports import MeteredBus, MeteredDynamoDb, MeteredKms, MeteredRows
from skafu.simulation.proxy import proxy_event
from skafu.simulation.table import stream_record

ROOT = Path(__file__).resolve().parents[2]
INTROSPECTION = ROOT / "amplify" / "generated" / "model-introspection.json"
EVENTS, CLAIMS, KEYS = "skafu-events-metered", "skafu-claims-metered", "skafu-keys-metered"
TICKETS, WORDS = "skafu-commands-metered", "skafu-words-metered"
PAUSE = timedelta(minutes=10)  # between commands: longer than a process is asked to look back
OPEN_KEY_SECONDS = 300.0
ROBOT = "arn:aws:sts::123456789012:assumed-role/robot/metered"
OWNER, ADMIN = "1c0ffee0-0000-4000-8000-000000000001", "1c0ffee0-0000-4000-8000-000000000002"

CLIENT = {
    "sourceIp": "203.0.113.77",
    "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
}

Json = dict[str, Any]


class How(StrEnum):
    """The ways of sending a command that differ in cost."""

    ALONE = "alone"
    MACHINE = "by a machine"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of template.yaml: its memory, and what it is fed by."""

    name: str
    memory: int
    queue: str | None
    batch: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the event bus; no `detail_types` means all."""

    sources: frozenset[str]
    detail_types: frozenset[str] | None
    queue: str

    def matches(self, entry: Mapping[str, Any]) -> bool:
        kinds = self.detail_types
        return entry["Source"] in self.sources and (kinds is None or entry["DetailType"] in kinds)


@dataclass(frozen=True)
class Deployment:
    """The parts of template.yaml and of Amplify's schema that cost money with each command."""

    resources: Mapping[str, Any]
    memory: int
    indexes: Mapping[str, int]

    def of_type(self, kind: str) -> Iterator[tuple[str, Any]]:
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource["Properties"]

    @cached_property
    def functions(self) -> dict[str, Function]:
        found = self.of_type("AWS::Serverless::Function")
        return {name: self._function(name, properties) for name, properties in found}

    @cached_property
    def rules(self) -> list[Rule]:
        found = [properties for _, properties in self.of_type("AWS::Events::Rule")]
        return [rule(p) for p in found if p.get("EventBusName") == {"Ref": "EventBus"}]

    def queue_name(self, queue: str) -> str:
        """Return the projection that a queue feeds, from the queue's name."""
        name = self.resources[queue]["Properties"]["QueueName"]["Fn::Sub"]
        return str(name).removeprefix("skafu-").removesuffix("-${Environment}")

    def fed_by(self, queue: str) -> Function:
        return next(f for f in self.functions.values() if f.queue == queue)

    def _function(self, name: str, properties: Json) -> Function:
        sources = [e["Properties"] for e in properties.get("Events", {}).values()]
        fed: Json = next((s for s in sources if "Queue" in s), {})
        queue = fed["Queue"]["Fn::GetAtt"][0] if fed else None
        memory = properties.get("MemorySize", self.memory)
        return Function(name, memory, queue, fed.get("BatchSize", 10))


def rule(properties: Json) -> Rule:
    pattern = properties["EventPattern"]
    kinds = pattern.get("detail-type")
    (target,) = properties["Targets"]
    queue = target["Arn"]["Fn::GetAtt"][0]
    # A group's rule takes replays besides, which no command causes.
    sources = pattern.get("source") or pattern["$or"][0]["source"]
    return Rule(frozenset(sources), kinds and frozenset(kinds), queue)


@cache
def deployment() -> Deployment:
    template = load(ROOT / "template.yaml")
    models = json.loads(INTROSPECTION.read_text())["models"]
    indexes = {name: sum(map(is_index, model["attributes"])) for name, model in models.items()}
    memory = template["Globals"]["Function"]["MemorySize"]
    return Deployment(template["Resources"], memory, indexes)


def is_index(attribute: Json) -> bool:
    return attribute["type"] == "key" and "queryField" in attribute["properties"]


@dataclass(slots=True)
class Failures:
    """A sink that raises: nothing may fail here."""

    def report(self, failure: Failure) -> None:
        raise RuntimeError(f"{failure.what}: {failure.why}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to a command, and its events as they are stored."""

    answer: Json
    events: Sequence[Json]


@dataclass
class Way:
    """One environment, one after another command, each by processes that have just started."""

    dynamodb: Any
    kms: Any
    kms_key: str
    subscribers: int = 1
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    sent: int = 0
    meter: Meter = field(default_factory=Meter)
    appended: list[Json] = field(default_factory=list)
    warm: dict[AggregateId, Head[Any]] = field(default_factory=dict)
    started: list[Ticket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = MeteredRows(self.meter, deployment().indexes, self.subscribers)
        self.metered_kms = MeteredKms(self.kms, self.meter)
        self.metered_dynamodb = MeteredDynamoDb(Recorder(self.dynamodb, self.appended), self.meter)
        # Each is built once, since that is slow, and made to forget what it knows.
        client: Any = self.metered_dynamodb
        tickets = DynamoDbTickets(client, TICKETS)
        deferral = Deferral(tickets, self, lambda: self.now)
        self.app = command_api.build(self._commands(), deferral=deferral)
        self.worker = Worker(tickets, RunDeferred(self._commands()))

    def _commands(self) -> Commands:
        """Return the commands of one process."""
        dynamodb: Any = self.metered_dynamodb
        store = DynamoDbEventStore(dynamodb, EVENTS, CLAIMS)
        sealer = self._sealer()
        return Commands.over(contents, store, lambda: self.now, self.warm, sealer=sealer)

    def _sealer(self) -> Sealer:
        """Return the sealer of one process."""
        dynamodb: Any = self.metered_dynamodb
        kms: Any = self.metered_kms
        keys = SubjectKeys(
            DynamoDbKeyTable(dynamodb, KEYS),
            KmsKeyWrapper(lambda: kms, self.kms_key),
            clock=lambda: self.now,
            lifetime=OPEN_KEY_SECONDS,
            monotonic=lambda: self.now.timestamp(),
        )
        return Sealer(keys)

    def start(self, ticket: Ticket) -> None:
        """Start the workflow of a deferred command: it runs when the command was answered."""
        self.meter.hop.called("states", "StartExecution")
        self.meter.hop.executions += 1
        self.started.append(ticket)

    def send(
        self, operation: Operation, path: str, data: Json, how: How = How.ALONE, sender: str = ""
    ) -> tuple[Asked, Meter]:
        """Run the command and all that it causes. Raises `RuntimeError` unless it is accepted."""
        self.now += PAUSE
        self.sent += 1
        self.meter = Meter()
        self.rows.meter = self.metered_kms.meter = self.metered_dynamodb.meter = self.meter
        key = str(UUID(int=int(self.now.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | self.sent))
        person = sender or sender_of(operation)
        answer = self._command(operation, sent_as(how, operation, path, data, key, person))
        while self.started:
            self._run(self.started.pop(0))
        events = [event for item in self.appended for event in json.loads(item["events"]["S"])]
        while self.appended:
            self._published(self.appended.pop(0))
        return Asked(answer, events), self.meter

    def _run(self, ticket: Ticket) -> None:
        self._start("CommandWorker")
        self.warm.clear()
        self.worker.run(ticket.key, ticket.attempt)

    def _command(self, operation: Operation, event: Json) -> Json:
        self._start("CommandApi")
        self.meter.hop.gateway_requests += 1
        self.warm.clear()
        answer = resolve(self.app, event, None)
        if answer["statusCode"] != 202:
            raise RuntimeError(f"{operation.name}: {answer['body']}")
        body: Json = json.loads(answer["body"])
        return body

    def _published(self, item: Json) -> None:
        """Publish one commit alone: in traffic up to a hundred share an invocation."""
        self._start("Publisher")
        client: Any = MeteredBus(self.meter)
        record = stream_record(item)
        record["dynamodb"]["SequenceNumber"] = "1"
        publish(
            {"Records": [record]}, commit_of, EventBridgeEventBus(client, "metered"), Failures()
        )
        for each in deployment().rules:
            matching = [entry for entry in client.entries if each.matches(entry)]
            self._delivered(each.queue, matching)

    def _delivered(self, queue: str, entries: Sequence[Json]) -> None:
        """Deliver all hints of a commit, in batches as full as possible."""
        bodies = [message_body(entry) for entry in entries]
        function = deployment().fed_by(queue)
        for first in range(0, len(bodies), function.batch):
            self._received(function, queue, bodies[first : first + function.batch])

    def _received(self, function: Function, queue: str, bodies: Sequence[str]) -> None:
        """Hand hints to a projector; the commands that others send have rows of their own."""
        self._start(function.name)
        sizes = [len(body.encode()) for body in bodies]
        sent, received, deleted = sum(map(chunks, sizes)), chunks(sum(sizes), CHUNK), 1
        self.meter.hop.sqs_requests += sent + received + deleted
        projection = contents.projection.get(deployment().queue_name(queue))
        if projection is not None:
            self._projected(function, projection, bodies)

    def _projected(self, function: Function, projection: Projection, bodies: Sequence[str]) -> None:
        client: Any = self.metered_dynamodb
        store = DynamoDbEventStore(client, EVENTS, CLAIMS)
        rows = AppSyncReadModels(self.rows, contents.read_models)
        opener = RowOpener(self._sealer(), projection) if projection.personal else None
        gathering = gathering_of(projection, rows)
        words = words_of(contents, projection, store, DynamoDbWords(client, WORDS))
        catch_up = CatchUp(store, rows, projection, None, opener, gathering, words)
        answer = project_hints(batch_of(bodies), catch_up, Failures())
        if answer["batchItemFailures"]:
            raise RuntimeError(f"{function.name}: {answer}")

    def _start(self, function: str) -> None:
        memory = deployment().functions[function].memory
        self.meter.hops.append(Hop(function, memory))


@dataclass(frozen=True, slots=True)
class Recorder:
    """A DynamoDB client that remembers commits: what the table's stream would hold."""

    client: Any
    commits: list[Json]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the client's own
        return getattr(self.client, name)

    def put_item(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self.client.put_item(**given)
        self._keep(given)
        return answer

    def transact_write_items(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self.client.transact_write_items(**given)
        for item in given["TransactItems"]:
            self._keep(item.get("Put", item.get("Delete")))
        return answer

    def _keep(self, put: Mapping[str, Any]) -> None:
        if put["TableName"] == EVENTS:
            self.commits.append(put["Item"])


def sent_as(how: How, operation: Operation, path: str, data: Json, key: str, person: str) -> Json:
    """Return the request as the gateway hands it on."""
    if how is How.MACHINE:
        item = {"type": operation.name, "commandId": key, "aggregateId": path.split("/")[2]}
        body = {**item, "onBehalfOf": f"{OWNER}::{OWNER}", "data": data}
        return proxy_event("POST", MACHINES, {}, body, None, ROBOT)
    later = {"Prefer": "respond-async"} if how is How.DEFERRED else {}
    headers = {"Idempotency-Key": key, **later}
    event = proxy_event(operation.method, path, headers, data, claims(person))
    event["requestContext"]["identity"] = CLIENT
    return event


def sender_of(operation: Operation) -> str:
    """Return the owner, or an administrator for what an owner may not do."""
    return OWNER if operation.who is Who.OWNER else ADMIN


def claims(sub: str) -> dict[str, str]:
    return {
        "sub": sub,
        "cognito:username": sub,
        "cognito:groups": "Admin" if sub == ADMIN else "",
        "token_use": "id",
        "email": "somebody@example.com",
        "name": "Some Body",
    }


def message_body(entry: Mapping[str, Any]) -> str:
    """Return an event as EventBridge sends it (user guide, "Event structure reference")."""
    around = {
        "version": "0",
        "id": "01980000-0000-7000-8000-000000000000",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": "000000000000",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
    }
    return json.dumps({**around, "detail": json.loads(entry["Detail"])}, ensure_ascii=False)


def batch_of(bodies: Sequence[str]) -> Json:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"}
    return {
        "Records": [
            {"messageId": str(n), "body": body, "attributes": attributes}
            for n, body in enumerate(bodies)
        ]
    }


@contextmanager
def open_way(subscribers: int = 1) -> Iterator[Way]:
    """Open a new environment in memory."""
    with mock_aws():
        dynamodb: Any = boto3.client("dynamodb", region_name="us-east-1")
        kms: Any = boto3.client("kms", region_name="us-east-1")
        for resource, table in (
            ("EventsTable", EVENTS),
            ("ClaimsTable", CLAIMS),
            ("KeyTable", KEYS),
            ("CommandsTable", TICKETS),
            ("WordsTable", WORDS),
        ):
            properties = deployment().resources[resource]["Properties"]
            wanted = ("KeySchema", "AttributeDefinitions", "BillingMode")
            dynamodb.create_table(TableName=table, **{name: properties[name] for name in wanted})
        yield Way(dynamodb, kms, kms.create_key()["KeyMetadata"]["KeyId"], subscribers)


def path_of(operation: Operation, ids: Mapping[str, str]) -> str:
    path = operation.path
    for name, value in ids.items():
        path = path.replace(f"<{name}>", value)
    return path
