"""Two functions behind the test's API."""

import json
import os
from typing import Any


def command(event: dict[str, Any], _: object) -> object:
    if event["path"] == "/raise":
        raise ValueError("a bug")
    if event["path"] == "/malformed":
        return "not a response"
    return answer("command", event)


def query(event: dict[str, Any], _: object) -> object:
    return answer("query", event)


def answer(function: str, event: dict[str, Any]) -> object:
    claims = event["requestContext"]["authorizer"]["claims"]
    seen = {
        "function": function,
        "method": event["httpMethod"],
        "path": event["requestContext"]["path"],
        "body": event["body"],
        "base64": event["isBase64Encoded"],
        "email": claims["email"],
        "headers": sorted(event["headers"]),
        "stage": os.environ["STAGE"],
        "pool": os.environ["POOL"],
    }
    return {"statusCode": 200, "body": json.dumps(seen)}
