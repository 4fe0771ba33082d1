"""The layer before MiniStack's own application: control endpoints, faults on requests, and
what is to be saved.
"""

import asyncio
import json
import os
import re
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from local.emulator import activity, calls, changes, environments, faults
from local.emulator.patches import functions

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

READS = {
    "GetItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "TransactGetItems",
    "DescribeTable",
    "ListTables",
}
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
# Beginnings of operations of other services that change nothing; functions open keys all the time.
HARMLESS = ("Describe", "List", "Decrypt", "GenerateDataKey", "GetParameter")
INVOCATION = re.compile(r"/invocations$|^/_aws/execute-api/")
API = re.compile(r"/_aws/execute-api/[^/]+/[^/]+(/.*)?$", re.DOTALL)
DYNAMODB = "com.amazonaws.dynamodb.v20120810#"


class Emulator:
    """The ASGI application that is served."""

    def __init__(self, ministack: Application) -> None:
        self.ministack = ministack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.ministack(scope, receive, send)
        if scope["path"].startswith("/_skafu/"):
            return await control(scope, receive, send)
        if who := calls.caller(header(scope, b"authorization")):
            receive = await recorded(who, scope, receive)
        target = header(scope, b"x-amz-target")
        try:
            if found := API.match(scope["path"]):
                await self._request(found[1] or "/", scope, receive, send)
            else:
                await self._serve(target, scope, receive, send)
        finally:
            mark_changed(target, scope)

    async def _request(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request to the REST API, and tell of it."""
        began, statuses, seen = time.monotonic(), [], {"path": str(scope["path"])}
        activity.request.set(seen)

        async def note(message: MutableMapping[str, Any]) -> None:
            statuses.extend([message["status"]] if "status" in message else [])
            await send(message)

        try:
            await self.ministack(scope, receive, note)
        finally:
            query = scope["query_string"].decode("latin-1")
            activity.requested(
                scope["method"],
                path + (f"?{query}" if query else ""),
                statuses[0] if statuses else 0,
                time.monotonic() - began,
                seen.get("function"),
            )

    async def _serve(self, target: str, scope: Scope, receive: Receive, send: Send) -> None:
        service, _, operation = target.partition(".")
        if (service, operation) == ("AWSEvents", "PutEvents"):
            if faults.current.strikes("throttleEvents"):
                return await refuse(send, "ThrottlingException", "Rate exceeded")
            body = await read_body(receive)
            activity.put_events(body)
            receive = replayed(body)
        if service != "DynamoDB_20120810" or operation not in READS | WRITES:
            return await self.ministack(scope, receive, send)
        body = await read_body(receive)
        if struck("throttleDynamoDB", body):
            return await refuse(
                send, f"{DYNAMODB}ProvisionedThroughputExceededException", "Too many requests."
            )
        if operation in WRITES and struck("ambiguousDynamoDB", body):
            return await self._lose_answer(scope, body, send)
        await self.ministack(scope, replayed(body), send)

    async def _lose_answer(self, scope: Scope, body: bytes, send: Send) -> None:
        """Do what was asked, and say that something went wrong."""
        answer: list[MutableMapping[str, Any]] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            answer.append(message)

        await self.ministack(scope, replayed(body), keep)
        if answer[0]["status"] == 200:
            return await refuse(
                send, f"{DYNAMODB}InternalServerError", "Internal server error", 500
            )
        for message in answer:
            await send(message)


async def recorded(who: calls.Caller, scope: Scope, receive: Receive) -> Receive:
    """Note what a function calls, and hand its request on."""
    headers = {key.decode("latin-1").lower(): v.decode("latin-1") for key, v in scope["headers"]}
    query, body = scope["query_string"].decode("latin-1"), await read_body(receive)
    calls.record(who, calls.Request(scope["method"], scope["path"], query, headers, body))
    return replayed(body)


def struck(fault: str, body: bytes) -> bool:
    """Tell if a DynamoDB fault hits a request; it must name a table that the faults are for."""
    tables = faults.current.settings.tables
    return (not tables or f'"{tables}'.encode() in body) and faults.current.strikes(fault)


def header(scope: Scope, name: bytes) -> str:
    return next(
        (value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), ""
    )


async def read_body(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def replayed(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    return receive


async def respond(send: Send, status: int, body: object) -> None:
    payload = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(payload)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


async def refuse(send: Send, code: str, message: str, status: int = 400) -> None:
    payload = json.dumps({"__type": code, "message": message}).encode()
    headers = [
        (b"content-type", b"application/x-amz-json-1.0"),
        (b"x-amzn-errortype", code.encode()),
        (b"content-length", str(len(payload)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


async def control(scope: Scope, receive: Receive, send: Send) -> None:
    """`/_skafu/health`, `/_skafu/calls`, `/_skafu/faults` (GET, POST, DELETE) and `/_skafu/warm`
    (POST).
    """
    match scope["method"], scope["path"]:
        case "GET", "/_skafu/health":
            await respond(send, 200, health())
        case "GET", "/_skafu/calls":
            await respond(send, 200, calls.report())
        case "POST", "/_skafu/warm":
            threading.Thread(target=functions.warm, daemon=True, name="skafu-warm").start()
            await respond(send, 202, {})
        case "GET", "/_skafu/faults":
            await respond(send, 200, faults.current.report())
        case "DELETE", "/_skafu/faults":
            faults.current.clear()
            await respond(send, 200, faults.current.report())
        case "POST", "/_skafu/faults":
            await change_faults(await read_body(receive), send)
        case _:
            known = "there are /_skafu/health, /_skafu/calls, /_skafu/faults and /_skafu/warm"
            await respond(send, 404, {"message": known})


def health() -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "stateDir": os.environ.get("STATE_DIR"),
        "environments": environments.running(),
    }


async def change_faults(body: bytes, send: Send) -> None:
    try:
        faults.current.change(json.loads(body))
    except ValueError as error:
        return await respond(send, 400, {"message": str(error)})
    await respond(send, 200, faults.current.report())


def mark_changed(target: str, scope: Scope) -> None:
    """Note which part of the state a request may have changed."""
    service, _, operation = target.partition(".")
    if service == "DynamoDB_20120810":
        if operation not in READS | WRITES:  # items are in the journal
            changes.tables.set()
    elif service == "AmazonSQS" or operation == "PutEvents" or INVOCATION.search(scope["path"]):
        changes.deliveries.set()
    elif scope["method"] != "GET" and not operation.startswith(HARMLESS):
        changes.deliveries.set()
        changes.settings.set()
        if not service:  # CloudFormation names its operations in forms
            changes.stacks.set()
