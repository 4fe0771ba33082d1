"""The header Prefer, and waiting for one's own write."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.ports import Refused, Unavailable
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.waiting import LONGEST_POLL, Waiter
from edge.http.preferences import LONGEST_WAIT, preferences
from edge.http.refusals import InvalidRequest
from tests.support.api import Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen

TEAPOT = {"name": "Teapot"}


@pytest.mark.feature("K8")
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, 0),
        ("", 0),
        ("wait=2", 2),
        ("WAIT = 2", 2),
        ('wait="2"', 2),
        ("return=minimal, wait=3; strict", 3),
        ("wait=3, wait=4", 3),
        ("wait=10", 10),
        ("wait=11", LONGEST_WAIT),
        ("wait=999999999999999", LONGEST_WAIT),
        ("wait=" + "9" * 5000, LONGEST_WAIT),
        (", ,wait=2,", 2),
        ('handling=lenient;a="x, wait=9";b, wait=2;c', 2),
        ("wait=2, wait=x", 2),
    ],
)
def test_a_wait_is_taken_as_far_as_it_can_be(header: str | None, wait: int) -> None:
    assert preferences(header).wait == wait


@pytest.mark.feature("C20")
@pytest.mark.parametrize(
    "header",
    ["wait", "wait=", "wait=-1", "wait=1.5", "wait=\u0662", 'wait=""', "wait=2s", "wait;a=2",
     "respond-async=1", ",;=,", "wait=2 wait=3", 'wait="2', "=2", "wait=2;;=", "søren"],
)  # fmt: skip
def test_a_preference_that_is_malformed_is_refused(header: str) -> None:
    with pytest.raises(InvalidRequest):
        preferences(header)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("header", ["a;" + " ;" * 5000 + "@", '"' * 5000, "a" + "  =" * 3000])
def test_no_header_takes_long_to_be_refused(header: str) -> None:
    with pytest.raises(InvalidRequest):
        preferences(header)


class Rows:
    """A row that is at each of `versions` in turn, on a clock that sleeping moves."""

    def __init__(self, *versions: int | Exception | None) -> None:
        self.versions: Iterator[int | Exception | None] = iter(versions)
        self.found: int | Exception | None = None
        self.time = 0.0
        self.asked: list[tuple[str, str]] = []

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def read(self, token: str, teapot_id: str) -> dict[str, Any] | None:
        self.asked.append((token, teapot_id))
        self.found = next(self.versions, self.found)
        if isinstance(self.found, Exception):
            raise self.found
        return None if self.found is None else {"version": self.found}

    def post(self, wait: int, path: str = "/teapots", body: object = None) -> Answer:
        waiter = Waiter({"TEAPOT": self.read}, self.sleep, lambda: self.time)
        commands = Commands.over(kitchen, MemoryEventStore(), Clock(datetime.now(UTC)), {})
        api = Api(command_api.build(commands, waiter))
        return api.post(path, body or TEAPOT, prefer=f"wait={wait}")


@pytest.mark.feature("K5", "K8")
class TestWait:
    def test_a_row_that_shows_the_command_ends_it(self) -> None:
        rows = Rows(None, None, 1)
        answer = rows.post(2)

        assert (answer.status, answer.body["projection"]) == (202, "reached")
        assert answer.headers["Preference-Applied"] == "wait=2"
        assert rows.time < 2

    def test_a_row_further_on_shows_it_too(self) -> None:
        assert Rows(7).post(2).body["projection"] == "reached"

    @pytest.mark.parametrize("seconds", [1, 10])
    def test_a_row_that_is_late_is_said_to_be(self, seconds: int) -> None:
        rows = Rows(0)
        answer = rows.post(seconds)

        assert (answer.status, answer.body["projection"]) == (202, "pending")
        assert answer.headers["Preference-Applied"] == f"wait={seconds}"
        assert seconds - LONGEST_POLL <= rows.time <= seconds

    @pytest.mark.parametrize("error", [Unavailable("down"), Refused("no")], ids=str)
    def test_a_row_that_cannot_be_read_does_not_undo_the_command(self, error: Exception) -> None:
        answer = Rows(error).post(1)

        assert (answer.status, answer.body["projection"]) == (202, "unknown")
        assert "Preference-Applied" not in answer.headers

    def test_a_row_that_could_not_be_read_at_first_is_waited_for(self) -> None:
        assert Rows(Unavailable("down"), 1).post(1).body["projection"] == "reached"

    def test_is_for_the_row_as_the_caller_may_see_it(self) -> None:
        rows = Rows(1)
        answer = rows.post(1)

        assert rows.asked == [("token-of-the-caller", answer.body["aggregateId"])]

    def test_an_aggregate_without_a_row_is_not_waited_for(self) -> None:
        rows = Rows()
        commands = Commands.over(kitchen, MemoryEventStore(), Clock(datetime.now(UTC)), {})
        answer = Api(command_api.build(commands, Waiter({}, rows.sleep))).post(
            "/teapots", TEAPOT, prefer="wait=9"
        )

        assert (answer.body["projection"], rows.time) == ("none", 0)
        assert "Preference-Applied" not in answer.headers

    def test_in_the_task_style_it_is_the_same(self) -> None:
        answer = Rows(1).post(1, "/commands/make-teapot", {"data": TEAPOT})

        assert answer.body["projection"] == "reached"

    def test_who_does_not_ask_is_told_nothing(self) -> None:
        assert "projection" not in Rows().post(0).body

    def test_a_refusal_is_not_waited_for(self) -> None:
        rows = Rows()

        assert rows.post(9, "/teapots", {"name": ""}).status == 400
        assert (rows.time, rows.asked) == (0, [])
