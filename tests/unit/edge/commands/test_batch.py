"""Several commands in one request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.writing.identity import key_time
from edge.caller import Caller
from edge.commands import api as command_api
from edge.commands import batch
from edge.commands.api import Commands
from edge.commands.batch import MAX_COMMANDS, TIME_FOR_ALL, Batch, BatchRunner
from edge.http.api import Surroundings, build_app
from edge.http.problems import bug
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api
from tests.support.fakes import Clock, Failures
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7

START = datetime.now(UTC)
KEY = uuid7(START)
ID = "0198f2a0-0000-7000-8000-00000000000a"
CREATE: dict[str, Any] = {"type": "make-teapot", "aggregateId": ID, "data": {"name": "Teapot"}}
SPOUT = {"name": "spout", "material": "CLAY"}
ADD: dict[str, Any] = {"type": "add-part", "aggregateId": ID, "data": SPOUT}


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore) -> Api:
    return Api(command_api.build(commands(store)))


def commands(store: MemoryEventStore) -> Commands:
    return Commands.over(kitchen, store, Clock(datetime.now(UTC)), {}, sleep=lambda _: None)


def send(api: Api, *items: object, **headers: str) -> Answer:
    return api.post("/commands", {"commands": items}, **headers)


def commits(store: MemoryEventStore) -> list[Commit]:
    return [commit for stream, _ in store.heads() for commit in store.read(stream)]


def statuses(answer: Answer) -> list[int]:
    return [result["status"] for result in answer.body["results"]]


def problems(answer: Answer) -> list[str]:
    found = [result.get("problem", {}).get("type", "") for result in answer.body["results"]]
    return [name.rpartition("/")[2] for name in found]


@pytest.mark.feature("C23")
class TestBatch:
    def test_answers_each_command_as_if_it_had_come_alone(self, api: Api) -> None:
        alone = api.post("/commands/make-teapot", {"commandId": "a", "data": {"name": "Urn"}})
        answer = send(api, {"type": "make-teapot", "commandId": "a", "data": {"name": "Urn"}})

        assert answer.status == 200
        assert answer.body == {"results": [{"status": 202, "accepted": alone.body}]}

    def test_runs_in_the_order_given(self, api: Api) -> None:
        answer = send(api, CREATE, ADD)

        assert [result["accepted"]["version"] for result in answer.body["results"]] == [1, 2]

    def test_one_bad_command_stops_none(self, api: Api, store: MemoryEventStore) -> None:
        answer = send(
            api,
            CREATE,
            {"type": "boil-water"},
            {},
            ADD | {"data": {"name": "", "material": "TEA"}},
            ADD | {"userId": EVE.sub},
            ADD | {"expectedVersion": 7},
            {"type": "register-tea", "data": {"slug": "tea", "name": "Tea"}},
            ADD,
            ADD,
        )

        assert statuses(answer) == [202, 400, 400, 400, 400, 412, 403, 202, 409]
        assert problems(answer)[-1] == "part-name-taken"
        assert len(commits(store)) == 2

    def test_names_faults_from_the_top_of_each_command(self, api: Api) -> None:
        answer = send(api, {"type": "make-teapot", "colour": "red", "data": {"name": 7}})

        (result,) = answer.body["results"]
        assert sorted(f["path"] for f in result["problem"]["errors"]) == ["colour", "data.name"]

    def test_anothers_teapot_does_not_exist(self, api: Api) -> None:
        send(api, CREATE)

        assert problems(send(api.as_(EVE), ADD)) == ["aggregate-not-found"]

    def test_a_developer_commands_none(self, api: Api) -> None:
        assert statuses(send(api.as_(DEVELOPER), CREATE, CREATE)) == [403, 403]

    def test_nobody_is_401(self, api: Api) -> None:
        assert send(api.as_(None), CREATE).status == 401

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"commands": []},
            {"commands": [CREATE] * (MAX_COMMANDS + 1)},
            {"commands": ["make-teapot"]},
            {"commands": {}},
            {"commands": [CREATE], "colour": "red"},
        ],
        ids=["none", "empty", "too-many", "text", "object", "unknown"],
    )
    def test_what_is_no_batch_is_400(
        self, api: Api, store: MemoryEventStore, body: dict[str, Any]
    ) -> None:
        answer = api.post("/commands", body)

        assert (answer.status, answer.problem, commits(store)) == (400, "invalid-request", [])

    @pytest.mark.feature("C10")
    def test_as_many_as_are_taken_are_run(self, api: Api, store: MemoryEventStore) -> None:
        items = [{"type": "make-teapot", "data": {"name": "Cup"}}] * MAX_COMMANDS

        assert statuses(send(api, *items)) == [202] * MAX_COMMANDS
        assert len(commits(store)) == MAX_COMMANDS

    def test_a_body_above_the_cap_is_413(self, api: Api) -> None:
        items = [{"type": "make-teapot", "data": {"name": "x" * 3000}}] * MAX_COMMANDS

        assert send(api, *items).problem == "body-too-large"


@pytest.mark.feature("C15", "C23")
class TestSentTwice:
    @pytest.mark.parametrize("key", [KEY, "tuesday"], ids=["timed", "opaque"])
    def test_has_one_effect_and_the_same_answer(
        self, api: Api, store: MemoryEventStore, key: str
    ) -> None:
        items = [{"type": "make-teapot", "data": {"name": n}} for n in ("Cup", "Pot")]
        first = send(api, *items, idempotency_key=key)

        assert send(api, *items, idempotency_key=key).body == first.body
        assert len(commits(store)) == len(items)

    def test_makes_up_for_what_failed(self, api: Api, store: MemoryEventStore) -> None:
        send(api, {"type": "boil-water"}, CREATE, idempotency_key=KEY)
        answer = send(api, CREATE | {"aggregateId": None}, CREATE, idempotency_key=KEY)

        assert statuses(answer) == [202, 202]
        assert len(commits(store)) == 2

    def test_keys_of_its_commands_are_of_the_time_of_its_own(
        self, api: Api, store: MemoryEventStore
    ) -> None:
        send(api, CREATE, ADD, idempotency_key=KEY)
        keys = [commit.command_id for commit in commits(store)]

        assert [key_time(key) for key in keys] == [key_time(KEY)] * 2
        assert len({KEY, *keys}) == 3

    @pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=400)], ids=str)
    def test_a_key_from_the_future_is_taken_once(
        self, api: Api, store: MemoryEventStore, ahead: timedelta
    ) -> None:
        first = send(api, CREATE, ADD, idempotency_key=uuid7(START + ahead))
        again = send(api, CREATE, ADD, idempotency_key=uuid7(START + ahead))

        assert statuses(first) == [202, 202]
        assert first.body == again.body
        assert len(commits(store)) == 2

    def test_another_batch_under_the_same_key_is_422(self, api: Api) -> None:
        send(api, CREATE, idempotency_key=KEY)
        answer = send(api, CREATE | {"data": {"name": "Urn"}}, idempotency_key=KEY)

        assert problems(answer) == ["command-id-reused"]


@pytest.mark.feature("E10")
def test_the_batchs_correlation_is_that_of_commands_without_one(
    api: Api, store: MemoryEventStore
) -> None:
    answer = send(api, CREATE, ADD | {"correlationId": "own"}, x_correlation_id="order-7")

    assert answer.headers["X-Correlation-Id"] == "order-7"
    assert [commit.correlation_id for commit in commits(store)] == ["order-7", "own"]


def test_without_a_correlation_id_the_answer_has_the_one_of_its_log_lines(api: Api) -> None:
    keyed, bare = send(api, CREATE, idempotency_key=KEY), send(api, CREATE)

    ids = [answer.headers["X-Correlation-Id"] for answer in (keyed, bare)]
    assert ids == [KEY, "request-1"]


@pytest.mark.feature("C23", "P9")
class TestOutages:
    def test_an_error_that_nobody_foresaw_is_the_commands_own(
        self, store: MemoryEventStore
    ) -> None:
        failures = Failures()
        whole = commands(store)
        broken = replace(whole, executors={"TEAPOT": whole.executors["TEAPOT"]})
        api = Api(build_app(Surroundings(lambda: failures)))
        batch.route(api.app, broken, lambda: failures)
        tea = {"type": "withdraw-tea", "aggregateId": ID, "data": {}}

        assert statuses(send(api.as_(ADMIN), tea, CREATE)) == [500, 202]
        assert [failure.what for failure in failures.reported] == ["RequestFailed"]

    def test_what_there_is_no_time_for_is_not_tried(self, store: MemoryEventStore) -> None:
        times = iter([0.0, TIME_FOR_ALL, TIME_FOR_ALL + 1])
        batches = BatchRunner(commands(store), bug, lambda: next(times))
        ada = Caller(ADA.sub, ADA.username, frozenset(), "")
        answer = batches.run(Batch(ada, KEY, None, None), [CREATE, ADD])

        assert [result.status for result in answer.results] == [202, 503]
        assert len(commits(store)) == 1
