"""The page of the API."""

import json
import re

import pytest

from edge.http import page as api_docs
from tests.support.paths import DOCS

COMMITTED = DOCS / "openapi.json"


@pytest.mark.feature("C27")
class TestPage:
    def test_shows_the_document_that_is_committed(self) -> None:
        text = api_docs.answer(COMMITTED, {})["body"]
        found = re.search(r"^    spec: (\{.*\}),$", text, re.MULTILINE)

        assert found is not None
        shown = json.loads(found[1])
        assert shown["servers"] == [{"url": "."}]
        assert shown == json.loads(COMMITTED.read_text()) | {"servers": shown["servers"]}

    def test_links_to_the_document_itself(self) -> None:
        answer = api_docs.answer(COMMITTED, {"queryStringParameters": {"format": "json"}})

        assert answer["headers"]["Content-Type"] == "application/json"
        assert json.loads(answer["body"])["openapi"] == "3.1.0"

    def test_brings_all_it_needs(self) -> None:
        text = api_docs.page(COMMITTED)

        assert text.index("SwaggerUIBundle") < text.index("spec: {")
        assert "$" not in api_docs.PAGE.safe_substitute(
            dict.fromkeys(("title", "style", "script", "document"), "")
        )
        assert (
            re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", text[: text.index("<script>")])
            == []
        )
        assert "default-src 'none'" in api_docs.HEADERS["Content-Security-Policy"]

    def test_fits_into_what_a_function_may_answer(self) -> None:
        assert len(json.dumps(api_docs.answer(COMMITTED, {}))) < 6 * 1024 * 1024
