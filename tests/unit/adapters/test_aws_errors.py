"""Errors of AWS that mean "try again later"."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from adapters.aws_errors import unavailable
from application.ports import Unavailable


def client_error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # what is read of it
        "PutItem",
    )


@pytest.mark.feature("O7")
@pytest.mark.parametrize(
    "error",
    [
        client_error("ProvisionedThroughputExceededException"),
        client_error("ThrottlingException"),
        client_error("TransactionConflictException"),
        client_error("InternalServerError", 500),
        client_error("Anything", 500),
        client_error("Anything", 503),
        ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
    ],
    ids=str,
)
def test_what_may_pass_is_unavailable(error: ClientError) -> None:
    assert isinstance(unavailable(error), Unavailable)


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_what_will_not_pass_stays_what_it_is(code: str) -> None:
    error = client_error(code)

    assert unavailable(error) is error
