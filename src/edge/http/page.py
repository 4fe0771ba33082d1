"""ApiDocs: the OpenAPI document as a page (Swagger UI), which anybody may read.

The page contains its script and style, from the installed package. Their folder is found without
an import of the package, which would take half a second of a cold start.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edge.http.address import address

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
    # The front end asks here what time it is: nothing on the page is anybody's secret.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Date",
}
# Relative to the document, for events that do not say under which address it was asked for.
HERE = {"servers": [{"url": "."}]}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>$style</style>
</head>
<body>
<div id="swagger-ui">Loading...</div>
<script>$script</script>
<script>
  const here = new URL(window.location.href);
  const options = {
    dom_id: "#swagger-ui",
    docExpansion: "list",
    deepLinking: true,
    filter: true,
    layout: "BaseLayout",
    showExtensions: true,
    showCommonExtensions: true,
    withCredentials: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    spec: $document,
  };
  const base = here.pathname.slice(0, here.pathname.lastIndexOf("/docs"));
  options.spec.servers = [{ url: here.origin + base }];
  const ui = SwaggerUIBundle(options);
  ui.specActions.updateUrl(here.pathname + "?format=json");
</script>
</body>
</html>
"""
PART = re.compile(r"\$(title|style|script|document)\b")


@cache
def document(committed: Path) -> str:
    """Return the committed document, for the place where it is served."""
    return json.dumps(json.loads(committed.read_text(encoding="utf-8")) | HERE)


@cache
def page(committed: Path) -> str:
    shown = document(committed)
    parts = {
        "title": json.loads(shown)["info"]["title"],
        "style": asset("swagger-ui.min.css"),
        "script": asset("swagger-ui-bundle.min.js"),
        "document": shown.replace("</", "<\\/"),  # so that no text in it ends the script
    }
    return PART.sub(lambda found: parts[found[1]], PAGE)


def asset(name: str) -> str:
    package = find_spec("aws_lambda_powertools")
    assert package
    assert package.origin
    folder = Path(package.origin).parent / "event_handler" / "openapi" / "swagger_ui"
    return (folder / name).read_text(encoding="utf-8")


def answer(committed: Path, event: Mapping[str, Any]) -> dict[str, Any]:
    """Answer with the page, or with the document for `?format=json`."""
    headers, body = HEADERS, page(committed)
    if (event.get("queryStringParameters") or {}).get("format") == "json":
        headers = HEADERS | {"Content-Type": "application/json"}
        body = placed(document(committed), event)
    shown = "" if event.get("httpMethod") == "HEAD" else body
    return {"statusCode": 200, "headers": headers, "body": shown}


def placed(text: str, event: Mapping[str, Any]) -> str:
    """Name the address under which the document was asked for as its server."""
    found = address(event)
    servers = HERE if found is None else {"servers": [{"url": found}]}
    return text.replace(json.dumps(HERE)[1:-1], json.dumps(servers)[1:-1])
