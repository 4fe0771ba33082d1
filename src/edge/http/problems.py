"""The one table from what was raised to what is answered: application/problem+json (RFC 9457)."""

import os
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from pydantic import BaseModel

from application.failures import Failure
from application.ports import FailureSink, NotAllowed, Unavailable
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.identity import KeyExpired, KeyFromTheFuture
from application.writing.limits import TooLarge
from application.writing.requests import CommandIdReused, MergeConflict, WrongExpectedVersion
from edge.caller import Forbidden, Unauthorized
from edge.errors import failure
from edge.http.strict_json import BodyTooLarge, MalformedJson
from edge.http.strict_json import InvalidRequest as InvalidRequest
from edge.observability import logger
from kernel.errors import DomainError, NotFound

PROBLEMS = "https://skafu.dev/problems/"
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "1"}


class LogOnly:
    """A sink of failures for APIs without an error bus: those of tests and of documents."""

    def report(self, failure: Failure) -> None:
        logger.error("failure", extra={"failure": failure.to_dict()})


class Fault(BaseModel):
    """One fault of a request: where, and what."""

    path: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `type` ends in the name of the broken rule."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


# First match wins: the more special classes stand first.
STATUS: tuple[tuple[type[Exception], HTTPStatus, dict[str, str]], ...] = (
    (Unauthorized, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}),
    (Forbidden, HTTPStatus.FORBIDDEN, {}),
    (NotAllowed, HTTPStatus.FORBIDDEN, {}),
    (SubjectIsForgotten, HTTPStatus.FORBIDDEN, {}),
    (NotFound, HTTPStatus.NOT_FOUND, {}),
    (NotFoundError, HTTPStatus.NOT_FOUND, {}),
    (DomainError, HTTPStatus.CONFLICT, {}),
    (WrongExpectedVersion, HTTPStatus.PRECONDITION_FAILED, {}),
    (MergeConflict, HTTPStatus.CONFLICT, {}),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}),
    (BodyTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}),
    (CommandIdReused, HTTPStatus.UNPROCESSABLE_ENTITY, {}),
    (MalformedJson, HTTPStatus.BAD_REQUEST, {}),
    (InvalidRequest, HTTPStatus.BAD_REQUEST, {}),
    (RequestValidationError, HTTPStatus.BAD_REQUEST, {}),
    (RequestUnsupportedContentType, HTTPStatus.BAD_REQUEST, {}),
    (KeyFromTheFuture, HTTPStatus.BAD_REQUEST, {}),
    (KeyExpired, HTTPStatus.BAD_REQUEST, {}),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE, RETRY_AFTER),
)
EXPECTED = tuple(row[0] for row in STATUS)
NAMES: dict[type[Exception], str] = {
    NotAllowed: "forbidden",
    NotFoundError: "no-such-route",
    RequestValidationError: "invalid-request",
    RequestUnsupportedContentType: "unsupported-content-type",
    WrongExpectedVersion: "version-mismatch",
}
DETAILS: dict[type[Exception], str] = {
    NotAllowed: "This is not for you to read.",
    SubjectIsForgotten: "This person was forgotten; the account takes no commands any more.",
    NotFoundError: "There is no such operation.",
    RequestValidationError: "The request is not what this operation takes.",
    RequestUnsupportedContentType: "Bodies are application/json.",
    CommandIdReused: "This Idempotency-Key has been used for another command.",
    KeyExpired: "This Idempotency-Key was made more than 24 hours ago; make a new one.",
    KeyFromTheFuture: "This Idempotency-Key carries a time that has not come yet.",
    Unavailable: "Try again with the same Idempotency-Key.",
}


def register(app: ApiGatewayResolver, failures: Callable[[], FailureSink]) -> None:
    """Answer every error of the table, and anything else as 500, from this one place."""
    app.not_found(answer)
    app.exception_handler(list(EXPECTED))(answer)
    app.exception_handler(Exception)(lambda error: reported_bug(error, app, failures))


def answer(error: Exception) -> Response[str]:
    return respond(*problem_of(error))


def problem_of(error: Exception) -> tuple[Problem, dict[str, str]]:
    """With the headers that belong to it. Raises `StopIteration` for an error of no row."""
    kind, status, headers = next(row for row in STATUS if isinstance(error, row[0]))
    problem = Problem(
        type=PROBLEMS + NAMES.get(kind, kebab(type(error).__name__)),
        title=status.phrase,
        status=status,
        detail=DETAILS.get(kind, str(error)),
        errors=faults(error),
    )
    logger.info("refused", extra={"problem": problem.type, "status": int(status)})
    return problem, headers


def reported_bug(
    error: Exception, app: ApiGatewayResolver, failures: Callable[[], FailureSink]
) -> Response[str]:
    return respond(reported(error, app.current_event.raw_event, failures), {})


def reported(
    error: Exception, event: Mapping[str, Any], failures: Callable[[], FailureSink]
) -> Problem:
    """On the error bus as well; an error bus that is down changes nothing of the answer."""
    try:
        failures().report(unexpected(error, event))
    except Exception:  # the edge: the log has both
        logger.exception("not reported")
    return bug(error)


def unexpected(error: Exception, event: Mapping[str, Any]) -> Failure:
    """Found again by the request's id, in the logs of gateway and function."""
    request = str((event.get("requestContext") or {}).get("requestId"))
    key = {"method": event["httpMethod"], "path": event["path"], "requestId": request}
    where = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "api")
    return failure(error, what="RequestFailed", where=where, key=key)


def bug(error: Exception) -> Problem:
    """Nothing of the error reaches the caller; the log has it."""
    logger.exception("unexpected", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(
        type=PROBLEMS + "internal-error",
        title=status.phrase,
        status=status,
        detail="Something went wrong on our side; it has been recorded.",
    )


def respond(problem: Problem, headers: dict[str, str]) -> Response[str]:
    return Response(
        status_code=problem.status,
        content_type=CONTENT_TYPE,
        body=problem.model_dump_json(exclude_none=True),
        headers=dict(headers),
    )


def faults(error: Exception) -> list[Fault] | None:
    match error:
        case RequestValidationError() | RequestUnsupportedContentType():
            return [fault(item) for item in error.errors()]
        case InvalidRequest(path=path) if path:
            return [Fault(path=".".join(path), message=str(error))]
        case _:
            return None


def fault(error: dict[str, Any]) -> Fault:
    path = ".".join(str(part) for part in error["loc"] if part != "body")
    return Fault(path=path or "body", message=error["msg"])


def kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
