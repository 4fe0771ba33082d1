"""The feed of all events, for Admin: each event once, in pages that continue where one ended."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import JsonValue, StringConstraints

from application.publishing.feed import Cursor
from edge.caller import Caller, Forbidden
from edge.http.api import Parameter
from edge.queries.routes import LIMIT, Limit, Meta, QueryPorts, Route, json_response
from kernel.messages import Message
from kernel.values import Expected

After = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,11}\.[0-9]{1,9}$"),
    Expected("the `cursor` of an earlier answer"),
]
PARAMETERS: dict[str, Parameter] = {
    "after": (
        Annotated[
            After | None,
            Query(description="The `cursor` of the answer before; the beginning if left out."),
        ],
        None,
    ),
    "limit": (Annotated[Limit, LIMIT], 100),
}


class FeedBody(Message):
    """A page of the feed: given as `after`, `cursor` continues it; `more` when more is there now.

    Sealed values stay sealed. `meta.version` is always 0: each event has the version of its stream.
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


DESCRIPTION = """Read every event of every aggregate once, in the order in which they were fed.

Begin without `after`, and continue with the `cursor` of each answer; `more` says whether there is
more to read right now. Personal data stays sealed. For Admin alone.
"""
FEED = Route(
    "/events",
    read_feed,
    FeedBody,
    PARAMETERS,
    summary="Read the feed of all events",
    description=DESCRIPTION,
    tag="History",
)
