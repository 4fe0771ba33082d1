"""The feed of all events, for Admin: everything that happened, once, from where one left off."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import JsonValue, StringConstraints

from application.publishing.feed import Cursor
from edge.caller import Caller, Forbidden
from edge.http.api import Parameter
from edge.queries.routes import Limit, Meta, QueryPorts, Route, json_response
from kernel.messages import Message
from kernel.values import Expected

After = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,11}\.[0-9]{1,9}$"),
    Expected("the `cursor` of an earlier answer"),
]
PARAMETERS: dict[str, Parameter] = {
    "after": (Annotated[After | None, Query()], None),
    "limit": (Annotated[Limit, Query()], 100),
}


class FeedBody(Message):
    """`cursor`, given as `after`, goes on behind the last event; `more`: there is more already.

    Sealed values stay sealed. `meta.version` says nothing here: each event has its stream's.
    """

    data: list[dict[str, JsonValue]]
    cursor: str
    more: bool
    meta: Meta


def read_feed(ports: QueryPorts, who: Caller, after: str | None, limit: int) -> Response[Any]:
    if not who.is_admin:
        raise Forbidden("Only Admin may read the feed of all events.")
    found = ports.feed.read(cursor_of(after), limit)
    newest = max((event["timestamp"] for event in found.events), default=None)
    return json_response(
        FeedBody(
            data=found.events,
            cursor=str(found.cursor),
            more=found.more,
            meta=Meta(last_updated=newest, version=0),
        )
    )


def cursor_of(after: str | None) -> Cursor:
    return Cursor() if after is None else Cursor(*map(int, after.split(".")))


FEED = Route("/events", read_feed, FeedBody, PARAMETERS, tag="History")
