"""Waiting for a row: how often it is looked at, and until when."""

import pytest

from application.writing.requests import Accepted
from edge.caller import Caller
from edge.commands.bodies import RowProgress
from edge.commands.waiting import Waiter
from kernel.messages import AggregateId
from tests.support.fakes import Stopwatch

ADA = Caller("ada-sub", "ada", frozenset(), "")
ACCEPTED = Accepted("key-1", AggregateId("TEAPOT#a"), 3, "2026-01-02T12:00:00.000Z")


@pytest.mark.feature("K8")
@pytest.mark.parametrize(
    ("seconds", "naps"),
    [
        (0.02, []),
        (0.03, [0.03]),
        (1.0, [0.03, 0.06, 0.12, 0.24, 0.4]),
    ],
)
def test_looks_are_ever_further_apart_and_end_in_time(seconds: float, naps: list[float]) -> None:
    watch = Stopwatch()
    waiter = Waiter({"TEAPOT": lambda token, plain: {"version": 2}}, watch.sleep, watch)

    assert waiter.wait(ADA, ACCEPTED, seconds) is RowProgress.PENDING
    assert watch.naps == naps
