"""No line of a log, and no failure, quotes what an event holds."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from pydantic import BaseModel

from adapters.appsync.queries import AppSyncQueries
from adapters.dynamodb.items import to_item
from adapters.dynamodb.stream_images import commit_of
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.memory.tickets import MemoryTickets
from application.commit import Commit
from application.failures import reason
from application.publishing.feed import FeedReader, FeedWriter
from application.reading.catch_up import CatchUp
from application.upcasting import UnreadableEvent
from application.writing.deferral import Status, Ticket, Worker
from edge.commands import api as command_api
from edge.commands.deferred import RunDeferred
from edge.commands.sending import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.feeding import feed, report
from edge.deliveries.hints import project_hints
from edge.deliveries.integration import Consumer
from edge.deliveries.publication import publish
from edge.log_lines import LogLines
from edge.observability import lines, logger
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import ADMIN, Answer, Api
from tests.support.desk import Desk
from tests.support.fakes import Bus, Failures, MemoryReadModels
from tests.support.graphql_session import Session
from tests.support.kitchen.builders import make, rename
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import parts, teapots
from tests.support.spec import STREAM
from tests.unit.edge.deliveries.test_publish_events import record

CANARY = "Zq7Canary"
ID = STREAM.partition("#")[2]
PATH = f"/teapots/{ID}"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that is logged while the test runs, as the functions write it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(lines)
    logging.getLogger("skafu").addHandler(handler)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger("skafu").removeHandler(handler)
    logging.getLogger().removeHandler(handler)


def with_events(commit: Commit, *events: object) -> Commit:
    return replace(commit, events=json.dumps(events), state=None, state_version=None)


def event(event_type: str, data: object, version: object = "1.0") -> dict[str, object]:
    return {"eventType": event_type, "schemaVersion": version, "data": data}


UNREADABLE: dict[str, Callable[[Commit], Commit]] = {
    "a wrong type": lambda c: with_events(c, event("TeapotRenamed", {"name": {CANARY: CANARY}})),
    "a missing field": lambda c: with_events(c, event("TeapotRenamed", {"nom": CANARY})),
    "a newer version": lambda c: with_events(c, event("TeapotRenamed", {"n": CANARY}, "9.0")),
    "another event": lambda c: with_events(c, event("TeapotSung", {"song": CANARY})),
    "data that are text": lambda c: with_events(c, event("TeapotRenamed", CANARY)),
    "no events": lambda c: with_events(c, CANARY),
    "one event too many": lambda c: with_events(c, *[event("TeapotRenamed", {"name": CANARY})] * 2),
    "no JSON": lambda c: replace(c, events=CANARY, state=None, state_version=None),
    "a state of another shape": lambda c: replace(c, state=json.dumps({"name": [CANARY]})),
}


@dataclass
class House:
    """A stream whose last commit cannot be read, and everything that works with it."""

    commits: list[Commit]
    failures: Failures = field(default_factory=Failures)
    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.store = MemoryEventStore()
        for commit in self.commits:
            self.store.append(commit, state_due=True)
        self.commands = Commands.over(kitchen, self.store, self.desk.clock, {}, lambda _: None)
        rows = AppSyncQueries(Session(), kitchen.read_models)
        reader = FeedReader(MemoryFeed(), self.store)
        ports = QueryPorts(kitchen, rows, self.store, reader, clock=self.desk.clock)
        self.queries = Api(query_api.build(ports), ADMIN)
        self.api = Api(command_api.build(self.commands), ADMIN)

    def records(self) -> list[dict[str, Any]]:
        return [record(to_item(commit), f"p{n}") for n, commit in enumerate(self.commits)]

    def project(self) -> object:
        detail = {"aggregateId": STREAM, "eventSequence": self.commits[-1].last_sequence}
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
        body = json.dumps({"detail": detail | {"data": CANARY}})
        event = {"Records": [{"messageId": "m", "body": body, "attributes": attributes}]}
        return [
            project_hints(event, CatchUp(self.store, MemoryReadModels(), one), self.failures)
            for one in (teapots, parts)
        ]

    def publish(self) -> object:
        return publish({"Records": self.records()}, commit_of, Bus(), self.failures)

    def feed(self) -> object:
        def broken(stream: Any, error: Exception) -> None:  # noqa: ANN401 - an aggregate id
            report(self.failures, stream, error)

        writer = FeedWriter(MemoryFeed(), self.store, self.desk.clock, broken)
        return feed({"Records": self.records()}, commit_of, writer)

    def integrate(self) -> object:
        detail = {"teapotId": ID, "finding": "It leaks.", "number": 7}
        told = {"id": "e", "source": "inspector.example", "detail-type": "inspected"}
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
        body = json.dumps(told | {"detail": detail})
        message = {"messageId": "m", "body": body, "attributes": attributes}
        return each_message({"Records": [message]}, Consumer(self.commands, self.failures))

    def run_deferred(self) -> object:
        envelope = {"type": "change-teapot", "commandId": "k", "aggregateId": ID}
        caller = {"sub": "ada-sub", "username": "ada", "groups": ["Admin"], "token": ""}
        content = {"caller": caller, "item": envelope | {"data": {"name": "Urn"}}}
        request = json.dumps(content | {"traceparent": None}).encode()
        expires = int((self.desk.clock() + timedelta(days=1)).timestamp())
        ticket = Ticket("t", "k", "ada-sub", "f", expires, request=request, attempt=1)
        tickets = MemoryTickets()
        tickets.put(ticket, replaces=None)
        try:
            Worker(tickets, RunDeferred(self.commands)).run("t", 1)
        except Exception as error:  # the runtime logs it, with its text
            logging.getLogger("skafu").error(str(error))
        found = tickets.get("t")
        return found and (found.status, found.outcome)

    def command(self) -> Answer:
        return self.api.patch(PATH, {"name": "Urn"}, idempotency_key="anything")

    def read(self) -> object:
        paths = ("/events", "/state", "/state?version=2", "/commands/k")
        return [self.queries.get(PATH + path).body for path in paths[1:]]


@pytest.fixture(params=UNREADABLE)
def house(request: pytest.FixtureRequest) -> House:
    desk = Desk()
    desk.send(make())
    desk.send(rename("Samovar"))
    *before, last = desk.commits()
    return House([*before, UNREADABLE[request.param](last)], desk=desk)


@pytest.mark.feature("O3", "L7")
@pytest.mark.parametrize(
    "work", ["project", "publish", "feed", "integrate", "run_deferred", "command", "read"]
)
def test_no_function_shows_what_a_stored_event_holds(
    house: House, log: StringIO, work: str
) -> None:
    answer = getattr(house, work)()

    assert CANARY not in log.getvalue()
    assert CANARY not in str([failure.to_dict() for failure in house.failures.reported])
    if work not in ("publish", "feed"):
        assert CANARY not in str(answer)


class Strict(BaseModel):
    number: int


def quoting() -> Iterator[Callable[[], object]]:
    yield lambda: int(CANARY)
    yield lambda: dict[str, int]()[CANARY]
    yield lambda: Strict.model_validate({"number": CANARY})
    yield lambda: getattr(1, CANARY)
    yield lambda: json.loads(CANARY)
    yield lambda: Status(CANARY)


@pytest.mark.parametrize("raises", list(quoting()))
def test_the_text_of_an_error_that_may_quote_a_value_is_not_logged(
    log: StringIO, raises: Callable[[], object]
) -> None:
    with pytest.raises(Exception) as found:  # noqa: PT011 - each has a class of its own
        raises()
    try:
        raise RuntimeError("ours") from found.value
    except RuntimeError as error:
        error.add_note(CANARY)
        logger.exception("failed")

    (line,) = [json.loads(line) for line in log.getvalue().splitlines()[:1]]
    assert CANARY not in log.getvalue()
    assert "RuntimeError: ours" in line["exception"]
    assert f"{type(found.value).__name__} in " in line["exception"]
    assert line["exception_name"] == "RuntimeError"


TRACEBACK = "Traceback (most recent call last):"
CAUSE, CONTEXT = UnreadableEvent("a newer one"), UnreadableEvent("an older one")


@pytest.mark.parametrize(
    ("cause", "suppressed", "before"),
    [(CAUSE, True, CAUSE), (None, False, CONTEXT), (None, True, None)],
    ids=["from", "while handling", "from none"],
)
def test_what_led_to_an_error_comes_before_it(
    cause: Exception | None, suppressed: bool, before: Exception | None
) -> None:
    error = RuntimeError("ours")
    error.__context__, error.__cause__, error.__suppress_context__ = CONTEXT, cause, suppressed
    shown = LogLines().formatException((RuntimeError, error, None)).splitlines()

    first = [] if before is None else [TRACEBACK, reason(before), "which led to"]
    assert shown == [*first, TRACEBACK, reason(error)]


def test_where_an_error_was_raised_is_shown() -> None:
    with pytest.raises(RuntimeError) as found:
        raise RuntimeError("ours")

    first, *places, last = LogLines().formatException((RuntimeError, found.value, None)).split("\n")
    assert (first, last) == (TRACEBACK, reason(found.value))
    assert __file__ in places[0]


def test_without_an_error_there_is_nothing_to_show() -> None:
    assert LogLines().formatException((None, None, None)) == ""


def test_a_text_of_ours_is_shown() -> None:
    assert reason(UnreadableEvent("a newer one")) == "UnreadableEvent: a newer one"


@pytest.mark.feature("V3")
class TestAnEventThatThisReleaseCannotRead:
    @pytest.fixture
    def house(self) -> House:
        desk = Desk()
        desk.send(make())
        desk.send(rename("Samovar"))
        *before, last = desk.commits()
        return House([*before, UNREADABLE["a newer version"](last)], desk=desk)

    def test_is_answered_with_try_again(self, house: House) -> None:
        answers = [house.command(), house.queries.get(f"{PATH}/state")]

        assert [answer.status for answer in answers] == [503, 503]
        assert [answer.headers["Retry-After"] for answer in answers] == ["60", "60"]
        assert answers[0].body["type"].endswith("/unreadable-event")

    def test_is_retried_by_consumers(self, house: House) -> None:
        again = {"batchItemFailures": [{"itemIdentifier": "m"}]}

        assert house.project() == [again, again]
        assert house.integrate() == again

    def test_is_retried_by_the_workflow(self, house: House) -> None:
        assert house.run_deferred() == (Status.PENDING, {})
