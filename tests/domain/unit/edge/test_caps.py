"""Every cap at one below it, at it, and one beyond: a table of statuses and problems.

What is within is not only answered well: it is in the store, and of a project it folds to rows.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.memory.words import MemoryWords
from application.commit import canonical_json
from application.publishing.feed import FeedReader
from application.writing.limits import MAX_COMMIT_BYTES, MAX_EVENT_BYTES
from domain.contents import contents
from edge.http.strict_json import MAX_BODY_BYTES, MAX_DEPTH, MAX_NUMBER
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.messages import AggregateId
from kernel.projection import fold_rows
from projections.projects import projects
from projections.services import services
from tests.support.api import ADA, ADMIN, Answer, Api
from tests.support.graphql_session import Session
from tests.support.world import CURRENT, World

pytestmark = pytest.mark.feature("C10", "C20")

MAX_ROW_BYTES = 200 * 1024
ROW = {
    "id": "p",
    "name": "Tea",
    "status": "ACTIVE",
    "version": 10**9,
    "updatedAt": "2026-01-02",
    "projectionVersion": 1,
}
ROWS: dict[str, Any] = {"items": [], "nextToken": None}
SESSION = Session(
    {
        **{"getProject": ROW, "projectsByUser": ROWS, "projectsByShelf": ROWS},
        **{"getOwnerSummary": None, "listOwnerSummaries": ROWS},
        "servicesByProject": ROWS | {"nextToken": "t"},
        **{
            "deploymentsByProject": ROWS,
            "provisioningRunsByProject": ROWS,
            "analyticsByProject": ROWS,
            "analysesByProject": ROWS,
        },
    }
)
STORE = cast(MemoryEventStore, CURRENT)
QUERIES = query_api.build(
    QueryPorts(
        contents,
        AppSyncQueries(SESSION, contents.read_models),
        STORE,
        FeedReader(MemoryFeed(), STORE),
        words=MemoryWords(),
    )
)
Send = Callable[[World, int], Answer]


class Cap(NamedTuple):
    """`send` asks for `n` of something; `within` and `beyond` are statuses up to `limit` and after.

    Where `n` is out of range for another reason, `within` is that refusal's status: a version that
    nobody has reached is 412, and one with too many digits is no version.
    """

    name: str
    limit: int
    send: Send
    beyond: int = 400
    problem: str = "invalid-request"
    within: int = 202


def create(**data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - data of any kind
    return lambda world: world.api.as_(ADA).post("/projects", {"name": "Shop", **data})


def to_project(method: str, part: str, **data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    return lambda world: world.api.as_(ADMIN).call(
        method, f"/projects/{world.id_of('PROJECT')}{part}", data, {}
    )


def to_analysis(part: str, **data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    return lambda world: world.api.as_(ADMIN).post(
        f"/analyses/{world.id_of('ANALYSIS')}{part}", data
    )


def draft(**data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    return lambda world: world.api.as_(ADMIN).post(
        "/templates", {"slug": "another", "name": "Tea", **data}
    )


def parameter(**data: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {"name": "tea", "type": "TEXT", "label": "Tea", **data}


def wished(slug: str = "another", **data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    """Create a project from a template of this slug that is published."""

    def send(world: World) -> Answer:
        files = [{"path": "README.md", "content": ""}]
        drafted = draft(slug=slug, files=files, parameters=[parameter(type="LIST")])(world)
        if drafted.status == 202:
            template = drafted.body["aggregateId"]
            world.api.as_(ADMIN).post(f"/templates/{template}/publish", {})
        return create(templateId=slug, **data)(world)

    return send


def weighing(n: int) -> list[dict[str, Any]]:
    """Return parameters of n bytes: defaults fill up what everything else leaves."""
    made = [parameter(name=f"p{i:02}", default=text(4000)) for i in range(4)]
    made.append(parameter(name="rest", default=""))
    left = n - len(json.dumps(made, separators=(",", ":")))
    return [*made[:-1], parameter(name="rest", default=text(left))]


def configure(**data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    return to_project(
        "PUT", "/configuration", **({"runtime": "python3.13", "region": "us-east-1"} | data)
    )


def sized(make: Callable[[int], Callable[[World], Answer]]) -> Send:
    """A request that is made for a number."""
    return lambda world, n: make(n)(world)


def text(n: int) -> str:
    return "x" * n


def tag(n: int) -> str:
    return f'"{"9" * (n - 2)}"'


def service(name: str = "api", **more: object) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": "API", **more}


def named(n: int) -> list[dict[str, Any]]:
    return [service(f"s{i}") for i in range(n)]


def with_headers(**headers: Callable[[int], str]) -> Send:
    def send(world: World, n: int) -> Answer:
        made = {name: make(n) for name, make in headers.items()}
        return world.api.as_(ADA).post("/projects", {"name": "Shop"}, **made)

    return send


def in_envelope(**fields: Callable[[int], object]) -> Send:
    def send(world: World, n: int) -> Answer:
        made = {name: make(n) for name, make in fields.items()}
        body = {"aggregateId": world.id_of("PROJECT"), "data": {"name": "Shop"}, **made}
        return world.api.as_(ADA).post("/commands/change-project", body)

    return send


def asked(path: str, name: str, make: Callable[[int], object] = int) -> Send:
    """A query of the project with one parameter."""

    def send(world: World, n: int) -> Answer:
        there = path.replace("{id}", world.id_of("PROJECT"))
        return Api(QUERIES, ADMIN).get(there, {name: str(make(n))})

    return send


def next_token(world: World, n: int) -> Answer:
    """A cursor of so many characters, by a long page token of AppSync."""
    path = f"/projects/{world.id_of('PROJECT')}/services"
    cursor = Api(QUERIES, ADMIN).get(path).body["pagination"]["nextToken"]
    return Api(QUERIES, ADMIN).get(path, {"nextToken": cursor + text(n - len(cursor))})


def many(text: str) -> Callable[[int], str]:
    return lambda n: ",".join([text] * n)


def parts_named(n: int) -> str:
    names = ["services", "deployments", "provisioning", "analytics", "analyses"]
    return ",".join((names * 2)[:n])


def added(world: World, configuration: str) -> Answer:
    body = f'{{"serviceName": "a", "serviceType": "API", "configuration": {configuration}}}'
    return world.api.as_(ADA).post(f"/projects/{world.id_of('PROJECT')}/services", body)


def nested(world: World, depth: int) -> Answer:
    """The body itself and the configuration in it are two of the levels."""
    return added(world, '{"in":' * (depth - 2) + "{}" + "}" * (depth - 2))


def event_of(world: World, size: int) -> Answer:
    """A ServiceAdded of so many bytes, as it is stored."""
    return added(world, json.dumps({"t": text(size - overhead(world, added, '{"t": ""}'))}))


def overhead(world: World, send: Callable[[World, str], Answer], body: str) -> int:
    """Bytes of the event without the text, which takes an id and a time of the same length."""
    assert send(world, body).status == 202
    commit = list(STORE.read(AggregateId(f"PROJECT#{world.id_of('PROJECT')}")))[-1]
    before = world.api.as_(ADA).call("DELETE", service_path(world, commit), None, {})
    assert before.status == 202
    return len(canonical_json(commit.stored_events()[-1]).encode())


def service_path(world: World, commit: Any) -> str:  # noqa: ANN401 - a Commit
    service_id = commit.stored_events()[-1]["data"]["serviceId"]
    return f"/projects/{world.id_of('PROJECT')}/services/{service_id}"


def commit_of(world: World, size: int) -> Answer:
    """A creation whose events take so many bytes together, no one of them too many."""
    empty = create(services=with_texts("", "", "", ""))(world)
    (commit,) = STORE.read(AggregateId(f"PROJECT#{empty.body['aggregateId']}"))
    share, rest = divmod(size - len(commit.events.encode()), 4)
    return create(services=with_texts(*(text(share) for _ in range(3)), text(share + rest)))(world)


def with_texts(*texts: str) -> list[dict[str, Any]]:
    return [service(f"s{n}", configuration={"t": t}) for n, t in enumerate(texts)]


def body_of(world: World, size: int) -> Answer:
    """Blanks count as well."""
    body = json.dumps({"name": "Shop"})
    return world.api.as_(ADA).post("/projects", body + " " * (size - len(body)))


def services_held(world: World, n: int) -> Answer:
    """The n-th service; the world's project has one already."""
    more = (to_project("POST", "/services", **service(f"s{i}")) for i in range(1, n))
    return [add(world) for add in more][-1]


def environments(world: World, n: int) -> Answer:
    return [to_project("POST", "/deployments", environment=f"e{i}")(world) for i in range(n)][-1]


def batch(world: World, n: int) -> Answer:
    item = {"type": "change-project", "aggregateId": world.id_of("PROJECT"), "data": {"name": "x"}}
    return world.api.as_(ADA).post("/commands", {"commands": [item] * n})


def number(world: World, n: int) -> Answer:
    return added(world, json.dumps({"n": n}))


def finding(**more: object) -> dict[str, Any]:
    return {"severity": "INFO", "title": "A leak", **more}


def cost(**more: object) -> dict[str, Any]:
    line = {"service": "api", "what": "Requests", "amount": 1, **more}
    return {"total": 1, "lines": [line]}


def done(**more: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - data of any kind
    return to_analysis("/complete", **({"summary": "Well.", "analyst": "rules"} | more))


def question(n: int) -> Callable[[World], Answer]:
    return lambda world: world.api.as_(ADA).post(
        "/analyses", {"projectId": world.id_of("PROJECT"), "kind": "COST", "question": text(n)}
    )


def linked(**data: Any) -> Callable[[World], Answer]:  # noqa: ANN401 - as above
    given = {"provider": "GITHUB", "url": "https://example.org"} | data
    return to_project("PUT", "/repository", **given)


values_of = sized(lambda n: wished(templateParameters={"tea": [text(n - len('{"tea":[""]}'))]}))

CAPS = (
    # Texts
    Cap("name of a project", 100, sized(lambda n: create(name=text(n)))),
    Cap("name in characters of four bytes", 100, sized(lambda n: create(name="\U0001f375" * n))),
    Cap("description", 2000, sized(lambda n: create(description=text(n)))),
    Cap("name of a service", 100, sized(lambda n: create(services=[service(text(n))]))),
    Cap("template reference", 64, sized(lambda n: wished(text(n)))),
    Cap("region", 32, sized(lambda n: configure(region=f"us-{text(n - 5)}-1"))),
    Cap("feature", 64, sized(lambda n: configure(features=[text(n)]))),
    Cap("name of a variable", 128, sized(lambda n: configure(environment={text(n): "1"}))),
    Cap("value of a variable", 1024, sized(lambda n: configure(environment={"A": text(n)}))),
    Cap("name of an environment", 32,
        sized(lambda n: to_project("POST", "/deployments", environment=text(n)))),
    Cap("revision", 100, sized(lambda n: to_project(
        "POST", "/deployments", environment="test", revision=text(n)))),
    Cap("URL", 2048, sized(lambda n: linked(url="https://" + text(n - 8)))),
    Cap("branch", 255, sized(lambda n: linked(defaultBranch=text(n)))),
    Cap("reason", 1000, sized(lambda n: to_analysis("/fail", reason=text(n)))),
    Cap("slug", 64, sized(lambda n: draft(slug=text(n)))),
    Cap("path of a file", 255, sized(lambda n: draft(files=[{"path": text(n), "content": ""}]))),
    Cap("name of a parameter", 40, sized(lambda n: draft(parameters=[parameter(name=text(n))]))),
    Cap("label", 100, sized(lambda n: draft(parameters=[parameter(label=text(n))]))),
    Cap("help of a parameter", 500,
        sized(lambda n: draft(parameters=[parameter(description=text(n))]))),
    Cap("choice", 100,
        sized(lambda n: draft(parameters=[parameter(type="CHOICE", choices=[text(n)])]))),
    Cap("default", 4000, sized(lambda n: draft(parameters=[parameter(default=text(n))])),
        409, "unusable-parameter"),
    Cap("length of a parameter", 4000,
        sized(lambda n: draft(parameters=[parameter(maxLength=n)]))),
    Cap("question", 2000, sized(question)),
    Cap("summary", 4000, sized(lambda n: done(summary=text(n)))),
    Cap("title of a finding", 100, sized(lambda n: done(findings=[finding(title=text(n))]))),
    Cap("detail of a finding", 4000, sized(lambda n: done(findings=[finding(detail=text(n))]))),
    Cap("analyst", 100, sized(lambda n: done(analyst=text(n)))),
    Cap("feature of a finding", 64, sized(lambda n: done(findings=[finding(feature=text(n))]))),
    Cap("limit of an analysis", 300, sized(lambda n: done(notJudged=[text(n)]))),
    Cap("service of a cost line", 100, sized(lambda n: done(monthlyCost=cost(service=text(n))))),
    Cap("what costs", 100, sized(lambda n: done(monthlyCost=cost(what=text(n))))),
    # Counts
    Cap("services at creation", 20, sized(lambda n: create(services=named(n)))),
    Cap("services of a project", 100, services_held, 409, "too-many-services"),
    Cap("environments of a project", 20, environments, 409, "too-many-environments"),
    Cap("features", 50, sized(lambda n: configure(features=[f"f{i}" for i in range(n)]))),
    Cap("variables", 50,
        sized(lambda n: configure(environment={f"V{i}": "1" for i in range(n)}))),
    Cap("files", 100, sized(lambda n: draft(
        files=[{"path": f"f{i}", "content": ""} for i in range(n)]))),
    Cap("parameters", 20, sized(lambda n: draft(
        parameters=[parameter(name=f"p{i}") for i in range(n)]))),
    Cap("choices", 50, sized(lambda n: draft(
        parameters=[parameter(type="CHOICE", choices=[f"c{i}" for i in range(n)])]))),
    Cap("bytes of parameters", 16 * 1024, sized(lambda n: draft(parameters=weighing(n))),
        409, "parameters-too-long"),
    Cap("bytes of values for parameters", 8 * 1024, values_of),
    Cap("lines of a cost", 50, sized(lambda n: done(
        monthlyCost=cost() | {"lines": cost()["lines"] * n}))),
    Cap("limits of an analysis", 20, sized(lambda n: done(notJudged=["Taste."] * n))),
    Cap("cost", 10**9, sized(lambda n: done(monthlyCost=cost() | {"total": n}))),
    Cap("findings", 100, sized(lambda n: done(findings=[finding() for _ in range(n)]))),
    Cap("commands of a batch", 100, batch, within=200),
    # Bytes, depth, numbers
    Cap("bytes of an event", MAX_EVENT_BYTES, event_of, 413, "event-too-large"),
    Cap("bytes of a commit", MAX_COMMIT_BYTES, commit_of, 413, "commit-too-large"),
    Cap("bytes of a body", MAX_BODY_BYTES, body_of, 413, "body-too-large"),
    Cap("depth of a body", MAX_DEPTH, nested, problem="malformed-json"),
    Cap("a whole number", MAX_NUMBER, number, problem="malformed-json"),
    Cap("a whole number below zero", MAX_NUMBER, lambda world, n: number(world, -n),
        problem="malformed-json"),
    Cap("digits behind the point", 130, lambda world, n: added(world, f'{{"n": 1e-{n}}}'),
        problem="malformed-json"),
    Cap("a number with an exponent", 15, lambda world, n: added(world, f'{{"n": 1e{n}}}'),
        problem="malformed-json"),
    # Headers and the envelope
    Cap("Idempotency-Key", 128, with_headers(idempotency_key=text)),
    Cap("X-Correlation-Id", 128, with_headers(x_correlation_id=text)),
    Cap("commandId", 128, in_envelope(commandId=text)),
    Cap("correlationId", 128, in_envelope(correlationId=text)),
    Cap("If-Match", 1024, with_headers(if_match=tag), within=412),
    Cap("expectedVersion", MAX_NUMBER, in_envelope(expectedVersion=int), within=412,
        problem="malformed-json"),
    # Queries
    Cap("limit of a list", 100, asked("/projects/{id}/services", "limit"), within=200),
    Cap("limit of the audit trail", 100, asked("/projects/{id}/events", "limit"), within=200),
    Cap("limit of the feed", 100, asked("/events", "limit"), within=200),
    Cap("nextToken", 4096, next_token, within=200),
    Cap("page of a list", 50, asked("/projects", "page"), within=200),
    Cap("ids of a list", 100, asked("/projects", "ids", many(str(UUID(int=1)))), within=200),
    Cap("filters of a list", 10, asked("/projects", "filters", many("region:r")), within=200),
    Cap("value of a filter", 200, asked("/projects", "filters", lambda n: f"region:{'r' * n}"),
        within=200),
    Cap("question of a search", 200, asked("/projects/search", "q", text), within=200),
    Cap("words of a question", 10, asked("/projects/search", "q", lambda n: " ".join(["x"] * n)),
        within=200),
    Cap("userId of a list", 128, asked("/projects", "userId", text), within=200),
    Cap("parts of a row", 5, asked("/projects/{id}", "include", parts_named), within=200),
    Cap("nextToken of the audit trail", 9,
        asked("/projects/{id}/events", "nextToken", lambda n: "9" * n), within=200),
    Cap("minVersion", 10**9, asked("/projects/{id}", "minVersion"), within=200),
    Cap("version of a state", 10**9, asked("/projects/{id}/state", "version"), within=404),
)  # fmt: skip


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name)
def test_what_is_beyond_a_cap_is_refused_and_nothing_is_stored(cap: Cap) -> None:
    world = ready()
    before = stored()
    answer = cap.send(world, cap.limit + 1)

    assert (answer.status, answer.problem) == (cap.beyond, cap.problem), answer.text
    if cap.send not in PREPARING:
        assert stored() == before


@pytest.mark.parametrize("less", [1, 0], ids=["limit-1", "limit"])
@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name)
def test_what_is_within_a_cap_is_taken_stored_and_projected(cap: Cap, less: int) -> None:
    world = ready()
    before = stored()
    answer = cap.send(world, cap.limit - less)

    assert answer.status == cap.within, answer.text[:400]
    if cap.within == 202:
        assert stored() != before
        assert everything_folds()


# These send what makes the last request the one too many.
PREPARING = (services_held, environments, values_of, event_of, commit_of)


def ready() -> World:
    return World("create-project", "add-service", "request-analysis", "draft-template")


def stored() -> list[tuple[str, int]]:
    return sorted(STORE.heads())


def everything_folds() -> bool:
    """Every stream folds to a state, and every project to rows that AppSync can hold."""
    for stream, version in STORE.heads():
        kind = stream.partition("#")[0]
        decider: Any = next(d for d in contents.aggregates if d.aggregate_type == kind)
        recorded = [r for commit in STORE.read(stream) for r in commit.recorded(decider.events)]
        decider.fold(r.event for r in recorded)
        assert recorded[-1].sequence == version
        if kind == "PROJECT":
            assert_rows(recorded)
    return True


def assert_rows(recorded: list[Any]) -> None:
    rows = fold_rows(projects, recorded) | fold_rows(services, recorded)
    assert rows
    for row in rows.values():
        assert len(json.dumps(asdict(cast(Any, row)), default=str).encode()) <= MAX_ROW_BYTES


def test_the_table_has_its_rows() -> None:
    assert len(CAPS) >= 30
    assert len({cap.name for cap in CAPS}) == len(CAPS)
