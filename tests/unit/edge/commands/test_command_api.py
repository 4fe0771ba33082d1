"""The command API in process: both styles, and every problem with its status."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import Unavailable
from edge.commands import api as command_api
from edge.commands.api import Commands, CommandStore
from edge.commands.waiting import Waiter
from kernel.messages import AggregateId, iso_milliseconds
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7
from tests.unit.edge.commands.test_controls import Later

TEAPOT = {"name": "Teapot"}
SPOUT = {"name": "spout", "material": "CLAY"}
ID = "0198f2a0-0000-7000-8000-00000000000a"
# Keys that the API makes itself are of the real time, so that is where the clocks stand.
START = datetime.now(UTC)
KEY = uuid7(START)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore, clock: Clock) -> Api:
    return api_over(store, clock)


def api_over(store: CommandStore, clock: Clock) -> Api:
    return Api(command_api.build(Commands.over(kitchen, store, clock, {}, sleep=lambda _: None)))


@pytest.fixture
def path(api: Api) -> str:
    """A teapot of Ada's."""
    return str(api.post("/teapots", TEAPOT).headers["Location"])


def commits(store: MemoryEventStore) -> list[Commit]:
    return [commit for stream, _ in store.heads() for commit in store.read(stream)]


@pytest.mark.feature("C1", "C18", "C19", "K12")
class TestAccepted:
    def test_says_what_was_accepted_and_which_version_to_wait_for(
        self, api: Api, clock: Clock
    ) -> None:
        answer = api.post("/teapots", TEAPOT | {"parts": [SPOUT]}, idempotency_key=KEY)

        assert answer.status == 202
        assert answer.body == {
            "commandId": KEY,
            "status": "accepted",
            "aggregateId": answer.body["aggregateId"],
            "version": 2,
            "timestamp": iso_milliseconds(clock.now),
        }

    def test_carries_version_place_and_correlation_in_headers(self, api: Api) -> None:
        answer = api.post("/teapots", TEAPOT, x_correlation_id="order-7")

        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["Location"] == f"/teapots/{answer.body['aggregateId']}"
        assert answer.headers["X-Correlation-Id"] == "order-7"

    @pytest.mark.feature("E10", "E11", "E19", "K4")
    def test_stores_correlation_and_cause(self, api: Api, store: MemoryEventStore) -> None:
        api.post("/teapots", TEAPOT, x_correlation_id="order-7", idempotency_key=KEY)

        (commit,) = commits(store)
        assert (commit.correlation_id, commit.command_id) == ("order-7", KEY)

    def test_without_a_correlation_id_the_command_is_its_own(
        self, api: Api, store: MemoryEventStore
    ) -> None:
        answer = api.post("/teapots", TEAPOT, idempotency_key=KEY)

        assert answer.headers["X-Correlation-Id"] == KEY
        assert commits(store)[0].correlation_id == KEY

    @pytest.mark.parametrize(
        ("header", "kept"),
        [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", True),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", False),
            ("tea", False),
        ],
    )
    def test_keeps_a_trace_that_is_well_formed(
        self, api: Api, store: MemoryEventStore, header: str, kept: bool
    ) -> None:
        api.post("/teapots", TEAPOT, traceparent=header)

        assert (commits(store)[0].traceparent == header) is kept

    def test_headers_are_exposed_to_the_page(self, api: Api) -> None:
        exposed = api.post("/teapots", TEAPOT).headers["Access-Control-Expose-Headers"]

        assert {"ETag", "Location", "Retry-After", "X-Correlation-Id"} <= set(exposed.split(","))


COMMANDS = [
    ("change-teapot", "PATCH", "", {"name": "Samovar"}),
    ("add-part", "POST", "/parts", SPOUT),
    ("retire-teapot", "POST", "/retire", {}),
]


@pytest.mark.feature("C5", "C6", "C7", "C15")
class TestBothStyles:
    def test_of_a_creation_give_equal_answers(self, api: Api, store: MemoryEventStore) -> None:
        body = TEAPOT | {"parts": [SPOUT]}
        task = api.post("/commands/make-teapot", {"commandId": KEY, "data": body})
        rest = api.post("/teapots", body, idempotency_key=KEY)

        assert same(task, rest)
        assert len(commits(store)) == 1

    @pytest.mark.parametrize(("name", "method", "rest_path", "data"), COMMANDS)
    def test_of_a_command_give_equal_answers(
        self,
        api: Api,
        store: MemoryEventStore,
        path: str,
        name: str,
        method: str,
        rest_path: str,
        data: dict[str, Any],
    ) -> None:
        envelope = {"commandId": KEY, "aggregateId": path.removeprefix("/teapots/"), "data": data}
        task = api.post(f"/commands/{name}", envelope)
        rest = api.call(method, path + rest_path, data, {"idempotency_key": KEY})

        assert (task.status, task.body["version"]) == (202, 2)
        assert same(task, rest)
        assert len(commits(store)) == 2

    def test_check_the_version_alike(self, api: Api, path: str) -> None:
        envelope = {"aggregateId": path.removeprefix("/teapots/"), "expectedVersion": 7}
        task = api.post("/commands/change-teapot", envelope | {"data": {"name": "Urn"}})
        rest = api.patch(path, {"name": "Urn"}, if_match='"7"')

        assert task.problem == rest.problem == "version-mismatch"
        assert task.body == rest.body

    @pytest.mark.feature("C8")
    def test_the_seeds_own_example_is_accepted_as_printed(self, api: Api) -> None:
        example = {
            "commandId": "cmd-123",
            "userId": ADA.sub,
            "correlationId": "req-789",
            "timestamp": "2025-01-18T10:30:00.123Z",
            "data": {"name": "E-commerce Platform", "description": "Full-stack solution"},
        }
        answer = api.post("/commands/make-teapot", example)

        assert (answer.status, answer.body["commandId"]) == (202, "cmd-123")
        assert answer.headers["X-Correlation-Id"] == "req-789"

    def test_archiving_needs_no_body(self, api: Api, path: str) -> None:
        assert api.post(f"{path}/retire").status == 202


def same(one: Answer, other: Answer) -> bool:
    names = ("ETag", "Location", "X-Correlation-Id", "Content-Type")
    return (one.status, one.body, [one.headers[n] for n in names]) == (
        other.status,
        other.body,
        [other.headers[n] for n in names],
    )


@pytest.mark.feature("C15")
class TestSentTwice:
    def test_is_answered_alike_and_recorded_once(self, api: Api, store: MemoryEventStore) -> None:
        first = api.post("/teapots", TEAPOT, idempotency_key=KEY)

        assert same(api.post("/teapots", TEAPOT, idempotency_key=KEY), first)
        assert len(commits(store)) == 1

    def test_with_another_content_is_422(self, api: Api) -> None:
        api.post("/teapots", TEAPOT, idempotency_key=KEY)
        answer = api.post("/teapots", {"name": "Urn"}, idempotency_key=KEY)

        assert (answer.status, answer.problem) == (422, "command-id-reused")

    def test_by_another_person_is_another_command(self, api: Api) -> None:
        mine = api.post("/teapots", TEAPOT, idempotency_key=KEY)
        theirs = api.as_(EVE).post("/teapots", TEAPOT, idempotency_key=KEY)

        assert theirs.status == 202
        assert theirs.body["aggregateId"] != mine.body["aggregateId"]

    def test_with_its_version_is_answered_although_that_has_passed(
        self, api: Api, path: str
    ) -> None:
        first = api.patch(path, {"name": "Urn"}, if_match='"1"', idempotency_key=KEY)

        assert same(api.patch(path, {"name": "Urn"}, if_match='"1"', idempotency_key=KEY), first)

    def test_without_a_key_is_another_command(self, api: Api) -> None:
        one, other = api.post("/teapots", TEAPOT), api.post("/teapots", TEAPOT)

        assert one.body["aggregateId"] != other.body["aggregateId"]


@pytest.mark.feature("C11")
class TestWhoMayCommand:
    def test_another_owners_teapot_is_not_found(self, api: Api, path: str) -> None:
        answer = api.as_(EVE).patch(path, {"name": "Mine"})

        assert (answer.status, answer.problem) == (404, "aggregate-not-found")

    def test_is_answered_as_for_one_that_does_not_exist(self, api: Api, path: str) -> None:
        foreign = api.as_(EVE).patch(path, {"name": "Mine"})
        missing = api.as_(EVE).patch(f"/teapots/{ID}", {"name": "Mine"})

        assert foreign.body == missing.body

    def test_an_admin_commands_any_teapot(self, api: Api, path: str) -> None:
        assert api.as_(ADMIN).patch(path, {"name": "Ours"}).status == 202

    def test_a_developer_commands_none(self, api: Api, store: MemoryEventStore) -> None:
        answer = api.as_(DEVELOPER).post("/teapots", TEAPOT)

        assert (answer.status, answer.problem, commits(store)) == (403, "forbidden", [])

    def test_without_an_id_token_nobody_commands(self, api: Api) -> None:
        answer = api.as_(None).post("/teapots", TEAPOT)

        assert (answer.status, answer.problem) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_a_person_named_in_the_body_must_be_the_caller(self, api: Api) -> None:
        answer = api.post("/commands/make-teapot", {"userId": EVE.sub, "data": TEAPOT})

        assert (answer.status, answer.problem, answer.faults) == (
            400,
            "invalid-request",
            ["userId"],
        )


@pytest.mark.feature("C20", "C17", "C21")
class TestRefusals:
    @pytest.fixture
    def retired(self, api: Api, path: str) -> str:
        api.post(f"{path}/retire")
        return path

    def test_a_broken_rule_is_409_with_its_name(self, api: Api, path: str) -> None:
        api.post(f"{path}/parts", SPOUT)
        answer = api.post(f"{path}/parts", SPOUT)

        assert (answer.status, answer.problem) == (409, "part-name-taken")
        assert answer.body["detail"] == "The teapot has a part named 'spout' already."

    def test_an_archived_teapot_is_409(self, api: Api, retired: str) -> None:
        assert api.patch(retired, {"name": "Urn"}).problem == "teapot-is-retired"

    def test_a_teapot_that_exists_is_409(self, api: Api) -> None:
        body = {"aggregateId": ID, "data": TEAPOT}
        api.post("/commands/make-teapot", body)

        assert api.post("/commands/make-teapot", body).problem == "teapot-already-exists"

    def test_a_value_that_another_holds_is_409(self, api: Api) -> None:
        tea = {"slug": "assam", "name": "Assam"}
        api.as_(ADMIN).post("/teas", tea)

        assert api.as_(ADMIN).post("/teas", tea).problem == "tea-taken"

    @pytest.mark.feature("K10")
    def test_a_lost_merge_is_409_and_names_the_events(self, api: Api, path: str) -> None:
        api.patch(path, {"name": "Urn"})
        answer = api.patch(path, {"name": "Pot"}, if_match='"1"', x_on_conflict="merge")

        assert (answer.status, answer.problem) == (409, "merge-conflict")
        assert "TeapotRenamed" in answer.body["detail"]

    @pytest.mark.parametrize("version", ['"0"', '"2"', '"100"'])
    def test_another_version_than_the_streams_is_412(
        self, api: Api, path: str, version: str
    ) -> None:
        answer = api.patch(path, {"name": "Urn"}, if_match=version)

        assert (answer.status, answer.problem) == (412, "version-mismatch")

    def test_an_event_too_large_is_413(self, api: Api, path: str) -> None:
        answer = api.post(f"{path}/parts", SPOUT | {"details": {"a": "x" * 65_536}})

        assert (answer.status, answer.problem) == (413, "event-too-large")

    def test_a_body_too_large_is_413(self, api: Api) -> None:
        answer = api.post("/teapots", {"name": "x" * 300_000})

        assert (answer.status, answer.problem) == (413, "body-too-large")

    def test_a_key_of_long_ago_is_400(self, api: Api) -> None:
        answer = api.post("/teapots", TEAPOT, idempotency_key=uuid7(START - timedelta(days=2)))

        assert (answer.status, answer.problem) == (400, "key-expired")

    @pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=9)], ids=str)
    def test_a_key_of_a_fast_clock_is_taken(
        self, api: Api, store: MemoryEventStore, ahead: timedelta
    ) -> None:
        first = api.post("/teapots", TEAPOT, idempotency_key=uuid7(START + ahead))
        body = {"commandId": uuid7(START + ahead), "data": TEAPOT}

        assert first.status == 202
        assert same(api.post("/commands/make-teapot", body), first)
        assert len(commits(store)) == 1

    def test_none_writes_an_event(self, api: Api, retired: str, store: MemoryEventStore) -> None:
        before = commits(store)
        api.patch(retired, {"name": "Urn"})
        api.patch(retired, {"name": "Urn"}, if_match='"9"')
        api.as_(EVE).patch(retired, {"name": "Urn"})

        assert commits(store) == before


@pytest.mark.feature("C10")
class TestInvalid:
    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ('{"name"', "malformed-json"),
            ('{"name": "a", "name": "b"}', "malformed-json"),
            ("[]", "malformed-json"),
            ("null", "malformed-json"),
            ("", "invalid-request"),
            (None, "invalid-request"),
            ({}, "invalid-request"),
            ({"name": 7}, "invalid-request"),
            ({"name": "a", "colour": "red"}, "invalid-request"),
        ],
    )
    def test_a_body_that_cannot_be_taken_is_400(self, api: Api, body: object, problem: str) -> None:
        answer = api.post("/teapots", body)

        assert (answer.status, answer.problem) == (400, problem)

    def test_every_fault_is_named_with_its_path(self, api: Api) -> None:
        parts = [SPOUT, {"name": "lid", "material": "TEA", "cups": 1}]
        answer = api.post("/teapots", {"name": "", "parts": parts})

        assert sorted(answer.faults) == [
            "name",
            "parts.1.cups",
            "parts.1.material",
        ]

    def test_faults_in_an_envelope_are_named_from_its_top(self, api: Api) -> None:
        answer = api.post("/commands/make-teapot", {"expectedVersion": -1, "data": {}})

        assert sorted(answer.faults) == ["data.name", "expectedVersion"]

    def test_a_command_on_a_teapot_must_name_it(self, api: Api) -> None:
        answer = api.post("/commands/retire-teapot", {"data": {}})

        assert (answer.problem, answer.faults) == ("invalid-request", ["aggregateId"])

    @pytest.mark.parametrize(
        "headers",
        [
            {"if_match": "1"},
            {"if_match": '"1'},
            {"if_match": "1, *"},
            {"if_none_match": '"1"'},
            {"x_on_conflict": "overwrite"},
            {"prefer": "wait"},
            {"idempotency_key": "a b"},
            {"idempotency_key": "x" * 129},
            {"x_correlation_id": "søren"},
        ],
        ids=str,
    )
    def test_a_header_that_cannot_be_taken_is_400(
        self, api: Api, path: str, headers: dict[str, str]
    ) -> None:
        answer = api.call("PATCH", path, {"name": "Urn"}, headers)

        assert (answer.status, answer.problem) == (400, "invalid-request")

    def test_a_path_that_is_no_id_is_400(self, api: Api) -> None:
        assert api.patch("/teapots/teapot", {"name": "Urn"}).status == 400

    @pytest.mark.parametrize("path", ["/", "/cups", "/commands/boil-water"])
    def test_a_route_that_does_not_exist_is_404(self, api: Api, path: str) -> None:
        answer = api.post(path, {})

        assert (answer.status, answer.problem) == (404, "no-such-route")

    def test_another_content_type_is_415(self, api: Api) -> None:
        answer = api.post("/teapots", "name=Teapot", content_type="text/plain")

        assert (answer.status, answer.problem) == (415, "unsupported-content-type")

    def test_a_problem_carries_the_correlation_id(self, api: Api) -> None:
        answer = api.post("/teapots", {}, x_correlation_id="order-7")

        assert answer.headers["X-Correlation-Id"] == "order-7"

    def test_a_refusal_carries_the_correlation_id_of_the_envelope(self, api: Api) -> None:
        envelope = {"aggregateId": ID, "correlationId": "order-7", "data": {"name": "Urn"}}
        answer = api.post("/commands/change-teapot", envelope)

        assert (answer.status, answer.headers["X-Correlation-Id"]) == (404, "order-7")

    def test_only_a_creation_may_ask_that_there_be_none(self, api: Api, path: str) -> None:
        assert api.post("/teapots", TEAPOT, if_none_match="*").status == 202
        assert api.patch(path, {"name": "Urn"}, if_none_match="*").status == 400


class TestPreferences:
    """A part that is missing is a preference that cannot be met: the command is run at once."""

    @pytest.mark.feature("K8")
    def test_the_row_is_waited_for_where_there_is_one(
        self, api: Api, store: MemoryEventStore, clock: Clock
    ) -> None:
        commands = Commands.over(kitchen, store, clock, {})
        waiter = Waiter({"TEAPOT": lambda token, plain: {"version": 1}})
        waiting = Api(command_api.build(commands, waiter))
        answers = [one.post("/teapots", TEAPOT, prefer="wait=1") for one in (waiting, api)]

        assert [answer.body["projection"] for answer in answers] == ["reached", "none"]
        assert answers[0].headers["Preference-Applied"] == "wait=1"
        assert "Preference-Applied" not in answers[1].headers

    @pytest.mark.feature("C26")
    def test_a_command_is_deferred_where_it_is_asked_for_and_can_be(self, api: Api) -> None:
        deferring, asked = Later(MemoryEventStore()).api, {"prefer": "respond-async"}
        answers = [
            deferring.post("/teapots", TEAPOT, **asked),
            deferring.post("/teapots", TEAPOT),
            api.post("/teapots", TEAPOT, **asked),
        ]

        statuses = [answer.body["status"] for answer in answers]
        assert statuses == ["pending", "accepted", "accepted"]


class Broken(MemoryEventStore):
    """A store of which every append fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        raise self.error

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        raise self.error


class TestOutages:
    @pytest.mark.feature("C21", "C22")
    def test_what_may_be_tried_again_is_503_and_says_when(self, clock: Clock) -> None:
        answer = api_over(Broken(Unavailable("throttled")), clock).post("/teapots", TEAPOT)

        assert (answer.status, answer.problem) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"

    def test_a_bug_is_500_and_shows_nothing_of_itself(self, clock: Clock) -> None:
        answer = api_over(Broken(RuntimeError("secret tea")), clock).post("/teapots", TEAPOT)

        assert (answer.status, answer.problem) == (500, "internal-error")
        assert "tea" not in answer.text.casefold()
