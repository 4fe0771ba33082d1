"""statemachines/command.asl.yaml says the names that the code has."""

from typing import Any

import pytest
import yaml

from adapters.dynamodb.tickets import to_item
from application.failures import Failure
from application.ports import Unavailable
from application.writing.deferral import Status, Ticket
from tests.support.paths import ROOT

FILE = ROOT / "statemachines" / "command.asl.yaml"
STATES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["States"]
# Of batches, of rows, of sums, of the feed: a command that runs alone meets none of them.
ELSEWHERE = {
    *("OutOfTime", "RowContended", "WordsContended", "RowUnreadable", "PageTaken", "SchemaBehind"),
    "SumsContended",
    *("WorkerDied", "TimedOut"),  # of a saga that runs in process
}
TICKET = Ticket("k", "i", "s", "f", 1, status=Status.PENDING, request=b"r")


def subclasses(of: type[Exception]) -> set[str]:
    return {of.__name__, *(name for kind in of.__subclasses__() for name in subclasses(kind))}


@pytest.mark.feature("C3", "C22")
def test_whatever_may_pass_is_tried_again() -> None:
    (retry,) = STATES["Run"]["Retry"]

    assert subclasses(Unavailable) - ELSEWHERE <= set(retry["ErrorEquals"])
    assert {"Contended", "Unavailable", "UnreadableEvent"} <= set(retry["ErrorEquals"])
    # A process that dies has no exception of its own.
    assert {"Lambda.Unknown", "Runtime.ExitError"} <= set(retry["ErrorEquals"])


@pytest.mark.feature("P9")
def test_what_is_given_up_is_a_failure() -> None:
    (entry,) = STATES["Report"]["Parameters"]["Entries"]
    detail = {name.removesuffix(".$"): value for name, value in entry["Detail"].items()}

    assert entry["Source"] == "skafu.failures"
    assert Failure.from_dict(detail).what == entry["DetailType"]


@pytest.mark.feature("P9")
def test_a_ticket_says_failed_even_when_that_cannot_be_reported_and_the_other_way_round() -> None:
    decided, unwritten = STATES["GiveUp"]["Catch"]

    assert STATES["Run"]["Catch"][0]["Next"] == "GiveUp"
    assert (decided["Next"], unwritten["Next"], STATES["GiveUp"]["Next"]) == (
        "Decided",
        "Report",
        "Report",
    )


@pytest.mark.feature("C26")
def test_giving_up_speaks_of_attributes_that_a_ticket_has() -> None:
    given = STATES["GiveUp"]["Parameters"]
    named = given["ExpressionAttributeNames"].values()

    assert {"attempt", *named, *given["Key"]} <= to_item(TICKET).keys()
    values = given["ExpressionAttributeValues"]
    assert values[":pending"] == {"S": Status.PENDING}
    assert values[":failed"] == {"S": Status.FAILED}
