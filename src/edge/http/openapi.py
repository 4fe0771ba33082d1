"""The OpenAPI 3.1 document of both APIs, made from the models that validate requests."""

import json
from collections.abc import Iterator
from typing import Any, cast

from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.integration import SIGNED
from edge.http.api import DESCRIPTION, ID_TOKEN, SIGNATURE, TITLE, VERSION
from edge.http.problems import CONTENT_TYPE
from edge.http.reading_order import in_reading_order
from edge.queries import api as query_api
from kernel.contents import Contents

# The resolver documents answers of its own to invalid requests; ours are problems.
TOKENS = """
## How to get a token

Every request of a user carries the ID token of the user pool in the header `Authorization`. Here,
press *Authorize* and paste it; it is good for an hour.

- On the local stack, `skafu token owner@skafu.dev` prints one; `make dev` prints the other users.
- On AWS, sign in on the web page. Its local storage (developer tools, *Application*) has the token
  under the name that ends in `.idToken`. Programs use a Cognito library, such as Amplify's
  `fetchAuthSession`.

Machines have no token: they sign their requests with IAM, and have a path of their own,
`POST /integration/commands`.
"""
IDS = """
## Ids and owners

In paths, requests and answers to commands an aggregate has its plain id, a UUID. In events, here as
on the event bus, `aggregateId` is the name of the stream, `{type}#<UUID>`: the plain ids of two
types may be equal.

In events and states an owner is `<sub>::<username>`. In rows, AppSync shows the user name alone as
`owner`; `userId` is the `sub`.
"""
UNSENT = ("HTTPValidationError", "ResponseValidationError", "ValidationError")


def document(contents: Contents) -> dict[str, Any]:
    """Return the document of the command API and the query API as one API."""
    kind = contents.aggregates[0]
    nothing = cast(Any, None)  # the document needs no store and no network
    parts = [
        command_api.build(Commands(contents, {}, nothing)),
        query_api.build(query_api.QueryPorts(contents, nothing, nothing, nothing)),
    ]
    merged: dict[str, Any] = {}
    for part in parts:
        text = part.get_openapi_json_schema(
            title=TITLE,
            version=VERSION,
            description=DESCRIPTION + TOKENS + IDS.format(type=kind.aggregate_type),
            security_schemes={"idToken": ID_TOKEN, SIGNED: SIGNATURE},
            security=[{"idToken": []}],
        )
        merge(merged, json.loads(text))
    return in_reading_order(shared(without_unsent(merged)), contents)


def merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def without_unsent(document: dict[str, Any]) -> dict[str, Any]:
    for operation in operations(document):
        answers = operation["responses"].items()
        operation["responses"] = {s: a for s, a in answers if UNSENT[0] not in json.dumps(a)}
    for name in UNSENT:
        document["components"]["schemas"].pop(name, None)
    return document


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """Move headers and problems, which operations share, into `components`."""
    parameters: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    for operation in operations(document):
        operation["parameters"] = [
            header(parameters, parameter) if parameter["in"] == "header" else parameter
            for parameter in operation.get("parameters", [])
        ]
        operation["responses"] = {
            status: kept(responses, "responses", f"Problem{status}", answer)
            if CONTENT_TYPE in answer.get("content", {})
            else answer
            for status, answer in operation["responses"].items()
        }
    document["components"] |= {"parameters": parameters, "responses": responses}
    return document


def header(parameters: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a header under its usual name: the resolver documents names in lower case."""
    name = parameter["name"].title()
    return kept(parameters, "parameters", name.replace("-", ""), parameter | {"name": name})


def kept(
    components: dict[str, Any], section: str, name: str, part: dict[str, Any]
) -> dict[str, Any]:
    """Keep the part, and return a reference to it unless another part has its name."""
    known = components.setdefault(name, part)
    return {"$ref": f"#/components/{section}/{name}"} if known == part else part
