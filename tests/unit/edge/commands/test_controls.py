"""Controls of commands: taken from headers and envelopes in every way in, and never dropped."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.tickets import MemoryTickets
from application.commit import Commit
from application.privacy.sealing import Sealer
from application.writing.deferral import Deferral, Ticket, Worker
from application.writing.requests import NO_VERSION
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.controls import Versions, versions_of
from edge.commands.deferred import RunDeferred
from kernel.contents import Contents
from tests.support.api import ADA, ADMIN, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7

pytestmark = pytest.mark.feature("C5", "C6", "C15", "C20")

NOW = datetime.now(UTC)
KEY, OTHER = uuid7(NOW), uuid7(NOW, 1)
MACHINE = "arn:aws:sts::123456789012:assumed-role/ci/session-1"
ADAS = f"{ADA.sub}::{ADA.username}"
URN = {"name": "Urn"}
Json = dict[str, Any]
Send = Callable[..., Answer]


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore) -> Api:
    return Api(command_api.build(Commands.over(kitchen, store, Clock(NOW), {}, lambda _: None)))


@pytest.fixture
def teapot(api: Api) -> str:
    """The id of a teapot of Ada's at version 2."""
    teapot = str(api.post("/teapots", {"name": "Pot"}).body["aggregateId"])
    assert api.patch(f"/teapots/{teapot}", {"name": "Samovar"}).status == 202
    return teapot


def rest(api: Api, teapot: str, envelope: Json, **headers: str) -> Answer:
    assert not envelope
    return api.patch(f"/teapots/{teapot}", URN, **headers)


def task(api: Api, teapot: str, envelope: Json, **headers: str) -> Answer:
    body = {"aggregateId": teapot, "data": URN, **envelope}
    return api.post("/commands/change-teapot", body, **headers)


def by_machine(api: Api, teapot: str, envelope: Json, **headers: str) -> Answer:
    body = {"type": "change-teapot", "aggregateId": teapot, "data": URN, "onBehalfOf": ADAS}
    return api.as_machine(MACHINE).post("/integration/commands", body | envelope, **headers)


class Later:
    """The command API with a workflow that runs when a test says so."""

    def __init__(
        self, store: MemoryEventStore, sealer: Sealer | None = None, contents: Contents = kitchen
    ) -> None:
        commands = Commands.over(contents, store, Clock(NOW), {}, lambda _: None, sealer)
        self.tickets, self.started = MemoryTickets(), list[Ticket]()
        deferral = Deferral(self.tickets, self, Clock(NOW))
        self.api = Api(command_api.build(commands, deferral=deferral))
        self.worker = Worker(self.tickets, RunDeferred(commands))

    def start(self, ticket: Ticket) -> None:
        self.started.append(ticket)

    def run(self) -> Json:
        """Run the command that was deferred last, and return its outcome."""
        ticket = self.started[-1]
        self.worker.run(ticket.key, ticket.attempt)
        found = self.tickets.get(ticket.key)
        assert found is not None
        return dict(found.outcome)


STYLES = [rest, task, by_machine]
WITH_ENVELOPE = [task, by_machine]


def commits(store: MemoryEventStore) -> list[Commit]:
    return [commit for stream, _ in store.heads() for commit in store.read(stream)]


def test_the_greatest_version_comes_first_and_each_once() -> None:
    assert versions_of('"1", "3", "2", "3", W/"9"') == Versions(3, (2, 1))
    assert versions_of('W/"9"') == Versions(NO_VERSION)


@pytest.mark.parametrize("send", STYLES)
class TestHeaders:
    @pytest.mark.parametrize(
        ("tags", "status"),
        [
            ('"2"', 202),
            ('"2.7"', 202),
            ("*", 202),
            ('"1", "2"', 202),
            ('"9" , "2",', 202),
            ('"1"', 412),
            ('"99"', 412),
            ('W/"2"', 412),
            ('"1", W/"2"', 412),
            ('"abc"', 412),
            ('"2,"', 412),
            ('""', 412),
            ("2", 400),
            ('"2', 400),
            ("", 400),
        ],
    )
    def test_a_version_is_compared(
        self, api: Api, teapot: str, send: Send, tags: str, status: int
    ) -> None:
        answer = send(api, teapot, {}, if_match=tags)

        assert answer.status == status, answer.text
        assert status != 412 or answer.problem == "version-mismatch"

    def test_a_key_makes_it_one_command(
        self, api: Api, teapot: str, send: Send, store: MemoryEventStore
    ) -> None:
        first = send(api, teapot, {}, idempotency_key=KEY)
        again = send(api, teapot, {}, idempotency_key=KEY)

        assert (first.body, first.body["commandId"]) == (again.body, KEY)
        assert len(commits(store)) == 3

    def test_a_correlation_id_is_recorded(
        self, api: Api, teapot: str, send: Send, store: MemoryEventStore
    ) -> None:
        answer = send(api, teapot, {}, x_correlation_id="order-7")

        assert answer.headers["X-Correlation-Id"] == "order-7"
        assert commits(store)[-1].correlation_id == "order-7"

    def test_a_conflict_is_resolved_as_asked(self, api: Api, teapot: str, send: Send) -> None:
        merged = send(api, teapot, {}, if_match='"1"', x_on_conflict="merge")
        won = send(api, teapot, {}, if_match='"1"', x_on_conflict="last-write-wins")

        assert (merged.problem, won.status) == ("merge-conflict", 202)

    @pytest.mark.parametrize("on_conflict", ["reject", "last-write-wins", "merge"])
    @pytest.mark.parametrize("tags", ['W/"1"', '"abc"', '"3"'])
    def test_what_no_aggregate_is_at_is_refused_however_conflicts_are_resolved(
        self, api: Api, teapot: str, send: Send, tags: str, on_conflict: str
    ) -> None:
        answer = send(api, teapot, {}, if_match=tags, x_on_conflict=on_conflict)

        assert (answer.status, answer.problem) == (412, "version-mismatch")

    def test_a_change_takes_no_if_none_match(self, api: Api, teapot: str, send: Send) -> None:
        answer = send(api, teapot, {}, if_none_match="*")

        assert answer.status == (412 if send is by_machine else 400)


@pytest.mark.parametrize("send", WITH_ENVELOPE)
class TestSaidTwice:
    ALIKE: tuple[tuple[Json, dict[str, str]], ...] = (
        ({"commandId": KEY}, {"idempotency_key": KEY}),
        ({"correlationId": "a"}, {"x_correlation_id": "a"}),
        ({"expectedVersion": 2}, {"if_match": '"2"'}),
        ({"onConflict": "merge"}, {"x_on_conflict": "merge"}),
    )
    DIFFERENT: tuple[tuple[Json, dict[str, str]], ...] = (
        ({"commandId": KEY}, {"idempotency_key": OTHER}),
        ({"correlationId": "a"}, {"x_correlation_id": "b"}),
        ({"expectedVersion": 2}, {"if_match": '"1"'}),
        ({"expectedVersion": 0}, {"if_match": '"2"'}),
        ({"expectedVersion": 2}, {"if_match": '"2", "1"'}),
        ({"expectedVersion": 2}, {"if_match": "*"}),
        ({"expectedVersion": 2}, {"if_match": 'W/"2"'}),
        ({"onConflict": "reject"}, {"x_on_conflict": "merge"}),
        ({"onConflict": "merge"}, {"x_on_conflict": "reject"}),
    )

    @pytest.mark.parametrize(("envelope", "headers"), ALIKE)
    def test_alike_is_said_once(
        self, api: Api, teapot: str, send: Send, envelope: Json, headers: dict[str, str]
    ) -> None:
        assert send(api, teapot, envelope, **headers).status == 202

    @pytest.mark.parametrize(("envelope", "headers"), DIFFERENT)
    def test_with_different_values_is_400(
        self,
        api: Api,
        teapot: str,
        send: Send,
        envelope: Json,
        headers: dict[str, str],
        store: MemoryEventStore,
    ) -> None:
        before = len(commits(store))
        answer = send(api, teapot, envelope, **headers)

        assert (answer.status, answer.problem) == (400, "invalid-request")
        assert answer.faults == [next(iter(envelope))]
        assert len(commits(store)) == before


class TestCreation:
    @pytest.mark.parametrize("path", ["/teapots", "/commands/make-teapot"])
    def test_only_where_there_is_none(self, api: Api, path: str) -> None:
        body = {"name": "Pot"} if path == "/teapots" else {"data": {"name": "Pot"}}

        assert api.post(path, body, if_none_match="*").status == 202
        assert api.post(path, body, if_match="*").problem == "version-mismatch"
        assert api.post(path, body, if_match='"1"', if_none_match="*").status == 400

    def test_not_where_there_is_one(self, api: Api, teapot: str) -> None:
        body = {"aggregateId": teapot, "data": {"name": "Pot"}}
        answer = api.post("/commands/make-teapot", body, if_none_match="*")

        assert answer.problem == "version-mismatch"

    def test_by_a_machine(self, api: Api) -> None:
        body = {"type": "make-teapot", "data": {"name": "Pot"}, "onBehalfOf": ADAS}
        machine = api.as_machine(MACHINE)

        assert machine.post("/integration/commands", body, if_none_match="*").status == 202


@pytest.mark.parametrize("path", ["/commands", "/integration/commands"])
class TestSeveral:
    """What is said of one command is refused for several: it would apply to none or to all."""

    def send(self, api: Api, path: str, **headers: str) -> Answer:
        client = api.as_machine(MACHINE) if path.startswith("/i") else api
        items = [{"type": "make-teapot", "data": {"name": "Pot"}}]
        return client.post(path, {"commands": items}, **headers)

    @pytest.mark.parametrize(
        "headers",
        [
            {"if_match": '"1"'},
            {"if_match": "*"},
            {"if_none_match": "*"},
            {"x_on_conflict": "merge"},
            {"prefer": "wait"},
            {"prefer": "wait=soon"},
            {"x_correlation_id": "a b"},
        ],
    )
    def test_is_400(
        self, api: Api, path: str, headers: dict[str, str], store: MemoryEventStore
    ) -> None:
        answer = self.send(api, path, **headers)

        assert (answer.status, answer.problem) == (400, "invalid-request")
        assert answer.faults == [f"header.{next(iter(headers)).replace('_', '-')}"]
        assert commits(store) == []

    def test_their_key_and_correlation_id_are_taken(self, api: Api, path: str) -> None:
        answer = self.send(api, path, idempotency_key=KEY, x_correlation_id="a")

        assert answer.headers["X-Correlation-Id"] == "a"
        assert self.send(api, path, idempotency_key=KEY).body == answer.body


class TestDeferred:
    """A deferred command is run with the controls that it was sent with."""

    @pytest.mark.parametrize("send", [rest, task])
    @pytest.mark.parametrize(
        ("tags", "on_conflict", "problem"),
        [
            ('"2"', "reject", ""),
            ("*", "reject", ""),
            ('"1", "2"', "reject", ""),
            ('"1"', "last-write-wins", ""),
            ('"1"', "reject", "version-mismatch"),
            ('W/"2"', "last-write-wins", "version-mismatch"),
            ('"9", "7"', "reject", "version-mismatch"),
            ('"1"', "merge", "merge-conflict"),
        ],
    )
    def test_is_compared_when_it_is_run(
        self,
        store: MemoryEventStore,
        teapot: str,
        send: Send,
        tags: str,
        on_conflict: str,
        problem: str,
    ) -> None:
        later = Later(store)
        headers = {"if_match": tags, "x_on_conflict": on_conflict, "x_correlation_id": "a"}
        answer = send(later.api, teapot, {}, prefer="respond-async", **headers)
        assert (answer.status, answer.body["status"]) == (202, "pending")
        outcome = later.run()

        assert outcome.get("problem", {}).get("type", "").rpartition("/")[2] == problem
        assert problem or commits(store)[-1].correlation_id == "a"

    def test_with_other_versions_is_another_command(
        self, store: MemoryEventStore, teapot: str
    ) -> None:
        later = Later(store)

        def sent(tags: str) -> Answer:
            return rest(
                later.api, teapot, {}, prefer="respond-async", idempotency_key=KEY, if_match=tags
            )

        assert sent('"1", "2"').status == sent('"2" ,"1"').status == 202
        assert sent('"2"').problem == sent('W/"2"').problem == "command-id-reused"


class TestSentAgain:
    def test_with_the_same_versions_is_one_command(
        self, api: Api, teapot: str, store: MemoryEventStore
    ) -> None:
        first = rest(api, teapot, {}, idempotency_key=KEY, if_match='"1", "2"')
        again = rest(api, teapot, {}, idempotency_key=KEY, if_match='"2", "1"')

        assert (first.status, again.body) == (202, first.body)
        assert len(commits(store)) == 3

    @pytest.mark.parametrize("tags", ['"2"', '"2", "0"', 'W/"2"'])
    def test_with_other_versions_is_another_one(self, api: Api, teapot: str, tags: str) -> None:
        rest(api, teapot, {}, idempotency_key=KEY, if_match='"2", "1"')

        answer = rest(api, teapot, {}, idempotency_key=KEY, if_match=tags)
        assert answer.problem == "command-id-reused"


@pytest.mark.parametrize("query", [{"foo": ""}, {"ids": "a"}, {"page": "1"}, {"Limit": "1"}])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/teapots", {"name": "Pot"}),
        ("/commands/make-teapot", {"data": {"name": "Pot"}}),
        ("/commands", {"commands": [{"type": "make-teapot", "data": {"name": "Pot"}}]}),
    ],
)
def test_no_command_takes_a_query_parameter(
    api: Api, store: MemoryEventStore, path: str, body: Json, query: dict[str, str]
) -> None:
    answer = api.call("POST", path, body, {}, query)

    assert (answer.status, answer.faults) == (400, [f"query.{next(iter(query))}"])
    assert commits(store) == []


@pytest.mark.parametrize("field", ["colour", "idempotencyKey", "ifMatch", "wait"])
def test_no_envelope_takes_another_field(api: Api, teapot: str, field: str) -> None:
    for send in WITH_ENVELOPE:
        assert send(api, teapot, {field: "1"}).problem == "invalid-request"
    item = {"type": "change-teapot", "aggregateId": teapot, "data": URN, field: "1"}
    (result,) = api.as_(ADMIN).post("/commands", {"commands": [item]}).body["results"]
    assert result["status"] == 400


def test_an_unknown_operation_is_404_whatever_it_is_asked(api: Api) -> None:
    assert api.call("POST", "/cups", {}, {"if_match": '"1"'}, {"foo": "1"}).status == 404
