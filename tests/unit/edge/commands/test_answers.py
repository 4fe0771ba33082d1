"""Answers to accepted commands."""

import pytest

from application.writing.requests import Accepted
from edge.caller import Caller
from edge.commands.answers import accepted_body, answer
from edge.commands.sent import from_named_envelope
from kernel.messages import aggregate_id
from tests.support.kitchen.contents import kitchen

ID = "0198f2a0-0000-7000-8000-00000000000a"
ADA = Caller("ada-sub", "ada", frozenset(), "")
TIME = "2026-01-02T12:00:00.000Z"


@pytest.mark.feature("C1", "C18")
def test_an_answer_holds_what_is_known_and_says_it_in_headers() -> None:
    item = {"type": "make-teapot", "correlationId": "order-7", "data": {"name": "Urn"}}
    sent = from_named_envelope(ADA, kitchen, item)  # type: ignore[arg-type] # JSON
    accepted = Accepted("key-1", aggregate_id("TEAPOT", ID), 3, TIME)
    given = answer(accepted_body(accepted), sent, "/shop", {"Preference-Applied": "wait=2"})

    assert (given.status_code, given.body) == (
        202,
        {
            "commandId": "key-1",
            "status": "accepted",
            "aggregateId": ID,
            "version": 3,
            "timestamp": TIME,
        },
    )
    assert given.headers == {
        "Content-Type": "application/json",
        "ETag": '"3"',
        "Location": f"/shop/teapots/{ID}",
        "X-Correlation-Id": "order-7",
        "Preference-Applied": "wait=2",
    }
