"""The AWS actions that each function calls, with their resources: `GET /_skafu/calls`.

The emulator grants everything; the tests compare this with what the template grants.
"""

import json
import re
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import parse_qs

from local.emulator.environments import DEFAULT_ACCOUNT, KEY_PREFIX
from local.emulator.upstream import iam_actions, stepfunctions

CREDENTIAL = re.compile(
    rf"Credential={re.escape(KEY_PREFIX)}([^/,]+)/\d{{8}}/([^/]+)/([^/]+)/aws4_request"
)


class Caller(NamedTuple):
    """The function that signed a request, and the region and service that it signed for."""

    function: str
    region: str
    service: str


class Request(NamedTuple):
    """The parts of a request that name its action; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Call(NamedTuple):
    """An action as policies name it, and the ARN of its resource."""

    action: str
    resource: str


_seen: defaultdict[str, set[Call]] = defaultdict(set)


def caller(authorization: str) -> Caller | None:
    """The function, when one has signed."""
    found = CREDENTIAL.search(authorization)
    return Caller(*found.groups()) if found else None


def record(who: Caller, request: Request) -> None:
    _seen[who.function].update(calls_of(who, request))


def report() -> dict[str, list[Call]]:
    """Every distinct call so far, by the name of the function."""
    return {function: sorted(calls) for function, calls in _seen.items()}


def calls_of(who: Caller, request: Request) -> list[Call]:
    """A transaction is no action of its own: each of its items is one on its table."""
    action = action_of(who, request)
    items = iam_actions.dynamodb_transaction_checks(
        action, request.body, who.region, DEFAULT_ACCOUNT
    )
    return [Call(*item) for item in items] or [Call(action, arn) for arn in arns(who, request)]


def action_of(who: Caller, request: Request) -> str:
    """An action that MiniStack cannot name is kept, too: nothing grants it."""
    method, path, query, headers, body = request
    action = iam_actions.extract_iam_action(
        who.service, method, path, headers, body, parse_qs(query)
    )
    return str(action or f"{who.service}:{method} {path}")


def arns(who: Caller, request: Request) -> list[str]:
    """Return the resources of a request; it may name several buses or tables."""
    found: list[str]
    match who.service:
        case "events":
            found = iam_actions.eventbridge_resource_arns(request.body, who.region, DEFAULT_ACCOUNT)
        case "dynamodb":
            found = iam_actions.dynamodb_resource_arns(request.body, who.region, DEFAULT_ACCOUNT)
        case "states" if machine := machine_of_token(request.body):
            found = [machine]
        case _:
            found = [arn(who, request)]
    return found or ["*"]


def machine_of_token(body: bytes) -> str | None:
    """Return the state machine that an answer is for: policies name it, the request does not."""
    token = json.loads(body or b"{}").get("taskToken")
    for (_, _, known), waiting in stepfunctions._task_tokens.all_items():
        if known == token and "execution" in waiting:
            arn = str(waiting["execution"]).replace(":execution:", ":stateMachine:")
            return arn.rpartition(":")[0]
    return None


def arn(who: Caller, request: Request) -> str:
    method, path, query, headers, body = request
    found = iam_actions.extract_resource_arn(
        who.service, method, path, headers, body, parse_qs(query), who.region, DEFAULT_ACCOUNT
    )
    return str(found)
