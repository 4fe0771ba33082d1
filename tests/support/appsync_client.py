"""AppSync from outside: any field of the SDL asked by anybody, over HTTP and over a WebSocket."""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from graphql import GraphQLField, GraphQLObjectType, get_named_type
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from local.aws import ACCOUNT, REGION
from tests.support.api_client import eventually

Json = dict[str, Any]
# One for all principals: whoever asks says so in the headers of the request.
SESSION = requests.Session()


@dataclass(frozen=True)
class Credential:
    """The proof of a request: headers that stay, or a key that signs each body."""

    headers: Mapping[str, str] = field(default_factory=dict)
    signs: bool = False

    def of(self, url: str, body: str) -> dict[str, str]:
        return signed(url, body) if self.signs else dict(self.headers)


def signed(url: str, body: str) -> dict[str, str]:
    """Return the key that administers the local stack, which its roles do not narrow."""
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(ACCOUNT, "test"), "appsync", REGION).add_auth(request)
    return {**request.headers, "host": urlsplit(url).netloc}


@dataclass
class AppSync:
    """One principal's view."""

    outputs: Mapping[str, str]
    credential: Credential

    def ask(
        self, document: str, variables: Mapping[str, Any], name: str | None = None
    ) -> tuple[int, Json]:
        """Status and answer, errors included; a document of several operations needs a name."""
        url = self.outputs["graphqlUrl"]
        body = json.dumps({"query": document, "variables": variables, "operationName": name})
        headers = {"Content-Type": "application/json", **self.credential.of(url, body)}
        answer = SESSION.post(url, data=body, headers=headers, timeout=60)
        return answer.status_code, answer.json()

    def subscriber(self) -> "Subscriber":
        return Subscriber(self)


@dataclass
class Subscriber:
    """A WebSocket with subscriptions by name; `refused` and `received` fill up while it reads."""

    appsync: AppSync
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, Json] = field(default_factory=dict)
    received: dict[str, list[Json]] = field(default_factory=dict)

    @cached_property
    def socket(self) -> ClientConnection:
        url = self.appsync.outputs["graphqlUrl"]
        headers = self.appsync.credential.of(f"{url}/connect", "{}")
        proof = base64.urlsafe_b64encode(json.dumps(headers).encode()).decode().rstrip("=")
        protocols = [Subprotocol("graphql-ws"), Subprotocol(f"header-{proof}")]
        return connect(self.appsync.outputs["realtimeUrl"], subprotocols=protocols)

    def open(self) -> bool:
        """Tell if the connection is let in."""
        with suppress(ConnectionClosed):  # refused before a word was said; the reason comes first
            self.socket.send(json.dumps({"type": "connection_init"}))
        return bool(json.loads(self.socket.recv(timeout=60))["type"] == "connection_ack")

    def start(self, name: str, document: str, operation: str | None = None) -> None:
        url = self.appsync.outputs["graphqlUrl"]
        body = json.dumps({"query": document, "variables": {}, "operationName": operation})
        proof = {"authorization": self.appsync.credential.of(url, body)}
        message = {"id": name, "type": "start", "payload": {"data": body, "extensions": proof}}
        self.socket.send(json.dumps(message))

    def read(self, seconds: float) -> None:
        """Until nothing has come for as long."""
        try:
            while True:
                self._take(json.loads(self.socket.recv(timeout=seconds)))
        except TimeoutError:
            return

    def until(self, holds: Callable[[], bool]) -> bool:
        """Read until this holds; tell whether it does before a test's patience ends."""

        def read() -> bool:
            self.read(seconds=0.1)
            return holds()

        return eventually(read)

    def _take(self, frame: Json) -> None:
        name = str(frame.get("id"))
        match frame["type"]:
            case "start_ack":
                self.accepted.add(name)
            case "error":
                self.refused[name] = frame
            case "data":
                self.received.setdefault(name, []).append(frame["payload"])

    def close(self) -> None:
        self.socket.close()


def document(kind: str, name: str, asked: GraphQLField, given: Mapping[str, Any]) -> str:
    """For one field, with those of its arguments that are given as variables."""
    declared = ", ".join(f"${a}: {asked.args[a].type}" for a in given)
    passed = ", ".join(f"{a}: ${a}" for a in given)
    head = f"{kind} Q({declared})" if given else kind
    arguments = f"({passed})" if given else ""
    return f"{head} {{ {name}{arguments} {{ {selection(asked)} }} }}"


def selection(asked: GraphQLField) -> str:
    """Every field but relations: subscribers get what the mutation selected."""
    answer = get_named_type(asked.type)
    assert isinstance(answer, GraphQLObjectType)
    if "nextToken" not in answer.fields:  # one row, whatever its fields are called
        return " ".join(scalars(answer))
    item = get_named_type(answer.fields["items"].type)
    assert isinstance(item, GraphQLObjectType)
    return f"items {{ {' '.join(scalars(item))} }}"


def scalars(model: GraphQLObjectType) -> list[str]:
    return [
        name
        for name, found in model.fields.items()
        if not isinstance(get_named_type(found.type), GraphQLObjectType)
    ]


def fresh_id() -> str:
    return str(uuid.uuid4())
