"""What both APIs share: the resolver, its headers, and one answer shape for every error."""

import inspect
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import CORSConfig
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.models import APIKey, APIKeyIn, HTTPBearer
from pydantic import TypeAdapter, ValidationError

from application.ports import FailureSink
from edge.commands.bodies import CorrelationId
from edge.http import strict_json
from edge.http.problems import CONTENT_TYPE, LogOnly, Problem, register
from edge.observability import logger

CORRELATION_ID = "X-Correlation-Id"
EXPOSED = ["ETag", "Location", "Preference-Applied", "Retry-After", CORRELATION_ID]
ALLOWED = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Prefer",
    "X-On-Conflict",
    "traceparent",
]
ID_TOKEN = HTTPBearer(bearerFormat="JWT")
SIGNATURE = APIKey(
    name="Authorization",
    **{"in": APIKeyIn.header},
    description="AWS Signature Version 4 of the service execute-api.",
)
TITLE = "Skafu"
VERSION = "0.1.0"

_correlation_ids = TypeAdapter(CorrelationId)


@dataclass(frozen=True)
class Surroundings:
    """What an API is told of where it runs: where failures are reported, and who may call it.

    `failures` is asked when the first unexpected error comes. `allowed_origin` is the page's
    origin, for CORS.
    """

    failures: Callable[[], FailureSink] = LogOnly
    allowed_origin: str = "*"


NOWHERE = Surroundings()


def build_app(surroundings: Surroundings) -> APIGatewayRestResolver:
    app = APIGatewayRestResolver(
        enable_validation=True,
        json_body_deserializer=strict_json.loads,
        cors=CORSConfig(
            allow_origin=surroundings.allowed_origin,
            expose_headers=EXPOSED,
            allow_headers=[*ALLOWED, CORRELATION_ID],
        ),
    )
    register(app, surroundings.failures)
    return app


def resolve(app: APIGatewayRestResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's context
    """Answer one proxy event; every answer carries the correlation id."""
    correlation = correlation_id(event)
    logger.append_keys(correlation_id=correlation)
    answer: dict[str, Any] = app.resolve(event, context)
    headers = answer.setdefault("multiValueHeaders", {})
    headers.setdefault(CORRELATION_ID, [correlation])
    return answer


def correlation_id(event: Mapping[str, Any]) -> str:
    """The client's, when it is one that can be kept; else the gateway's request id."""
    headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
    try:
        return _correlation_ids.validate_python(headers.get(CORRELATION_ID.lower()))
    except ValidationError:
        return (event.get("requestContext") or {}).get("requestId") or str(uuid.uuid4())


Parameter = tuple[Any, Any]
"""An annotation and a default; `REQUIRED` for none."""
REQUIRED = inspect.Parameter.empty


def with_signature(
    endpoint: Callable[..., Any], operation_id: str, **parameters: Parameter
) -> Callable[..., Any]:
    """`endpoint` with the parameters that the resolver is to validate and document."""

    def routed(**given: Any) -> Any:  # noqa: ANN401 - typed by the signature below
        return endpoint(**given)

    routed.__name__ = operation_id.replace("-", "_")
    routed.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # read by inspect
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
            for name, (annotation, default) in parameters.items()
        ]
    )
    return routed


RETRY_AFTER_HEADER = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}
}
PROBLEM_RESPONSES: Mapping[int, dict[str, Any]] = {
    400: {"description": "Not what the operation takes: each fault with its path"},
    401: {"description": "Nobody is signed in: no ID token, or one that is not valid"},
    403: {"description": "The caller may not do this, though they may read it"},
    404: {"description": "Not there, or another's"},
    409: {"description": "A rule forbids it, or what was changed meanwhile: `type` names which"},
    412: {"description": "The aggregate is at another version than was expected"},
    413: {"description": "Above a cap: `type` names which"},
    422: {"description": "The key has been used for another command"},
    429: {"description": "Too many requests", "headers": RETRY_AFTER_HEADER},
    503: {
        "description": "May be sent again as it is, with the same key",
        "headers": RETRY_AFTER_HEADER,
    },
}


def problem_responses(*statuses: int) -> dict[int, dict[str, Any]]:
    """OpenAPI entries for the problems that an operation may answer with."""
    content = {"content": {CONTENT_TYPE: {"model": Problem}}}
    return {status: {**PROBLEM_RESPONSES[status], **content} for status in statuses}
