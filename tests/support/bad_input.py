"""Bad input to the running stack: requests with the answers that they must get."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import uuid6

from tests.support.api_client import ApiClient, Json, count_items, queue_depths
from tests.support.forged import expired, forged, unsigned
from tests.support.owner import CREATE, Owner, data, path_of


@dataclass
class World:
    """The subjects of a table's rows: people, and an aggregate at version 2 or later."""

    outputs: Json
    used_key: str
    plain: str = ""

    @cached_property
    def owner(self) -> Owner:
        return Owner(self.outputs, "owner@skafu.dev")

    @cached_property
    def second(self) -> ApiClient:
        return ApiClient(self.outputs, "second@skafu.dev")

    @cached_property
    def admin(self) -> ApiClient:
        return ApiClient(self.outputs, "admin@skafu.dev")

    @cached_property
    def developer(self) -> ApiClient:
        return ApiClient(self.outputs, "developer@skafu.dev")

    @cached_property
    def tokens(self) -> dict[str, str]:
        mine = self.owner.tokens
        return {
            "access": mine["AccessToken"],
            "forged": forged(mine["IdToken"]),
            "unsigned": unsigned(mine["IdToken"]),
            "expired": expired(self.outputs),
        }


Make = Callable[[World], Any]


class Case(NamedTuple):
    """A request, and the answer that it must get. Callables are given the world."""

    name: str
    status: int
    problem: str
    method: str = "POST"
    path: str | Make = CREATE.path
    body: Any = None
    headers: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    who: str = "owner"
    token: str | None = ""


def of_it(part: str = "") -> Make:
    """Return the path of the world's aggregate, or of a part of it."""
    return lambda world: path_of(world.plain) + part


@contextmanager
def prepared(stack: Json) -> Iterator[World]:
    """Yield a world in which nothing may be stored, and nothing given up."""
    world = World(stack, str(uuid6.uuid7()))
    answer = world.owner.command(CREATE.method, CREATE.path, data(CREATE), world.used_key)
    assert answer.status_code == 202, answer.text
    world.plain = answer.json()["aggregateId"]
    assert world.owner.change(world.plain).status_code == 202
    assert world.tokens
    items, given_up = count_items(stack), queue_depths(stack, "dlq")
    yield world
    assert count_items(stack) == items, "a refused request was stored"
    # Other suites share the stack: what they left there is theirs to answer for.
    assert queue_depths(stack, "dlq") == given_up


def assert_refused(case: Case, world: World) -> None:
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


def uuid7_at(seconds_from_now: float) -> str:
    milliseconds = int((time.time() + seconds_from_now) * 1000)
    return str(uuid6.UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | 1))


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value
