"""What AppSync's errors mean: read again, try again, or give up."""

from typing import Any

import pytest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)

from adapters.appsync.session import TRANSIENT, AppSyncError, run
from application.ports import RowConflict, Unavailable
from projections.generated.documents import GET_PROJECT
from tests.support.graphql_session import Session

CONDITION = "DynamoDB:ConditionalCheckFailedException"


def errors(*kinds: str | None) -> TransportQueryError:
    return TransportQueryError("", errors=[{"errorType": k, "message": "no"} for k in kinds])


def answered(answer: Any) -> Any:  # noqa: ANN401 - whatever AppSync answers
    return run(Session({"getProject": answer}), GET_PROJECT, {"id": "1"})


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
        TransportServerError("busy", 503),
        TransportServerError("too many", 429),
        TransportServerError("cut off"),
    ],
    ids=str,
)
def test_a_server_that_does_not_answer_is_tried_again(error: Exception) -> None:
    with pytest.raises(Unavailable):
        answered(error)


@pytest.mark.parametrize("kind", ["ValidationException", "MappingTemplate", None])
def test_any_other_error_is_given_up(kind: str | None) -> None:
    with pytest.raises(AppSyncError, match="no"):
        answered(errors(kind))


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_taken_is_unauthorized(status: int) -> None:
    with pytest.raises(AppSyncError) as refusal:
        answered(TransportServerError("no", status))

    assert refusal.value.kinds == ("UnauthorizedException",)


def test_a_request_that_is_not_understood_is_given_up() -> None:
    with pytest.raises(AppSyncError):
        answered(TransportServerError("bad request", 400))
