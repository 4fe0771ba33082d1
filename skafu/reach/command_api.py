"""The command API, called by an operator with rights of IAM instead of a user's token."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import uuid6

from edge.caller import ADMIN, PRINCIPAL
from kernel.saga import Sending
from skafu.reach.target import Target
from skafu.reach.trouble import Trouble

FUNCTION = "skafu-command-api-{environment}"
PATH = "commands"


class NotTaken(Trouble):
    """The command API refuses a request as a whole, so that no command has a result of its own."""


def operator(target: Target) -> tuple[str, str]:
    """Return the id and the name under which this process' AWS identity is recorded.

    No user's `sub` contains a colon, so no user is taken for an operator.
    """
    arn = target.client("sts").get_caller_identity()["Arn"]
    found = PRINCIPAL.fullmatch(arn)
    if found is None:  # the account itself
        return f"operator:{arn.split(':')[4]}:root", "root"
    name = found["role"] or found["name"]
    return f"operator:{found['account']}:{found['kind'] or 'role'}/{name}", name


def send(target: Target, commands: Iterable[Sending]) -> Sequence[Mapping[str, Any]]:
    """Send commands as an Admin, in one request, and return their results. Raises `Trouble`.

    The function is invoked as the gateway does it; IAM decides who may.
    """
    body = {"commands": [item(command) for command in commands]}
    answer = target.client("lambda").invoke(
        FunctionName=FUNCTION.format(environment=target.environment),
        Payload=json.dumps(request(*operator(target), body)).encode(),
    )
    said = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise Trouble(f"The command API failed: {said.get('errorMessage')}.")
    found = json.loads(said["body"])
    if "results" not in found:
        raise NotTaken(f"The command API answers {said['statusCode']}: {found.get('detail')}")
    results: Sequence[Mapping[str, Any]] = found["results"]
    return results


def item(command: Sending) -> dict[str, Any]:
    return {"type": command.command, "aggregateId": command.target, "data": command.data}


def request(sub: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event of a request whose token is that of an Admin."""
    claims = {"sub": sub, "cognito:username": name, "cognito:groups": ADMIN, "token_use": "id"}
    key = str(uuid6.uuid7())
    return {
        "resource": "/{proxy+}",
        "path": f"/{PATH}",
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Idempotency-Key": key},
        "multiValueHeaders": {"Content-Type": ["application/json"], "Idempotency-Key": [key]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": PATH},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": "POST",
            "path": f"/{PATH}",
            "requestId": key,
            "identity": {},
            "authorizer": {"claims": claims},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
