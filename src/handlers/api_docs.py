"""ApiDocs: the OpenAPI document as a page, which anybody may read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.http import page
from edge.observability import logged

SRC = Path(__file__).resolve().parents[1]
# `sam build` lays the document into the package; the local stack runs from the sources.
COMMITTED = next(
    file for file in (SRC / "openapi.json", SRC.parent / "docs" / "openapi.json") if file.exists()
)


@logged
def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    return page.answer(COMMITTED, event)
