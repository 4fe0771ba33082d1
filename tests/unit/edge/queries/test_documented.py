"""The routes of queries and of history, as the committed OpenAPI document describes them."""

import json
from typing import Any

import pytest

from domain.contents import contents
from edge.http import openapi
from tests.support.paths import DOCS


def read_routes(document: dict[str, Any]) -> dict[str, Any]:
    return {path: item["get"] for path, item in document["paths"].items() if "get" in item}


@pytest.mark.feature("C27")
def test_routes_that_read_are_described_as_the_code_has_them() -> None:
    committed = json.loads((DOCS / "openapi.json").read_text())

    assert read_routes(openapi.document(contents)) == read_routes(committed)
