"""Searching in one's own rows: by words, in the order of how well they fit, page by page."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from edge.http.paths import others
from edge.queries.details import LONGEST_WAIT
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api, Person
from tests.support.fakes import Clock, Stopwatch
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import PART_LIST, TEAPOT_DETAIL, TEAPOT_LIST
from tests.unit.edge.queries.test_lists import Shelf, id_of, over, refused, teapot

pytestmark = pytest.mark.feature("R15", "R16", "R29")
SEARCHED = replace(TEAPOT_LIST, searched=("name", "description"), filters=("name",))
CONTENTS = replace(kitchen, queries=(SEARCHED, TEAPOT_DETAIL, PART_LIST))
POTS = [
    teapot(1, name="Green teapot"),
    teapot(2, name="Samovar", description="For tea"),
    teapot(3, name="Tea urn"),
    teapot(4, name="Kettle", description=None),
    teapot(5, name="Tea of yesterday", status="DELETED"),
    teapot(6, name="Théière", description="Un TÉA-pot"),
    teapot(7, name="Tea caddy"),
    teapot(8, name="Tea of long ago", status="RETIRED"),
]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(POTS)


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def api(shelf: Shelf, watch: Stopwatch) -> Api:
    return over(shelf, Clock(), watch, CONTENTS)


def found(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.text
    return [int(row["id"][-3:]) for row in answer.body["data"]]


def test_the_best_come_first_and_of_equal_ones_those_that_the_index_has_first(api: Api) -> None:
    answer = api.get("/teapots/search", {"q": "tea"})

    assert found(answer) == [3, 7, 1, 2, 6]
    assert answer.body["data"][0] == POTS[2]
    assert answer.body["pagination"] == {"limit": 20, "nextToken": None}


def test_its_path_takes_other_methods_than_that_of_a_row() -> None:
    assert others(CONTENTS, "PUT", "/teapots/search") == ["GET", "HEAD"]
    assert others(CONTENTS, "PUT", "/teapots/any") == ["DELETE", "GET", "HEAD", "PATCH"]


@pytest.mark.parametrize(
    ("q", "numbers"),
    [("samo", [2]), ("TEA pot", [6]), ("theiere", [6]), ("coffee", []), ("urn t", [3])],
)
def test_all_words_must_be_there(api: Api, q: str, numbers: list[int]) -> None:
    assert found(api.get("/teapots/search", {"q": q})) == numbers


def test_pages_follow_each_other(api: Api) -> None:
    numbers, query = [], {"q": "tea", "limit": "2"}
    while "nextToken" not in query or query["nextToken"]:
        answer = api.get("/teapots/search", query)
        numbers.append(found(answer))
        query = {"q": "tea", "limit": "2", "nextToken": answer.body["pagination"]["nextToken"]}

    assert numbers == [[3, 7], [1, 2], [6]]


def test_a_cursor_is_of_one_question(api: Api) -> None:
    token = api.get("/teapots/search", {"q": "tea", "limit": "2"}).body["pagination"]["nextToken"]

    assert found(api.get("/teapots/search", {"q": "TÉA", "limit": "2", "nextToken": token})) == [
        1,
        2,
    ]
    other = api.get("/teapots/search", {"q": "pot", "nextToken": token})
    assert refused(other, "nextToken")


class TestWhoseRows:
    @pytest.fixture
    def session(self) -> Session:
        page = {"items": [{"id": id_of(1), "name": "Tea"}], "nextToken": None}
        return Session({"teapotsByUser": page, "getTeapot": teapot(1)})

    @pytest.fixture
    def api(self, session: Session, watch: Stopwatch) -> Api:
        return over(AppSyncQueries(session, kitchen.read_models), Clock(), watch, CONTENTS)

    @pytest.mark.parametrize("person", [ADA, DEVELOPER, ADMIN])
    def test_are_ones_own(self, api: Api, session: Session, person: Person) -> None:
        named = {} if person is ADA else {"userId": person.sub}
        api.as_(person).get("/teapots/search", {"q": "tea", "status": "ACTIVE", **named})

        variables: dict[str, Any] = dict(session.asked[0].variables)
        assert (variables["userId"], variables["filter"]) == (
            person.sub,
            {"status": {"eq": "ACTIVE"}},
        )

    def test_are_somebody_elses_for_those_who_may_read_all(
        self, api: Api, session: Session
    ) -> None:
        query = {"q": "tea", "userId": EVE.sub, "filters": "name:Tea"}
        assert api.as_(ADMIN).get("/teapots/search", query).status == 200
        assert session.asked[0].variables["userId"] == EVE.sub
        assert session.asked[0].variables["filter"] == {
            "and": [{"status": {"eq": "ACTIVE"}}, {"name": {"eq": "Tea"}}]
        }

        refused = api.get("/teapots/search", query)
        assert (refused.status, refused.problem) == (403, "forbidden")

    def test_are_read_again_whole_and_only_those_that_are_shown(
        self, api: Api, session: Session
    ) -> None:
        items = [{"id": id_of(n), "name": "Tea"} for n in range(50)]
        session.answers["teapotsByUser"] = {"items": items, "nextToken": None}
        api.get("/teapots/search", {"q": "tea", "limit": "3"})

        assert [asked.field for asked in session.asked] == ["teapotsByUser"] + ["getTeapot"] * 3


def test_many_rows_are_read_in_wide_pages(watch: Stopwatch) -> None:
    shelf = Shelf([teapot(n, name="Kettle" if n % 100 else "Tea") for n in range(5000)])
    answer = over(shelf, Clock(), watch, CONTENTS).get("/teapots/search", {"q": "tea"})

    assert len(found(answer)) == 20
    assert [read["limit"] for read in shelf.reads] == [1000] * 5


def test_too_many_rows_are_503(watch: Stopwatch) -> None:
    watch.look = LONGEST_WAIT
    shelf = Shelf([teapot(n) for n in range(5000)])
    answer = over(shelf, Clock(), watch, CONTENTS).get("/teapots/search", {"q": "pot"})

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_what_is_retired_is_found_by_those_who_ask_for_it(api: Api) -> None:
    assert found(api.get("/teapots/search", {"q": "tea", "status": "RETIRED"})) == [8]


@pytest.mark.parametrize(
    "q", ["", " ", "!?&", "___", "\u0301", "a" * 201, "a" * 10_240, " ".join("abcdefghijk")]
)
def test_what_has_no_words_is_400(api: Api, q: str) -> None:
    assert refused(api.get("/teapots/search", {"q": q}), "query.q")


@pytest.mark.parametrize(
    "query", [{"sort": "createdAt:asc"}, {"page": "2"}, {"colour": "red"}, {"limit": "0"}], ids=str
)
def test_what_a_search_does_not_take_is_400(api: Api, query: dict[str, str]) -> None:
    assert api.get("/teapots/search", {"q": "tea", **query}).status == 400


def test_without_a_question_is_400(api: Api) -> None:
    assert refused(api.get("/teapots/search"), "query.q")


def test_rows_without_texts_to_search_have_no_search(watch: Stopwatch) -> None:
    api = over(Shelf(POTS), Clock(), watch)

    assert api.get("/teapots/search", {"q": "tea"}).status == 400  # it is no id
