"""The OpenAPI 3.1 document of both functions, from the models that validate."""

import json
from collections.abc import Iterator
from typing import Any, cast

from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.integration import SIGNED
from edge.http.api import ID_TOKEN, SIGNATURE, TITLE, VERSION
from edge.http.problems import CONTENT_TYPE
from edge.queries import api as query_api
from kernel.contents import Contents

# The resolver's own answers to what is invalid, which it documents; ours are problems.
UNSENT = ("HTTPValidationError", "ResponseValidationError", "ValidationError")


def document(contents: Contents) -> dict[str, Any]:
    """Paths and schemas of the command API and of the query API as one API."""
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
            security_schemes={"idToken": ID_TOKEN, SIGNED: SIGNATURE},
            security=[{"idToken": []}],
        )
        merge(merged, json.loads(text))
    return shared(without_unsent(merged))


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
    """What operations have alike stands once, in `components`: headers, and problems."""
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
    """By the name as it is written; the resolver documents headers in lower case."""
    name = parameter["name"].title()
    return kept(parameters, "parameters", name.replace("-", ""), parameter | {"name": name})


def kept(
    components: dict[str, Any], section: str, name: str, part: dict[str, Any]
) -> dict[str, Any]:
    """A reference to the part, unless another has its name."""
    known = components.setdefault(name, part)
    return {"$ref": f"#/components/{section}/{name}"} if known == part else part
