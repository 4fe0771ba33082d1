"""AppSync's errors: read again, try again, or give up."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from botocore import auth
from botocore.credentials import Credentials
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from graphql import parse, print_ast
from requests.auth import AuthBase

from adapters.appsync.session import (
    FROM_ENVIRONMENT,
    TIMEOUT,
    TRANSIENT,
    AppSyncError,
    RowsUnreadable,
    SchemaBehind,
    SigV4,
    open_session,
    run,
)
from application.ports import RowConflict, Unavailable
from edge.errors import row_of
from tests.support.graphql_session import Session
from tests.support.kitchen.read_models import GET_TEAPOT

CONDITION = "DynamoDB:ConditionalCheckFailedException"


def errors(*kinds: str | None) -> TransportQueryError:
    return TransportQueryError("", errors=[{"errorType": k, "message": "no"} for k in kinds])


def answered(answer: Any) -> Any:  # noqa: ANN401 - whatever AppSync answers
    return run(Session({"getTeapot": answer}), GET_TEAPOT, {"id": "1"})


def test_the_value_of_the_only_field_is_returned() -> None:
    assert answered({"id": "1"}) == {"id": "1"}
    assert answered(None) is None


def test_a_failed_condition_is_a_conflict() -> None:
    with pytest.raises(RowConflict):
        answered(errors(CONDITION))


@pytest.mark.parametrize("kind", TRANSIENT)
@pytest.mark.feature("O7")
def test_throttling_and_failures_inside_aws_are_tried_again(kind: str) -> None:
    with pytest.raises(Unavailable):
        answered(errors(kind))


def test_a_failed_condition_beside_throttling_is_tried_again() -> None:
    with pytest.raises(Unavailable):
        answered(errors(CONDITION, "ThrottlingException"))


@pytest.mark.parametrize(
    "error",
    [
        TransportConnectionFailed("refused"),
        TransportProtocolError("not json"),
        TransportServerError("broken", 500),
        TransportServerError("busy", 503),
        TransportServerError("too many", 429),
        TransportServerError("cut off"),
    ],
    ids=str,
)
def test_a_server_that_does_not_answer_is_tried_again(error: Exception) -> None:
    with pytest.raises(Unavailable):
        answered(error)


# As AWS words them: the errors have no kind, and nothing but these words tells them from others.
UNKNOWN = [
    "The variables input contains a field that is not defined for input object type 'CreateInput' ",
    "The variables input contains a field name 'label' that is not defined for input object type "
    "'CreateTeapotInput' ",
    "Variable 'input' has an invalid value: Invalid input for Enum 'TeapotStatus'. "
    "No value found for name 'PAUSED'.",
    "Validation error of type FieldUndefined: Field 'label' in type 'Teapot' is undefined @ "
    "'updateTeapot/label'",
    "Validation error of type UnknownType: Unknown type CreateDeploymentInput",
    "Validation error of type UnknownArgument: Unknown argument label",
]


@pytest.mark.parametrize("message", UNKNOWN)
def test_what_the_schema_does_not_know_yet_is_tried_again(message: str) -> None:
    error = TransportQueryError("", errors=[{"path": None, "message": message}])
    with pytest.raises(SchemaBehind) as behind:
        answered(error)

    assert isinstance(behind.value, Unavailable)
    assert row_of(type(behind.value)).retryable
    assert str(behind.value) == message.strip()


@pytest.mark.parametrize(
    "message",
    [
        "Variable 'input' has coerced Null value for NonNull type 'String!'",
        "Validation error of type WrongType: argument 'id' is not a valid 'ID'",
        "Cannot return null for non-nullable type: 'String' within parent 'Teapot' (/getTeapot)",
    ],
)
def test_a_value_that_the_schema_knows_and_refuses_is_given_up(message: str) -> None:
    with pytest.raises(AppSyncError):
        answered(TransportQueryError("", errors=[{"message": message}]))


class Recorder(BaseHTTPRequestHandler):
    """Stands for AppSync: answers with the user agent that asked, and with what it asked."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        answer = {"data": {"getTeapot": {"agent": self.headers["User-Agent"], **asked}}}
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


def asked_by(agent: str) -> dict[str, Any]:
    query = print_ast(parse(GET_TEAPOT))
    return {"agent": agent, "query": query, "variables": {"id": "1"}}


@pytest.mark.parametrize("headers", [None, {"Authorization": "token"}])
def test_requests_say_that_they_come_from_a_function(headers: dict[str, str] | None) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = open_session(f"http://127.0.0.1:{server.server_port}/graphql")
        assert run(session, GET_TEAPOT, {"id": "1"}, headers) == asked_by("skafu")
        server.shutdown()


class Marking(AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["User-Agent"] = "signed"
        return request


def test_requests_are_signed_by_whom_the_session_was_opened_with() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = open_session(f"http://127.0.0.1:{server.server_port}/graphql", Marking())
        assert run(session, GET_TEAPOT, {"id": "1"}) == asked_by("signed")
        server.shutdown()


def test_a_request_does_not_wait_for_ever() -> None:
    session: Any = open_session("https://appsync.example/graphql")

    assert session.transport.default_timeout == TIMEOUT


@pytest.mark.parametrize(("given", "trusted"), [(None, False), ("HTTPS_PROXY", True)])
def test_the_environment_is_looked_at_when_it_names_a_proxy(
    monkeypatch: pytest.MonkeyPatch, given: str | None, trusted: bool
) -> None:
    for name in FROM_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    if given:
        monkeypatch.setenv(given, "https://proxy.example")
    session: Any = open_session("https://appsync.example/graphql")

    assert session.transport.session.trust_env is trusted


class TestSignature:
    """It holds for one request: another one has another signature, at the same time."""

    TYPE = "application/json"

    def signed(
        self, method: str = "POST", path: str = "graphql", body: str = "{}", type_: str = TYPE
    ) -> str:
        url, headers = f"https://a.example/{path}", {"Content-Type": type_}
        request = requests.Request(method, url, headers, data=body).prepare()
        credentials = Credentials("key-id", "secret", "token")
        headers = dict(SigV4(credentials, "eu-central-1")(request).headers)
        assert headers["X-Amz-Security-Token"] == "token"
        return headers["Authorization"]

    @pytest.fixture(autouse=True)
    def noon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            auth, "get_current_datetime", lambda: datetime(2026, 1, 2, 12, tzinfo=UTC)
        )

    def test_is_for_appsync_in_the_region(self) -> None:
        scope = "Credential=key-id/20260102/eu-central-1/appsync/aws4_request"

        assert scope in self.signed()
        assert self.signed() == self.signed()

    @pytest.mark.parametrize(
        "other",
        [{"method": "PUT"}, {"path": "x"}, {"body": "[]"}, {"type_": "text/plain"}],
        ids=str,
    )
    def test_is_another_for_another_request(self, other: dict[str, str]) -> None:
        assert self.signed(**other) != self.signed()


@pytest.mark.parametrize("kind", ["ValidationException", "MappingTemplate", None])
def test_any_other_error_is_given_up(kind: str | None) -> None:
    with pytest.raises(AppSyncError, match=f"{kind}: the request"):
        answered(errors(kind))


VALUE = {"path": ["getTeapot", "name"], "message": "Can't serialize value"}


@pytest.mark.parametrize(
    "errors",
    [None, [], [{"path": ["getTeapot"], "message": "no"}], [VALUE, {"errorType": "X"}]],
)
def test_an_error_of_no_field_within_the_answer_is_given_up(errors: list[Any] | None) -> None:
    with pytest.raises(AppSyncError):
        answered(TransportQueryError("", errors=errors))


@pytest.mark.parametrize("data", [None, {"getTeapot": {"id": "CANARY"}}])
def test_a_field_that_cannot_be_shown_leaves_the_rest(data: dict[str, Any] | None) -> None:
    with pytest.raises(RowsUnreadable) as unreadable:
        answered(TransportQueryError("", errors=[VALUE], data=data))

    assert unreadable.value.data == (data and data["getTeapot"])
    assert "CANARY" not in str(unreadable.value)


def test_what_appsync_says_is_not_repeated_since_it_may_quote_a_value() -> None:
    said = {"errorType": "X", "path": ["updateTeapot", "name"], "message": "no name 'CANARY'"}
    with pytest.raises(AppSyncError) as refusal:
        answered(TransportQueryError("", errors=[said]))
    with pytest.raises(Unavailable) as broken:
        answered(TransportProtocolError("not JSON: CANARY"))

    assert str(refusal.value) == "X: updateTeapot/name"
    assert str(broken.value) == "TransportProtocolError"


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_taken_is_unauthorized(status: int) -> None:
    with pytest.raises(AppSyncError) as refusal:
        answered(TransportServerError("no", status))

    assert refusal.value.kinds == ("UnauthorizedException",)


def test_a_request_that_is_not_understood_is_given_up() -> None:
    with pytest.raises(AppSyncError):
        answered(TransportServerError("bad request", 400))
