"""Answers to accepted commands: the body, the headers, and how OpenAPI describes them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from application.writing.requests import Accepted
from edge.commands.bodies import AcceptedBody
from edge.commands.sent import SentCommand
from edge.http.api import CORRELATION_ID
from kernel.messages import plain_id

TEXT = {"schema": {"type": "string"}}
ACCEPTED_HEADERS: Mapping[str, Any] = {
    "ETag": {"description": 'The version of the aggregate after the command: `"3"`', **TEXT},
    "Location": {"description": "Where to read the aggregate, or the deferred command", **TEXT},
    CORRELATION_ID: {"description": "The correlation id of the events", **TEXT},
}
ACCEPTED: dict[int, Any] = {
    202: {
        "description": "Accepted: the events are stored",
        "headers": ACCEPTED_HEADERS,
        "content": {"application/json": {"model": AcceptedBody}},
    }
}
NO_HEADERS: Mapping[str, str] = {}


def accepted_body(accepted: Accepted) -> AcceptedBody:
    return AcceptedBody(
        command_id=accepted.command_id,
        aggregate_id=plain_id(accepted.aggregate_id),
        version=accepted.version,
        timestamp=accepted.timestamp,
    )


def answer(
    body: AcceptedBody, sent: SentCommand, root: str, headers: Mapping[str, str] = NO_HEADERS
) -> Response[dict[str, Any]]:
    """Return the answer; `root` is the path of the API itself, which `Location` begins with."""
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type="application/json",
        body=body.model_dump(by_alias=True, mode="json", exclude_none=True),
        headers={
            "ETag": f'"{body.version}"',
            "Location": root + location(body, sent),
            CORRELATION_ID: sent.metadata.correlation_id,
            **headers,
        },
    )


def location(body: AcceptedBody, sent: SentCommand) -> str:
    return f"{sent.operation.collection}/{body.aggregate_id}"
