"""Bad input gets a clear error, nothing is stored, and nothing is lost: one table, run as it is."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jwt
import pytest
import uuid6
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.api_client import ApiClient, count_items, queue_depths

pytestmark = pytest.mark.feature("C10", "C11", "C20")

ABSENT = "0198f2a0-0000-7000-8000-00000000dead"
Make = Callable[["World"], Any]


@dataclass
class World:
    """The subjects of the table's rows: people, and a project at version 2."""

    owner: ApiClient
    second: ApiClient
    developer: ApiClient
    project: str
    used_key: str
    tokens: dict[str, str] = field(default_factory=dict)


class Case(NamedTuple):
    """A request, and the answer that it must get. Callables are given the world."""

    name: str
    status: int
    problem: str
    method: str = "POST"
    path: str | Make = "/projects"
    body: Any = None
    headers: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    who: str = "owner"
    token: str | None = ""


def of_project(path: str = "") -> Make:
    return lambda world: f"/projects/{world.project}{path}"


def uuid7_at(seconds_from_now: float) -> str:
    milliseconds = int((time.time() + seconds_from_now) * 1000)
    return str(uuid6.UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | 1))


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


def service(name: str = "api", kind: str = "API", **more: object) -> dict[str, Any]:
    return {"serviceName": name, "serviceType": kind, **more}


NAME = {"name": "Shop"}
TASK = "/commands/create-project"
CASES = (
    # The body is not one unambiguous JSON document
    Case("no body", 400, "invalid-request"),
    Case("empty text", 400, "invalid-request", body=""),
    Case("broken JSON", 400, "malformed-json", body='{"name": "Shop"'),
    Case("text after the document", 400, "malformed-json", body='{"name": "Shop"} x'),
    Case("a field twice", 400, "malformed-json", body='{"name": "a", "name": "b"}'),
    Case("a field twice, deep", 400, "malformed-json", path=of_project("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":{"b":1,"b":2}}}'),
    Case("NaN", 400, "malformed-json", path=of_project("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":NaN}}'),
    Case("1e400", 400, "malformed-json", path=of_project("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":1e400}}'),
    Case("an integer of 54 bits", 400, "malformed-json", path=of_project("/services"),
         body='{"serviceName":"a","serviceType":"API","configuration":{"a":9007199254740992}}'),
    Case("a field with an empty name", 400, "malformed-json", path=of_project("/services"),
         body=service(configuration={"": 1})),
    Case("half of a surrogate pair", 400, "malformed-json", body='{"name": "\\ud800"}'),
    Case("too deep", 400, "malformed-json", path=of_project("/services"),
         body=service(configuration=nested(40))),
    Case("deep beyond the parser", 400, "malformed-json", body="[" * 100_000),
    Case("a list instead of an object", 400, "malformed-json", body=[NAME]),
    Case("a text instead of an object", 400, "malformed-json", body='"Shop"'),
    Case("null", 400, "malformed-json", body="null"),
    Case("not JSON by its content type", 400, "unsupported-content-type", body="<a/>",
         headers={"Content-Type": "application/xml"}),
    # Fields
    Case("unknown field", 400, "invalid-request", body={**NAME, "colour": "red"}),
    Case("unknown field of the envelope", 400, "invalid-request", path=TASK,
         body={"data": NAME, "colour": "red"}),
    Case("missing field", 400, "invalid-request", body={"description": "no name"}),
    Case("missing data", 400, "invalid-request", path=TASK, body={"commandId": "a"}),
    Case("a number for a text", 400, "invalid-request", body={"name": 5}),
    Case("null for a text", 400, "invalid-request", body={"name": None}),
    Case("a text for a list", 400, "invalid-request", body={**NAME, "services": "api"}),
    Case("a text for a version", 400, "invalid-request", path="/commands/archive-project",
         body=lambda w: {"aggregateId": w.project, "expectedVersion": "2", "data": {}}),
    Case("a negative version", 400, "invalid-request", path="/commands/archive-project",
         body=lambda w: {"aggregateId": w.project, "expectedVersion": -1, "data": {}}),
    Case("a time without an offset", 400, "invalid-request", path=TASK,
         body={"timestamp": "2026-01-01T00:00:00", "data": NAME}),
    Case("unknown service type", 400, "invalid-request", path=of_project("/services"),
         body=service(kind="DATABASE")),
    Case("a change that changes nothing", 400, "invalid-request", "PATCH", of_project(), body={}),
    # Caps: one beyond each
    Case("empty name", 400, "invalid-request", body={"name": "   "}),
    Case("name of 101", 400, "invalid-request", body={"name": "x" * 101}),
    Case("control character in the name", 400, "invalid-request", body={"name": "a\u0000b"}),
    Case("description of 2 001", 400, "invalid-request", body={**NAME, "description": "x" * 2001}),
    Case("21 services at once", 400, "invalid-request",
         body={**NAME, "services": [service(f"s{n}") for n in range(21)]}),
    Case("an event beyond 64 KB", 413, "event-too-large", path=of_project("/services"),
         body=service(configuration={"text": "x" * 65_536})),
    Case("a commit beyond 200 KB", 413, "commit-too-large",
         body={**NAME, "services": [service(f"s{n}", configuration={"t": "x" * 60_000})
                                    for n in range(4)]}),
    Case("a body of 300 KB", 413, "body-too-large", body={"name": "x" * 300_000}),
    # Identity and versions
    Case("key of 129 characters", 400, "invalid-request", body=NAME,
         headers={"Idempotency-Key": "x" * 129}),
    Case("key with a blank", 400, "invalid-request", body=NAME,
         headers={"Idempotency-Key": "a b"}),
    Case("key from the future", 400, "key-from-the-future", body=NAME,
         headers={"Idempotency-Key": lambda _: uuid7_at(3600)}),
    Case("key of the day before yesterday", 400, "key-expired", body=NAME,
         headers={"Idempotency-Key": lambda _: uuid7_at(-48 * 3600)}),
    Case("key used for another command", 422, "command-id-reused", body={"name": "Another"},
         headers={"Idempotency-Key": lambda w: w.used_key}),
    Case("key used for another type of command", 422, "command-id-reused",
         path="/commands/change-project",
         body=lambda w: {"commandId": w.used_key, "aggregateId": w.project, "data": NAME}),
    Case("stale version", 412, "version-mismatch", "PATCH", of_project(), {"name": "New"},
         {"If-Match": '"1"'}),
    Case("future version", 412, "version-mismatch", "PATCH", of_project(), {"name": "New"},
         {"If-Match": '"99"'}),
    Case("version without quotes", 400, "invalid-request", "PATCH", of_project(), {"name": "New"},
         {"If-Match": "2"}),
    # Whose, and who
    Case("another's project, changed", 404, "aggregate-not-found", "PATCH", of_project(),
         {"name": "Mine"}, who="second"),
    Case("another's project, archived", 404, "aggregate-not-found", "POST",
         of_project("/archive"), {}, who="second"),
    Case("another's project, read", 404, "aggregate-not-found", "GET", of_project(), who="second"),
    Case("another's audit trail", 404, "aggregate-not-found", "GET", of_project("/events"),
         who="second"),
    Case("a project that is not there", 404, "aggregate-not-found", "PATCH",
         f"/projects/{ABSENT}", {"name": "x"}),
    Case("an id that is none", 400, "invalid-request", "PATCH", "/projects/1", {"name": "x"}),
    Case("no project named", 400, "invalid-request", path="/commands/add-service",
         body={"data": service()}),
    Case("another's userId", 400, "invalid-request", path=TASK,
         body={"userId": "somebody", "data": NAME}),
    Case("a Developer's command", 403, "forbidden", body=NAME, who="developer"),
    Case("no token", 401, "unauthorized", body=NAME, token=None),
    Case("a token that is none", 401, "unauthorized", body=NAME, token="nonsense"),
    Case("a forged token", 401, "unauthorized", body=NAME, token="forged"),
    Case("a token of nobody's signature", 401, "unauthorized", body=NAME, token="unsigned"),
    Case("an expired token", 401, "unauthorized", body=NAME, token="expired"),
    Case("an access token", 401, "unauthorized", body=NAME, token="access"),
    # Broken rules
    Case("a service name twice", 409, "service-name-taken", path=of_project("/services"),
         body=service("first")),
    Case("a service name twice at creation", 409, "service-name-taken",
         body={**NAME, "services": [service("a"), service("A")]}),
    Case("an unknown route", 404, "no-such-route", path="/orders", body=NAME),
    # Queries
    Case("unknown status", 400, "invalid-request", "GET", "/projects?status=SOLD"),
    Case("unknown order", 400, "invalid-request", "GET", "/projects?sort=name:asc"),
    Case("limit 0", 400, "invalid-request", "GET", "/projects?limit=0"),
    Case("limit 101", 400, "invalid-request", "GET", "/projects?limit=101"),
    Case("a query without a token", 401, "unauthorized", "GET", "/projects", token=None),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(stack: dict[str, Any]) -> Iterator[World]:
    owner = ApiClient(stack, "owner@skafu.dev")
    key = str(uuid6.uuid7())
    answer = owner.command(
        "POST", "/projects", {"name": "Bad input", "services": [service("first")]}, key
    )
    assert answer.status_code == 202, answer.text
    world = World(
        owner=owner,
        second=ApiClient(stack, "second@skafu.dev"),
        developer=ApiClient(stack, "developer@skafu.dev"),
        project=answer.json()["aggregateId"],
        used_key=key,
        tokens={
            "access": owner.tokens["AccessToken"],
            "forged": forged(owner.tokens["IdToken"]),
            "unsigned": unsigned(owner.tokens["IdToken"]),
            "expired": expired(stack),
        },
    )
    items, given_up = count_items(stack), queue_depths(stack, "dlq")
    yield world
    assert count_items(stack) == items, "a refused request was stored"
    # Other suites share the stack: what they left there is theirs to answer for.
    assert queue_depths(stack, "dlq") == given_up


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_refused(case: Case, world: World) -> None:
    def made(value: object) -> Any:  # noqa: ANN401 - a request has many kinds of parts
        return value(world) if callable(value) else value

    client = getattr(world, case.who)
    token = world.tokens.get(case.token or "", case.token)
    headers = {name: made(value) for name, value in case.headers.items()}
    answer = client.send(case.method, made(case.path), made(case.body), headers, token=token)

    assert (answer.status_code, answer.headers["Content-Type"]) == (
        case.status,
        "application/problem+json",
    ), answer.text
    problem = answer.json()
    assert problem["type"] == f"https://skafu.dev/problems/{case.problem}"
    assert problem["status"] == case.status
    assert problem["title"]
    assert problem["detail"]


def test_the_table_has_its_rows() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


def forged(token: str) -> str:
    """The same claims and key id, signed by another key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def unsigned(token: str) -> str:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    claims = jwt.decode(token, options={"verify_signature": False})
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def expired(stack: dict[str, Any]) -> str:
    """Return a token of a client whose ID tokens live for as short as the emulator allows."""
    from local.aws import Aws

    cognito = Aws(stack["awsEndpointUrl"]).client("cognito-idp")
    client = cognito.create_user_pool_client(
        UserPoolId=stack["userPoolId"],
        ClientName="short-lived",
        IdTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds"},
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    short = {**stack, "userPoolClientId": client["ClientId"]}
    token = ApiClient(short, "owner@skafu.dev").tokens["IdToken"]
    life = jwt.decode(token, options={"verify_signature": False})
    time.sleep(max(0.0, life["exp"] - time.time()) + 1.5)
    return token
