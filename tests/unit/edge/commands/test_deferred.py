"""Deferred commands: what a ticket keeps, what becomes of it, and what is logged of it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from edge.observability import correlate
from edge.observability import lines as formatter
from tests.support.api import ADA, Answer
from tests.support.requests import uuid7
from tests.support.sealers import KeyOffice
from tests.unit.edge.commands.test_controls import Later

pytestmark = pytest.mark.feature("C3", "C26")

KEY = uuid7(datetime.now(UTC))
TEAPOT = {"name": "Samovar"}


@pytest.fixture
def office() -> KeyOffice:
    return KeyOffice()


@pytest.fixture
def later(office: KeyOffice) -> Later:
    return Later(MemoryEventStore(), office.sealer())


@pytest.fixture
def log() -> Iterator[StringIO]:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logging.getLogger("skafu").addHandler(handler)
    yield written
    logging.getLogger("skafu").removeHandler(handler)


def defer(later: Later, body: object = TEAPOT, **headers: str) -> Answer:
    return later.api.post("/teapots", body, prefer="respond-async", idempotency_key=KEY, **headers)


def test_is_kept_under_the_senders_seal_until_it_is_run(later: Later) -> None:
    assert defer(later).status == 202
    assert b"Samovar" not in (later.started[0].request or b"")

    assert later.run().keys() == {"aggregateId", "version", "timestamp", "location"}


def test_the_outcome_is_what_the_answer_would_have_been(later: Later) -> None:
    defer(later)
    outcome = later.run()
    answer = later.api.post("/teapots", TEAPOT, idempotency_key=KEY)

    shown = {name: answer.body[name] for name in ("aggregateId", "version", "timestamp")}
    assert outcome == shown | {"location": answer.headers["Location"]}


def test_a_refused_one_has_the_problem_that_the_answer_would_have_had(later: Later) -> None:
    defer(later, if_match='"1"')
    outcome = later.run()
    answer = later.api.post("/teapots", TEAPOT, idempotency_key=KEY, if_match='"1"')

    assert answer.problem == "version-mismatch"
    assert outcome == {"problem": answer.body}


def test_of_a_sender_who_was_forgotten_is_refused(later: Later, office: KeyOffice) -> None:
    defer(later)
    office.process().forget(ADA.sub)
    office.seconds += 3600

    assert later.run()["problem"]["type"].endswith("/subject-is-forgotten")


def test_with_another_correlation_id_is_the_same_command(later: Later) -> None:
    answers = [defer(later, x_correlation_id=name) for name in ("order-7", "order-8")]

    assert [answer.status for answer in answers] == [202, 202]
    assert {ticket.key for ticket in later.started} == {later.started[0].key}


def test_is_logged_when_it_is_taken_and_when_it_is_run(later: Later, log: StringIO) -> None:
    for _ in range(2):
        defer(later, x_correlation_id="order-7")
    correlate("invocation-1")
    later.run()
    lines = map(json.loads, log.getvalue().splitlines())
    first, again, accepted = (line for line in lines if line["message"] != "answered")

    ticket = later.started[0]
    assert about(first) == {
        "message": "deferred",
        "command": "make-teapot",
        "command_id": KEY,
        "ticket": ticket.key,
        "status": "pending",
    }
    assert about(again) == about(first) | {"repeated": True}
    assert (accepted["message"], accepted["correlation_id"]) == ("accepted", "order-7")


FIELDS = ("message", "command", "command_id", "ticket", "status", "repeated")


def about(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in FIELDS if name in line}
