"""Parts of both APIs: the resolver, its headers, and one shape of answer for every error."""

import inspect
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import CORSConfig
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.models import APIKey, APIKeyIn, HTTPBearer
from pydantic import TypeAdapter, ValidationError

from application.ports import FailureSink
from edge.commands.bodies import CorrelationId
from edge.http import routes, strict_json
from edge.http.checks import RequestChecks
from edge.http.problems import CONTENT_TYPE, LogOnly, Problem, register
from edge.observability import correlate, logger
from kernel.contents import Contents

CORRELATION_ID = "X-Correlation-Id"
IDEMPOTENCY_KEY = "Idempotency-Key"
EXPOSED = ["Date", "ETag", "Location", "Preference-Applied", "Retry-After", CORRELATION_ID]
ALLOWED = [
    "Authorization",
    "Cache-Control",
    "Content-Type",
    IDEMPOTENCY_KEY,
    "If-Match",
    "If-None-Match",
    "Prefer",
    "X-On-Conflict",
    "traceparent",
]
ID_TOKEN = HTTPBearer(
    bearerFormat="JWT", description="The ID token of a user of the Cognito user pool."
)
SIGNATURE = APIKey(
    name="Authorization",
    **{"in": APIKeyIn.header},
    description="AWS Signature Version 4 for the service `execute-api`.",
)
TITLE = "Skafu"
VERSION = "0.1.0"
DESCRIPTION = """Send commands and read what they have led to.

Every command can be sent in two styles with the same effect: as a task (`POST /commands/{name}`,
with its data in an envelope) and as a change of a resource. Send an `Idempotency-Key` with each
command: when it is sent again with the same key, it has one effect and gets the same answer.

An accepted command is stored at once; the rows that queries return follow shortly after.
The answer holds the `version` to wait for: with `minVersion` when reading, or with `Prefer: wait`
when sending the command.

Every error is answered as a problem (RFC 9457). The end of its `type` names the broken rule; for a
request that is not valid, `errors` says where, and what is expected there.
"""

_correlation_ids = TypeAdapter(CorrelationId)


@dataclass(frozen=True)
class Surroundings:
    """Surroundings of an API: where failures are reported, and which pages may call it.

    `failures` is called when the first unexpected error is reported. `allowed_origin` is the origin
    of the page, for CORS. `base_path` is that of a custom domain: `/shop`.
    """

    failures: Callable[[], FailureSink] = LogOnly
    allowed_origin: str = "*"
    base_path: str = ""


NOWHERE = Surroundings()


def build_app(
    surroundings: Surroundings, contents: Contents | None = None
) -> APIGatewayRestResolver:
    """Return a resolver without routes; `contents` name the paths of both APIs."""
    app = APIGatewayRestResolver(
        enable_validation=True,
        json_body_deserializer=strict_json.loads,
        serializer=strict_json.dumps,
        strip_prefixes=[surroundings.base_path] if surroundings.base_path else None,
        cors=CORSConfig(
            allow_origin=surroundings.allowed_origin,
            expose_headers=EXPOSED,
            allow_headers=[*ALLOWED, CORRELATION_ID],
        ),
    )
    app._request_validation_middleware = RequestChecks()  # type: ignore[no-untyped-call] # the library's
    register(app, surroundings.failures, contents)
    app.use([routes.noted])
    return app


def resolve(app: APIGatewayRestResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's context
    """Answer one proxy event; every answer carries the correlation id."""
    began = time.monotonic()
    correlation = correlation_id(event)
    correlate(correlation)
    logger.append_keys(api_request_id=(event.get("requestContext") or {}).get("requestId"))
    answer: dict[str, Any] = app.resolve(readable(event), context)
    headers = answer.setdefault("multiValueHeaders", {})
    # A command's own one, once it was read.
    headers.setdefault(CORRELATION_ID, [logger.get_correlation_id() or correlation])
    taken = round((time.monotonic() - began) * 1000)
    logger.info("answered", extra={"status": answer.get("statusCode"), "milliseconds": taken})
    return without_body(answer) if event["httpMethod"] == "HEAD" else answer


def readable(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as the routes take it: `HEAD` is `GET`, each header has one line.

    Lines of one name are one list (RFC 9110, section 5.3). A header that is no list is the same
    when it is sent twice alike; sent twice differently, it is a list, which no such header takes.
    """
    joined = {name: ", ".join(dict.fromkeys(values)) for name, values in lines(event).items()}
    method = "GET" if event["httpMethod"] == "HEAD" else event["httpMethod"]
    return event | {
        "httpMethod": method,
        "headers": joined,
        "multiValueHeaders": {name: [value] for name, value in joined.items()},
    }


def lines(event: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the lines of each header; names that differ in case only are one, in lower case."""
    single = {name: [value] for name, value in (event.get("headers") or {}).items()}
    found: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or single).items():
        found.setdefault(name.lower(), []).extend(values)
    return found


def without_body(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"body": "", "isBase64Encoded": False}


def prefix(app: APIGatewayRestResolver) -> str:
    """Return what comes before a route's path in the request: the stage, a base path, or both."""
    whole: str = app.current_event.request_context.get("path") or ""
    return "/".join(whole.split("/")[: -app.context["_path"].count("/")])


def correlation_id(event: Mapping[str, Any]) -> str:
    """Return the client's correlation id if it is valid, otherwise the id of its request.

    The request is known by the key of its command, as the events are; without one by the gateway's
    request id.
    """
    headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
    for name in (CORRELATION_ID, IDEMPOTENCY_KEY):
        with suppress(ValidationError):
            return _correlation_ids.validate_python(headers.get(name.lower()))
    return (event.get("requestContext") or {}).get("requestId") or str(uuid.uuid4())


Parameter = tuple[Any, Any]
"""An annotation and a default; the default `REQUIRED` means that there is none."""
REQUIRED = inspect.Parameter.empty


def with_signature(
    endpoint: Callable[..., Any], operation_id: str, **parameters: Parameter
) -> Callable[..., Any]:
    """Return the endpoint with the parameters that the resolver validates and documents."""

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
    "Retry-After": {"description": "How long to wait, in seconds", "schema": {"type": "integer"}}
}
PROBLEM_RESPONSES: Mapping[int, dict[str, Any]] = {
    400: {
        "description": "The request is not valid: `errors` says where, and what is expected there"
    },
    401: {"description": "Nobody is signed in: there is no valid ID token"},
    403: {"description": "The caller is not allowed to do this"},
    404: {"description": "It does not exist, or it belongs to somebody else"},
    405: {"description": "The path takes other methods: see `Allow`"},
    409: {"description": "A rule refuses it, or other events touch the same parts: see `type`"},
    412: {"description": "The aggregate is not at the expected version"},
    413: {"description": "The request, or what it would store, is too large: see `type`"},
    415: {"description": "The body is not announced as `application/json` in UTF-8"},
    422: {"description": "The Idempotency-Key has already been used for another command"},
    429: {"description": "Too many requests: try again later", "headers": RETRY_AFTER_HEADER},
    503: {
        "description": "Not available right now: try again with the same Idempotency-Key",
        "headers": RETRY_AFTER_HEADER,
    },
}


def problem_responses(*statuses: int) -> dict[int, dict[str, Any]]:
    """Return the OpenAPI entries for the problems that an operation may answer with."""
    content = {"content": {CONTENT_TYPE: {"model": Problem}}}
    return {status: {**PROBLEM_RESPONSES[status], **content} for status in statuses}
