"""The HTTP API: `handler` answers one request by its route."""

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
LONGEST_NAME = 100
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


def hello(event: Event) -> Answer:
    """Greet whom `name` names."""
    name = (event.get("queryStringParameters") or {}).get("name", "world").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(HTTPStatus.BAD_REQUEST, f"`name` must have 1 to {LONGEST_NAME} characters.")
    return HTTPStatus.OK, {"message": f"Hello, {name}!", "service": NAME}
<% if "auth" in features %>


def me(event: Event) -> Answer:
    return HTTPStatus.OK, {"user": user(event)}


def user(event: Event) -> str:
    """Return who has signed in: the gateway has verified the token."""
    return event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
<% endif %>
<% if "database" in features %>


def add_note(event: Event) -> Answer:
    text = body(event).get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_NOTE:
        raise Refused(HTTPStatus.BAD_REQUEST, f"`text` must have 1 to {LONGEST_NOTE} characters.")
    note = {"noteId": str(uuid.uuid4()), "text": text}
<% if "auth" in features %>
    notes().put_item(Item={**note, "owner": user(event)})
<% else %>
    notes().put_item(Item=note)
<% endif %>
    return HTTPStatus.CREATED, note


def read_note(event: Event) -> Answer:
    note_id = event["pathParameters"]["noteId"]
    found = notes().get_item(Key={"noteId": note_id}).get("Item")
<% if "auth" in features %>
    if found is None or found["owner"] != user(event):
<% else %>
    if found is None:
<% endif %>
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such note.")
    return HTTPStatus.OK, {"noteId": note_id, "text": found["text"]}


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
    "GET /hello": hello,
<% if "auth" in features %>
    "GET /me": me,
<% endif %>
<% if "database" in features %>
    "POST /notes": add_note,
    "GET /notes/{noteId}": read_note,
<% endif %>
}
