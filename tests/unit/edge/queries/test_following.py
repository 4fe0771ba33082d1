"""Rows that another group of the same stream writes, once they show what it says by a version."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from edge.queries import api as query_api
from edge.queries.details import LONGEST_WAIT, POLL
from edge.queries.routes import QueryPorts
from kernel.contents import Contents
from kernel.messages import plain_id
from tests.support.api import Answer, Api
from tests.support.desk import Desk
from tests.support.fakes import NOW, Clock, Stopwatch
from tests.support.graphql_session import Session
from tests.support.kitchen.builders import (
    add,
    change_part,
    make,
    part,
    part_id,
    remove_part,
    rename,
)
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import PART_LIST, TEAPOT_DETAIL, teapots
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("K5", "K6", "W7")
CONTENTS = replace(kitchen, queries=(TEAPOT_DETAIL, PART_LIST))
PATH = f"/teapots/{plain_id(STREAM)}"
LID, SPOUT = part_id("Lid"), part_id("Spout")


def row(id: str, version: int) -> dict[str, Any]:
    moment = "2026-01-02T12:00:00.000Z"
    return {"id": id, "version": version, "projectionVersion": 1, "updatedAt": moment}


def page(*rows: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    return {"items": [one | {"details": "{}"} for one in rows], "nextToken": following}


@pytest.fixture
def desk() -> Desk:
    """A teapot gets a lid (2), a spout (3), a name (4), a new spout (5), and loses its lid (6)."""
    desk = Desk()
    for command in (
        make(parts=[part("Lid")]),
        add("Spout"),
        rename("Pot"),
        change_part("Spout", name="Beak"),
        remove_part("Lid"),
    ):
        desk.send(command)
    return desk


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def session() -> Session:
    return Session({"getTeapot": row(plain_id(STREAM), 9) | {"status": "ACTIVE", "name": "Pot"}})


def over(desk: Desk, session: Session, watch: Stopwatch, contents: Contents = CONTENTS) -> Api:
    queries = AppSyncQueries(session, kitchen.read_models)
    reader = FeedReader(MemoryFeed(), MemoryEventStore())
    ports = QueryPorts(
        contents, queries, desk.store, reader, watch.sleep, Clock(NOW), monotonic=watch
    )
    return Api(query_api.build(ports))


@pytest.fixture
def api(desk: Desk, session: Session, watch: Stopwatch) -> Api:
    return over(desk, session, watch)


@pytest.fixture(params=["part", "list"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def asked(api: Api, way: str, version: int, **given: str) -> Answer:
    query = {"minVersion": str(version), **given}
    if way == "part":
        return api.get(PATH, query | {"include": "parts"})
    return api.get(f"{PATH}/parts", {"limit": "20"} | query)


def is_stale(answer: Answer) -> bool:
    assert answer.status == 200, answer.body
    return bool(answer.body["meta"]["stale"])


@pytest.mark.parametrize(
    ("version", "early", "late"),
    [
        (2, [], [row(LID, 2)]),
        (3, [row(LID, 2)], [row(LID, 2), row(SPOUT, 3)]),
        (5, [row(LID, 2), row(SPOUT, 3)], [row(LID, 2), row(SPOUT, 5)]),
        (6, [row(LID, 2), row(SPOUT, 5)], [row(SPOUT, 5)]),
    ],
    ids=["first", "added", "changed", "removed"],
)
def test_are_waited_for(
    api: Api, session: Session, watch: Stopwatch, way: str, version: int,
    early: list[dict[str, Any]], late: list[dict[str, Any]],
) -> None:  # fmt: skip
    session.answers["partsByTeapot"] = [page(*early), page(*late)]

    assert not is_stale(asked(api, way, version))
    assert watch.naps == [POLL]


@pytest.mark.parametrize("version", [3, 4])
def test_are_waited_for_no_longer_than_the_version_asks(
    api: Api, session: Session, watch: Stopwatch, way: str, version: int
) -> None:
    """The fourth event is no part's, and nobody asked for the fifth."""
    session.answers["partsByTeapot"] = page(row(LID, 2), row(SPOUT, 3))

    assert not is_stale(asked(api, way, version))
    assert watch.naps == []


def test_are_stale_when_they_do_not_come_in_time(
    api: Api, session: Session, watch: Stopwatch, way: str
) -> None:
    session.answers["partsByTeapot"] = page(row(LID, 2))

    assert is_stale(asked(api, way, 3))
    assert LONGEST_WAIT - 2 * POLL < watch.seconds <= LONGEST_WAIT


def test_are_not_waited_for_where_the_row_is_late_already(
    api: Api, desk: Desk, session: Session, watch: Stopwatch, way: str
) -> None:
    session.answers["partsByTeapot"] = page()

    desk.forget_counts()

    assert is_stale(asked(api, way, 10))
    assert watch.seconds <= LONGEST_WAIT
    assert desk.store.reads == []


def test_of_several_pages_are_looked_for_on_none(
    api: Api, session: Session, watch: Stopwatch, way: str
) -> None:
    session.answers["partsByTeapot"] = [page(row(LID, 2), following="more"), page(row(SPOUT, 3))]
    limit = {"limit": "1"} if way == "list" else {}
    first = asked(api, way, 3, **limit)

    assert not is_stale(first)
    if way == "list":
        token = first.body["pagination"]["nextToken"]
        assert not is_stale(asked(api, way, 3, nextToken=token, **limit))
    assert watch.naps == []


def test_are_not_looked_up_where_nobody_waits(
    api: Api, desk: Desk, session: Session, way: str
) -> None:
    session.answers["partsByTeapot"] = page()
    desk.forget_counts()

    assert not is_stale(asked(api, way, 0))
    assert desk.store.reads == []


def test_for_which_there_is_no_room_are_not_waited_for(
    api: Api, session: Session, watch: Stopwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.queries.parts.MAX_PAGE_BYTES", 0)
    session.answers["partsByTeapot"] = page(row(LID, 2))
    answer = asked(api, "part", 3)

    assert not is_stale(answer)
    assert answer.body["data"]["parts"] is None
    assert watch.naps == []


@pytest.mark.parametrize("hidden", [None, "DELETED"])
def test_that_are_deleted_are_looked_for_only_where_they_are_listed(
    desk: Desk, session: Session, watch: Stopwatch, way: str, hidden: str | None
) -> None:
    listed = replace(PART_LIST, hidden=hidden)
    api = over(desk, session, watch, replace(CONTENTS, queries=(TEAPOT_DETAIL, listed)))
    session.answers["partsByTeapot"] = page(row(SPOUT, 5))

    assert is_stale(asked(api, way, 6)) == (hidden is None)


def test_of_another_stream_have_versions_of_their_own(
    desk: Desk, session: Session, watch: Stopwatch
) -> None:
    api = over(desk, session, watch, replace(CONTENTS, projections=(teapots,)))
    within, alone = asked(api, "part", 3), asked(api, "list", 3)

    assert (within.status, within.faults) == (400, ["include"])
    assert (alone.status, alone.faults) == (400, ["query.minVersion"])
    assert session.asked == []
