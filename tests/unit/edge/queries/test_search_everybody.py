"""Searching in everybody's rows, by an index of words: for those who may read all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from adapters.memory.words import MemoryWords
from application.ports import RowPage
from application.reading.search_text import rank, terms, words
from application.reading.words import Entry, PostingPage
from edge.queries.details import LONGEST_WAIT
from edge.queries.everybody import AT_ONCE, LOOKED_AT, MOST_POSTINGS
from edge.queries.search import SWITCHED_OFF
from kernel.projection import RowKey
from tests.support.api import ADA, ADMIN, DEVELOPER, Answer, Api, Person
from tests.support.fakes import NOW, Clock, Stopwatch
from tests.unit.edge.queries.test_lists import Shelf, over, refused, teapot
from tests.unit.edge.queries.test_search import CONTENTS

pytestmark = pytest.mark.feature("R15", "R16", "R29")
SEARCH = "/teapots/search"
POTS = [
    teapot(1, name="Green teapot"),
    teapot(2, name="Samovar", description="For tea"),
    teapot(3, name="Tea urn"),
    teapot(4, name="Kettle", description=None),
    teapot(5, name="Tea of yesterday", status="DELETED"),
    teapot(6, name="Théière", description="Un TÉA-pot"),
    teapot(7, name="Tea caddy", description="Tea, tea and teapots"),
    teapot(8, name="Tea of long ago", status="RETIRED"),
    teapot(9, name="京都の急須", description="東京ではない"),
]


@dataclass
class Rows(Shelf):
    """Rows as AppSync shows them; `looked_at` are those that were read by their ids."""

    looked_at: list[str] = field(default_factory=list)

    def rows(self, token: str, document: str, ids: Sequence[str]) -> RowPage:
        self.looked_at += ids
        return Shelf.rows(self, token, document, ids)


class Index(MemoryWords):
    """An index that counts what is read of it."""

    def __init__(self, pots: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__()
        self.read = 0
        for pot in pots:
            self.add(pot)

    def add(self, pot: Mapping[str, Any]) -> None:
        shown = pot["status"] != "DELETED"
        found = terms([pot["name"], pot.get("description")]) if shown else ()
        entry = Entry(
            status=pot["status"], created_at=pot["updatedAt"], terms=found, version=pot["version"]
        )
        self.put(RowKey("Teapot", pot["id"]), entry, None)

    def postings(self, scope: str, beginning: str, after: str | None, limit: int) -> PostingPage:
        page = super().postings(scope, beginning, after, limit)
        self.read += len(page.postings)
        return page


@dataclass
class Kitchen:
    rows: Rows
    index: Index
    watch: Stopwatch = field(default_factory=Stopwatch)
    clock: Clock = field(default_factory=lambda: Clock(NOW))

    def api(self, person: Person = ADMIN) -> Api:
        return over(self.rows, self.clock, self.watch, CONTENTS, self.index).as_(person)


def filled(pots: Sequence[Mapping[str, Any]] = POTS) -> Kitchen:
    return Kitchen(Rows(pots), Index(pots))


@pytest.fixture
def everybody() -> Kitchen:
    return filled()


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.text
    return [int(row["id"][-3:]) for row in answer.body["data"]]


def paged(api: Api, query: Mapping[str, str]) -> list[list[int]]:
    """Return the numbers of the rows on each page."""
    found, token = [], ""
    while True:
        answer = api.get(SEARCH, {**query, **({"nextToken": token} if token else {})})
        found.append(numbers(answer))
        token = answer.body["pagination"]["nextToken"]
        if token is None:
            return found


@pytest.mark.parametrize("person", [ADMIN, DEVELOPER])
def test_those_who_may_read_all_rows_find_everybodys(everybody: Kitchen, person: Person) -> None:
    answer = everybody.api(person).get(SEARCH, {"q": "tea"})

    # The word in a name, its beginning in one, the word in a description; the newest of each.
    assert numbers(answer) == [7, 3, 1, 6, 2]
    assert answer.body["data"][0] == POTS[6]
    assert answer.body["pagination"] == {"limit": 20, "nextToken": None}
    assert everybody.rows.reads == []  # of no index of rows


def test_others_find_their_own_without_the_index(everybody: Kitchen) -> None:
    everybody.api(ADA).get(SEARCH, {"q": "tea"})

    assert (everybody.index.read, everybody.rows.reads[0]["userId"]) == (0, ADA.sub)


def test_a_user_who_is_named_is_searched_without_the_index(everybody: Kitchen) -> None:
    everybody.api().get(SEARCH, {"q": "tea", "userId": ADA.sub})

    assert (everybody.index.read, everybody.rows.reads[0]["userId"]) == (0, ADA.sub)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("samo", [2]),
        ("TEA pot", [6]),
        ("theiere", [6]),
        ("coffee", []),
        ("urn t", [3]),
        ("t urn", [3]),
        ("green teapot", [1]),
        ("京", [9]),
        ("都の急", [9]),
        ("東京", [9]),
        ("急東", []),
    ],
)
def test_all_words_must_be_there(everybody: Kitchen, q: str, expected: list[int]) -> None:
    assert numbers(everybody.api().get(SEARCH, {"q": q})) == expected


def test_what_is_retired_is_found_by_those_who_ask_for_it(everybody: Kitchen) -> None:
    assert numbers(everybody.api().get(SEARCH, {"q": "tea", "status": "RETIRED"})) == [8]


def test_filters_hold(everybody: Kitchen) -> None:
    assert numbers(everybody.api().get(SEARCH, {"q": "tea", "filters": "name:Tea urn"})) == [3]


def test_pages_follow_each_other_and_no_row_is_there_twice(everybody: Kitchen) -> None:
    assert paged(everybody.api(), {"q": "tea", "limit": "2"}) == [[7, 3], [1, 6], [2]]


@pytest.mark.parametrize("limit", [1, 3, 20])
@pytest.mark.parametrize("q", ["te", "tea", "tea pot", "a", "pot tea big"])
def test_pages_have_every_hit_once(q: str, limit: int) -> None:
    sample = Random(7).sample
    some = ["tea", "teapot", "teal", "pot", "big", "a", "Café"]
    pots = [
        teapot(n, name=" ".join(sample(some, 2)), description=" ".join(sample(some, 3)))
        for n in range(120)
    ]
    expected = {
        n
        for n, pot in enumerate(pots)
        if rank(words(q), [pot["name"], pot["description"]]) is not None
    }

    pages = paged(filled(pots).api(), {"q": q, "limit": str(limit)})
    found = [n for page in pages for n in page]
    assert (len(found), set(found)) == (len(expected), expected)
    assert all(len(page) == limit for page in pages[:-1])


class TestCandidates:
    def test_are_looked_at_once_for_each_hit(self) -> None:
        everybody = filled([teapot(n, name="Tea of tea", description="Tea") for n in range(90)])
        everybody.api().get(SEARCH, {"q": "tea", "limit": "20"})

        assert (len(everybody.rows.looked_at), everybody.index.read) == (20, AT_ONCE * LOOKED_AT)

    def test_that_are_no_hits_any_more_are_left_out(self, everybody: Kitchen) -> None:
        everybody.rows.pots = [
            *POTS[:2],
            {**POTS[2], "name": "Coffee urn"},
            *POTS[3:6],
            {**POTS[6], "status": "RETIRED"},
        ]
        assert numbers(everybody.api().get(SEARCH, {"q": "tea"})) == [1, 6, 2]

    def test_that_the_caller_may_not_see_are_left_out(self, everybody: Kitchen) -> None:
        everybody.rows.pots = POTS[:1]
        assert numbers(everybody.api().get(SEARCH, {"q": "tea"})) == [1]

    def test_that_fit_nothing_leave_a_page_shorter_and_lead_on(self) -> None:
        pots = [teapot(n, name="Tea", description="one" if n % 10 else "two") for n in range(100)]
        everybody = filled(pots)
        for pot in everybody.rows.pots:
            assert isinstance(pot, dict)
            pot["name"] = "Tea" if pot["description"] == "two" else "Coffee"
        first = everybody.api().get(SEARCH, {"q": "tea", "limit": "5"})

        assert len(everybody.rows.looked_at) == LOOKED_AT * 5
        assert first.body["pagination"]["nextToken"]
        pages = paged(everybody.api(), {"q": "tea", "limit": "5"})
        assert sorted(n for page in pages for n in page) == [*range(0, 100, 10)]

    def test_of_which_there_are_too_many_are_looked_for_page_by_page(self) -> None:
        """Postings of the longest word lack the other one: a page ends before their end."""
        pots = [teapot(n, name="Teapot", description="zeal") for n in range(MOST_POSTINGS + 500)]
        # The oldest comes last.
        pots[0] = teapot(0, name="Teapot", description="zebra")
        everybody = filled([{**pot, "id": f"pot-{n:04}"} for n, pot in enumerate(pots)])
        first = everybody.api().get(SEARCH, {"q": "teapot zeb"})

        assert (numbers(first), everybody.rows.looked_at) == ([], [])
        assert MOST_POSTINGS <= everybody.index.read < MOST_POSTINGS + AT_ONCE * LOOKED_AT
        assert paged(everybody.api(), {"q": "teapot zeb"}) == [[], [0]]

    def test_take_no_longer_than_a_client_waits(self) -> None:
        everybody = filled([teapot(n, name="Tea") for n in range(100)])
        everybody.watch.look = LONGEST_WAIT
        answer = everybody.api().get(SEARCH, {"q": "tea", "limit": "100"})

        assert AT_ONCE <= len(numbers(answer)) < 100
        assert answer.body["pagination"]["nextToken"]


class TestCursors:
    @pytest.fixture
    def token(self, everybody: Kitchen) -> str:
        answer = everybody.api().get(SEARCH, {"q": "tea", "limit": "2"})
        token: str = answer.body["pagination"]["nextToken"]
        return token

    @pytest.mark.parametrize(
        "other",
        [{"q": "pot"}, {"q": "tea", "status": "RETIRED"}, {"q": "tea", "filters": "name:Tea"}],
    )
    def test_are_of_one_question(
        self, everybody: Kitchen, token: str, other: dict[str, str]
    ) -> None:
        assert refused(everybody.api().get(SEARCH, {**other, "nextToken": token}), "nextToken")

    def test_are_of_the_question_however_it_is_written(
        self, everybody: Kitchen, token: str
    ) -> None:
        query = {"q": " TÉA!", "limit": "2", "nextToken": token}
        assert numbers(everybody.api().get(SEARCH, query)) == [1, 6]

    def test_are_of_one_caller(self, everybody: Kitchen, token: str) -> None:
        answer = everybody.api(DEVELOPER).get(SEARCH, {"q": "tea", "nextToken": token})
        assert refused(answer, "nextToken")

    def test_are_of_no_search_in_ones_own_rows(self, everybody: Kitchen, token: str) -> None:
        query = {"q": "tea", "userId": ADMIN.sub, "nextToken": token}
        assert refused(everybody.api().get(SEARCH, query), "nextToken")

    def test_expire(self, everybody: Kitchen, token: str) -> None:
        everybody.clock.now += timedelta(hours=25)
        answer = everybody.api().get(SEARCH, {"q": "tea", "nextToken": token})
        assert refused(answer, "nextToken")

    @pytest.mark.parametrize(
        "forged", ["é", "12", "AAAA", "MCN0ZWE", "OSN0ZWEjMSMx", "MCN6ZWJyYSMxIzE", "_w", "x" * 999]
    )
    def test_of_other_places_are_400(self, everybody: Kitchen, token: str, forged: str) -> None:
        mark, seconds, _ = token.split(".")
        query = {"q": "tea", "nextToken": f"{mark}.{seconds}.{forged}"}
        assert refused(everybody.api().get(SEARCH, query), "nextToken")


def test_where_it_is_switched_off_the_answer_says_what_to_do() -> None:
    api = over(Rows(POTS), Clock(), Stopwatch(), CONTENTS).as_(ADMIN)
    answer = api.get(SEARCH, {"q": "tea"})

    assert refused(answer, "userId")
    assert SWITCHED_OFF in answer.text
    assert api.get(SEARCH, {"q": "tea", "userId": ADA.sub}).status == 200
