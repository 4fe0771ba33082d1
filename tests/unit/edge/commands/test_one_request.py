"""One request, however its JSON was written, is one command (RFC 8785), in every way to send it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.tickets import MemoryTickets
from application.writing.deferral import Deferral, Ticket
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.deferred import DEFERRED
from tests.support.api import ADA, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7

pytestmark = pytest.mark.feature("C15", "C20")

NOW = datetime.now(UTC)
ID = "0198f2a0-0000-7000-8000-00000000000a"
CI = "arn:aws:sts::123456789012:assumed-role/ci/session-1"
KEYS = {"UUIDv7": uuid7(NOW, 5), "opaque": "order-5"}
DETAILS = ('{"a": 1, "b": [0, {"c": 100}]}', '{"b": [-0.0, {"c": 1e2}], "a": 1.0}',
           '{"a":10e-1,"b":[-0,{"c":100.00}]}')  # fmt: skip
OTHER = '{"a": 1, "b": [0, {"c": 100.5}]}'
ROUTES = ("REST", "task", "batch", "machine", "machine's batch", "deferred")


class Nothing:
    """A workflow that never runs: a command is compared when it is deferred."""

    def start(self, ticket: Ticket) -> None:
        return None


def teapot() -> Api:
    """Return an API with a teapot of Ada's."""
    store, clock = MemoryEventStore(), Clock(NOW)
    commands = Commands.over(kitchen, store, clock, {}, sleep=lambda _: None)
    api = Api(command_api.build(commands, deferral=Deferral(MemoryTickets(), Nothing(), clock)))
    made = api.post("/commands/make-teapot", {"aggregateId": ID, "data": {"name": "Teapot"}})
    assert made.status == 202
    return api


def send(api: Api, route: str, key: str, details: str, version: str) -> Answer:
    """Send one command on a route, its JSON as it is written here."""
    data = f'{{"name": "spout", "material": "CLAY", "details": {details}}}'
    envelope = f'"commandId": "{key}", "aggregateId": "{ID}", "expectedVersion": {version}'
    item = f'{{"type": "add-part", {envelope}, "data": {data}}}'
    person = f'"onBehalfOf": "{ADA.sub}::{ADA.username}"'
    machine = api.as_machine(CI)
    match route:
        case "REST":
            headers = {"idempotency_key": key, "if_match": '"1"'}
            return api.post(f"/teapots/{ID}/parts", data, **headers)
        case "task":
            return api.post("/commands/add-part", f'{{{envelope}, "data": {data}}}')
        case "deferred":
            body = f'{{{envelope}, "data": {data}}}'
            return api.post("/commands/add-part", body, prefer="respond-async")
        case "batch":
            return api.post("/commands", f'{{"commands": [{item}]}}')
        case "machine":
            return machine.post("/integration/commands", f"{{{person}, {item[1:]}")
        case _:
            batch = f'{{{person}, "commands": [{item}]}}'
            return machine.post("/integration/commands", batch)


def outcome(answer: Answer) -> dict[str, Any]:
    body = answer.body
    return dict(body["results"][0] if "results" in body else {"status": answer.status, **body})


def answers(route: str, key: str) -> Iterator[dict[str, Any]]:
    api = teapot()
    for details, version in zip(DETAILS, ("1", "1.0", "1e0"), strict=True):
        yield outcome(send(api, route, key, details, version))
    yield outcome(send(api, route, key, OTHER, "1"))


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("route", ROUTES)
def test_numbers_and_order_may_be_written_in_any_way(route: str, key: str) -> None:
    *same, other = answers(route, key)

    assert same[0] == same[1] == same[2]
    assert same[0]["status"] in (202, "accepted", "pending"), same[0]
    assert other["status"] == 422, "another number is another command"


def test_a_deferred_command_is_compared_when_it_is_deferred() -> None:
    answer = send(teapot(), "deferred", "order-5", OTHER, "1")

    assert answer.headers["Content-Type"] == DEFERRED
