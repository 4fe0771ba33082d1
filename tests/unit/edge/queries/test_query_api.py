"""The query API in process: a thin facade on AppSync, and the audit trail from the store."""

from dataclasses import make_dataclass, replace
from typing import Any
from unittest.mock import ANY

import pytest
from gql.transport.exceptions import TransportQueryError, TransportServerError

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.failures import Severity
from application.publishing.feed import FeedReader, FeedWriter
from edge.queries import api as query_api
from edge.queries import history as history_routes
from edge.queries.details import LONGEST_WAIT, POLL
from edge.queries.parts import shown
from edge.queries.routes import Meta, QueryPorts
from kernel.contents import Contents
from kernel.messages import AggregateId
from kernel.query import Detail, Listing, Within
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Api, Person
from tests.support.desk import Desk
from tests.support.fakes import Stopwatch
from tests.support.graphql_session import Asked, Session
from tests.support.kitchen.builders import add, make, rename
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import PART_LIST, TEAPOT_DETAIL, TEAPOT_LIST
from tests.support.spec import STREAM

ID = STREAM.partition("#")[2]
PATH = f"/teapots/{ID}"


def row(version: int = 3, **fields: object) -> dict[str, Any]:
    """A teapot as AppSync shows it."""
    shown = {"id": ID, "name": "Teapot", "status": "ACTIVE", "version": version}
    at = {"projectionVersion": 1, "updatedAt": f"2026-01-02T12:00:0{version}.000Z"}
    return shown | at | fields


def unauthorized() -> TransportQueryError:
    return TransportQueryError("", errors=[{"errorType": "Unauthorized", "message": "no"}])


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def naps(watch: Stopwatch) -> list[float]:
    return watch.naps


@pytest.fixture
def session() -> Session:
    page = {"items": [row(2), row(3)], "nextToken": "more"}
    return Session(
        {
            "getTeapot": row(),
            "teapotsByUser": page,
            "teapotsByStatus": page,
            "partsByTeapot": {"items": [], "nextToken": None},
        }
    )


@pytest.fixture
def desk() -> Desk:
    """Ada's teapot, renamed, with a part."""
    desk = Desk()
    desk.send(make())
    desk.send(rename("Samovar"))
    desk.send(add("spout"))
    return desk


def unbroken(aggregate: AggregateId, error: Exception) -> None:
    raise AssertionError(aggregate) from error


@pytest.fixture
def api(session: Session, desk: Desk, watch: Stopwatch) -> Api:
    return over(session, desk, watch)


def over(session: Session, desk: Desk, watch: Stopwatch, contents: Contents = kitchen) -> Api:
    """The query API over all that was sent from the desk so far."""
    store = desk.inner
    assert isinstance(store, MemoryEventStore)
    feed = MemoryFeed()
    FeedWriter(feed, store, desk.clock, unbroken).write(store.read(STREAM))
    ports = QueryPorts(
        contents,
        AppSyncQueries(session, kitchen.read_models),
        desk.store,
        FeedReader(feed, store),
        sleep=watch.sleep,
        clock=desk.clock,
        monotonic=watch,
    )
    return Api(query_api.build(ports))


@pytest.mark.feature("R8", "R39", "K7", "R33")
class TestOneTeapot:
    def test_is_shown_with_how_fresh_it_is(self, api: Api) -> None:
        answer = api.get(PATH)

        assert (answer.status, answer.headers["ETag"]) == (200, '"3.1"')
        assert answer.body == {
            "data": row(),
            "meta": {
                "lastUpdated": "2026-01-02T12:00:03.000Z",
                "version": 3,
                "stale": False,
                "cached": False,
            },
        }

    @pytest.mark.feature("R37", "L8")
    def test_is_read_with_the_callers_own_token(self, api: Api, session: Session) -> None:
        api.get(PATH)

        assert session.asked == [
            Asked("getTeapot", {"id": ID}, {"Authorization": "token-of-the-caller"})
        ]

    @pytest.mark.parametrize("answer", [None, row(status="DELETED"), unauthorized()])
    def test_is_404_when_it_is_not_there_or_not_the_callers(
        self, api: Api, session: Session, answer: object
    ) -> None:
        session.answers["getTeapot"] = answer

        assert (api.get(PATH).status, api.get(PATH).problem) == (404, "aggregate-not-found")

    @pytest.mark.parametrize(
        "tags",
        ['"3.1"', 'W/"3.1"', "*", ' "3.1"', '"2.1", W/"3.1"', '"a,b" ,, "3.1",', '"3.1" , "x"'],
    )
    def test_is_304_when_the_client_has_that_version(self, api: Api, tags: str) -> None:
        answer = api.get(PATH, if_none_match=tags)

        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", '"3.1"')

    @pytest.mark.parametrize("tags", ['"2.1"', '"3"', 'W/"3.2"', '"3.1,"', '"", "2.1"'])
    def test_is_sent_when_the_client_has_another_version(self, api: Api, tags: str) -> None:
        assert api.get(PATH, if_none_match=tags).status == 200

    def test_is_sent_when_a_rebuild_changed_it_at_the_same_version(
        self, api: Api, session: Session
    ) -> None:
        before = api.get(PATH).headers["ETag"]
        session.answers["getTeapot"] = row(projectionVersion=2, name="Samovar")
        answer = api.get(PATH, if_none_match=before)

        assert (answer.status, answer.body["data"]["name"]) == (200, "Samovar")

    def test_is_sent_when_it_is_stale_whatever_the_client_has(self, api: Api) -> None:
        answer = api.get(PATH, {"minVersion": "4"}, if_none_match='"3.1"')

        assert (answer.status, answer.body["meta"]["stale"]) == (200, True)

    @pytest.mark.parametrize(
        ("tags", "status"),
        [('"3.1"', 200), ("*", 200), ('"2.1", "3.1"', 200), ('W/"3.1"', 412), ('"3"', 412)],
    )
    def test_is_compared_strongly_with_if_match(self, api: Api, tags: str, status: int) -> None:
        answer = api.get(PATH, if_match=tags)

        assert answer.status == status
        assert status == 200 or answer.problem == "version-mismatch"

    @pytest.mark.parametrize("name", ["if_match", "if_none_match"])
    @pytest.mark.parametrize("tags", ["3.1", '"3.1', "", 'w/"3.1"', '"3.1" "2.1"', '*, "3.1"', ","])
    def test_is_not_compared_with_what_is_no_tag(self, api: Api, name: str, tags: str) -> None:
        answer = api.call("GET", PATH, None, {name: tags})

        assert (answer.status, answer.faults) == (400, [f"header.{name.replace('_', '-')}"])


@pytest.mark.feature("R12", "L8")
class TestRowsThatAreNobodysOwn:
    """Everybody asks for those of one status; AppSync says who may read them."""

    @pytest.fixture
    def api(self, session: Session) -> Api:
        store = MemoryEventStore()
        ports = QueryPorts(
            replace(kitchen, queries=(replace(TEAPOT_LIST, own=None),)),
            AppSyncQueries(session, kitchen.read_models),
            store,
            FeedReader(MemoryFeed(), store),
        )
        return Api(query_api.build(ports))

    @pytest.mark.parametrize("person", [ADA, EVE, DEVELOPER, ADMIN])
    def test_are_listed_by_status(self, api: Api, session: Session, person: Person) -> None:
        answer = api.as_(person).get("/teapots", {"limit": "2"})

        assert (answer.status, answer.body["data"]) == (200, [row(2), row(3)])
        assert [asked.field for asked in session.asked] == ["teapotsByStatus"]
        assert session.asked[0].variables["status"] == "ACTIVE"

    def test_are_not_listed_to_whom_appsync_shows_none(self, api: Api, session: Session) -> None:
        session.answers["teapotsByStatus"] = unauthorized()

        assert (api.get("/teapots").status, api.get("/teapots").problem) == (403, "forbidden")


@pytest.mark.feature("K5", "K6", "W7")
class TestMinVersion:
    def test_that_is_reached_is_answered_at_once(self, api: Api, naps: list[float]) -> None:
        answer = api.get(PATH, {"minVersion": "3"})

        assert (answer.body["meta"]["stale"], naps) == (False, [])

    def test_is_waited_for(self, api: Api, session: Session, naps: list[float]) -> None:
        session.answers["getTeapot"] = [None, row(2), row(3)]
        answer = api.get(PATH, {"minVersion": "3"})

        assert (answer.body["meta"]["version"], answer.body["meta"]["stale"]) == (3, False)
        assert naps == [POLL, POLL]

    def test_that_does_not_come_is_answered_stale_after_two_seconds(
        self, api: Api, naps: list[float]
    ) -> None:
        answer = api.get(PATH, {"minVersion": "9"})

        assert (answer.body["meta"]["version"], answer.body["meta"]["stale"]) == (3, True)
        assert LONGEST_WAIT - 2 * POLL < sum(naps) <= LONGEST_WAIT

    def test_is_not_waited_for_longer_when_the_calls_take_long(
        self, api: Api, session: Session, watch: Stopwatch
    ) -> None:
        watch.look = 0.6  # seconds for each call
        answer = api.get(PATH, {"minVersion": "9"})

        assert answer.body["meta"]["stale"]
        assert watch.seconds <= LONGEST_WAIT + watch.look
        assert len(session.asked) == 3

    @pytest.mark.parametrize("path", [PATH, f"{PATH}/parts"])
    def test_that_is_not_given_lets_nobody_wait_for_what_is_not_there(
        self, api: Api, session: Session, naps: list[float], path: str
    ) -> None:
        session.answers["getTeapot"] = None

        assert (api.get(path).status, naps) == (404, [])


SPOUT = Detail(
    "get_spout",
    "/spouts/<id>",
    "TEAPOT",
    kitchen.read_models.documents["GET_PART"],
    head=TEAPOT_DETAIL,
)


@pytest.mark.feature("K5", "K6", "W7")
class TestMinVersionOfARowThatNotEveryEventMovesOn:
    """It would never come to the version of an event that does not touch the row."""

    @pytest.fixture
    def api(self, session: Session, desk: Desk, watch: Stopwatch) -> Api:
        session.answers["getPart"] = row(2)
        queries = (*kitchen.queries, SPOUT)
        return over(session, desk, watch, replace(kitchen, queries=queries))

    def test_waits_for_the_head_of_its_group(
        self, api: Api, session: Session, naps: list[float]
    ) -> None:
        session.answers["getTeapot"] = [row(2), row(3)]
        answer = api.get(f"/spouts/{ID}", {"minVersion": "3"})

        assert (answer.body["meta"]["version"], answer.body["meta"]["stale"]) == (2, False)
        assert naps == [POLL]
        assert [one.field for one in session.asked] == ["getTeapot", "getTeapot", "getPart"]

    def test_says_when_the_head_did_not_come_so_far(self, api: Api) -> None:
        answer = api.get(f"/spouts/{ID}", {"minVersion": "4"})

        assert (answer.status, answer.body["meta"]["stale"]) == (200, True)

    def test_waits_for_a_row_that_is_not_there_yet(self, api: Api, session: Session) -> None:
        session.answers |= {"getTeapot": [None, row(1), row(3)], "getPart": row(3)}
        answer = api.get(f"/spouts/{ID}", {"minVersion": "3"})

        assert (answer.body["meta"]["version"], answer.body["meta"]["stale"]) == (3, False)

    def test_waits_for_the_head_that_is_written_after_the_row(
        self, api: Api, session: Session
    ) -> None:
        """All may read it, and it is only late: that is no refusal."""
        session.answers |= {"getTeapot": [None, row(3)], "getPart": row(3)}
        answer = api.get(f"/spouts/{ID}", {"minVersion": "3"})

        assert (answer.status, answer.body["meta"]["stale"]) == (200, False)

    def test_of_what_is_not_there_is_not_found(self, api: Api, session: Session) -> None:
        session.answers |= {"getTeapot": None, "getPart": None}

        assert api.get(f"/spouts/{ID}", {"minVersion": "3"}).status == 404

    def test_is_refused_to_those_who_may_not_read_the_head(
        self, api: Api, session: Session
    ) -> None:
        session.answers["getTeapot"] = unauthorized()
        answer = api.get(f"/spouts/{ID}", {"minVersion": "3"})

        assert (answer.status, answer.problem) == (403, "forbidden")
        assert "`minVersion` waits for `/teapots/{id}`" in answer.body["detail"]

    def test_without_one_the_head_is_not_read(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = unauthorized()

        assert api.get(f"/spouts/{ID}").status == 200


@pytest.mark.feature("R9", "R10", "R13", "R29")
class TestTeapots:
    def test_of_a_person_are_their_own(self, api: Api, session: Session) -> None:
        api.get("/teapots", {"limit": "2"})

        (asked,) = session.asked
        assert (asked.field, asked.variables) == (
            "teapotsByUser",
            {
                "userId": ADA.sub,
                "filter": {"status": {"ne": "DELETED"}},
                "sortDirection": "DESC",
                "limit": 2,
            },
        )

    @pytest.mark.feature("E26")
    def test_are_paged_sorted_and_filtered_as_asked(self, api: Api, session: Session) -> None:
        query = {"status": "RETIRED", "sort": "createdAt:asc", "limit": "2"}
        first = api.get("/teapots", query)
        api.get("/teapots", query | {"nextToken": first.body["pagination"]["nextToken"]})

        variables = {
            "userId": ADA.sub,
            "filter": {"status": {"eq": "RETIRED"}},
            "sortDirection": "ASC",
            "limit": 2,
        }
        assert [asked.variables for asked in session.asked] == [
            variables,
            variables | {"nextToken": "more"},
        ]

    @pytest.mark.feature("R37")
    @pytest.mark.parametrize("person", [DEVELOPER, ADMIN])
    def test_of_those_who_read_all_go_by_status(
        self, api: Api, session: Session, person: Person
    ) -> None:
        for query in ({"limit": "2"}, {"limit": "2", "status": "RETIRED"}):
            api.as_(person).get("/teapots", query)

        assert [asked.field for asked in session.asked] == ["teapotsByStatus"] * 2
        assert [asked.variables["status"] for asked in session.asked] == ["ACTIVE", "RETIRED"]

    @pytest.mark.feature("R12")
    def test_are_answered_with_the_page_and_the_newest_of_their_versions(self, api: Api) -> None:
        body = api.get("/teapots", {"limit": "2"}).body

        assert body["pagination"] == {"page": 1, "limit": 2, "nextToken": ANY}
        assert body["pagination"]["nextToken"].endswith(".more")
        assert body["meta"]["version"] == 3
        assert body["meta"]["lastUpdated"] == "2026-01-02T12:00:03.000Z"
        assert [found["version"] for found in body["data"]] == [2, 3]

    def test_may_be_none(self, api: Api, session: Session) -> None:
        session.answers["teapotsByUser"] = {"items": [], "nextToken": None}
        body = api.get("/teapots").body

        assert (body["data"], body["meta"]["lastUpdated"], body["meta"]["version"]) == ([], None, 0)

    @pytest.mark.parametrize(
        "query",
        [
            {"limit": "0"},
            {"limit": "101"},
            {"limit": "ten"},
            {"status": "DELETED"},
            {"sort": "name:asc"},
            {"nextToken": ""},
        ],
        ids=str,
    )
    def test_asked_for_wrongly_are_400(self, api: Api, query: dict[str, str]) -> None:
        answer = api.get("/teapots", query)

        assert (answer.status, answer.problem) == (400, "invalid-request")

    @pytest.mark.parametrize(
        "kind", ["DynamoDB:UserIllegalArgumentException", "DynamoDB:ValidationException"]
    )
    def test_from_a_token_of_another_list_are_400(
        self, api: Api, session: Session, kind: str
    ) -> None:
        refused = TransportQueryError("", errors=[{"errorType": kind, "message": "no"}])
        token = api.get("/teapots", {"limit": "2"}).body["pagination"]["nextToken"]
        session.answers["teapotsByUser"] = refused
        answer = api.get("/teapots", {"nextToken": token})

        assert (answer.status, answer.problem) == (400, "invalid-request")
        assert answer.faults == ["nextToken"]

    def test_that_appsync_cannot_list_without_a_token_are_500(
        self, api: Api, session: Session
    ) -> None:
        kind = "DynamoDB:ValidationException"
        session.answers["teapotsByUser"] = TransportQueryError("", errors=[{"errorType": kind}])

        assert api.get("/teapots").status == 500


@pytest.mark.feature("R14")
class TestParts:
    def test_have_their_details_as_an_object(self, api: Api, session: Session) -> None:
        items = [row(details='{"MEMORY":512}'), row(details=None)]
        session.answers["partsByTeapot"] = {"items": items, "nextToken": None}
        body = api.get(f"{PATH}/parts").body

        assert [shown["details"] for shown in body["data"]] == [{"MEMORY": 512}, None]

    def test_of_a_teapot_are_listed(self, api: Api, session: Session) -> None:
        session.answers["partsByTeapot"] = {"items": [row(4)], "nextToken": None}
        body = api.get(f"{PATH}/parts").body

        assert [found["version"] for found in body["data"]] == [4]
        assert session.asked[-1].variables["teapotId"] == ID

    def test_of_a_teapot_that_is_not_the_callers_are_404(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = None

        assert api.get(f"{PATH}/parts").status == 404


@pytest.mark.feature("T10")
class TestEvents:
    def test_are_the_audit_trail_of_the_owner(self, api: Api) -> None:
        body = api.get(f"{PATH}/events").body

        assert [event["eventType"] for event in body["data"]] == [
            "TeapotMade",
            "TeapotRenamed",
            "PartAdded",
        ]
        assert (body["meta"]["version"], body["pagination"]["nextToken"]) == (3, None)

    def test_come_in_pages(self, api: Api) -> None:
        first = api.get(f"{PATH}/events", {"limit": "2"}).body
        second = api.get(f"{PATH}/events", {"nextToken": first["pagination"]["nextToken"]}).body

        assert [event["eventSequence"] for event in first["data"]] == [1, 2]
        assert [event["eventSequence"] for event in second["data"]] == [3]

    def test_behind_the_last_are_an_empty_page(self, api: Api) -> None:
        body = api.get(f"{PATH}/events", {"nextToken": "9"}).body

        assert (body["data"], body["meta"]["lastUpdated"], body["meta"]["version"]) == ([], None, 0)

    def test_are_read_by_an_admin(self, api: Api) -> None:
        assert api.as_(ADMIN).get(f"{PATH}/events").status == 200

    def test_are_not_for_developers(self, api: Api) -> None:
        answer = api.as_(DEVELOPER).get(f"{PATH}/events")

        assert (answer.status, answer.problem) == (403, "forbidden")

    def test_of_another_owners_teapot_are_not_found(self, api: Api) -> None:
        assert api.as_(EVE).get(f"{PATH}/events").status == 404

    @pytest.mark.parametrize("person", [ADA, ADMIN])
    def test_of_no_teapot_are_not_found(self, api: Api, person: Person) -> None:
        missing = "/teapots/0198f2a0-0000-7000-8000-00000000000a/events"

        assert api.as_(person).get(missing).status == 404

    @pytest.mark.parametrize("token", ["0", "-1", "x", "9999999999"])
    def test_from_nowhere_are_400(self, api: Api, token: str) -> None:
        assert api.get(f"{PATH}/events", {"nextToken": token}).status == 400


@pytest.mark.feature("T9")
class TestState:
    def test_is_the_newest_unless_another_is_asked_for(self, api: Api) -> None:
        body = api.get(f"{PATH}/state").body

        assert body["data"]["name"] == "Samovar"
        assert [part["name"] for part in body["data"]["parts"].values()] == ["spout"]
        assert (body["meta"]["version"], body["meta"]["stale"]) == (3, False)

    def test_at_a_version_is_what_it_was_then(self, api: Api) -> None:
        body = api.get(f"{PATH}/state", {"version": "1"}).body

        assert (body["data"]["name"], body["data"]["parts"]) == ("Teapot", {})
        assert body["meta"] == {
            "lastUpdated": "2026-01-02T12:00:00.000Z",
            "version": 1,
            "stale": False,
            "cached": False,
        }

    def test_at_a_moment_is_what_it_was_then(self, api: Api, desk: Desk) -> None:
        desk.clock.move(hours=1)
        desk.send(rename("Urn"))
        before = api.get(f"{PATH}/state", {"at": "2026-01-02T14:59:59+02:00"}).body
        after = api.get(f"{PATH}/state", {"at": "2026-01-02T13:00:00Z"}).body

        assert (before["data"]["name"], before["meta"]["version"]) == ("Samovar", 3)
        assert (after["data"]["name"], after["meta"]["version"]) == ("Urn", 4)

    def test_names_fields_as_the_api_does_and_leaves_data_alone(self) -> None:
        class_of = make_dataclass("State", ["some_field", "some_map"])
        meta = Meta(last_updated="x", version=1)
        state = class_of(meta, {"MY_VARIABLE": (Severity.ERROR,), "a_b": None})

        assert history_routes.shown(state) == {
            "someField": {"lastUpdated": "x", "version": 1, "stale": False, "cached": False},
            "someMap": {"MY_VARIABLE": ["ERROR"], "a_b": None},
        }

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"version": "4"}, 404),
            ({"at": "2026-01-02T11:59:59Z"}, 404),
            ({"at": "2026-01-02T12:00:01Z"}, 400),  # still to come
            ({"at": "2026-01-02T12:00:00"}, 400),  # of no zone
            ({"at": "0001-01-01T00:00:00+14:00"}, 400),  # before the calendar
            ({"at": "yesterday"}, 400),
            ({"version": "0"}, 400),
            ({"version": "x"}, 400),
            ({"version": "1", "at": "2026-01-02T12:00:00Z"}, 400),
        ],
        ids=str,
    )
    def test_that_is_none_is_a_problem(self, api: Api, query: dict[str, str], status: int) -> None:
        answer = api.get(f"{PATH}/state", query)

        assert (answer.status, answer.body["status"]) == (status, status)
        assert answer.problem

    @pytest.mark.parametrize("query", [{}, {"version": "1"}, {"at": "2026-01-02T12:00:00Z"}])
    def test_is_for_the_owner_and_for_admin(self, api: Api, query: dict[str, str]) -> None:
        people = (ADA, ADMIN, DEVELOPER, EVE, None)
        answers = [api.as_(person).get(f"{PATH}/state", query).status for person in people]

        assert answers == [200, 200, 403, 404, 401]

    @pytest.mark.parametrize("kind", ["teapots", "templates", "analyses"])
    def test_of_nothing_is_not_found(self, api: Api, kind: str) -> None:
        missing = f"/{kind}/0198f2a0-0000-7000-8000-00000000000a"
        for path in ("/state", "/events", "/commands/order-7"):
            assert api.as_(ADMIN).get(missing + path).status == 404


@pytest.mark.feature("E25")
class TestFeed:
    def test_is_everything_that_happened(self, api: Api) -> None:
        body = api.as_(ADMIN).get("/events").body

        assert [event["eventSequence"] for event in body["data"]] == [1, 2, 3]
        assert (body["cursor"], body["more"]) == ("1.3", False)

    def test_is_as_new_as_its_newest_event(
        self, session: Session, desk: Desk, watch: Stopwatch
    ) -> None:
        desk.clock.move(hours=1)
        desk.send(rename("Urn"))
        body = over(session, desk, watch).as_(ADMIN).get("/events").body

        assert (body["meta"]["lastUpdated"], body["meta"]["version"]) == (
            "2026-01-02T13:00:00.000Z",
            0,
        )

    def test_goes_on_from_a_cursor(self, api: Api) -> None:
        admin = api.as_(ADMIN)
        first = admin.get("/events", {"limit": "2"}).body
        second = admin.get("/events", {"after": first["cursor"]}).body
        third = admin.get("/events", {"after": second["cursor"]}).body

        assert (first["cursor"], first["more"]) == ("1.2", True)
        assert [event["eventSequence"] for event in second["data"]] == [3]
        assert (third["data"], third["cursor"]) == ([], second["cursor"])

    @pytest.mark.parametrize(
        "query", [{"after": "1"}, {"after": "0.1"}, {"after": "x.y"}, {"limit": "101"}], ids=str
    )
    def test_from_nowhere_is_400(self, api: Api, query: dict[str, str]) -> None:
        assert api.as_(ADMIN).get("/events", query).status == 400

    def test_is_for_admin_alone(self, api: Api) -> None:
        people = (ADMIN, ADA, DEVELOPER, EVE, None)

        assert [api.as_(who).get("/events").status for who in people] == [200, 403, 403, 403, 401]


@pytest.mark.feature("C26")
class TestCommandOutcome:
    def test_is_what_the_command_recorded(self, api: Api, desk: Desk) -> None:
        accepted = desk.send(rename("Urn"), "order-7")
        body = api.get(f"{PATH}/commands/order-7").body

        assert {name: body["data"][name] for name in ("commandId", "status", "aggregateId")} == {
            "commandId": "order-7",
            "status": "accepted",
            "aggregateId": ID,
        }
        assert (body["data"]["version"], body["meta"]["version"]) == (4, 4)
        assert body["data"]["timestamp"] == accepted.timestamp
        assert [event["eventType"] for event in body["data"]["events"]] == ["TeapotRenamed"]

    def test_of_a_command_that_recorded_nothing_is_not_found(self, api: Api, desk: Desk) -> None:
        desk.send(rename("Samovar"), "order-7")  # it has that name already
        answer = api.get(f"{PATH}/commands/order-7")

        assert (answer.status, answer.problem) == (404, "command-not-found")

    def test_is_for_the_owner_and_for_admin(self, api: Api, desk: Desk) -> None:
        desk.send(rename("Urn"), "order-7")
        people = (ADA, ADMIN, DEVELOPER, EVE, None)
        path = f"{PATH}/commands/order-7"

        assert [api.as_(who).get(path).status for who in people] == [200, 200, 403, 404, 401]


@pytest.mark.feature("C26")
def test_without_tickets_no_command_has_been_deferred(api: Api) -> None:
    assert api.get("/commands/order-7").problem == "command-not-found"


@pytest.mark.feature("R40")
class TestProblems:
    def test_without_an_id_token_is_401(self, api: Api) -> None:
        assert api.as_(None).get("/teapots").problem == "unauthorized"

    def test_when_appsync_does_not_answer_is_503(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = TransportServerError("busy", 503)
        answer = api.get(PATH)

        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")

    def test_when_appsync_refuses_a_list_is_403(self, api: Api, session: Session) -> None:
        session.answers["teapotsByUser"] = unauthorized()

        assert (api.get("/teapots").status, api.get("/teapots").problem) == (403, "forbidden")

    def test_of_a_path_that_is_no_id_is_400(self, api: Api) -> None:
        assert api.get("/teapots/teapot").status == 400


@pytest.mark.parametrize("query", [TEAPOT_LIST, PART_LIST], ids=lambda query: query.name)
def test_a_query_that_hides_no_status_leaves_nothing_out(query: Listing | Within) -> None:
    assert shown(query) == [{"status": {"ne": "DELETED"}}]
    assert shown(replace(query, hidden=None)) == []


def unshown(field: str, data: Any, *path: str | int) -> TransportQueryError:  # noqa: ANN401 - GraphQL
    """Return AppSync's answer about a stored value that its schema cannot show."""
    errors = [{"path": [field, *path], "message": "Can't serialize value"}]
    return TransportQueryError("", errors=errors, data={field: data})


@pytest.mark.feature("R9", "R36")
class TestARowThatCannotBeRead:
    def test_hides_no_other_and_is_named(self, api: Api, session: Session) -> None:
        shown = {"items": [row(2), None], "nextToken": "more"}
        ids = {"items": [{"id": ID}, {"id": "other"}], "nextToken": "more"}
        session.answers["teapotsByUser"] = [
            unshown("teapotsByUser", shown, "items", 1, "status"),
            ids,
        ]
        answer = api.get("/teapots", {"limit": "1"})

        assert (answer.status, answer.body["data"]) == (200, [row(2)])
        assert answer.body["unreadable"] == ["other"]
        assert answer.body["pagination"]["nextToken"].endswith(".more")
        assert session.asked[1].variables == session.asked[0].variables

    def test_may_hold_text_that_is_no_json(self, api: Api, session: Session) -> None:
        parts = [row(2, id="a", details="{"), row(3, id="b", details="{}")]
        session.answers["partsByTeapot"] = {"items": parts, "nextToken": None}
        answer = api.get(f"{PATH}/parts")

        assert [part["id"] for part in answer.body["data"]] == ["b"]
        assert answer.body["unreadable"] == ["a"]

    def test_hides_no_other_when_a_template_of_its_fields_fails(
        self, api: Api, session: Session
    ) -> None:
        shown = {"items": [row(2), row(3, id="b", owner=None)], "nextToken": None}
        failed = {"path": ["teapotsByUser", "items", 1, "owner"], "errorType": "MappingTemplate"}
        session.answers["teapotsByUser"] = [
            TransportQueryError("", errors=[failed], data={"teapotsByUser": shown}),
            {"items": [{"id": ID}, {"id": "b"}], "nextToken": None},
        ]
        answer = api.get("/teapots")

        assert (answer.status, len(answer.body["data"])) == (200, 2)

    def test_is_not_named_when_there_is_none(
        self, api: Api, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert "unreadable" not in api.get("/teapots").body
        assert "rows not read" not in caplog.messages

    def test_is_named_in_the_log(
        self, api: Api, session: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        rows = [row(id="a", details="{")]
        session.answers["partsByTeapot"] = {"items": rows, "nextToken": None}
        api.get(f"{PATH}/parts")
        (line,) = (line for line in caplog.records if line.message == "rows not read")

        assert (line.levelname, line.__dict__["ids"]) == ("WARNING", ["a"])

    def test_is_answered_with_try_again(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = unshown("getTeapot", None, "status")
        answer = api.get(PATH)

        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert answer.body["type"].endswith("/row-unreadable")

    def test_does_not_hide_what_belongs_to_it(self, api: Api, session: Session) -> None:
        session.answers["getTeapot"] = unshown("getTeapot", None, "status")

        assert api.get(f"{PATH}/parts").status == 200
