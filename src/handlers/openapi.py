"""The OpenAPI 3.1 document of both functions, from the models that validate."""

import json
from typing import Any, cast

from handlers import command_api, query_api
from handlers.api import ID_TOKEN, SIGNATURE, TITLE, VERSION
from handlers.command_api import Commands
from handlers.integration import SIGNED


def document() -> dict[str, Any]:
    """Paths and schemas of the command API and of the query API as one API."""
    nothing = cast(Any, None)  # the document needs no store and no network
    parts = [
        command_api.build(Commands({}, nothing)),
        query_api.build(query_api.QueryPorts(nothing, nothing, nothing)),
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
    return merged


def merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value
