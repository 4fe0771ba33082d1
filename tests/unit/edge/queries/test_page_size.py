"""Answers that sum events or rows stay below Lambda's limit: a page is shorter, with its token."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.ports import Fields, RowPage
from application.publishing.feed import FeedReader, FeedWriter
from application.reading import pages
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.messages import AggregateId
from tests.support.api import ADA, ADMIN, Answer, Api, Person
from tests.support.desk import Desk
from tests.support.kitchen.builders import add, make
from tests.support.kitchen.contents import kitchen
from tests.support.spec import STREAM

LAMBDA = 6 * 1024 * 1024
PATH = f"/teapots/{STREAM.partition('#')[2]}"
PARTS = 60
# An event may have 64 KB of UTF-8; each of these takes far more in an answer within an answer.
HEAVY = {"emoji": "🫖" * 15_000, "quotes": '"' * 30_000, "control": "\x01" * 10_000}


class Rows:
    """Rows of one index, as AppSync pages them: the token is the number of rows before."""

    def __init__(self, texts: list[str]) -> None:
        self.stored = [
            {"id": str(n), "description": text, "version": n + 1, "updatedAt": f"{n:04}"}
            for n, text in enumerate(texts)
        ]

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> RowPage:
        first, limit = int(variables["nextToken"] or 0), variables["limit"]
        following = str(first + limit) if first + limit < len(self.stored) else None
        return {"items": self.stored[first : first + limit], "nextToken": following}

    def row(self, token: str, document: str, id: str) -> None:
        return None

    def rows(self, token: str, document: str, ids: Sequence[str]) -> RowPage:
        raise NotImplementedError

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: Fields = (),
    ) -> list[RowPage]:
        raise NotImplementedError


def unbroken(aggregate: AggregateId, error: Exception) -> None:
    raise AssertionError(aggregate) from error


def api(text: str) -> Api:
    """Ada's teapot with many heavy parts, fed; and as many heavy rows."""
    desk, feed = Desk(), MemoryFeed()
    desk.send(make())
    for n in range(PARTS):
        desk.send(add(f"part {n}", text=text))
    store = desk.inner
    assert isinstance(store, MemoryEventStore)
    FeedWriter(feed, store, desk.clock, unbroken).write(store.read(STREAM))
    rows, reader = Rows([text] * PARTS), FeedReader(feed, store)
    return Api(query_api.build(QueryPorts(kitchen, rows, desk.store, reader, clock=desk.clock)))


def walk(api: Api, path: str, who: Person, token: str) -> Iterator[Answer]:
    """Follow the tokens from page to page, as every client does."""
    query = {"limit": "100"}
    while True:
        answer = api.as_(who).get(path, query)
        assert answer.status == 200, answer.text[:1000]
        yield answer
        following = answer.body.get("pagination", {}).get("nextToken")
        if path == "/events":
            following = answer.body["cursor"] if answer.body["more"] else None
        if following is None:
            return
        query = {"limit": "100", token: following}


@pytest.mark.feature("C20", "T10", "E25")
@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
@pytest.mark.parametrize(
    ("path", "who", "token", "entries"),
    [
        (f"{PATH}/events", ADA, "nextToken", PARTS + 1),
        ("/events", ADMIN, "after", PARTS + 1),
        ("/teapots", ADA, "nextToken", PARTS),
    ],
)
def test_a_page_that_would_be_too_large_is_shorter_and_nothing_is_left_out(
    path: str, who: Person, token: str, entries: int, text: str
) -> None:
    answers = list(walk(api(text), path, who, token))

    assert all(len(json.dumps({"body": one.text})) < LAMBDA for one in answers)
    found = [entry for one in answers for entry in one.body["data"]]
    keys = [entry.get("eventSequence", entry.get("version")) for entry in found]
    assert keys == list(range(1, entries + 1))


@pytest.mark.feature("C20")
def test_answers_are_not_escaped_to_ascii() -> None:
    assert "🫖🫖" in api("🫖🫖").get(f"{PATH}/events").text


class TestCut:
    def test_holds_one_entry_however_large_it_is(self) -> None:
        assert pages.cut(["x" * 100, "y"], 5, max_bytes=10) == (["x" * 100], True)

    def test_ends_before_the_entry_that_is_too_much(self) -> None:
        entries = ["x" * 10] * 5

        assert pages.cut(entries, 5, max_bytes=2 * pages.size(entries[0])) == (entries[:2], True)

    def test_holds_what_was_asked_for_when_it_fits(self) -> None:
        assert pages.cut("abc", 2) == (["a", "b"], True)
        assert pages.cut("ab", 2) == (["a", "b"], False)
        assert pages.cut("", 2) == ([], False)
