"""The metadata of a command is recorded alike, whichever way the command was sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from edge.commands import api as command_api
from edge.commands.api import Commands
from tests.support.api import ADA, EVE, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7

pytestmark = pytest.mark.feature("C1", "E10", "E11")

START = datetime.now(UTC)
KEY = uuid7(START, 1)
ID = "0198f2a0-0000-7000-8000-00000000000a"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ROBOT = "arn:aws:sts::123456789012:assumed-role/robot/session"
DATA = {"name": "Samovar"}
Given = dict[str, Any]
Send = Callable[[Api, Given], Answer]


def envelope(given: Given) -> dict[str, Any]:
    return {**given, "aggregateId": ID, "data": DATA}


def in_task_style(api: Api, given: Given) -> Answer:
    return api.post("/commands/change-teapot", envelope(given), traceparent=TRACE)


def in_rest_style(api: Api, given: Given) -> Answer:
    headers = {
        "idempotency_key": given["commandId"],
        "x_on_conflict": given["onConflict"],
        "if_match": f'"{given["expectedVersion"]}"',
        "traceparent": TRACE,
    }
    if "correlationId" in given:
        headers["x_correlation_id"] = given["correlationId"]
    return api.patch(f"/teapots/{ID}", DATA, **headers)


def in_a_batch(api: Api, given: Given) -> Answer:
    item = {"type": "change-teapot", **envelope(given)}
    return api.post("/commands", {"commands": [item]}, traceparent=TRACE)


def by_a_machine(api: Api, given: Given) -> Answer:
    item = {"type": "change-teapot", "onBehalfOf": f"{ADA.sub}::{ADA.username}", **envelope(given)}
    return api.as_machine(ROBOT).post("/integration/commands", item, traceparent=TRACE)


PEOPLE: dict[str, Send] = {"task": in_task_style, "REST": in_rest_style, "batch": in_a_batch}
WAYS: dict[str, Send] = {**PEOPLE, "machine": by_a_machine}
GIVEN: Given = {"commandId": KEY, "expectedVersion": 1, "onConflict": "last-write-wins"}


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore) -> Api:
    """An API where Ada has a teapot at version 2."""
    clock = Clock(START)
    api = Api(command_api.build(Commands.over(kitchen, store, clock, {}, sleep=lambda _: None)))
    made = api.post("/commands/make-teapot", {"aggregateId": ID, "data": {"name": "Teapot"}})
    assert (made.status, api.patch(f"/teapots/{ID}", {"name": "Urn"}).status) == (202, 202)
    return api


def recorded(store: MemoryEventStore) -> Commit:
    commit: Commit = [c for stream, _ in store.heads() for c in store.read(stream)][-1]
    assert commit.first_sequence == 3
    return commit


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("given", [{}, {"correlationId": "order-7"}], ids=["its own", "given"])
def test_is_recorded(api: Api, store: MemoryEventStore, send: Send, given: Given) -> None:
    send(api, GIVEN | given)

    commit = recorded(store)
    expected = (KEY, given.get("correlationId", KEY), TRACE)
    assert (commit.command_id, commit.correlation_id, commit.traceparent) == expected


@pytest.mark.parametrize("send", PEOPLE.values(), ids=PEOPLE)
def test_of_the_same_command_is_the_same(api: Api, store: MemoryEventStore, send: Send) -> None:
    in_task_style(api, GIVEN)
    commit = recorded(store)
    send(api, GIVEN)

    assert recorded(store) == commit


@pytest.mark.parametrize("send", PEOPLE.values(), ids=PEOPLE)
def test_names_the_sender(api: Api, store: MemoryEventStore, send: Send) -> None:
    refused = send(api.as_(EVE), GIVEN)
    assert "aggregate-not-found" in refused.text

    send(api, GIVEN)
    commit = recorded(store)
    assert (commit.actor, commit.on_behalf_of) == (f"{ADA.sub}::{ADA.username}", None)


def test_of_a_machine_names_the_machine_and_the_user(api: Api, store: MemoryEventStore) -> None:
    by_a_machine(api, GIVEN)

    commit = recorded(store)
    assert commit.actor.startswith("machine:123456789012:")
    assert commit.on_behalf_of == f"{ADA.sub}::{ADA.username}"


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_holds_the_version_and_what_to_do_on_a_conflict(api: Api, send: Send) -> None:
    assert "version-mismatch" in send(api, GIVEN | {"onConflict": "reject"}).text
    assert "merge-conflict" in send(api, GIVEN | {"onConflict": "merge"}).text
