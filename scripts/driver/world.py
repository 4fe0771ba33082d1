"""The surroundings of a tree's functions: AWS by moto, AppSync by a server, a fixed clock."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from botocore.client import BaseClient
from graphql import FieldNode, OperationDefinitionNode, parse
from moto import mock_aws
from moto.moto_api._internal import mock_random

Json = dict[str, Any]

BEGINNING = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAUSE = timedelta(seconds=10)  # between two requests
INNER_IDS = ("serviceId", "deploymentId")
FAILURES = "skafu.failures"
"""Source of failures on the error bus."""
CONDITION_FAILED = "DynamoDB:ConditionalCheckFailedException"


class FixedDatetime(datetime):
    """`datetime` in the modules of the tree: its clock stands still between requests."""

    moment = BEGINNING

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # a plain one
        return cls.moment.astimezone(tz)


class AppSync:
    """Keeps the rows that mutations write, by compare-and-set as Amplify's resolvers do."""

    def __init__(self) -> None:
        self.rows: dict[str, Json] = {}

    def answer(self, request: Json) -> Json:
        name, fields = first_field(request["query"])
        verb = next(v for v in ("get", "create", "update") if name.startswith(v))
        row = self._row(verb, name.removeprefix(verb), request["variables"])
        if row is None and verb != "get":
            refused = {"errorType": CONDITION_FAILED, "message": "refused", "path": [name]}
            return {"data": {name: None}, "errors": [refused]}
        return {"data": {name: row and {field: row.get(field) for field in fields}}}

    def _row(self, verb: str, model: str, variables: Json) -> Json | None:
        given = variables.get("input", variables)
        key = f"{model} {given['id']}"
        before = self.rows.get(key)
        if verb == "get":
            return before
        if (verb == "create") != (before is None) or not meets(before, variables):
            return None
        whole = {**(before or {}), **given}
        self.rows[key] = {name: value for name, value in whole.items() if value is not None}
        return self.rows[key]


def meets(row: Json | None, variables: Json) -> bool:
    condition = variables.get("condition") or {}
    return all((row or {}).get(name) == wanted["eq"] for name, wanted in condition.items())


def first_field(document: str) -> tuple[str, list[str]]:
    """Return the name of the operation's only field, and what is selected of it."""

    definition = parse(document).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    field = definition.selection_set.selections[0]
    assert isinstance(field, FieldNode)
    assert field.selection_set is not None
    selected = field.selection_set.selections
    return field.name.value, [one.name.value for one in selected if isinstance(one, FieldNode)]


@contextmanager
def served(appsync: AppSync) -> Iterator[str]:
    """Serve AppSync on a free port of this machine; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(appsync.answer(request)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/graphql"
    server.shutdown()
    server.server_close()


class Calls:
    """Calls of AWS that moto does not answer: events that are put, executions that are started.

    `ids` are the inner ids that commits on their way to the table hold, the last of each name.
    """

    def __init__(self) -> None:
        self.entries: list[Json] = []
        self.started: list[Json] = []
        self.ids: dict[str, str] = {}

    def answer(self, operation: str, given: Json) -> Json | None:
        for put in puts(operation, given):
            self.ids |= inner_ids(put["Item"])
        if operation == "PutEvents":
            self.entries += given["Entries"]
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in given["Entries"]]}
        if operation == "StartExecution":
            self.started.append(json.loads(given["input"]))
            return {"executionArn": "arn:execution", "startDate": BEGINNING}
        return None

    def taken(self) -> list[Json]:
        """Return the entries that were put since the last look."""
        taken, self.entries = self.entries, []
        return taken

    def published(self) -> list[Json]:
        """Return the events that were put since the last look. Raises on a reported failure."""
        taken = self.taken()
        for entry in taken:
            if entry["Source"] == FAILURES:
                raise RuntimeError(f"a function reported a failure: {entry['Detail']}")
        return taken


def puts(operation: str, given: Json) -> list[Json]:
    if operation == "TransactWriteItems":
        return [item["Put"] for item in given["TransactItems"] if "Put" in item]
    return [given] if operation == "PutItem" else []


def inner_ids(item: Json) -> dict[str, str]:
    events = json.loads(item.get("events", {}).get("S", "[]"))
    found = [(name, event["data"].get(name)) for event in events for name in INNER_IDS]
    return {name: value for name, value in found if value is not None}


@contextmanager
def aws(calls: Calls) -> Iterator[None]:
    """Let moto answer every client, with `calls` before it, and fix what is random."""

    kind: Any = BaseClient
    real: Callable[..., Any] = kind._make_api_call

    def call(client: BaseClient, operation: str, given: Json) -> Any:  # noqa: ANN401 - boto3's own
        answer = calls.answer(operation, given)
        return real(client, operation, given) if answer is None else answer

    mock_random.seed(0)
    os.urandom = lambda size: bytes(n % 251 for n in range(size))
    kind._make_api_call = call
    with mock_aws():
        yield
