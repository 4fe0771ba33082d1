"""Commands of machines, on behalf of people and on their own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.ports import Account
from edge.commands import api as command_api
from edge.commands.api import Commands
from tests.support.api import ADA, ADMIN, EVE, Answer, Api, Person
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7
from tests.support.sealers import KeyOffice

START = datetime.now(UTC)
KEY = uuid7(START)
CI = "arn:aws:sts::123456789012:assumed-role/ci/session-1"
CI_AGAIN = "arn:aws:sts::123456789012:assumed-role/ci/session-2"
ERP = "arn:aws:iam::123456789012:user/partners/erp"
ADAS = f"{ADA.sub}::{ADA.username}"
EVES = f"{EVE.sub}::{EVE.username}"
TEAPOT: dict[str, Any] = {"type": "make-teapot", "data": {"name": "Teapot"}}
SPOUT = {"name": "spout", "material": "CLAY"}


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore) -> Api:
    """Send as the machine named ci."""
    commands = Commands.over(kitchen, store, Clock(datetime.now(UTC)), {}, sleep=lambda _: None)
    return Api(command_api.build(commands)).as_machine(CI)


def send(api: Api, body: object, **headers: str) -> Answer:
    return api.post("/integration/commands", body, **headers)


def make(api: Api, owner: str = ADAS, **headers: str) -> Answer:
    return send(api, TEAPOT | {"onBehalfOf": owner}, **headers)


def add_part(teapot: str, owner: str | None) -> dict[str, Any]:
    person = {} if owner is None else {"onBehalfOf": owner}
    return {"type": "add-part", "aggregateId": teapot, "data": SPOUT, **person}


def commits(store: MemoryEventStore) -> list[Commit]:
    return [commit for stream, _ in store.heads() for commit in store.read(stream)]


@pytest.mark.feature("I1", "C27")
class TestOnBehalfOfAPerson:
    def test_what_a_machine_creates_is_the_persons(self, api: Api) -> None:
        answer = make(api)
        mine = api.as_(ADA).patch(answer.headers["Location"], {"name": "Urn"})
        theirs = api.as_(EVE).patch(answer.headers["Location"], {"name": "Urn"})

        assert (answer.status, mine.status, theirs.status) == (202, 202, 404)

    def test_it_may_command_what_is_theirs(self, api: Api) -> None:
        teapot = api.as_(ADA).post("/teapots", {"name": "Teapot"}).body["aggregateId"]

        assert send(api, add_part(teapot, ADAS)).status == 202
        assert send(api, add_part(teapot, EVES)).problem == "aggregate-not-found"
        assert send(api, add_part(teapot, None)).problem == "forbidden"

    @pytest.mark.feature("E12")
    def test_both_are_recorded(self, api: Api, store: MemoryEventStore) -> None:
        make(api)
        (commit,) = commits(store)

        assert commit.actor == "machine:123456789012:role/ci::ci"
        assert commit.on_behalf_of == ADAS

    def test_a_sub_alone_is_the_user_name_too(self, api: Api, store: MemoryEventStore) -> None:
        make(api, "0198f2a0-0000-7000-8000-00000000000a")
        (commit,) = commits(store)

        person = "0198f2a0-0000-7000-8000-00000000000a"
        assert commit.on_behalf_of == f"{person}::{person}"

    @pytest.mark.parametrize("name", ["Zoë", "名前", "a:b", "e\u0301", "x,y"])
    def test_a_user_name_may_be_in_any_script(
        self, api: Api, store: MemoryEventStore, name: str
    ) -> None:
        zoe = Person("zoe-sub", name)
        answer = make(api, f"zoe-sub::{name}")
        (commit,) = commits(store)

        assert commit.on_behalf_of == f"zoe-sub::{name}"
        assert api.as_(zoe).patch(answer.headers["Location"], {"name": "Urn"}).status == 202

    @pytest.mark.parametrize(
        "person",
        ["", "a b", 7, {}, "machine:1:role/ci::ci", "a::", "::a", "a::b::c", "a::b c", "é::a"],
    )
    def test_what_is_no_person_is_refused(self, api: Api, person: object) -> None:
        answer = send(api, TEAPOT | {"onBehalfOf": person})

        assert (answer.status, answer.faults) == (400, ["onBehalfOf"])

    def test_the_user_in_the_envelope_is_the_person(self, api: Api) -> None:
        body = TEAPOT | {"onBehalfOf": ADAS}

        assert send(api, body | {"userId": ADA.sub}).status == 202
        assert send(api, body | {"userId": EVE.sub}).faults == ["userId"]

    def test_it_may_not_do_what_only_admins_may(self, api: Api) -> None:
        body = {"type": "register-tea", "data": {"slug": "tea", "name": "Tea"}}

        assert send(api, body).problem == "forbidden"
        assert send(api, body | {"onBehalfOf": f"{ADMIN.sub}::{ADMIN.username}"}).status == 403


@dataclass
class Pool:
    """A user pool that counts how often it is asked."""

    users: dict[str, str]
    asked: int = 0

    def user_name(self, sub: str) -> str | None:
        self.asked += 1
        return self.users.get(sub)

    def account(self, sub: str) -> Account | None:
        name = self.user_name(sub)
        return None if name is None else Account(name)


@pytest.mark.feature("I1", "C27", "C20")
class TestPeople:
    """A machine acts for users of the pool only: what it made for others nobody would ever see."""

    @pytest.fixture
    def api(self, store: MemoryEventStore) -> Api:
        pool = Pool(
            {ADA.sub: ADA.username, EVE.sub: EVE.username, "zoe-sub": "Zoë", "e-sub": "e-sub"}
        )
        clock = Clock(datetime.now(UTC))
        commands = Commands.over(kitchen, store, clock, {}, sleep=lambda _: None)
        return Api(command_api.build(replace(commands, people=pool))).as_machine(CI)

    @pytest.mark.parametrize("person", [ADAS, EVES, "zoe-sub::Zoë", "e-sub", "e-sub::e-sub"])
    def test_who_are_in_the_pool_are_acted_for(self, api: Api, person: str) -> None:
        assert make(api, person).status == 202

    @pytest.mark.parametrize(
        "person", ["bob-sub", "bob-sub::bob", "ada-sub", "ada-sub::Ada", "ada-sub::eve", "zoe-sub"]
    )
    def test_who_are_unknown_or_misspelt_are_refused(
        self, api: Api, store: MemoryEventStore, person: str
    ) -> None:
        item = TEAPOT | {"onBehalfOf": person}
        alone, batch = (
            send(api, item),
            send(api, {"commands": [item, TEAPOT | {"onBehalfOf": ADAS}]}),
        )
        of_all = send(api, {"commands": [TEAPOT], "onBehalfOf": person})

        assert (alone.status, alone.problem, alone.faults) == (400, "no-such-user", ["onBehalfOf"])
        first, second = batch.body["results"]
        assert (first["problem"], second["status"]) == (alone.body, 202)
        assert of_all.body["results"][0]["problem"] == alone.body
        assert len(commits(store)) == 1


@pytest.mark.feature("I1", "L10", "W11")
def test_for_a_person_who_was_forgotten_no_machine_commands(store: MemoryEventStore) -> None:
    office = KeyOffice()
    commands = Commands.over(
        kitchen, store, Clock(datetime.now(UTC)), {}, sleep=lambda _: None, sealer=office.sealer()
    )
    api = Api(command_api.build(commands)).as_machine(CI)
    assert make(api).status == 202
    office.process().forget(ADA.sub)

    assert make(api).problem == "subject-is-forgotten"
    assert send(api, TEAPOT | {"onBehalfOf": EVES}).status == 202
    assert len(commits(store)) == 2


@pytest.mark.feature("I1", "C15")
class TestIdentity:
    def test_command_ids_are_the_machines(self, api: Api, store: MemoryEventStore) -> None:
        mine = api.as_(ADA).post("/teapots", {"name": "Teapot"}, idempotency_key=KEY)
        its = make(api, idempotency_key=KEY)
        anothers = make(api.as_machine(ERP), idempotency_key=KEY)

        ids = {answer.body["aggregateId"] for answer in (mine, its, anothers)}
        assert len(ids) == len(commits(store)) == 3

    def test_sessions_of_a_role_are_one_machine(self, api: Api, store: MemoryEventStore) -> None:
        first = make(api, idempotency_key=KEY)
        again = make(api.as_machine(CI_AGAIN), idempotency_key=KEY)

        assert first.body == again.body
        assert len(commits(store)) == 1

    def test_one_id_for_two_people_is_refused(self, api: Api) -> None:
        make(api, ADAS, idempotency_key=KEY)

        assert make(api, EVES, idempotency_key=KEY).problem == "command-id-reused"


@pytest.mark.feature("I1")
class TestItsOwnWork:
    def test_it_reports_on_any_teapot(self, api: Api) -> None:
        teapot = api.as_(ADA).post("/teapots", {"name": "Teapot"}).body["aggregateId"]
        body = {"type": "inspect-teapot", "aggregateId": teapot}

        assert send(api, body | {"data": {"finding": "It leaks."}}).status == 202

    def test_it_owns_nothing(self, api: Api, store: MemoryEventStore) -> None:
        assert (send(api, TEAPOT).problem, commits(store)) == ("forbidden", [])


@pytest.mark.feature("I1", "C23")
class TestBatch:
    def test_names_the_person_once_or_for_each(self, api: Api, store: MemoryEventStore) -> None:
        body = {"commands": [TEAPOT, TEAPOT | {"onBehalfOf": EVES}], "onBehalfOf": ADAS}
        answer = send(api, body)

        assert [result["status"] for result in answer.body["results"]] == [202, 202]
        assert {commit.on_behalf_of for commit in commits(store)} == {ADAS, EVES}

    def test_one_bad_person_stops_none(self, api: Api) -> None:
        answer = send(api, {"commands": [TEAPOT | {"onBehalfOf": 7}, TEAPOT], "onBehalfOf": ADAS})

        assert [result["status"] for result in answer.body["results"]] == [400, 202]

    @pytest.mark.parametrize("commands", [[], {}, None, "make-teapot", [TEAPOT] * 101])
    def test_what_is_no_batch_is_400(self, api: Api, commands: object) -> None:
        assert send(api, {"commands": commands}).problem == "invalid-request"


@pytest.mark.feature("I1", "C11")
class TestWhoIsAMachine:
    @pytest.mark.parametrize("path", ["/integration/commands", "/integration/commands/"])
    def test_no_person_is(self, api: Api, path: str) -> None:
        assert api.as_(ADMIN).post(path, TEAPOT).status in (401, 404)
        assert api.as_(None).post(path, TEAPOT).status in (401, 404)

    @pytest.mark.parametrize(
        "arn", ["arn:aws:iam::123456789012:root", "arn:aws:iam::1:user/a", "ci", "arn:aws:iam::"]
    )
    def test_no_other_principal_is(self, api: Api, arn: str) -> None:
        assert send(api.as_machine(arn), TEAPOT).problem == "unauthorized"

    def test_a_machine_is_no_person(self, api: Api) -> None:
        assert api.post("/teapots", {"name": "Teapot"}).status == 401
        assert api.post("/commands", {"commands": [TEAPOT]}).status == 401
