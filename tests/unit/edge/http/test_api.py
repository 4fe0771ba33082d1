"""What surrounds every request of both APIs: its log line, its correlation id, its headers."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from edge.http import api as http
from edge.http import routes
from edge.http.api import Surroundings, build_app, correlation_id, lines, resolve
from edge.observability import logger
from tests.support.api import Api

NOTHING: dict[str, Any] = {"headers": None, "multiValueHeaders": None, "requestContext": None}


@pytest.fixture
def event() -> dict[str, Any]:
    return Api(build_app(Surroundings())).event("GET", "/tea", None, {"Host": "a"}, None)


def test_an_answer_is_one_line_with_its_status_and_how_long_it_took(
    event: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=iter([10.0, 12.0]).__next__))
    resolve(build_app(Surroundings()), event, None)
    (line,) = (line for line in caplog.records if line.message == "answered")

    assert (line.__dict__["status"], line.__dict__["milliseconds"]) == (404, 2000)


def test_every_line_names_the_request_of_the_gateway(event: dict[str, Any]) -> None:
    resolve(build_app(Surroundings()), event, None)

    assert logger.get_current_keys()["api_request_id"] == "request-1"


@pytest.mark.parametrize("origin", ["*", "https://app.example"])
def test_pages_of_the_allowed_origin_may_call(event: dict[str, Any], origin: str) -> None:
    event["multiValueHeaders"] = {"Origin": ["https://app.example"]}
    answer = resolve(build_app(Surroundings(allowed_origin=origin)), event, None)

    assert answer["multiValueHeaders"]["Access-Control-Allow-Origin"] == [origin]
    (allowed,) = answer["multiValueHeaders"]["Access-Control-Allow-Headers"]
    assert {"Authorization", "Idempotency-Key", "Prefer", "X-Correlation-Id"} <= set(
        allowed.split(",")
    )


def test_the_route_of_a_request_is_in_its_lines(event: dict[str, Any]) -> None:
    app = build_app(Surroundings())
    app.get("/tea")(lambda: {})
    logger.remove_keys(["route"])
    resolve(app, event, None)

    assert logger.get_current_keys()["route"] == "GET /tea"


def test_an_event_without_a_context_is_answered(event: dict[str, Any]) -> None:
    answer = resolve(build_app(Surroundings()), event | {"requestContext": None}, None)

    assert answer["statusCode"] == 404


def test_a_request_without_a_route_is_noted_without_one() -> None:
    app: Any = SimpleNamespace(context={})
    logger.remove_keys(["route"])
    routes.note(app)

    assert "route" not in logger.get_current_keys()


def test_an_answer_without_its_body_is_text(event: dict[str, Any]) -> None:
    answer = resolve(build_app(Surroundings()), event | {"httpMethod": "HEAD"}, None)

    assert (answer["body"], answer["isBase64Encoded"]) == ("", False)


class TestCorrelationId:
    def test_is_the_clients_then_that_of_its_command_then_that_of_its_request(self) -> None:
        headers = {"x-correlation-id": "a", "IDEMPOTENCY-KEY": "b"}
        event: dict[str, Any] = {"headers": headers, "requestContext": {"requestId": "c"}}

        assert correlation_id(event) == "a"
        headers["x-correlation-id"] = "not one"
        assert correlation_id(event) == "b"
        headers.clear()
        assert correlation_id(event) == "c"

    def test_is_in_the_answer_and_in_the_log(self, event: dict[str, Any]) -> None:
        event["headers"] = {"X-Correlation-Id": "a"}
        answer = resolve(build_app(Surroundings()), event, None)

        assert answer["multiValueHeaders"]["X-Correlation-Id"] == ["a"]
        assert logger.get_correlation_id() == "a"

    def test_is_made_up_for_an_event_that_says_nothing(self) -> None:
        assert UUID(correlation_id(NOTHING))


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (NOTHING, {}),
        ({"headers": {"A": "1"}, "multiValueHeaders": None}, {"a": ["1"]}),
        ({"headers": {"A": "1"}, "multiValueHeaders": {"A": ["2", "3"]}}, {"a": ["2", "3"]}),
    ],
)
def test_lines_are_those_of_either_form(event: dict[str, Any], found: dict[str, list[str]]) -> None:
    assert lines(event) == found
