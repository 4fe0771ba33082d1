"""Checks of requests before the resolver validates them: nothing that a client says is dropped."""

from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from pydantic import TypeAdapter, ValidationError

from edge.commands.bodies import CorrelationId
from edge.http.bodies import check_announced, text_of
from edge.http.preferences import preferences
from kernel.values import EXPECTED, PRINTABLE

CONTROLS = ("idempotency-key", "if-match", "if-none-match", "x-on-conflict")
"""Headers that an operation takes, or refuses: to ignore one would do what nobody asked for."""
CORRELATION_ID = "x-correlation-id"
Json = dict[str, Any]
_correlation_ids: TypeAdapter[str] = TypeAdapter(CorrelationId)


class RequestChecks(OpenAPIRequestValidationMiddleware):
    """The resolver's validation, and before it the checks that it lacks."""

    def handler(self, app: Any, next_middleware: NextMiddleware) -> Response[Any]:  # noqa: ANN401 - as the base class has it
        route = app.context["_route"]
        if route in (
            *app._static_routes,
            *app._dynamic_routes,
        ):  # what is not found has a route too
            check(route, app.current_event)
        answer: Response[Any] = super().handler(app, next_middleware)
        return answer

    def _get_body(self, app: Any) -> Any:  # noqa: ANN401 - JSON
        """Return the body, whose announcement has been checked: the library's knows fewer forms."""
        return self._parse_json_data(app)


def check(route: Route, event: BaseProxyEvent) -> None:
    """Check what the validation does not look at.

    Raises `RequestValidationError`, with all that is not understood, `InvalidRequest`,
    `UnsupportedContentType` and `MalformedJson`.
    """
    found = [*unknown_parameters(route, event), *unused_headers(route, event)]
    if found:
        raise RequestValidationError(found)
    preferences(event.headers.get("prefer"))
    if route.dependant.body_params and event.body:
        check_announced(event.headers)
        text_of(event.raw_event)


def unknown_parameters(route: Route, event: BaseProxyEvent) -> Iterator[Json]:
    """Yield a fault for each query parameter that the operation does not know."""
    known = [field.alias for field in route.dependant.query_params]
    takes = f"It takes {', '.join(known)}." if known else "It takes none."
    for name in event.query_string_parameters:
        if name not in known:
            yield fault("query", name[:100], f"This operation has no such parameter. {takes}")


def unused_headers(route: Route, event: BaseProxyEvent) -> Iterator[Json]:
    """Yield a fault for each control that the operation has no use for.

    A list has no entity tag, so `If-None-Match` always lets it be read (RFC 9110, section 13.1.2).
    """
    known = {field.alias.lower() for field in route.dependant.header_params}
    for name in CONTROLS:
        harmless = name == "if-none-match" and route.method == "GET"
        if name in event.headers and name not in known and not harmless:
            yield fault("header", name, "This operation does not take this header.")
    try:
        _correlation_ids.validate_python(event.headers.get(CORRELATION_ID, "none"))
    except ValidationError:
        yield fault("header", CORRELATION_ID, f"Must be 1 to 128 {PRINTABLE}.")


def fault(place: str, name: str, sentence: str) -> Json:
    """Return a fault as the validator has it; the sentence is for users."""
    return {"type": EXPECTED, "loc": (place, name), "msg": sentence}
