"""Problem answers (RFC 9457): what is raised becomes application/problem+json."""

import os
from collections.abc import Callable, Mapping
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
from application.ports import FailureSink
from edge.errors import ANSWERED, INTERNAL, failure, problem_type, row_of
from edge.http import routes
from edge.http.faults import MAX_FAULTS, Fault, faults
from edge.http.paths import others
from edge.http.refusals import InvalidRequest as InvalidRequest
from edge.http.refusals import MethodNotAllowed, NoSuchRoute, UnsupportedContentType
from edge.observability import logger
from kernel.contents import Contents

PROBLEMS = "https://skafu.dev/problems/"
CONTENT_TYPE = "application/problem+json"
INVALID = "The request is not valid: `errors` says where, and what is expected there."
EXPECTED: tuple[type[Exception], ...] = (
    *ANSWERED,
    NotFoundError,
    RequestValidationError,
    RequestUnsupportedContentType,
)
"""Errors that a request can be expected to end in, those of the resolver included."""


class LogOnly:
    """A sink of failures for APIs without an error bus, such as those of tests."""

    def report(self, failure: Failure) -> None:
        logger.error("failure", extra={"failure": failure.to_dict()})


class Problem(BaseModel):
    """A problem as RFC 9457 has it; the end of `type` names the broken rule."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None


def register(
    app: ApiGatewayResolver, failures: Callable[[], FailureSink], contents: Contents | None = None
) -> None:
    """Answer every error from this one place, unexpected ones with 500."""
    app.exception_handler(list(EXPECTED))(lambda error: answer_on(app, error))
    app.not_found(lambda _: answer(not_found(app, contents)))
    app.exception_handler(Exception)(lambda error: reported_bug(error, app, failures))


def answer_on(app: ApiGatewayResolver, error: Exception) -> Response[str]:
    routes.note(app)
    return answer(error)


def not_found(app: ApiGatewayResolver, contents: Contents | None) -> Exception:
    """Return the error of a request without a route: its path may take other methods."""
    method, path = app.current_event.http_method, app.context["_path"]
    methods = [] if contents is None else others(contents, method, path)
    return MethodNotAllowed(methods) if methods else NotFoundError()


def answer(error: Exception) -> Response[str]:
    return respond(*problem_of(error))


def problem_of(error: Exception) -> tuple[Problem, Mapping[str, str]]:
    """Return the problem, with the headers that belong to it."""
    known = ours(error)
    found = row_of(type(known)).answer
    problem = Problem(
        type=PROBLEMS + problem_type(type(known)),
        title=found.status.phrase,
        status=found.status,
        detail=found.detail or str(known),
        errors=faults(error),
    )
    logger.info("refused", extra={"problem": problem.type, "status": int(found.status)})
    allow = {"Allow": ", ".join(known.allowed)} if isinstance(known, MethodNotAllowed) else {}
    return problem, {**found.headers, **allow}


def ours(error: Exception) -> Exception:
    """Return the error of our own that stands for one of the resolver's, or else the error."""
    match error:
        case NotFoundError():
            return NoSuchRoute("There is no such operation.")
        case RequestUnsupportedContentType():
            return UnsupportedContentType("Send `Content-Type: application/json`.")
        case RequestValidationError():
            return InvalidRequest(INVALID + rest(len(error.errors())))
        case _:
            return error


def rest(found: int) -> str:
    """Return what to say of faults that are not listed."""
    return f" Only the first {MAX_FAULTS} of {found} are listed." if found > MAX_FAULTS else ""


def reported_bug(
    error: Exception, app: ApiGatewayResolver, failures: Callable[[], FailureSink]
) -> Response[str]:
    return respond(reported(error, app.current_event.raw_event, failures), {})


def reported(
    error: Exception, event: Mapping[str, Any], failures: Callable[[], FailureSink]
) -> Problem:
    """Report the error to the error bus; the answer is the same if that fails."""
    try:
        failures().report(unexpected(error, event))
    except Exception:  # whatever it is: the log has both errors
        logger.exception("not reported")
    return bug(error)


def unexpected(error: Exception, event: Mapping[str, Any]) -> Failure:
    """Return the failure, with the request's id, which the logs of gateway and function have."""
    request = str((event.get("requestContext") or {}).get("requestId"))
    key = {"method": event["httpMethod"], "path": event["path"], "requestId": request}
    where = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "api")
    return failure(error, what="RequestFailed", where=where, key=key)


def bug(error: Exception) -> Problem:
    """Return a problem that tells nothing of the error: the log has it."""
    logger.exception("unexpected", exc_info=error)
    return Problem(
        type=PROBLEMS + INTERNAL.problem,
        title=INTERNAL.status.phrase,
        status=INTERNAL.status,
        detail=INTERNAL.detail,
    )


def respond(problem: Problem, headers: Mapping[str, str]) -> Response[str]:
    return Response(
        status_code=problem.status,
        content_type=CONTENT_TYPE,
        body=problem.model_dump_json(exclude_none=True),
        headers=dict(headers),
    )
