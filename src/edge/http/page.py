"""ApiDocs: the OpenAPI document as a page (Swagger UI), which anybody may read.

The page contains its script and style, from the installed package.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from aws_lambda_powertools.event_handler.openapi import swagger_ui

from edge.http import openapi
from kernel.contents import Contents

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "public, max-age=300",
    # Nothing is loaded from elsewhere, and requests go to this API only.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
# Paths are relative to the page, whatever the stage or the domain is.
HERE = {"servers": [{"url": "."}]}


@cache
def document(contents: Contents) -> str:
    return json.dumps(openapi.document(contents) | HERE)


@cache
def page(contents: Contents) -> str:
    return swagger_ui.generate_swagger_html(
        document(contents).replace("</", "<\\/"),  # so that no text in it ends the script
        asset("swagger-ui-bundle.min.js"),
        asset("swagger-ui.min.css"),
        swagger_base_url="",
        oauth2_config=None,
    )


def asset(name: str) -> str:
    return files(swagger_ui).joinpath(name).read_text(encoding="utf-8")


def answer(contents: Contents, event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer with the page, or with the document for `?format=json`."""
    if (event.get("queryStringParameters") or {}).get("format") == "json":
        headers = HEADERS | {"Content-Type": "application/json"}
        return {"statusCode": 200, "headers": headers, "body": document(contents)}
    return {"statusCode": 200, "headers": HEADERS, "body": page(contents)}
