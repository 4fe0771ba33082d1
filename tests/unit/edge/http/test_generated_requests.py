"""Generated requests to both APIs in process: no answer that the OpenAPI document does not know."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast
from urllib.parse import unquote

import pytest
import requests
from gql import GraphQLRequest
from schemathesis.core.transport import Response

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedPage, FeedReader, FeedWriter
from domain.contents import contents
from edge.http.api import resolve
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Api, Person
from tests.support.documented import document
from tests.support.fakes import Clock, Stopwatch
from tests.support.generated_requests import (
    Figures,
    Sent,
    attack,
    kind_of,
    of_many,
    operation_of,
    operations,
)
from tests.support.graphql_session import Session, own
from tests.support.rows import rows_of
from tests.support.world import APP, CURRENT, NOW, World

pytestmark = pytest.mark.feature("C10", "C20")

FEW, MANY = 2, 400
RENEWED_AFTER = 40  # cases: streams stay short, and what one case ended exists again for others
PEOPLE: Mapping[str, Person | None] = {
    "admin": ADMIN,
    "owner": ADA,
    "second": EVE,
    "developer": DEVELOPER,
    "nobody": None,
}


class LastPages(Session):
    """A session whose lists have two pages; the second of a shelf begins at a time."""

    def execute(self, request: GraphQLRequest, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - gql's own
        answers = super().execute(request, **arguments)
        given = dict(request.variable_values or {})
        return {
            key: answer | {"nextToken": None}
            if "items" in answer and goes_on(own(given, key))
            else answer
            for key, answer in answers.items()
        }


def goes_on(variables: Mapping[str, Any]) -> bool:
    return any(variables.get(name) is not None for name in ("nextToken", "createdAt"))


MACHINE = "arn:aws:sts::123456789012:assumed-role/analyst/session"
SESSION = LastPages(rows_of(contents).answers)
STORE = cast(MemoryEventStore, CURRENT)


class CurrentFeed:
    """Return a case of what the store holds at the moment."""

    def pages(self, first: int) -> Iterator[FeedPage]:
        feed = MemoryFeed()
        writer = FeedWriter(feed, STORE, Clock(NOW), broken=lambda *_: None)
        writer.write(commit for stream, _ in STORE.heads() for commit in STORE.read(stream))
        return feed.pages(first)


WATCH = Stopwatch()
QUERIES = query_api.build(
    QueryPorts(
        contents,
        AppSyncQueries(SESSION, contents.read_models),
        STORE,
        FeedReader(cast(MemoryFeed, CurrentFeed()), STORE),
        sleep=WATCH.sleep,
        monotonic=WATCH,
    )
)


class Both:
    """Both APIs, and a world that is made anew now and then."""

    def __init__(self, label: str) -> None:
        self.operation = operation_of(label)
        self.cases = 0

    def ids(self, label: str) -> Mapping[str, str]:
        """Return a case of what there is for an operation."""
        if self.cases % RENEWED_AFTER == 0:
            self.world = World.with_everything(self.operation)
        self.cases += 1
        return ids_of(self.world, label)

    def send(self, sent: Sent) -> Response:
        api = Api(APP).as_machine(MACHINE) if sent.who == "machine" else Api(APP, PEOPLE[sent.who])
        event = api.event(
            sent.method, unquote(sent.path), sent.body, dict(sent.headers), texts(sent.query)
        )
        answer = resolve(QUERIES if sent.method == "GET" else APP, event, None)
        return Response(
            status_code=answer["statusCode"],
            headers={n.lower(): list(v) for n, v in answer["multiValueHeaders"].items()},
            content=(answer.get("body") or "").encode(),
            request=requests.Request(sent.method, f"http://in-process{sent.path}").prepare(),
            elapsed=0.0,
            verify=False,
        )


def texts(query: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items()}


def ids_of(world: World, label: str) -> Mapping[str, str]:
    """Return an id for each name of a path's parameter or of a field."""
    operation, kind = operation_of(label), kind_of(label)
    plain = world.id_of(kind.aggregate_type)
    # A creation under an id that exists is refused, so none is named.
    target = {} if operation and operation.creates else {"aggregateId": plain}
    first = next(CURRENT.store.read(kind.id(plain)))
    return (
        target
        | world.named_ids()
        | {"id": plain, "command_id": first.command_id, "owner": f"{ADA.sub}::{ADA.username}"}
    )


@cache
def documented() -> Sequence[Any]:
    return operations(document())


def attacked(cases: int) -> Figures:
    figures = Figures()
    others = of_many(documented())
    for operation in documented():
        both = Both(operation.label)
        attack(operation, cases, both.send, both.ids, figures, others)
    return figures


@pytest.mark.timeout(600)
def test_no_answer_breaks_the_contract() -> None:
    figures = attacked(FEW)

    assert not figures.faults, report(figures)
    assert figures.cases >= 4 * FEW * len(documented())


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_answer_breaks_the_contract_in_a_hundred_thousand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = attacked(MANY)

    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert not figures.faults, report(figures)
    assert figures.cases >= 100_000
    assert min(counts.total() for counts in figures.statuses.values()) >= 500


def report(figures: Figures) -> str:
    return "\n".join([f"{len(figures.faults)} faults", *figures.faults[:20]])
