"""Deferred commands: one effect and one outcome, whatever dies between any two calls of a port."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.tickets import MemoryTickets
from application.ports import Unavailable
from application.writing.deferral import (
    ATTEMPTS,
    RETENTION,
    Deferral,
    Outcome,
    Status,
    Ticket,
    Worker,
    is_current,
)
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.commands.deferred import RunDeferred
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.messages import AggregateId
from tests.support.api import DEVELOPER, EVE, Answer, Api
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7
from tests.support.spec import STREAM

START = datetime.now(UTC)
KEY = uuid7(START)
ID = "0198f2a0-0000-7000-8000-00000000000a"
LATER = {"prefer": "respond-async"}


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Fuse:
    """Kills before or after the n-th call of any port; without an `n`, never."""

    n: int | None = None
    after: bool = False
    calls: list[str] = field(default_factory=list)

    def guards(self, port: Any) -> Any:  # noqa: ANN401 - any port
        return Fused(port, self)

    def call(self, name: str, run: Callable[[], Any]) -> Any:  # noqa: ANN401 - the port's own
        self.calls.append(name)
        due = len(self.calls) == self.n
        if due and not self.after:
            raise Killed(name)
        answer = run()
        if due:
            raise Killed(name)
        return answer


class Fused:
    """A port whose every call goes by the fuse."""

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def run(*given: object, **named: object) -> object:
            return self._fuse.call(name, lambda: found(*given, **named))

        return run


@dataclass
class Started:
    """A workflow that is started and runs when it is told to."""

    tickets: list[Ticket] = field(default_factory=list)

    def start(self, ticket: Ticket) -> None:
        self.tickets.append(ticket)


class Office:
    """Both APIs and the worker over memory; each call is of a fresh process."""

    def __init__(self) -> None:
        self.store, self.tickets = MemoryEventStore(), MemoryTickets()
        self.workflow, self.clock = Started(), Clock(datetime.now(UTC))

    def commands(self, fuse: Fuse) -> Commands:
        return Commands.over(kitchen, fuse.guards(self.store), self.clock, {}, sleep=lambda _: None)

    def api(self, fuse: Fuse | None = None) -> Api:
        fuse = fuse or Fuse()
        tickets, workflow = fuse.guards(self.tickets), fuse.guards(self.workflow)
        deferral = Deferral(tickets, workflow, self.clock)
        return Api(command_api.build(self.commands(fuse), None, deferral))

    def work(self, fuse: Fuse | None = None) -> None:
        """Run all that was started, as often as it was."""
        fuse = fuse or Fuse()
        worker = Worker(fuse.guards(self.tickets), RunDeferred(self.commands(fuse)))
        for ticket in self.workflow.tickets:
            worker.run(ticket.key, ticket.attempt)

    def status(self, command_id: str = KEY, api: Api | None = None) -> Answer:
        nothing: Any = None
        ports = QueryPorts(
            kitchen, nothing, self.store, nothing, clock=self.clock, tickets=self.tickets
        )
        queries = Api(query_api.build(ports), (api or self.api()).person)
        return queries.get(f"/commands/{command_id}")

    def effects(self) -> int:
        return sum(len(list(self.store.read(stream))) for stream, _ in self.store.heads())


@pytest.fixture
def office() -> Office:
    return Office()


def make(api: Api, name: str = "Teapot", key: str = KEY) -> Answer:
    return api.post("/teapots", {"name": name}, idempotency_key=key, **LATER)


def rename(api: Api, name: str = "Urn", key: str = KEY, **headers: str) -> Answer:
    return api.patch(f"/teapots/{ID}", {"name": name}, idempotency_key=key, **LATER, **headers)


@pytest.mark.feature("C3", "C26")
class TestOutcomes:
    def test_the_answer_is_where_to_look_and_no_version(self, office: Office) -> None:
        answer = make(office.api())

        assert (answer.status, answer.body) == (202, {"commandId": KEY, "status": "pending"})
        assert answer.headers["Content-Type"] == "application/vnd.skafu.deferred+json"
        assert answer.headers["Location"] == f"/commands/{KEY}"
        assert answer.headers["Preference-Applied"] == "respond-async"
        assert "ETag" not in answer.headers
        assert office.effects() == 0

    def test_a_pending_command_is_said_to_be(self, office: Office) -> None:
        make(office.api())

        assert office.status().body == {"commandId": KEY, "status": "pending"}
        assert office.status().headers["Retry-After"] == "1"

    def test_an_accepted_command_tells_its_version(self, office: Office) -> None:
        make(office.api())
        office.work()
        body = office.status().body

        assert (body["status"], body["version"]) == ("accepted", 1)
        assert body["location"] == f"/teapots/{body['aggregateId']}"
        assert office.effects() == 1

    def test_a_refused_command_tells_the_problem_that_it_would_have_been_answered(
        self, office: Office
    ) -> None:
        rename(office.api())
        office.work()
        at_once = office.api().patch(f"/teapots/{ID}", {"name": "Urn"})

        assert office.status().body == {
            "commandId": KEY,
            "status": "refused",
            "problem": at_once.body,
        }

    @pytest.mark.feature("K10")
    def test_a_version_that_is_not_the_streams_is_a_refusal(self, office: Office) -> None:
        body = {"aggregateId": ID, "data": {"name": "Teapot"}}
        office.api().post("/commands/make-teapot", body)
        rename(office.api(), if_match='"7"')
        office.work()

        assert office.status().body["problem"]["status"] == 412

    def test_what_may_pass_decides_nothing(self, office: Office) -> None:
        rename(office.api())
        office.store.newest_first = failing(Unavailable("throttled"))  # type: ignore[method-assign] # a fault
        with pytest.raises(Unavailable):
            office.work()

        assert office.status().body["status"] == "pending"

    def test_an_outcome_is_kept_for_seven_days(self, office: Office) -> None:
        make(office.api())
        office.work()
        office.clock.now += RETENTION
        answer = office.status()

        assert (answer.status, answer.problem) == (404, "command-not-found")

    def test_nobody_else_is_told(self, office: Office) -> None:
        make(office.api())

        assert office.status(api=office.api().as_(EVE)).problem == "command-not-found"

    def test_a_command_that_was_not_deferred_has_no_ticket(self, office: Office) -> None:
        office.api().post("/teapots", {"name": "Teapot"}, idempotency_key=KEY)

        assert office.status().problem == "command-not-found"

    def test_nothing_of_the_command_is_kept_after_it(self, office: Office) -> None:
        make(office.api())
        (pending,) = office.tickets.tickets.values()
        office.work()
        (done,) = office.tickets.tickets.values()

        assert (pending.request is None, done.request is None) == (False, True)


def failing(error: Exception) -> Callable[..., Any]:
    def run(*_: object, **__: object) -> Any:  # noqa: ANN401 - never returns
        raise error

    return run


@pytest.mark.feature("C3")
class TestAtOnce:
    """Refusals that need no worker are answered at once, and leave no ticket."""

    @pytest.mark.parametrize(
        ("send", "status"),
        [
            (lambda api: api.post("/teapots", {"name": ""}, **LATER), 400),
            (lambda api: make(api.as_(DEVELOPER)), 403),
            (lambda api: make(api.as_(None)), 401),
            (lambda api: make(api, key="a/b"), 400),
            (lambda api: api.post(
                "/commands/make-teapot", {"userId": EVE.sub, "data": {"name": "Urn"}}, **LATER
            ), 400),
        ],
        ids=["shape", "role", "token", "key", "user"],
    )  # fmt: skip
    def test_a_refusal(self, office: Office, send: Callable[[Api], Answer], status: int) -> None:
        assert send(office.api()).status == status
        assert office.tickets.tickets == {}

    def test_a_key_is_made_when_none_is_given(self, office: Office) -> None:
        answer = office.api().post("/teapots", {"name": "Teapot"}, **LATER)

        assert office.status(answer.body["commandId"]).status == 200

    def test_an_api_that_defers_nothing_runs_it(self) -> None:
        commands = Commands.over(kitchen, MemoryEventStore(), Clock(datetime.now(UTC)), {})
        answer = make(Api(command_api.build(commands)))

        assert (answer.body["status"], answer.body["version"]) == ("accepted", 1)


@pytest.mark.feature("C3", "C15")
class TestSentTwice:
    def test_has_one_effect_and_one_ticket(self, office: Office) -> None:
        first = make(office.api())
        assert make(office.api()).body == first.body
        office.work()

        assert make(office.api()).body == {"commandId": KEY, "status": "accepted"}
        assert (office.effects(), len(office.tickets.tickets)) == (1, 1)

    def test_with_another_content_is_refused(self, office: Office) -> None:
        make(office.api())

        assert make(office.api(), "Urn").problem == "command-id-reused"

    def test_after_a_refusal_is_run_afresh(self, office: Office) -> None:
        rename(office.api())
        office.work()
        body = {"aggregateId": ID, "data": {"name": "Teapot"}}
        office.api().post("/commands/make-teapot", body)
        rename(office.api())
        office.work()

        assert office.status().body["version"] == 2

    def test_a_late_execution_of_the_first_sending_does_not_decide_the_second(
        self, office: Office
    ) -> None:
        rename(office.api())
        office.work()
        rename(office.api())
        (ticket,) = office.tickets.tickets.values()
        Worker(office.tickets, failing(AssertionError())).run(ticket.key, ticket.attempt - 1)

        assert office.status().body["status"] == "pending"

    def test_both_at_once_meet(self, office: Office) -> None:
        api = office.api()
        put = office.tickets.put

        def rival(ticket: Ticket, replaces: Ticket | None) -> None:
            office.tickets.put = put  # type: ignore[method-assign] # a fault
            make(office.api())
            put(ticket, replaces)

        office.tickets.put = rival  # type: ignore[method-assign] # a fault
        assert make(api).status == 202
        office.work()
        assert office.effects() == 1

    def test_a_ticket_that_is_never_as_read_is_503(self, office: Office) -> None:
        make(office.api())
        (ticket,) = office.tickets.tickets.values()
        changing = iter(replace(ticket, attempt=n, status=Status.FAILED) for n in range(ATTEMPTS))

        def get(_: str) -> Ticket | None:
            return next(changing)

        office.tickets.get = get  # type: ignore[method-assign,assignment] # a fault

        assert make(office.api()).status == 503


@pytest.mark.feature("C3", "C15")
class TestKilled:
    """Between any two calls of a port; then it is sent, or run, again."""

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
    def test_the_worker(self, refused: bool, after: bool) -> None:
        for n in range(1, 99):
            office, fuse = Office(), Fuse(n, after)
            send = rename if refused else make
            send(office.api())
            if lived(lambda office=office, fuse=fuse: office.work(fuse)):  # type: ignore[misc] # bound now
                break
            office.work()
            expected = ("refused", 0) if refused else ("accepted", 1)
            assert (office.status().body["status"], office.effects()) == expected
        assert fuse.calls[0] == "get"
        assert fuse.calls[-1] == "put"
        assert ("append" in fuse.calls) is not refused
        assert n == len(fuse.calls) + 1

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_the_api(self, after: bool) -> None:
        for n in range(1, 99):
            office, fuse = Office(), Fuse(n, after)
            if lived(lambda office=office, fuse=fuse: make(office.api(fuse))):  # type: ignore[misc] # bound now
                break
            make(office.api())
            office.work()
            assert (office.status().body["status"], office.effects()) == ("accepted", 1)
        assert fuse.calls == ["get", "put", "start"]

    def test_executions_repeat(self, office: Office) -> None:
        make(office.api())
        for _ in range(3):
            office.work()

        assert (office.status().body["status"], office.effects()) == ("accepted", 1)


IDENTITY = ("ada-sub::ada", KEY)
OTHER = AggregateId("TEAPOT#other")


def deferred(office: Office, aggregate: AggregateId = STREAM, fingerprint: str = "a") -> Ticket:
    deferral = Deferral(office.tickets, office.workflow, office.clock)
    return deferral.defer(IDENTITY, aggregate, "ada-sub", fingerprint, lambda: b"request")


def ended(office: Office, ticket: Ticket, status: Status) -> None:
    office.tickets.put(replace(ticket, status=status), replaces=ticket)


@pytest.mark.feature("C3", "C15")
class TestTickets:
    def test_begin_with_the_first_attempt(self, office: Office) -> None:
        assert deferred(office).attempt == 1

    @pytest.mark.parametrize("status", [Status.REFUSED, Status.FAILED])
    def test_count_an_attempt_after_one_that_did_nothing(
        self, office: Office, status: Status
    ) -> None:
        ended(office, deferred(office), status)

        assert deferred(office).attempt == 2

    def test_of_what_was_accepted_start_nothing_more(self, office: Office) -> None:
        first = deferred(office)
        ended(office, first, Status.ACCEPTED)
        deferred(office)

        assert office.workflow.tickets == [first]

    @pytest.mark.parametrize("given", [{}, {"fingerprint": "b"}, {"aggregate": OTHER}], ids=str)
    def test_that_have_expired_give_way_whatever_they_were_for(
        self, office: Office, given: dict[str, Any]
    ) -> None:
        first = deferred(office)
        office.clock.now += RETENTION
        again = deferred(office, **given)

        assert (again.key, again.attempt) == (first.key, 2)
        assert office.workflow.tickets == [first, again]

    @pytest.mark.parametrize(("seconds", "current"), [(-1, True), (0, False), (1, False)])
    def test_are_valid_until_the_second_in_which_they_expire(
        self, office: Office, seconds: int, current: bool
    ) -> None:
        ticket = deferred(office)
        moment = datetime.fromtimestamp(ticket.expires + seconds, UTC)

        assert is_current(ticket, Clock(moment)) is current

    def test_of_an_older_release_are_those_of_any_aggregate(self, office: Office) -> None:
        older = replace(deferred(office), aggregate=None)

        assert older.is_for(STREAM)
        assert older.is_for(OTHER)


@pytest.mark.feature("C3")
class TestTheWorker:
    def test_runs_nothing_once_the_ticket_is_gone(self, office: Office) -> None:
        Worker(office.tickets, failing(AssertionError())).run("gone", 1)

    def test_keeps_the_outcome_of_the_execution_that_was_first(self, office: Office) -> None:
        def overtaken(ticket: Ticket) -> Outcome:
            ended(office, ticket, Status.ACCEPTED)
            return Status.REFUSED, {}

        ticket = deferred(office)
        Worker(office.tickets, overtaken).run(ticket.key, 1)

        assert office.tickets.tickets[ticket.key].status is Status.ACCEPTED


def lived(run: Callable[[], object]) -> bool:
    try:
        run()
    except Killed:
        return False
    return True
