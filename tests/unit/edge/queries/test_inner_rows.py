"""Rows within another, by an id within it: the parent says whether they may be seen."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from edge.queries import api as query_api
from edge.queries.details import LONGEST_WAIT
from edge.queries.routes import QueryPorts
from kernel.messages import inner_id
from kernel.query import Inner
from tests.support.api import ADA, Api
from tests.support.fakes import Stopwatch
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import PART_LIST, TEAPOT_DETAIL, TEAPOT_LIST
from tests.support.kitchen.read_models import READ_MODELS
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("R8", "R39", "K7")
ID = STREAM.partition("#")[2]
SPOUT = "0198f2a0-0000-7000-8000-000000000001"
PATH = f"/teapots/{ID}/parts"
PART_DETAIL = Inner(
    "get_part", "/teapots/<id>/parts/<partId>", TEAPOT_DETAIL, READ_MODELS.documents["GET_PART"],
    "part",
)  # fmt: skip
BREW_DETAIL = replace(
    PART_DETAIL, name="get_brew", path="/teapots/<id>/brews/<brew>", noun="brew", numbered=True
)
CONTENTS = replace(
    kitchen,
    queries=(
        *(TEAPOT_LIST, TEAPOT_DETAIL, replace(PART_LIST, newest_first=True)),
        *(PART_DETAIL, BREW_DETAIL),
    ),
)
AT = "2026-01-02T12:00:02.000Z"
TEAPOT = {"id": ID, "status": "ACTIVE", "version": 5, "projectionVersion": 1, "updatedAt": AT}
PART = {"id": "made of both", "name": "spout", "version": 2, "projectionVersion": 1}
PART |= {"updatedAt": AT, "details": '{"cups": 2}'}


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def session() -> Session:
    page = {"items": [PART], "nextToken": None}
    return Session({"getTeapot": TEAPOT, "getPart": PART, "partsByTeapot": page})


@pytest.fixture
def api(session: Session, watch: Stopwatch) -> Api:
    store = MemoryEventStore()
    ports = QueryPorts(
        CONTENTS,
        AppSyncQueries(session, READ_MODELS),
        store,
        FeedReader(MemoryFeed(), store),
        sleep=watch.sleep,
        monotonic=watch,
    )
    return Api(query_api.build(ports), ADA)


def test_the_row_is_found_by_an_id_made_of_both(api: Api, session: Session) -> None:
    answer = api.get(f"{PATH}/{SPOUT}")

    assert (answer.status, answer.headers["ETag"]) == (200, '"2.1"')
    assert answer.body["data"] == PART | {"details": {"cups": 2}}
    assert session.asked[-1].variables == {"id": inner_id(STREAM, SPOUT)}


@pytest.mark.parametrize(
    "parent", [None, {**TEAPOT, "status": "DELETED"}], ids=["missing or foreign", "deleted"]
)
def test_below_a_parent_that_is_not_shown_nothing_is(
    api: Api, session: Session, parent: dict[str, Any] | None
) -> None:
    session.answers["getTeapot"] = parent

    answer = api.get(f"{PATH}/{SPOUT}")

    assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    assert [asked.field for asked in session.asked] == ["getTeapot"]


def test_a_row_that_is_not_there_is_named(api: Api, session: Session) -> None:
    session.answers["getPart"] = None

    answer = api.get(f"{PATH}/{SPOUT}")

    assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    assert answer.body["detail"] == "The part does not exist."


def test_an_id_that_is_none_is_refused(api: Api) -> None:
    assert api.get(f"{PATH}/spout").status == 400


def test_a_row_may_have_a_number(api: Api, session: Session) -> None:
    assert api.get(f"/teapots/{ID}/brews/12").status == 200
    assert session.asked[-1].variables == {"id": inner_id(STREAM, "12")}


@pytest.mark.parametrize("number", ["0", "-1", "one", "1.5", SPOUT, "1000000001"])
def test_a_number_that_is_none_is_refused(api: Api, number: str) -> None:
    answer = api.get(f"/teapots/{ID}/brews/{number}")

    (error,) = answer.body["errors"]
    assert (answer.status, error["path"]) == (400, "path.brew")
    assert error["message"] == "Must be a whole number from 1 to 1000000000."


def test_the_version_waited_for_is_the_parents(
    api: Api, session: Session, watch: Stopwatch
) -> None:
    session.answers["getTeapot"] = [TEAPOT, {**TEAPOT, "version": 6}]

    answer = api.get(f"{PATH}/{SPOUT}", {"minVersion": "6"})

    assert answer.body["meta"] == {**answer.body["meta"], "version": 2, "stale": False}
    assert [asked.field for asked in session.asked] == ["getTeapot", "getTeapot", "getPart"]
    assert 0 < sum(watch.naps) < LONGEST_WAIT


def test_what_came_too_late_is_stale(api: Api) -> None:
    assert api.get(f"{PATH}/{SPOUT}", {"minVersion": "6"}).body["meta"]["stale"]


def test_one_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    known = api.get(f"{PATH}/{SPOUT}", if_none_match='"2.1"')

    assert (known.status, known.text) == (304, "")


def test_a_list_may_begin_with_the_newest(api: Api, session: Session) -> None:
    assert api.get(PATH).body["data"] == [PART | {"details": {"cups": 2}}]
    assert session.asked[-1].variables == {
        "teapotId": ID,
        "filter": {"status": {"ne": "DELETED"}},
        "limit": 20,
        "sortDirection": "DESC",
    }
