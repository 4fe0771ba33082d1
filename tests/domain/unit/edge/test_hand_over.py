"""A project that Admin hands over: who may read and change it then, and what is held of whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.memory.subject_streams import MemorySubjectStreams
from application.commit import Commit
from application.ports import Account
from application.privacy.forgetting import Forgetting
from application.publishing.feed import FeedReader
from domain.contents import contents
from domain.project.aggregate import project
from domain.project.events import ProjectHandedOver
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import ADA, ADMIN, EVE, Answer, Api, Person
from tests.support.fakes import Clock
from tests.support.graphql_session import Session
from tests.support.sealers import LIFETIME, KeyOffice

pytestmark = pytest.mark.feature("C13", "L10", "W11", "C20")
OLD = replace(ADA, name="Ada Old", email="ada@example.org")
EVES = f"{EVE.sub}::{EVE.username}"
CI = "arn:aws:sts::123456789012:assumed-role/ci/session-1"


class Pool:
    """The accounts of a user pool, which may be deleted."""

    def __init__(self) -> None:
        self.accounts = {
            ADA.sub: Account(ADA.username),
            EVE.sub: Account(EVE.username, "Eve New", "eve@example.org"),
            "plain-sub": Account("plain-sub"),
        }

    def account(self, sub: str) -> Account | None:
        return self.accounts.get(sub)

    def user_name(self, sub: str) -> str | None:
        account = self.account(sub)
        return None if account is None else account.user_name


class Office:
    """A project of Ada's with one service, before both APIs."""

    def __init__(self) -> None:
        self.store, self.keys, self.pool = MemoryEventStore(), KeyOffice(), Pool()
        self.clock = Clock(datetime.now(UTC))
        commands = Commands.over(
            contents, self.store, self.clock, {}, lambda _: None, sealer=self.keys.sealer()
        )
        self.commands = replace(commands, people=self.pool)
        self.api = Api(command_api.build(self.commands), OLD)
        ports = QueryPorts(
            contents,
            AppSyncQueries(Session({}), contents.read_models.json_fields),
            self.store,
            FeedReader(MemoryFeed(), self.store),
            clock=self.clock,
            sealer=self.keys.sealer(),
        )
        self.queries = Api(query_api.build(ports), OLD)
        made = self.api.post("/projects", {"name": "Teapot"}, idempotency_key="creation-1")
        self.id: str = made.body["aggregateId"]
        self.api.post(f"/projects/{self.id}/services", {"serviceName": "a", "serviceType": "API"})

    def hand_over(self, owner: str | None = EVES, person: Person = ADMIN, **headers: str) -> Answer:
        path = f"/projects/{self.id}/hand-over"
        return self.api.as_(person).post(path, {"owner": owner}, **headers)

    def rename(self, person: Person, **headers: str) -> Answer:
        return self.api.as_(person).patch(f"/projects/{self.id}", {"name": "Urn"}, **headers)

    def read(self, person: Person, path: str, **query: str) -> Answer:
        return self.queries.as_(person).get(f"/projects/{self.id}{path}", query)

    def commits(self) -> list[Commit]:
        return list(self.store.read(project.id(self.id)))

    def event(self) -> ProjectHandedOver:
        *_, last = self.commits()[2].recorded(project.events)
        assert isinstance(last.event, ProjectHandedOver)
        return last.event


@pytest.fixture
def office() -> Office:
    return Office()


class TestWhoMay:
    def test_everything_is_the_new_owners_and_nothing_the_old_ones(self, office: Office) -> None:
        assert office.hand_over().status == 202

        assert office.rename(OLD).problem == "aggregate-not-found"
        assert office.rename(EVE).status == 202
        assert office.rename(ADMIN).status == 202

    def test_the_answer_to_the_old_owner_is_that_for_a_strangers_project(
        self, office: Office
    ) -> None:
        stranger = office.rename(EVE)
        office.hand_over()

        assert office.rename(OLD).text == stranger.text

    def test_what_the_old_owner_sent_again_is_answered_as_before(self, office: Office) -> None:
        before = office.rename(OLD, idempotency_key="renaming-1")
        office.hand_over()

        assert office.rename(OLD, idempotency_key="renaming-1").body == before.body
        assert len(office.commits()) == 4

    def test_machines_act_for_the_new_owner_alone(self, office: Office) -> None:
        item = {"type": "change-project", "aggregateId": office.id, "data": {"name": "Urn"}}
        office.hand_over()
        machine = office.api.as_machine(CI)

        def sent(owner: str) -> Answer:
            return machine.post("/integration/commands", item | {"onBehalfOf": owner})

        assert sent(f"{ADA.sub}::{ADA.username}").problem == "aggregate-not-found"
        assert sent(EVES).status == 202

    def test_an_analysis_is_asked_for_by_the_new_owner_alone(self, office: Office) -> None:
        body = {"projectId": office.id, "kind": "COST"}
        office.hand_over()

        assert office.api.post("/analyses", body).problem == "aggregate-not-found"
        assert office.api.as_(EVE).post("/analyses", body).status == 202

    def test_only_admin_hands_over(self, office: Office) -> None:
        assert {office.hand_over(person=who).problem for who in (OLD, EVE)} == {"forbidden"}
        item = {"type": "hand-over-project", "aggregateId": office.id, "data": {"owner": EVES}}
        machine = office.api.as_machine(CI)
        for owner in ({}, {"onBehalfOf": EVES}):
            assert machine.post("/integration/commands", item | owner).problem == "forbidden"


class TestHistory:
    PATHS = ("/events", "/state", "/commands/creation-1")

    @pytest.mark.parametrize("path", PATHS)
    def test_it_is_read_by_the_new_owner_alone(self, office: Office, path: str) -> None:
        office.hand_over()

        assert office.read(OLD, path).problem == "aggregate-not-found"
        assert office.read(EVE, path).status == office.read(ADMIN, path).status == 200

    def test_the_past_is_the_new_owners_too(self, office: Office) -> None:
        """The state of then names the owner of then, who may not read it any more."""
        moment = office.commits()[0].timestamp
        office.clock.now += timedelta(seconds=1)
        office.hand_over()

        for past in ({"version": "1"}, {"at": moment}):
            assert office.read(OLD, "/state", **past).problem == "aggregate-not-found"
            found = office.read(EVE, "/state", **past)
            assert found.status == 200, found.text
            assert found.body["data"]["owner"] == f"{ADA.sub}::{ADA.username}"

    def test_a_version_that_is_not_there_tells_a_stranger_nothing(self, office: Office) -> None:
        assert office.read(EVE, "/state", version="99").problem == "aggregate-not-found"
        assert office.read(OLD, "/state", version="99").problem == "no-such-version"

    def test_what_is_sealed_for_one_owner_is_withheld_from_the_other(self, office: Office) -> None:
        office.hand_over()
        created, _, handed_over = office.read(EVE, "/events").body["data"]

        assert created["data"]["ownerName"] == created["data"]["ownerEmail"] == "[withheld]"
        assert handed_over["data"] == {
            "owner": EVES,
            "ownerName": "Eve New",
            "ownerEmail": "eve@example.org",
        }


class TestWhoIsNamed:
    @pytest.mark.parametrize("owner", ["eve-sub", "eve-sub::Eve", "nobody", "root-sub::root"])
    def test_who_is_not_in_the_pool_is_refused(self, office: Office, owner: str) -> None:
        answer = office.hand_over(owner)

        assert (answer.status, answer.problem, answer.faults) == (400, "no-such-user", ["owner"])
        assert len(office.commits()) == 2

    @pytest.mark.parametrize("owner", ["nobody", "a b"])
    def test_an_envelope_is_told_where_they_stand_in_it(self, office: Office, owner: str) -> None:
        envelope = {"aggregateId": office.id, "data": {"owner": owner}}
        item = envelope | {"type": "hand-over-project"}
        admin = office.api.as_(ADMIN)

        alone = admin.post("/commands/hand-over-project", envelope)
        [result] = admin.post("/commands", {"commands": [item]}).body["results"]

        assert (
            alone.faults == [one["path"] for one in result["problem"]["errors"]] == ["data.owner"]
        )

    @pytest.mark.parametrize("owner", ["", "a b", "eve-sub::", "a::b::c", 'x" or sub = "y', None])
    def test_what_names_nobody_is_refused(self, office: Office, owner: str | None) -> None:
        answer = office.hand_over(owner)

        assert (answer.status, answer.faults) == (400, ["owner"])
        assert "`<sub>` or `<sub>::<username>`" in answer.text

    def test_a_sub_is_enough_for_those_whose_user_name_it_is(self, office: Office) -> None:
        assert office.hand_over("plain-sub").status == 202
        assert office.event().owner == "plain-sub::plain-sub"
        assert office.event().owner_name is office.event().owner_email is None

    def test_nobody_who_was_forgotten_is_given_anything(self, office: Office) -> None:
        office.keys.process().forget(EVE.sub)
        office.keys.process().forget("plain-sub")

        assert office.hand_over().problem == "subject-is-forgotten"
        assert office.hand_over("plain-sub").problem == "subject-is-forgotten"
        assert len(office.commits()) == 2

    def test_the_owner_is_given_nothing_new(self, office: Office) -> None:
        answer = office.hand_over(f"{ADA.sub}::{ADA.username}")

        assert (answer.status, answer.body["version"]) == (202, 2)

    def test_sent_again_after_the_account_is_gone_it_is_answered_as_before(
        self, office: Office
    ) -> None:
        first = office.hand_over(idempotency_key="handing-1")
        office.pool.accounts.pop(EVE.sub)

        assert office.hand_over(idempotency_key="handing-1").body == first.body
        assert office.hand_over(idempotency_key="handing-2").problem == "no-such-user"

    def test_a_batch_says_of_each_whether_it_was_handed_over(self, office: Office) -> None:
        item = {"type": "hand-over-project", "aggregateId": office.id}
        items = [item | {"data": {"owner": owner}} for owner in ("nobody", EVES)]
        refused, accepted = (
            office.api.as_(ADMIN).post("/commands", {"commands": items}).body["results"]
        )

        assert refused["problem"]["type"].endswith("no-such-user")
        assert accepted["status"] == 202


class TestPersonalData:
    def test_name_and_address_are_sealed_under_the_new_owners_key(self, office: Office) -> None:
        office.hand_over()
        sealed = office.event().owner_email
        assert sealed is not None

        assert office.keys.sealer().open(EVE.sub, sealed) == "eve@example.org"
        assert "Eve New" not in office.commits()[2].events
        assert "eve@example.org" not in office.commits()[2].events

    @pytest.mark.parametrize(
        ("person", "remaining"),
        [(OLD, ["[forgotten]", "Eve New"]), (EVE, ["Ada Old", "[forgotten]"])],
        ids=["the old owner", "the new owner"],
    )
    def test_who_is_forgotten_is_forgotten_alone(
        self, office: Office, person: Person, remaining: list[str]
    ) -> None:
        office.hand_over()
        office.keys.process().forget(person.sub)
        created, _, handed_over = office.read(ADMIN, "/events").body["data"]

        assert [e["data"]["ownerName"] for e in (created, handed_over)] == remaining

    @pytest.mark.parametrize("person", [OLD, EVE], ids=["the old owner", "the new owner"])
    def test_the_stream_is_told_whichever_owner_is_forgotten(
        self, office: Office, person: Person
    ) -> None:
        office.hand_over()
        tombstone = office.keys.table.destroy(person.sub, "2026-01-01T00:00:00.000Z")
        told = [page.streams for page in forgetting(office).notify(person.sub, tombstone)]

        assert told == [(project.id(office.id),)]

    def test_nothing_new_is_begun_for_an_owner_who_was_forgotten(self, office: Office) -> None:
        """It would be theirs, and nobody would notify it."""
        tombstone = office.keys.table.destroy(ADA.sub, "2026-01-01T00:00:00.000Z")
        assert [*forgetting(office).notify(ADA.sub, tombstone)]
        answer = office.api.as_(ADMIN).post("/analyses", {"projectId": office.id, "kind": "COST"})

        assert (answer.status, answer.problem) == (409, "owner-is-forgotten")


def forgetting(office: Office) -> Forgetting:
    return Forgetting(
        office.keys.table,
        MemorySubjectStreams(office.store),
        office.commands.executors,
        office.clock,
        timedelta(seconds=LIFETIME),
    )


@pytest.mark.feature("K1", "K10")
class TestVersions:
    def test_another_version_than_the_one_seen_is_refused(self, office: Office) -> None:
        assert office.hand_over(if_match='"1"').status == 412

    def test_a_change_in_the_meantime_is_merged(self, office: Office) -> None:
        office.rename(OLD)

        assert office.hand_over(if_match='"2"', x_on_conflict="merge").status == 202

    def test_what_was_seen_before_it_is_not_merged_after_it(self, office: Office) -> None:
        office.hand_over()
        late = office.rename(EVE, if_match='"2"', x_on_conflict="merge")

        assert late.problem == "merge-conflict"
        assert "ProjectHandedOver" in late.text
