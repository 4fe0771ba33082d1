"""Everybody who can call the running stack: people, machines, and those whose token is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from secrets import randbelow
from typing import Any

import jwt
import uuid6
from pydantic.alias_generators import to_snake as snake

from adapters.dynamodb.event_store import DynamoDbEventStore
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.operation import Operation, Who
from kernel.projection import RowKey, fold_rows
from kernel.query import Inner
from local.aws import Aws
from local.stack import Stack
from skafu.examples import Placeholders
from tests.support.api_client import ApiClient, eventually
from tests.support.appsync_client import AppSync, Credential, signed
from tests.support.forged import expired, forged, unsigned
from tests.support.owner import ADDING, CREATE, KIND, Owner, data
from tests.support.world import before, typical

NOBODY = ("anonymous", "forged", "unsigned", "expired", "access", "machine")
"""Whom the gateway refuses on the routes of people."""
FURTHER = tuple(
    operation
    for operation in contents.operations
    if operation.creates and operation.who in (Who.OWNER, Who.ADMIN)
    if operation.aggregate_type != KIND.aggregate_type
    if contents.projections_of(operation.aggregate_type)
)
PEOPLE = ("second", "developer", "owner", "admin")


NUMBERED = tuple(q for q in contents.queries if isinstance(q, Inner) and q.numbered)
BEGINNING = tuple(
    operation
    for operation in KIND.operations
    if operation.method == "POST"
    if operation.path in [query.path.rpartition("/")[0] for query in NUMBERED]
)
"""Commands that begin what has a number within the aggregate."""


def in_most_examples(kind: AnyAggregate) -> Iterator[Operation]:
    """Yield the commands that come before most others, once the aggregate was begun."""
    for name in max(map(before, kind.operations), key=len):
        operation = contents.operation[name]
        if operation.aggregate_type == kind.aggregate_type and not operation.creates:
            yield operation


@dataclass
class Matrix:
    """Everybody who may call, and an aggregate of the owner's, with its parts and its rows."""

    stack: Stack
    clients: dict[str, ApiClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    """The id of one row of each model that shows the aggregate."""

    inner: dict[str, str] = field(default_factory=dict)

    key: str = field(default_factory=lambda: str(uuid6.uuid7()))

    def client(self, who: str) -> ApiClient:
        known = self.clients.get(who)
        self.clients[who] = known or ApiClient(self.stack.outputs, f"{who}@skafu.dev")
        return self.clients[who]

    @cached_property
    def tokens(self) -> Mapping[str, str | None]:
        mine = self.client("owner").tokens
        return {
            "anonymous": None,
            "forged": forged(mine["IdToken"]),
            "unsigned": unsigned(mine["IdToken"]),
            "expired": expired(self.stack.outputs),
            "access": mine["AccessToken"],
            "machine": signed(self.stack.outputs["commandApiUrl"], "{}")["Authorization"],
        }

    @cached_property
    def owner(self) -> str:
        token = self.client("owner").tokens["IdToken"]
        claims = jwt.decode(token, options={"verify_signature": False})
        return f"{claims['sub']}::{claims['cognito:username']}"

    def appsync(self, who: str) -> AppSync:
        return AppSync(self.stack.outputs, self.credential(who))

    def credential(self, who: str) -> Credential:
        if who.startswith("machine"):
            return Credential(signs=True)
        if who == "api key":
            key = (self.stack.options.state_dir / "api-key").read_text()
            return Credential({"x-api-key": key.strip()})
        token = self.client(who).tokens["IdToken"] if who in PEOPLE else self.tokens[who]
        return Credential({} if token is None else {"authorization": token})

    def prepare(self) -> None:
        owner = Owner(self.stack.outputs, "owner@skafu.dev")
        begun = owner.command(CREATE.method, CREATE.path, data(CREATE), self.key).json()
        plain, known = str(begun["aggregateId"]), Placeholders.numbered(0)
        for operation in ADDING:
            self.send(owner, operation, plain, known)
        known.learn(CREATE, plain, owner.events(plain))
        self.inner = {name: known.known[name] for name in contents.inner_ids}
        ids = {"id": plain, f"{KIND.noun}Id": plain, "command_id": self.key}
        self.ids = ids | self.inner | {query.part: "1" for query in NUMBERED}
        keys = [*self.further(owner, known), *self.keys(KIND, plain)]
        self.rows = {key.model: key.id for key in keys}
        assert eventually(lambda: all(map(self.row, keys)))

    def further(self, owner: Owner, known: Placeholders) -> Iterator[RowKey]:
        """Begin an aggregate of each other kind that rows show, and what has numbers in the first.

        Their texts are others than those of anybody else.
        """
        admin, plain = Owner(self.stack.outputs, "admin@skafu.dev"), self.ids["id"]
        texts = Placeholders.numbered(10_000 + randbelow(10**9)).known
        named = Placeholders(known.known | {name: texts[name] for name in contents.example_texts})
        for operation in FURTHER:
            kind = contents.aggregate[operation.aggregate_type]
            sender = owner if operation.who is Who.OWNER else admin
            other = self.send(sender, operation, "", named)
            for following in in_most_examples(kind):
                self.send(sender, following, other, named)
            yield from self.keys(kind, other)
        for operation in BEGINNING:
            self.send(owner, operation, plain, named)

    def send(self, sender: Owner, operation: Operation, plain: str, known: Placeholders) -> str:
        path = operation.path.replace("<id>", plain)
        answer = sender.command(operation.method, path, known.data(typical(operation)))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["aggregateId"])

    def keys(self, kind: AnyAggregate, plain: str) -> list[RowKey]:
        """Return the rows that the aggregate's stream folds to."""
        dynamodb = Aws(self.stack.outputs["awsEndpointUrl"]).client("dynamodb")
        store = DynamoDbEventStore(dynamodb, self.stack.outputs["eventsTable"])
        recorded = [r for c in store.read(kind.id(plain)) for r in c.recorded(kind.events)]
        groups = contents.projections_of(kind.aggregate_type)
        return [key for projection in groups for key in fold_rows(projection, recorded)]

    def row(self, key: RowKey) -> Any:  # noqa: ANN401 - JSON
        document = contents.read_models.documents[f"GET_{snake(key.model)}".upper()]
        _, answer = self.appsync("machine").ask(document, {"id": key.id})
        return answer["data"][f"get{key.model}"]
