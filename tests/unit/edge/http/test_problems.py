"""The one table from what was raised to what is answered."""

import json
import re
from string import Formatter
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from application.failures import Severity
from application.ports import NotAllowed, Unavailable
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.execute import Contended
from application.writing.identity import KeyExpired
from application.writing.limits import CommitTooLarge, EventTooLarge
from application.writing.requests import CommandIdReused, WrongExpectedVersion
from domain.contents import contents
from edge.caller import Forbidden, Unauthorized
from edge.errors import ANSWERED, ERRORS, INTERNAL, kebab, row_of
from edge.http.api import Surroundings, build_app
from edge.http.faults import MAX_FAULTS, fault
from edge.http.problems import InvalidRequest, LogOnly, answer, bug, rest, unexpected
from edge.http.refusals import AnotherRow, MethodNotAllowed
from edge.http.strict_json import BodyTooLarge, MalformedJson
from kernel.errors import AggregateNotFound, DomainError, NotFound
from tests.support import unions
from tests.support.api import Api
from tests.support.fakes import Failures
from tests.support.kitchen.teapot import PartNameTaken, PartNotFound, TeapotIsRetired
from tests.support.world import APP, FIRST, typical

UNWORDED = (NotAllowed, Unavailable)
"""Errors of others, whose texts are not for users."""
RULES = [
    rule
    for kind in contents.aggregates
    for rule in sorted(unions.refusals_of(kind), key=lambda rule: rule.__name__)
    if not issubclass(rule, NotFound)
]


@pytest.mark.feature("C20", "R40")
@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Unauthorized(""), 401, "unauthorized"),
        (Forbidden(""), 403, "forbidden"),
        (NotAllowed(""), 403, "forbidden"),
        (SubjectIsForgotten(""), 403, "subject-is-forgotten"),
        (AggregateNotFound(aggregate="It"), 404, "aggregate-not-found"),
        (PartNotFound(), 404, "part-not-found"),
        (PartNameTaken(name="a"), 409, "part-name-taken"),
        (TeapotIsRetired(), 409, "teapot-is-retired"),
        (WrongExpectedVersion(1, 2), 412, "version-mismatch"),
        (EventTooLarge(2, 1), 413, "event-too-large"),
        (CommitTooLarge(2, 1), 413, "commit-too-large"),
        (BodyTooLarge(""), 413, "body-too-large"),
        (CommandIdReused(""), 422, "command-id-reused"),
        (MalformedJson(""), 400, "malformed-json"),
        (NotFoundError(""), 404, "no-such-route"),
        (RequestValidationError([]), 400, "invalid-request"),
        (RequestUnsupportedContentType("", []), 415, "unsupported-content-type"),
        (InvalidRequest("no", "a", "b"), 400, "invalid-request"),
        (MethodNotAllowed(["GET"]), 405, "method-not-allowed"),
        (AnotherRow(""), 412, "version-mismatch"),
        (KeyExpired(""), 400, "key-expired"),
        (Unavailable(""), 503, "unavailable"),
        (Contended(""), 503, "contended"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_has_its_status_and_its_name(error: Exception, status: int, name: str) -> None:
    response = answer(error)
    problem = json.loads(response.body or "")

    assert (response.status_code, problem["status"]) == (status, status)
    assert problem["type"] == f"https://skafu.dev/problems/{name}"
    assert problem["title"]
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_of_an_aggregate_is_409_under_its_own_name(rule: type[DomainError]) -> None:
    response = answer(rule(**named_in(rule.text)))

    assert response.status_code == 409
    assert json.loads(response.body or "")["type"].endswith(f"/{kebab(rule.__name__)}")


def named_in(text: str) -> dict[str, str]:
    """A value for each field of a format string."""
    return {name: "a" for _, name, _, _ in Formatter().parse(text) if name}


def test_a_fault_is_named_by_its_path() -> None:
    problem = json.loads(answer(InvalidRequest("no such cup", "cups", "0")).body or "")

    assert problem["errors"] == [{"path": "cups.0", "message": "no such cup"}]


def test_a_fault_of_the_whole_body_is_named_so() -> None:
    assert fault({"type": "missing", "loc": ("body",)}).path == "body"


def test_a_problem_without_faults_lists_none() -> None:
    assert "errors" not in json.loads(answer(InvalidRequest("not so")).body or "")


def test_only_faults_that_are_left_out_are_spoken_of() -> None:
    assert (rest(MAX_FAULTS), rest(MAX_FAULTS + 1)[:5]) == ("", " Only")


def test_only_what_may_pass_asks_to_be_tried_again() -> None:
    assert answer(Unavailable("")).headers["Retry-After"] == "1"
    assert "Retry-After" not in answer(AggregateNotFound(aggregate="It")).headers


@pytest.mark.parametrize("error", UNWORDED)
def test_the_text_of_others_errors_is_not_shown(error: type[Exception]) -> None:
    assert "tea" not in str(answer(error("secret tea")).body)


@pytest.mark.parametrize("context", [{}, {"requestContext": None}])
def test_a_failure_may_lack_the_id_of_its_request(context: dict[str, Any]) -> None:
    event = {"httpMethod": "GET", "path": "/tea", **context}

    assert unexpected(RuntimeError(), event).key["requestId"] == "None"


def test_a_bug_shows_nothing_of_itself() -> None:
    problem = bug(RuntimeError("secret tea"))

    assert problem.status == 500
    assert "tea" not in problem.model_dump_json()


def test_every_answered_error_is_one_that_can_be_expected() -> None:
    """Batches and deferred commands catch them: none may hide behind a row without an answer."""
    assert [error for error in ANSWERED if row_of(error).answer is INTERNAL] == []
    assert {row.answer.status for row in ERRORS if row.error not in ANSWERED} == {500}


def test_every_answer_has_a_detail() -> None:
    """Its own, or the text of the error, which a refusal never lacks."""
    silent = [row.error for row in ERRORS if row.answer.detail == "" and row.error in UNWORDED]

    assert silent == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("PartNameTaken", "part-name-taken"), ("KeyExpired", "key-expired"), ("A", "a")],
)
def test_class_names_become_words(name: str, words: str) -> None:
    assert kebab(name) == words
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", words)


@pytest.mark.feature("S5", "O5")
class TestAnUnexpectedError:
    """Answered as 500, and on the error bus."""

    def answered(self, failures: object) -> int:
        app = build_app(Surroundings(lambda: failures))  # type: ignore[arg-type,return-value] # or what is broken

        @app.get("/tea")
        def tea() -> None:
            raise RuntimeError("the pot is cracked")

        return Api(app).get("/tea").status

    def test_is_reported_with_the_request_that_met_it(self) -> None:
        sink = Failures()

        assert self.answered(sink) == 500
        (found,) = sink.reported
        assert (found.what, found.severity, found.retryable) == (
            "RequestFailed", Severity.ERROR, False
        )  # fmt: skip
        assert found.key == {"method": "GET", "path": "/tea", "requestId": "request-1"}
        assert found.why == "RuntimeError: the pot is cracked"

        assert found.where == "api"

    def test_is_answered_all_the_same_when_the_error_bus_is_down(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert self.answered(None) == 500
        assert {"not reported", "unexpected"} <= set(caplog.messages)

    def test_is_in_the_log_with_its_cause(self, caplog: pytest.LogCaptureFixture) -> None:
        error = RuntimeError("the pot is cracked")
        bug(error)

        assert [line.exc_info and line.exc_info[1] for line in caplog.records] == [error]

    def test_is_in_the_log_where_there_is_no_error_bus(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert self.answered(LogOnly()) == 500
        (line,) = (line for line in caplog.records if line.message == "failure")

        assert (line.levelname, line.__dict__["failure"]["what"]) == ("ERROR", "RequestFailed")


def test_a_refusal_is_in_the_log_by_its_type(caplog: pytest.LogCaptureFixture) -> None:
    answer(Forbidden("secret tea"))
    (line,) = caplog.records

    assert (line.message, line.levelname) == ("refused", "INFO")
    assert (line.__dict__["problem"][-10:], line.__dict__["status"]) == ("/forbidden", 403)


@pytest.mark.feature("C20")
class TestAnswersToVeryWrongRequests:
    """A fault takes more bytes than what is wrong: an answer with all of them may be too large."""

    def test_list_the_first_faults_and_say_how_many_there_are(self) -> None:
        body = typical(FIRST) | {f"{n:05}": 1 for n in range(15_000)}
        answer = Api(APP).call(FIRST.method, FIRST.path, body, {})

        assert (answer.status, answer.problem) == (400, "invalid-request")
        assert len(answer.faults) == MAX_FAULTS
        assert answer.body["detail"].endswith(f"Only the first {MAX_FAULTS} of 15000 are listed.")

    def test_of_a_batch_stay_small(self) -> None:
        wrong = {"type": FIRST.name, "data": {"x" * 700 + f"{n:05}": 1 for n in range(300)}}
        answer = Api(APP).post("/commands", {"commands": [wrong] + [{}] * 99})

        assert [result["status"] for result in answer.body["results"]] == [400] * 100
        assert len(answer.text) < 300_000

    def test_of_a_name_that_is_half_a_character_twice_are_readable(self) -> None:
        answer = Api(APP).call(FIRST.method, FIRST.path, '{"\\ud800": 1, "\\ud800": 2}', {})

        assert answer.problem == "malformed-json"
        assert answer.body["detail"] == 'The field "?" is given twice.'
