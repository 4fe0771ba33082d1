"""The route of a request, for the log: a pattern, without the ids of a path."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver

from edge.observability import logger

NO_PATH = "?"


def note(app: ApiGatewayResolver) -> None:
    """Let further lines name the route, once the resolver has found it."""
    route = app.context.get("_route")
    # The resolver makes a route for what it does not know, whose path is the request's.
    if route is not None and not route.rule.match(NO_PATH):
        logger.append_keys(route=f"{route.method} {route.path}")


def noted(app: ApiGatewayResolver, further: Callable[..., Any]) -> Any:  # noqa: ANN401 - a middleware of Powertools
    """Name the route in the lines of a request whose parameters are valid."""
    note(app)
    return further(app)
