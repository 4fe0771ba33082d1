"""The HTTP API: `handler` answers one request by its route, for the user who has signed in."""

import json
import logging
<% if "database" in features %>
import os
import uuid
<% endif %>
from collections.abc import Callable, Mapping
<% if "database" in features %>
from functools import cache
<% endif %>
from http import HTTPStatus
from typing import Any

Event = Mapping[str, Any]
Answer = tuple[HTTPStatus, dict[str, Any]]

NAME = <%= name | quoted %>  # fmt: skip
<% if "database" in features %>
LONGEST_NOTE = 2000
<% endif %>
logger = logging.getLogger(__name__)


class Refused(Exception):
    """A request that cannot be answered, with the status that says why."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def handler(event: Event, _context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0)."""
    try:
        route = ROUTES.get(event["routeKey"])
        if route is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such route.")
        return response(*route(event))
    except Refused as refused:
        logger.info("refused: %s", refused)
        return response(refused.status, {"message": str(refused)})


def response(status: HTTPStatus, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body, ensure_ascii=False),
    }


def me(event: Event) -> Answer:
    """Say who has signed in, and to what."""
    return HTTPStatus.OK, {"user": claims(event)["email"], "service": NAME}


def claims(event: Event) -> Mapping[str, str]:
    """Return the claims of the token, which the gateway has verified."""
    return event["requestContext"]["authorizer"]["jwt"]["claims"]
<% if "database" in features %>


def list_notes(event: Event) -> Answer:
    found = notes().query(
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": claims(event)["sub"]},
        Limit=100,
    )
    return HTTPStatus.OK, {"notes": [shown(item) for item in found["Items"]]}


def add_note(event: Event) -> Answer:
    text = body(event).get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_NOTE:
        raise Refused(HTTPStatus.BAD_REQUEST, f"`text` must have 1 to {LONGEST_NOTE} characters.")
    item = {"owner": claims(event)["sub"], "noteId": str(uuid.uuid4()), "text": text}
    notes().put_item(Item=item)
    return HTTPStatus.CREATED, shown(item)


def shown(item: Mapping[str, str]) -> dict[str, str]:
    return {"noteId": item["noteId"], "text": item["text"]}


def body(event: Event) -> dict[str, Any]:
    try:
        found = json.loads(event.get("body") or "")
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be JSON.") from None
    if not isinstance(found, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be a JSON object.")
    return found


@cache
def notes() -> Any:  # noqa: ANN401 - boto3 makes tables by name
    """Return the table of notes; boto3 is part of Lambda's runtime."""
    import boto3

    return boto3.resource("dynamodb").Table(os.environ["NOTES_TABLE"])
<% endif %>


ROUTES: Mapping[str, Callable[[Event], Answer]] = {
    "GET /me": me,
<% if "database" in features %>
    "GET /notes": list_notes,
    "POST /notes": add_note,
<% endif %>
}
