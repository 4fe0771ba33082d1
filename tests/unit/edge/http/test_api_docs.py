"""The page of the API."""

import json
import re

import pytest

from domain.contents import contents
from edge.http import page as api_docs
from tests.support.paths import DOCS

COMMITTED = DOCS / "openapi.json"


@pytest.mark.feature("C27")
class TestPage:
    def test_shows_the_document_that_is_committed(self) -> None:
        text = api_docs.answer(contents, {})["body"]
        found = re.search(r"^    spec: (\{.*\}),$", text, re.MULTILINE)

        assert found is not None
        shown = json.loads(found[1])
        assert shown["servers"] == [{"url": "."}]
        assert shown == json.loads(COMMITTED.read_text()) | {"servers": shown["servers"]}

    def test_links_to_the_document_itself(self) -> None:
        answer = api_docs.answer(contents, {"queryStringParameters": {"format": "json"}})

        assert answer["headers"]["Content-Type"] == "application/json"
        assert json.loads(answer["body"])["openapi"] == "3.1.0"

    def test_brings_all_it_needs(self) -> None:
        text = api_docs.page(contents)

        assert "SwaggerUIBundle" in text
        assert (
            re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", text[: text.index("<script>")])
            == []
        )
        assert "default-src 'none'" in api_docs.HEADERS["Content-Security-Policy"]

    def test_fits_into_what_a_function_may_answer(self) -> None:
        assert len(json.dumps(api_docs.answer(contents, {}))) < 6 * 1024 * 1024
