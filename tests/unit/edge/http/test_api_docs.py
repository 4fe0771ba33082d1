"""The page of the API."""

import json
import re
from typing import Any

import pytest

from domain.contents import contents
from edge.http import openapi
from edge.http import page as api_docs
from edge.http.address import address
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

    def test_may_be_asked_for_without_its_body(self) -> None:
        head, get = (api_docs.answer(COMMITTED, {"httpMethod": m}) for m in ("HEAD", "GET"))

        assert head == get | {"body": ""}
        assert get["statusCode"] == 200
        assert get["body"]

    def test_links_to_the_document_itself(self) -> None:
        answer = api_docs.answer(COMMITTED, {"queryStringParameters": {"format": "json"}})

        assert answer["headers"]["Content-Type"] == "application/json"
        assert json.loads(answer["body"])["openapi"] == "3.1.0"

    def test_brings_all_it_needs(self) -> None:
        text = api_docs.page(COMMITTED)

        assert text.index("SwaggerUIBundle") < text.index("const here = new URL")
        assert "$" not in api_docs.PART.sub("", api_docs.PAGE)
        assert (
            re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", text[: text.index("<script>")])
            == []
        )
        assert "default-src 'none'" in api_docs.HEADERS["Content-Security-Policy"]

    def test_fits_into_what_a_function_may_answer(self) -> None:
        assert len(json.dumps(api_docs.answer(COMMITTED, {}))) < 6 * 1024 * 1024


def asked(path: str, **headers: str) -> dict[str, Any]:
    """An event of the gateway for a path as the client sent it."""
    return {"resource": "/docs", "headers": headers, "requestContext": {"path": path}}


@pytest.mark.feature("C27")
class TestServer:
    @pytest.mark.parametrize(
        ("event", "server"),
        [
            (
                asked("/dev/docs", Host="a.example", **{"X-Forwarded-Proto": "https"}),
                "https://a.example/dev",
            ),
            (
                asked("/docs", host="api.example.org", **{"x-forwarded-proto": "https"}),
                "https://api.example.org",
            ),
            (asked("/shop/docs/", Host="localhost:4566"), "http://localhost:4566/shop"),
            (asked("/a/b/docs", Host="[::1]:80"), "http://[::1]:80/a/b"),
            ({}, "."),
            (asked("/dev/docs"), "."),
            (asked("/dev/docs", Host="a</script>"), "."),
            (asked('/"x/docs', Host="a"), "."),
            ({"headers": {"Host": "a"}, "requestContext": {"path": "/dev/"}}, "http://a/dev"),
            ({"headers": {"Host": "a"}, "requestContext": {}}, "http://a"),
            ({"headers": {"Host": "a"}, "requestContext": None}, "http://a"),
            ({"headers": None, "requestContext": {"domainName": "a"}}, "http://a"),
        ],
        ids=str,
    )
    def test_is_the_address_that_was_asked(self, event: dict[str, Any], server: str) -> None:
        request = event | {"queryStringParameters": {"format": "json"}}
        answer = api_docs.answer(COMMITTED, request)

        assert json.loads(answer["body"])["servers"] == [{"url": server}]

    def test_is_the_domain_that_the_gateway_knows(self) -> None:
        event = asked("/dev/docs", Host="evil.example")
        event["requestContext"]["domainName"] = "a.example"

        assert address(event) == "http://a.example/dev"


DOCUMENT: dict[str, Any] = json.loads(COMMITTED.read_text())


@pytest.mark.feature("C5", "C6", "C7", "C8")
def test_the_committed_document_is_that_of_the_code() -> None:
    assert json.dumps(openapi.document(contents)) == json.dumps(DOCUMENT)


def shown(section: str) -> list[tuple[str, str]]:
    """Methods and paths of a section, in the order in which the page shows them."""
    return [
        (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if operation["tags"] == [section]
    ]


@pytest.mark.feature("C27")
class TestOrder:
    def test_begins_with_what_begins_an_aggregate(self) -> None:
        for name, _ in contents.collections():
            section = name.strip("/").capitalize()
            assert shown(section)[0] == ("post", name)
            assert shown(f"{section} as tasks")[0][1].startswith("/commands/")

    def test_keeps_the_styles_apart(self) -> None:
        names = [tag["name"] for tag in DOCUMENT["tags"]]
        tasks = [name for name in names if name.endswith(" as tasks")]

        assert names[-len(tasks) :] == tasks
        for operation in contents.operations:
            section = operation.collection.strip("/").capitalize()
            path = operation.path.replace("<", "{").replace(">", "}")
            assert (operation.method.lower(), path) in shown(section)
            assert ("post", f"/commands/{operation.name}") in shown(f"{section} as tasks")

    def test_every_section_and_every_operation_is_described(self) -> None:
        described = {tag["name"] for tag in DOCUMENT["tags"] if len(tag["description"]) > 30}
        operations = [o for item in DOCUMENT["paths"].values() for o in item.values()]

        assert {tag for operation in operations for tag in operation["tags"]} == described
        assert all(len(o["description"]) > 30 and o["summary"] for o in operations)

    def test_says_how_to_get_a_token(self) -> None:
        assert "## How to get a token" in DOCUMENT["info"]["description"]
