"""Log lines: each carries the ids of its invocation and the correlation id of what it is about."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from edge.observability import correlate, correlated, logged, logger
from tests.support.api import ADA, Api
from tests.support.world import APP, FIRST, World, typical

CONTEXT = SimpleNamespace(
    function_name="tea",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:tea",
    aws_request_id="invocation-1",
)
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Return the lines that were logged so far."""
    (handler,) = (h for h in logger.handlers if isinstance(h, logging.StreamHandler))
    written = StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)
    logger.structure_logs()


def run(handle: Callable[[dict[str, Any], Any], Any], event: dict[str, Any] | None = None) -> None:
    logged(handle)(event or {}, CONTEXT)


def test_a_line_carries_the_ids_of_its_invocation(lines: Lines) -> None:
    run(lambda *_: logger.info("poured"))
    (line,) = lines()

    assert line["function_request_id"] == line["correlation_id"] == "invocation-1"
    assert line["cold_start"] in (True, False)
    assert "function_arn" not in line


def test_the_input_names_the_correlation_id(lines: Lines) -> None:
    def handle(event: dict[str, Any], _: object) -> None:
        correlate(event["id"])
        logger.info("poured")

    run(handle, {"id": "c-1"})

    assert [line["correlation_id"] for line in lines()] == ["c-1"]


def test_a_record_of_a_batch_leaves_nothing_to_the_next(lines: Lines) -> None:
    def handle(*_: object) -> None:
        with correlated("c-1", message_id="m-1"):
            logger.info("first")
        with correlated(None):
            logger.info("second")

    run(handle)
    first, second = lines()

    assert (first["correlation_id"], first["message_id"]) == ("c-1", "m-1")
    assert second["correlation_id"] == "invocation-1"
    assert "message_id" not in second


def test_an_invocation_leaves_nothing_to_the_next(lines: Lines) -> None:
    def handle(*_: object) -> None:
        correlate("c-1")
        logger.append_keys(route="POST /pots")

    run(handle)
    run(lambda *_: logger.info("poured"))
    (line,) = lines()

    assert line["correlation_id"] == "invocation-1"
    assert "route" not in line


def test_an_error_is_logged_by_its_class_and_raised(lines: Lines) -> None:
    def handle(*_: object) -> None:
        correlate("c-1")
        raise LookupError("somebody@example.org")

    with pytest.raises(LookupError):
        run(handle)
    (line,) = lines()

    assert (line["message"], line["error"], line["correlation_id"]) == (
        "failed",
        "LookupError",
        "c-1",
    )
    assert "somebody" not in json.dumps(line)


def test_a_time_has_a_form_that_lambda_reads(lines: Lines) -> None:
    run(lambda *_: logger.info("poured"))

    assert lines()[0]["timestamp"][10] == "T"


@pytest.mark.feature("C15")
def test_a_command_that_is_sent_again_is_marked(lines: Lines) -> None:
    World()
    api = Api(APP, ADA)
    for _ in range(2):
        api.post(FIRST.path, typical(FIRST), idempotency_key="key-1")
    accepted = [line for line in lines() if line["message"] == "accepted"]

    assert [line.get("repeated") for line in accepted] == [None, True]
    assert {line["correlation_id"] for line in accepted} == {"key-1"}


def test_a_refused_command_has_the_id_of_its_answer(lines: Lines) -> None:
    World()
    answer = Api(APP, ADA).post(FIRST.path, {"colour": "red"}, idempotency_key="key-2")
    (refused,) = (line for line in lines() if line["message"] == "refused")

    assert refused["correlation_id"] == answer.headers["X-Correlation-Id"] == "key-2"


def test_each_command_of_a_batch_has_its_own_id_and_the_answer_that_of_the_batch(
    lines: Lines,
) -> None:
    World()
    good = {"type": FIRST.name, "commandId": "own-1", "data": typical(FIRST)}
    commands = [good, {"type": "no-such-command"}]
    Api(APP, ADA).post("/commands", {"commands": commands}, idempotency_key="batch-1")
    found = [(line["message"], line["correlation_id"]) for line in lines()]

    assert found == [("accepted", "own-1"), ("refused", "batch-1"), ("answered", "batch-1")]
