"""The query API: rows are read through AppSync with the caller's token, history from the store."""

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver

from edge.http.api import NOWHERE, Surroundings, build_app
from edge.queries import downloads, feed, history, rows
from edge.queries.routes import QueryPorts as QueryPorts
from edge.queries.status import ROUTE as DEFERRED


def build(ports: QueryPorts, surroundings: Surroundings = NOWHERE) -> APIGatewayRestResolver:
    app = build_app(surroundings, ports.contents)
    contents = ports.contents
    shown = (*rows.routes(contents), *downloads.routes(contents))
    for route in (*shown, DEFERRED, *history.routes(contents), feed.FEED):
        route.register(app, ports)
    return app
