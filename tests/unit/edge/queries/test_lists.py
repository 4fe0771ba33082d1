"""Lists as clients ask for them: by filters, by number, by ids, of somebody, with their parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportQueryError,
    TransportServerError,
)

from adapters.appsync.queries import LISTS_AT_ONCE, LONGEST, AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.ports import Fields, RowPage
from application.publishing.feed import FeedReader
from application.reading.pages import MAX_PAGE_BYTES
from application.reading.words import WordIndex
from edge.queries import api as query_api
from edge.queries.details import LONGEST_WAIT
from edge.queries.parts import PART_LIMIT
from edge.queries.routes import QueryPorts
from kernel.contents import Contents
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api, Person
from tests.support.fakes import NOW, Clock, Stopwatch
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import PART_LIST, TEAPOT_DETAIL, TEAPOT_LIST

FILTERED = replace(TEAPOT_LIST, filters=("name", "status"))
CONTENTS = replace(kitchen, queries=(FILTERED, TEAPOT_DETAIL, PART_LIST))


def id_of(number: int) -> str:
    return f"0198f2a0-0000-7000-8000-{number:012}"


def teapot(number: int, **fields: object) -> dict[str, Any]:
    moment = f"2026-01-02T12:{number // 60:02}:{number % 60:02}.000Z"
    known = {"id": id_of(number), "name": f"Pot {number}", "status": "ACTIVE", "version": 1}
    return known | {"projectionVersion": 1, "updatedAt": moment} | fields


@dataclass
class Shelf:
    """Teapots in their order, as AppSync reads them: `limit` are read, then filtered."""

    pots: Sequence[Mapping[str, Any]]
    reads: list[Mapping[str, Any]] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> RowPage:
        self.reads.append(variables)
        self.fields.append(fields)
        begin = int(variables["nextToken"] or 0)
        end = begin + variables["limit"]
        found = [dict(pot) for pot in self.pots[begin:end] if has_status(pot, variables["filter"])]
        return {"items": found, "nextToken": str(end) if end < len(self.pots) else None}

    def row(self, token: str, document: str, id: str) -> dict[str, Any] | None:
        return next((dict(pot) for pot in self.pots if pot["id"] == id), None)

    def rows(self, token: str, document: str, ids: Sequence[str]) -> RowPage:
        found = (self.row(token, document, id) for id in ids)
        return {"items": [pot for pot in found if pot]}

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: Fields = (),
    ) -> list[RowPage]:
        self.reads.extend(variables)
        return [{"items": [], "nextToken": None} for _ in variables]


def has_status(pot: Mapping[str, Any], limits: Mapping[str, Any]) -> bool:
    """Tell if a filter lets the status of a row through; it has other conditions, or none."""
    if "and" in limits:
        return all(has_status(pot, each) for each in limits["and"])
    status: Mapping[str, Any] = limits.get("status", {})
    return bool(status.get("eq", pot["status"]) == pot["status"] != status.get("ne"))


@pytest.fixture
def session() -> Session:
    page = {"items": [teapot(1)], "nextToken": "more"}
    parts = {"items": [teapot(7, details='{"cups": 2}')], "nextToken": "parts"}
    return Session(
        {
            "teapotsByUser": page,
            "teapotsByStatus": page,
            "getTeapot": teapot(1),
            "partsByTeapot": parts,
        }
    )


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


def over(
    queries: Any,  # noqa: ANN401 - one of two
    clock: Clock,
    watch: Stopwatch,
    contents: Contents = CONTENTS,
    words: WordIndex | None = None,
) -> Api:
    store = MemoryEventStore()
    reader = FeedReader(MemoryFeed(), store)
    ports = QueryPorts(
        contents, queries, store, reader, watch.sleep, clock, monotonic=watch, words=words
    )
    return Api(query_api.build(ports))


@pytest.fixture
def api(session: Session, clock: Clock, watch: Stopwatch) -> Api:
    return over(AppSyncQueries(session, kitchen.read_models), clock, watch)


def refused(answer: Answer, path: str) -> bool:
    return (answer.status, answer.problem, answer.faults) == (400, "invalid-request", [path])


@pytest.mark.feature("R9", "R29")
class TestFilters:
    def test_must_all_hold(self, api: Api, session: Session) -> None:
        api.get("/teapots", {"limit": "1", "filters": "name:Pot: of tea,status:ACTIVE"})

        assert session.asked[0].variables["filter"] == {
            "and": [
                {"status": {"ne": "DELETED"}},
                {"name": {"eq": "Pot: of tea"}},
                {"status": {"eq": "ACTIVE"}},
            ]
        }

    def test_are_those_of_everybodys_rows_too(self, api: Api, session: Session) -> None:
        api.as_(ADMIN).get("/teapots", {"limit": "1", "filters": "name:Pot"})

        assert session.asked[0].variables["filter"] == {"name": {"eq": "Pot"}}

    @pytest.mark.parametrize(
        "filters",
        [
            "colour:red",
            "name",
            "name:",
            "name:a,",
            ",name:a",
            "status:BROKEN",
            "status:active",
            "",
            "name:" + "a" * 201,
            ",".join(["name:a"] * 11),
            "name:" + "a" * 10_000,
        ],
    )
    def test_that_are_none_are_400(self, api: Api, filters: str) -> None:
        answer = api.get("/teapots", {"filters": filters})

        assert refused(answer, "query.filters")
        assert "fields are name, status." in answer.body["errors"][0]["message"]


@pytest.mark.feature("R10", "R37", "L8")
class TestOfAUser:
    @pytest.mark.parametrize("person", [DEVELOPER, ADMIN])
    def test_are_listed_to_those_who_may_read_all(
        self, api: Api, session: Session, person: Person
    ) -> None:
        api.as_(person).get("/teapots", {"limit": "1", "userId": EVE.sub})

        (asked,) = session.asked
        assert (asked.field, asked.variables["userId"]) == ("teapotsByUser", EVE.sub)

    def test_may_be_ones_own(self, api: Api, session: Session) -> None:
        assert api.get("/teapots", {"limit": "1", "userId": ADA.sub}).status == 200
        assert session.asked[0].variables["userId"] == ADA.sub

    def test_are_not_listed_to_others(self, api: Api, session: Session) -> None:
        answer = api.get("/teapots", {"userId": EVE.sub})

        assert (answer.status, answer.problem, session.asked) == (403, "forbidden", [])


@pytest.mark.feature("R12")
class TestPages:
    @pytest.mark.parametrize("limit", [1, 7, 20, 100])
    @pytest.mark.parametrize("every", [1, 2, 9])
    def test_by_their_numbers_are_those_that_tokens_lead_to(
        self, clock: Clock, watch: Stopwatch, limit: int, every: int
    ) -> None:
        """Every row that is shown lies behind some that are not."""
        shelf = Shelf(
            [teapot(n, status="DELETED" if n % every else "ACTIVE") for n in range(300 * every)]
        )
        api, token = over(shelf, clock, watch), None
        for number in range(1, 5):
            by_token: dict[str, str] = {"nextToken": token} if token else {}
            followed = api.get("/teapots", {"limit": str(limit), **by_token}).body
            counted = api.get("/teapots", {"limit": str(limit), "page": str(number)}).body

            assert counted["data"] == followed["data"]
            assert counted["pagination"]["page"] == number
            token = followed["pagination"]["nextToken"]
            if token is None:
                break

    def test_are_numbered_only_when_they_were_counted(self, api: Api) -> None:
        first = api.get("/teapots", {"limit": "1"}).body["pagination"]
        second = api.get("/teapots", {"limit": "1", "nextToken": first["nextToken"]}).body

        assert first["page"] == 1
        assert "page" not in second["pagination"]

    def test_past_the_end_are_empty(self, clock: Clock, watch: Stopwatch) -> None:
        api = over(Shelf([teapot(n) for n in range(40)]), clock, watch)
        answer = api.get("/teapots", {"page": "3"})

        assert (answer.status, answer.body["data"]) == (200, [])
        assert answer.body["pagination"] == {"page": 3, "limit": 20, "nextToken": None}

    def test_of_a_list_without_filters_are_reached_in_few_reads(
        self, clock: Clock, watch: Stopwatch
    ) -> None:
        shelf = Shelf([teapot(n) for n in range(5000)])
        answer = over(shelf, clock, watch).get("/teapots", {"page": "50", "limit": "100"})

        assert [row["id"] for row in answer.body["data"]] == [id_of(n) for n in range(4900, 5000)]
        assert [read["limit"] for read in shelf.reads] == [1000] * 4 + [900, 100]
        # Of the rows before them the ids are enough.
        assert shelf.fields == [("id",)] * 5 + [()]

    def test_that_cannot_be_counted_in_time_are_refused(
        self, clock: Clock, watch: Stopwatch
    ) -> None:
        watch.look = LONGEST_WAIT
        shelf = Shelf([teapot(n) for n in range(5000)])
        answer = over(shelf, clock, watch).get("/teapots", {"page": "50", "limit": "100"})

        assert refused(answer, "page")

    def test_among_too_many_hidden_rows_are_refused(self, clock: Clock, watch: Stopwatch) -> None:
        shelf = Shelf([teapot(n, status="DELETED") for n in range(30_000)])

        assert refused(over(shelf, clock, watch).get("/teapots", {"page": "2"}), "page")

    @pytest.mark.parametrize("page", ["0", "51", "-1", "1e9", "1000000000", "two", "1.0", ""])
    def test_that_are_none_are_400(self, api: Api, page: str) -> None:
        assert refused(api.get("/teapots", {"page": page}), "query.page")

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "1e9", "1000000000", "ten", " 5", ""])
    def test_of_an_impossible_size_are_400(self, api: Api, limit: str) -> None:
        assert refused(api.get("/teapots", {"limit": limit}), "query.limit")

    @pytest.mark.parametrize("sort", ["name:asc", "createdAt", "createdAt:up", "updatedAt:asc", ""])
    def test_in_an_order_that_there_is_not_are_400(self, api: Api, sort: str) -> None:
        assert refused(api.get("/teapots", {"sort": sort}), "query.sort")

    def test_are_asked_for_by_number_or_by_token(self, api: Api) -> None:
        assert refused(api.get("/teapots", {"page": "2", "nextToken": "t"}), "page")


@pytest.mark.feature("R9", "R13")
def test_rows_on_several_shelves_are_read_from_all_of_them(clock: Clock, watch: Stopwatch) -> None:
    shelved = replace(TEAPOT_LIST, every=replace(TEAPOT_LIST.every, key="shelf", shelves=3))
    shelf = Shelf([])
    cupboard = over(shelf, clock, watch, replace(CONTENTS, queries=(shelved,)))

    assert cupboard.as_(ADMIN).get("/teapots").status == 200
    assert [read["shelf"] for read in shelf.reads] == ["ACTIVE#0", "ACTIVE#1", "ACTIVE#2"]


@pytest.mark.feature("R9", "R12")
class TestCursors:
    @pytest.fixture
    def cursor(self, api: Api) -> str:
        return str(api.get("/teapots", {"limit": "1"}).body["pagination"]["nextToken"])

    def test_lead_on(self, api: Api, session: Session, cursor: str) -> None:
        assert api.get("/teapots", {"limit": "1", "nextToken": cursor}).status == 200
        assert session.asked[-1].variables["nextToken"] == "more"

    def test_do_not_depend_on_the_size_of_pages(self, api: Api, cursor: str) -> None:
        assert api.get("/teapots", {"limit": "3", "nextToken": cursor}).status == 200

    @pytest.mark.parametrize(
        "query",
        [{"status": "RETIRED"}, {"sort": "createdAt:asc"}, {"filters": "name:a"}],
        ids=str,
    )
    def test_of_another_query_are_400(self, api: Api, cursor: str, query: dict[str, str]) -> None:
        assert refused(api.get("/teapots", {"nextToken": cursor, **query}), "nextToken")

    @pytest.mark.parametrize("person", [EVE, DEVELOPER])
    def test_of_another_caller_are_400(self, api: Api, cursor: str, person: Person) -> None:
        query = {"nextToken": cursor} | ({"userId": ADA.sub} if person is DEVELOPER else {})

        assert refused(api.as_(person).get("/teapots", query), "nextToken")

    def test_of_another_list_are_400(self, api: Api, cursor: str) -> None:
        answer = api.get(f"/teapots/{id_of(1)}/parts", {"nextToken": cursor})

        assert refused(answer, "nextToken")

    @pytest.mark.parametrize("token", ["more", "a.b.c", "0" * 16 + ".1.more", "..", "\n"])
    def test_that_are_malformed_are_400(self, api: Api, session: Session, token: str) -> None:
        assert refused(api.get("/teapots", {"nextToken": token}), "nextToken")
        assert session.asked == []

    def test_that_are_a_day_old_are_400(self, api: Api, clock: Clock, cursor: str) -> None:
        query = {"limit": "1", "nextToken": cursor}
        clock.now += timedelta(hours=24)
        assert api.get("/teapots", query).status == 200

        clock.now += timedelta(seconds=1)
        answer = api.get("/teapots", query)
        assert refused(answer, "nextToken")
        assert "24 hours" in answer.body["errors"][0]["message"]


def failed(*path: str, kind: str | None = None) -> TransportQueryError:
    error = {"path": ["getTeapot", *path], "errorType": kind, "message": "no"}
    return TransportQueryError("", errors=[error], data={"getTeapot": None})


@pytest.mark.feature("R28")
class TestByIds:
    def test_are_answered_in_the_order_of_the_ids(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = [teapot(3), teapot(1)]
        answer = api.get("/teapots", {"ids": f"{id_of(3)},{id_of(1).upper()},{id_of(3)}"})

        assert [row["id"] for row in answer.body["data"]] == [id_of(3), id_of(1)]
        assert [asked.variables for asked in session.asked] == [{"id": id_of(3)}, {"id": id_of(1)}]
        assert answer.body["pagination"] == {"limit": 2, "nextToken": None}

    def test_leave_out_what_the_caller_would_not_see_alone(
        self, api: Api, session: Session
    ) -> None:
        foreign, deleted = failed(kind="Unauthorized"), teapot(3, status="DELETED")
        session.answers["getTeapot"] = [teapot(1), None, deleted, foreign, teapot(5)]
        answer = api.get("/teapots", {"ids": ",".join(map(id_of, range(1, 6)))})

        assert [row["id"] for row in answer.body["data"]] == [id_of(1), id_of(5)]
        assert "unreadable" not in answer.body

    def test_name_what_cannot_be_shown(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = [teapot(1), failed("status")]
        answer = api.get("/teapots", {"ids": f"{id_of(1)},{id_of(2)}"})

        assert [row["id"] for row in answer.body["data"]] == [id_of(1)]
        assert answer.body["unreadable"] == [id_of(2)]

    def test_are_503_when_appsync_is_throttled(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = [teapot(1), failed(kind="ThrottlingException")]
        answer = api.get("/teapots", {"ids": f"{id_of(1)},{id_of(2)}"})

        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")

    def test_of_more_bytes_than_an_answer_has_come_in_pages(
        self, clock: Clock, watch: Stopwatch
    ) -> None:
        shelf = Shelf([teapot(n, name="x" * (MAX_PAGE_BYTES // 4)) for n in range(10)])
        api, ids = over(shelf, clock, watch), ",".join(map(id_of, range(10)))
        pages, query = [], {"ids": ids}
        while "nextToken" not in query or query["nextToken"]:
            body = api.get("/teapots", query).body
            pages.append([row["id"] for row in body["data"]])
            query = {"ids": ids, "nextToken": body["pagination"]["nextToken"]}

        assert [id for page in pages for id in page] == list(map(id_of, range(10)))
        assert len(pages) > 2

    def test_may_be_a_hundred(self, clock: Clock, watch: Stopwatch) -> None:
        api = over(Shelf([teapot(n) for n in range(200)]), clock, watch)

        assert (
            len(api.get("/teapots", {"ids": ",".join(map(id_of, range(100)))}).body["data"]) == 100
        )

    @pytest.mark.parametrize(
        "ids",
        ["", "x", f"{id_of(1)},", ",".join(map(id_of, range(101))), f"{id_of(1)};{id_of(2)}"],
        ids=["none", "no id", "an empty one", "101", "no commas"],
    )
    def test_that_are_none_are_400(self, api: Api, ids: str) -> None:
        assert refused(api.get("/teapots", {"ids": ids}), "query.ids")

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "ACTIVE"},
            {"filters": "name:a"},
            {"userId": ADA.sub},
            {"sort": "createdAt:asc"},
            {"page": "1"},
            {"limit": "1"},
        ],
        ids=str,
    )
    def test_are_not_filtered(self, api: Api, query: dict[str, str]) -> None:
        assert refused(api.get("/teapots", {"ids": id_of(1), **query}), "ids")

    def test_are_unknown_where_no_row_is_shown_alone(self, clock: Clock, watch: Stopwatch) -> None:
        without = replace(CONTENTS, queries=(FILTERED,))
        answer = over(Shelf([]), clock, watch, without).get("/teapots", {"ids": id_of(1)})

        assert refused(answer, "query.ids")

    @pytest.mark.parametrize("place", ["x", "2", "\N{ARABIC-INDIC DIGIT ONE}", "-1", "99999999999"])
    def test_begin_at_one_of_them(self, api: Api, session: Session, place: str) -> None:
        query = {"ids": f"{id_of(1)},{id_of(2)}"}
        large = teapot(1, name="x" * MAX_PAGE_BYTES)
        session.answers["getTeapot"] = [large, teapot(2), teapot(2)]
        token = api.get("/teapots", query).body["pagination"]["nextToken"]

        wrong = f"{token.rpartition('.')[0]}.{place}"
        assert refused(api.get("/teapots", query | {"nextToken": wrong}), "nextToken")


@pytest.mark.feature("R27")
class TestParts:
    def test_are_shown_with_each_row(self, api: Api, session: Session) -> None:
        page = {"items": [teapot(1), teapot(2)], "nextToken": None}
        session.answers["teapotsByUser"] = page
        answer = api.get("/teapots", {"include": "parts"})

        parts = teapot(7, details={"cups": 2})
        assert [row["parts"]["items"] for row in answer.body["data"]] == [[parts], [parts]]
        assert [asked.variables for asked in session.asked[1:]] == [
            {"teapotId": id_of(n), "filter": {"status": {"ne": "DELETED"}}, "limit": PART_LIMIT}
            for n in (1, 2)
        ]
        assert answer.body["meta"]["lastUpdated"] == parts["updatedAt"]

    def test_are_shown_with_one_row(self, api: Api) -> None:
        answer = api.get(f"/teapots/{id_of(1)}", {"include": "parts"})

        assert [part["id"] for part in answer.body["data"]["parts"]["items"]] == [id_of(7)]
        assert answer.body["meta"]["lastUpdated"] == teapot(7)["updatedAt"]

    def test_go_on_in_their_own_list(self, api: Api, session: Session) -> None:
        body = api.get(f"/teapots/{id_of(1)}", {"include": "parts"}).body
        token = body["data"]["parts"]["nextToken"]

        answer = api.get(f"/teapots/{id_of(1)}/parts", {"limit": "1", "nextToken": token})
        assert answer.status == 200
        assert session.asked[-1].variables["nextToken"] == "parts"

    def test_change_the_tag_of_their_row(self, api: Api, session: Session) -> None:
        path, query = f"/teapots/{id_of(1)}", {"include": "parts"}
        tag = api.get(path, query).headers["ETag"]

        assert tag != api.get(path).headers["ETag"]
        assert api.get(path, query, if_none_match=tag).status == 304
        session.answers["partsByTeapot"] = {"items": [], "nextToken": None}
        assert api.get(path, query, if_none_match=tag).status == 200

    def test_that_cannot_be_shown_are_named(self, api: Api, session: Session) -> None:
        shown = {"items": [None], "nextToken": None}
        error = {"path": ["partsByTeapot", "items", 0, "status"], "message": "no"}
        unreadable = TransportQueryError("", errors=[error], data={"partsByTeapot": shown})
        ids = {"items": [{"id": id_of(7)}], "nextToken": None}
        session.answers["partsByTeapot"] = [unreadable, unreadable, ids]
        answer = api.get(f"/teapots/{id_of(1)}", {"include": "parts"})

        part = answer.body["data"]["parts"]
        assert part == {"items": [], "nextToken": None, "unreadable": [id_of(7)]}

    def test_for_which_an_answer_has_no_room_are_null(self, api: Api, session: Session) -> None:
        half = teapot(7, name="x" * (MAX_PAGE_BYTES // 2))
        session.answers["teapotsByUser"] = {"items": [teapot(1), teapot(2)], "nextToken": None}
        session.answers["partsByTeapot"] = {"items": [half], "nextToken": None}
        rows = api.get("/teapots", {"include": "parts"}).body["data"]

        assert [row["parts"] is None for row in rows] == [False, True]

    @pytest.mark.parametrize("names", ["", "lids", "parts,lids", "parts,", "parts,parts,parts"])
    def test_that_there_are_not_are_400(self, api: Api, names: str) -> None:
        assert refused(api.get("/teapots", {"include": names}), "query.include")
        assert refused(api.get(f"/teapots/{id_of(1)}", {"include": names}), "query.include")


@pytest.mark.feature("R40")
class TestWhenAppSyncFails:
    @pytest.mark.parametrize(
        "failure",
        [
            TransportConnectionFailed("timed out"),
            TransportServerError("slow down", 429),
            TransportServerError("gone", 502),
            failed(kind="ThrottlingException"),
            failed(kind="ExecutionTimeout"),
        ],
        ids=["down or slow", "429", "502", "throttled", "out of time"],
    )
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/teapots", {}),
            ("/teapots", {"page": "2"}),
            ("/teapots", {"ids": f"{id_of(1)},{id_of(2)}"}),
            (f"/teapots/{id_of(1)}", {"minVersion": "1"}),
            (f"/teapots/{id_of(1)}/parts", {}),
        ],
        ids=["list", "page", "ids", "row", "part"],
    )
    def test_a_read_is_503_and_says_when_to_try_again(
        self, api: Api, session: Session, failure: Exception, path: str, query: dict[str, str]
    ) -> None:
        session.answers = dict.fromkeys(session.answers, failure)
        answer = api.get(path, query)

        assert (answer.status, answer.problem) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"

    def test_parts_that_would_take_too_long_are_503(
        self, session: Session, clock: Clock, watch: Stopwatch
    ) -> None:
        rows = [teapot(n) for n in range(20)]
        session.answers["teapotsByUser"] = {"items": rows, "nextToken": None}
        slow = Stopwatch(look=LONGEST)
        api = over(AppSyncQueries(session, kitchen.read_models, slow), clock, watch)
        answer = api.get("/teapots", {"include": "parts"})

        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert len(session.asked) <= 1 + 2 * LISTS_AT_ONCE


@pytest.mark.feature("K5", "K6", "W7")
class TestMinVersion:
    """Here, unlike in the kitchen, parts are written with their teapot."""

    @pytest.fixture
    def together(self, session: Session, clock: Clock, watch: Stopwatch) -> Api:
        whole = replace(kitchen.projections[0], models=("Part", "Teapot"))
        contents = replace(CONTENTS, projections=(whole,))
        return over(AppSyncQueries(session, kitchen.read_models), clock, watch, contents)

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            (f"/teapots/{id_of(1)}/parts", {"limit": "1"}),
            (f"/teapots/{id_of(1)}", {"include": "parts"}),
        ],
        ids=["list", "row"],
    )
    def test_of_the_row_is_that_of_what_is_written_with_it(
        self, together: Api, session: Session, path: str, query: dict[str, str]
    ) -> None:
        session.answers["getTeapot"] = [teapot(1), teapot(1, version=2)]
        answer = together.get(path, query | {"minVersion": "2"})

        assert (answer.status, answer.body["meta"]["stale"]) == (200, False)
        assert [asked.field for asked in session.asked] == ["getTeapot"] * 2 + ["partsByTeapot"]
        late = together.get(path, query | {"minVersion": "9"})
        assert late.body["meta"]["stale"]

    def test_is_stale_when_the_row_cannot_be_read(self, together: Api, session: Session) -> None:
        session.answers["getTeapot"] = failed("status")
        path = f"/teapots/{id_of(1)}/parts"

        assert together.get(path, {"limit": "1", "minVersion": "1"}).body["meta"]["stale"]
        assert not together.get(path, {"limit": "1"}).body["meta"]["stale"]


@pytest.mark.feature("R11")
class TestDays:
    """A list that has a row for each day, which its index sorts them by."""

    PATH = f"/teapots/{id_of(1)}/parts"

    @pytest.fixture
    def daily(self, session: Session, clock: Clock, watch: Stopwatch) -> Api:
        parts = replace(PART_LIST, day="createdAt")
        contents = replace(kitchen, queries=(FILTERED, TEAPOT_DETAIL, parts))
        return over(AppSyncQueries(session, kitchen.read_models), clock, watch, contents)

    @pytest.mark.parametrize(
        ("query", "condition"),
        [
            ({}, None),
            ({"from": "2026-01-31"}, {"ge": "2026-01-31"}),
            ({"to": "2026-02-01"}, {"le": "2026-02-01"}),
            (
                {"from": "2026-01-31", "to": "2026-02-01"},
                {"between": ["2026-01-31", "2026-02-01"]},
            ),
            (
                {"from": "2026-01-31", "to": "2026-01-31"},
                {"between": ["2026-01-31", "2026-01-31"]},
            ),
        ],
    )
    def test_bound_the_list_on_both_sides(
        self, daily: Api, session: Session, query: dict[str, str], condition: object
    ) -> None:
        assert daily.get(self.PATH, {"limit": "1", **query}).status == 200
        assert session.asked[-1].variables.get("createdAt") == condition

    @pytest.mark.parametrize("name", ["from", "to"])
    @pytest.mark.parametrize(
        "day", ["", "2026-02-30", "2026-1-31", "20260131", "2026-01-31T00:00:00Z", "٢٠٢٦-01-31"]
    )
    def test_that_there_are_not_are_400(self, daily: Api, name: str, day: str) -> None:
        assert refused(daily.get(self.PATH, {name: day}), f"query.{name}")

    def test_that_run_backwards_are_400(self, daily: Api, session: Session) -> None:
        query = {"from": "2026-02-01", "to": "2026-01-31"}

        assert refused(daily.get(self.PATH, query), "from")
        assert session.asked == []

    def test_belong_to_a_page_token(self, daily: Api) -> None:
        january = {"limit": "1", "to": "2026-01-31"}
        token = daily.get(self.PATH, january).body["pagination"]["nextToken"]

        assert daily.get(self.PATH, january | {"nextToken": token}).status == 200
        later = {"limit": "1", "to": "2026-02-28", "nextToken": token}
        assert refused(daily.get(self.PATH, later), "nextToken")

    def test_are_of_lists_by_day_alone(self, api: Api) -> None:
        assert refused(api.get(self.PATH, {"from": "2026-01-31"}), "query.from")
