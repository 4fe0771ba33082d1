"""ApiDocs: the OpenAPI document as a page (Swagger UI), to be read without a token.

The page brings all it needs: script and style come from the installed package.
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
    # Nothing from elsewhere, and requests to this API alone.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
# The paths of the document begin where the page lies, whatever stage or domain that is.
HERE = {"servers": [{"url": "."}]}


@cache
def document(contents: Contents) -> str:
    return json.dumps(openapi.document(contents) | HERE)


@cache
def page(contents: Contents) -> str:
    return swagger_ui.generate_swagger_html(
        document(contents).replace("</", "<\\/"),  # no text in it ends the script
        asset("swagger-ui-bundle.min.js"),
        asset("swagger-ui.min.css"),
        swagger_base_url="",
        oauth2_config=None,
    )


def asset(name: str) -> str:
    return files(swagger_ui).joinpath(name).read_text(encoding="utf-8")


def answer(contents: Contents, event: Mapping[str, Any]) -> dict[str, Any]:
    """The page, or with `?format=json` the document."""
    if (event.get("queryStringParameters") or {}).get("format") == "json":
        headers = HEADERS | {"Content-Type": "application/json"}
        return {"statusCode": 200, "headers": headers, "body": document(contents)}
    return {"statusCode": 200, "headers": HEADERS, "body": page(contents)}
