"""QueryApi: rows through AppSync with the caller's own token, and history from the store."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver

from application.publishing.feed import FeedReader
from domain.contents import contents
from edge.http.api import resolve
from edge.observability import logged
from edge.queries import api
from handlers import wiring


@cache
def _app() -> APIGatewayRestResolver:
    store = wiring.event_store()
    ports = api.QueryPorts(
        contents,
        wiring.queries(),
        store,
        FeedReader(wiring.feed(), store),
        sealer=wiring.sealer(),
        tickets=wiring.tickets(),
        archives=wiring.archives(),
        words=wiring.word_index(),
        metrics=wiring.metrics(),
    )
    return api.build(ports, wiring.surroundings())


@logged
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resolve(_app(), event, context)


wiring.at_init(_app)
