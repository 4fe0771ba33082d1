"""Answers that a process keeps: for whom they will do, how long, and how many."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from edge.caller import Caller
from edge.queries import api as query_api
from edge.queries.kept import MAX_ANSWER, SECONDS, KeptAnswers, key_of
from edge.queries.routes import QueryPorts
from kernel.contents import Contents
from tests.support.api import ADMIN, EVE, Answer, Api
from tests.support.fakes import Stopwatch
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.read_models import READ_MODELS
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("R33")
ID = STREAM.partition("#")[2]
PATH = f"/teapots/{ID}"
MAX_AGE = "max-age=5"


def teapot(version: int) -> dict[str, Any]:
    row = {"id": ID, "status": "ACTIVE", "version": version, "projectionVersion": 1}
    return row | {"updatedAt": "2026-01-02T12:00:00.000Z"}


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def session() -> Session:
    page = {"items": [teapot(3)], "nextToken": None}
    return Session(
        {"getTeapot": teapot(3), "teapotsByUser": page, "teapotsByStatus": page}
        | {"partsByTeapot": {"items": [], "nextToken": None}}
    )


@pytest.fixture
def api(session: Session, watch: Stopwatch) -> Api:
    return over(kitchen, session, watch)


@pytest.fixture
def together(session: Session, watch: Stopwatch) -> Api:
    """Parts are written with their teapot, which is a version for both."""
    whole = replace(kitchen.projections[0], models=("Part", "Teapot"))
    return over(replace(kitchen, projections=(whole,)), session, watch)


def over(contents: Contents, session: Session, watch: Stopwatch) -> Api:
    store = MemoryEventStore()
    ports = QueryPorts(
        contents,
        AppSyncQueries(session, READ_MODELS),
        store,
        FeedReader(MemoryFeed(), store),
        sleep=watch.sleep,
        monotonic=watch,
    )
    return Api(query_api.build(ports))


def cached(answer: Answer) -> bool:
    assert answer.status == 200, answer.text
    return bool(answer.body["meta"]["cached"])


class TestARow:
    def test_that_has_reached_the_version_is_given_again(self, api: Api, session: Session) -> None:
        first = api.get(PATH)
        second = api.get(PATH, {"minVersion": "3"})

        assert [cached(first), cached(second), len(session.asked)] == [False, True, 1]
        assert second.body["data"] == first.body["data"]
        assert second.headers["ETag"] == first.headers["ETag"]

    def test_of_an_earlier_version_is_read(self, api: Api, session: Session) -> None:
        api.get(PATH)
        session.answers["getTeapot"] = teapot(4)
        answer = api.get(PATH, {"minVersion": "4"})

        assert (cached(answer), answer.body["meta"]["version"]) == (False, 4)

    def test_is_read_for_a_client_that_does_not_say_what_will_do(self, api: Api) -> None:
        assert [cached(api.get(PATH)) for _ in range(2)] == [False, False]

    def test_is_read_when_it_is_five_seconds_old(self, api: Api, watch: Stopwatch) -> None:
        api.get(PATH)
        watch.seconds += SECONDS
        assert cached(api.get(PATH, {"minVersion": "3"}))

        watch.seconds += 0.001
        assert not cached(api.get(PATH, {"minVersion": "3"}))

    def test_that_is_stale_is_not_kept(self, api: Api) -> None:
        assert api.get(PATH, {"minVersion": "9"}).body["meta"]["stale"]

        assert not cached(api.get(PATH, cache_control=MAX_AGE))

    def test_of_a_kept_answer_may_be_what_the_client_has(self, api: Api, session: Session) -> None:
        tag = api.get(PATH).headers["ETag"]
        answer = api.get(PATH, {"minVersion": "3"}, if_none_match=tag)

        assert (answer.status, len(session.asked)) == (304, 1)
        assert api.get(PATH, {"minVersion": "3"}, if_match='"2.1"').status == 412

    def test_with_parts_is_known_to_have_reached_what_was_waited_for(self, together: Api) -> None:
        together.get(PATH, {"include": "parts", "minVersion": "2"})

        query = {"include": "parts", "minVersion": "3"}
        assert [cached(together.get(PATH, query)) for _ in range(2)] == [False, True]


class TestAnAge:
    def test_says_how_old_an_answer_may_be(self, api: Api, watch: Stopwatch) -> None:
        api.get(PATH)
        watch.seconds += 2

        assert not cached(api.get(PATH, cache_control="max-age=1"))
        watch.seconds += 1
        assert cached(api.get(PATH, cache_control="private, max-age=1"))

    @pytest.mark.parametrize("said", ["max-age=0", "no-cache", "no-store", f"{MAX_AGE}, no-cache"])
    def test_may_be_none(self, api: Api, watch: Stopwatch, said: str) -> None:
        api.get(PATH)
        watch.seconds += 1

        assert not cached(api.get(PATH, {"minVersion": "3"}, cache_control=said))

    def test_does_not_do_for_a_version(self, api: Api, session: Session) -> None:
        api.get(PATH)
        session.answers["getTeapot"] = teapot(4)

        assert not cached(api.get(PATH, {"minVersion": "4"}, cache_control=MAX_AGE))

    def test_does_for_lists(self, api: Api, session: Session) -> None:
        path = f"{PATH}/parts"
        for query, where in [({"sort": "createdAt:asc"}, "/teapots"), ({}, path)]:
            asked = [cached(api.get(where, query, cache_control=MAX_AGE)) for _ in range(2)]
            assert asked == [False, True]

        assert not cached(api.get("/teapots", {"limit": "7"}, cache_control=MAX_AGE))

    def test_that_nobody_understands_is_400(self, api: Api) -> None:
        answer = api.get(PATH, cache_control="x" * 257)

        assert (answer.status, answer.faults) == (400, ["header.cache-control"])


def test_no_answer_is_given_to_another_caller(api: Api, session: Session) -> None:
    api.get(PATH, cache_control=MAX_AGE)
    for person in (EVE, ADMIN):
        assert not cached(api.as_(person).get(PATH, cache_control=MAX_AGE))

    assert len(session.asked) == 3


class TestMemory:
    @staticmethod
    def body(octets: int) -> dict[str, Any]:
        return {"data": "x" * octets}

    def test_is_bounded_by_bytes_and_the_oldest_goes_first(self) -> None:
        kept = KeptAnswers(Stopwatch(), max_bytes=1000)
        for number in range(5):
            kept.keep(str(number), self.body(300), {}, 1)

        assert [kept.find(str(n), 1, None) is not None for n in range(5)] == [False] * 2 + [
            True
        ] * 3

    def test_counts_an_answer_that_is_kept_anew_once(self) -> None:
        kept = KeptAnswers(Stopwatch(), max_bytes=1000)
        kept.keep("other", self.body(300), {}, 1)
        for _ in range(10):
            kept.keep("one", self.body(300), {}, 1)

        assert kept.find("other", 1, None)

    def test_keeps_no_large_answer(self) -> None:
        kept = KeptAnswers(Stopwatch())
        kept.keep("large", self.body(MAX_ANSWER), {}, 1)

        assert kept.find("large", 1, None) is None


def test_the_key_is_of_the_token() -> None:
    ada, again = (Caller("ada", "ada", frozenset(), token) for token in ("one", "two"))

    assert key_of("get", ada, {"id": "a"}) != key_of("get", again, {"id": "a"})
    assert key_of("get", ada, {"id": "a"}) != key_of("get", ada, {"id": "b"})
