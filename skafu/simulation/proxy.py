"""Requests as API Gateway's proxy integration sends them, and answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

BATCHES, MACHINES = "/commands", "/integration/commands"
EVENTS = "an event of another domain"
"""What stands for a path when a command came as an event."""
SAGAS = "a saga"
"""What stands for a path when a function of sagas, or of reactions, has sent a command."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; 502 when the process died, 429 when none was free."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    etag: str | None = None

    def each(self, count: int) -> list["Answer"]:
        """Return the answers to so many commands of one request: a batch has a result for each."""
        if "results" not in self.body:
            return [self] * count
        return [result_of(result) for result in self.body["results"]]


def result_of(result: Mapping[str, Any]) -> Answer:
    body = result.get("accepted") or result["problem"]
    return Answer(result["status"], body, f'"{body.get("version")}"')


def proxy_event(
    method: str,
    path: str,
    headers: dict[str, str],
    body: object,
    claims: dict[str, str] | None,
    arn: str | None = None,
    client: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a request as a REST API's proxy integration sends it (events/command_api).

    A person has claims, a machine an ARN.
    """
    sent = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:5173", **headers}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "path": path,
            "stage": "simulated",
            "requestId": "simulated",
            "authorizer": cast(Any, None if claims is None else {"claims": claims}),
            "identity": {"userArn": arn, **(client or {})},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
