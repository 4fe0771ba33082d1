"""The table of who may do what (docs/authorization.yaml), on both APIs in process."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from domain.contents import contents
from edge.http import openapi
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.operation import Operation
from skafu.generate import authorization
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api, Person
from tests.support.world import CURRENT, World

pytestmark = pytest.mark.feature("C11", "L8")

# The gateway hands on no claims of whom it does not know, nor of who signs with IAM.
PEOPLE: Mapping[str, Person | None] = {
    "anonymous": None,
    "expired": None,
    "second": EVE,
    "developer": DEVELOPER,
    "owner": ADA,
    "admin": ADMIN,
    "machine": None,
    "machine-for-owner": None,
}
NAMED: Mapping[str, Person | None] = {
    "nobody": None,
    "owner": ADA,
    "second": EVE,
    "admin": ADMIN,
}
MACHINE = "arn:aws:sts::123456789012:assumed-role/analyst/session"
STYLES = ("task", "rest", "batch")
HISTORY = [
    name
    for name in authorization.table()["operations"]
    if name.endswith(("_events", "_state", "_command")) and name != "get_deferred_command"
] + ["read_feed"]
QUERIES = query_api.build(QueryPorts(contents, None, CURRENT, FeedReader(MemoryFeed(), CURRENT)))  # type: ignore[arg-type] # history asks the store alone


def everything() -> World:
    return World("create-project", "request-analysis", "draft-template")


def made_ready(operation: Operation) -> World:
    if operation.name == "draft-template":
        return World()  # in which no template has its slug
    return everything().prepared(operation)


def sent(world: World, operation: Operation, style: str, person: Person | None) -> int:
    if style == "batch":
        return batched(world, operation, person)
    if style == "rest":
        return world.rest(operation, person).status
    return world.task(operation, person, "a-key").status


def batched(world: World, operation: Operation, person: Person | None) -> int:
    item = world.envelope(operation, "a-key") | {"type": operation.name}
    answer = world.api.as_(person).post("/commands", {"commands": [item]})
    return answer.status if answer.status != 200 else int(answer.body["results"][0]["status"])


def stored() -> list[tuple[str, int]]:
    return sorted(CURRENT.store.heads())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("operation", contents.operations, ids=lambda operation: operation.name)
def test_a_command_is_taken_from_whom_the_table_says(operation: Operation, style: str) -> None:
    answers = {}
    world = made_ready(operation)
    for who, person in PEOPLE.items():
        before = stored()
        answers[who] = sent(world, operation, style, person)
        if stored() == before:
            assert answers[who] != 202, f"{who}: accepted and not stored"
        else:
            assert answers[who] == 202, f"{who}: refused and yet stored"
            world = made_ready(operation)

    assert answers == authorization.expected("commands", operation.name)


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
@pytest.mark.parametrize("operation", contents.operations, ids=lambda operation: operation.name)
def test_a_machine_does_what_the_person_whom_it_names_may(
    operation: Operation, several: bool
) -> None:
    answers = {}
    for named, person in NAMED.items():
        world, before = made_ready(operation), stored()
        item = world.envelope(operation, "a-key") | {"type": operation.name}
        item |= {"onBehalfOf": f"{person.sub}::{person.username}"} if person else {}
        body = {"commands": [item]} if several else item
        answer = world.api.as_machine(MACHINE).post("/integration/commands", body)
        answers[named] = answer.body["results"][0]["status"] if several else answer.status
        assert (stored() != before) is (answers[named] == 202)

    assert answers == authorization.expected("machines", operation.name)


@pytest.mark.parametrize("who", ["anonymous", "owner", "admin"])
def test_nobody_becomes_a_machine_by_a_path(who: str) -> None:
    world = everything()
    item = world.envelope(contents.operation["complete-analysis"], "a-key") | {
        "type": "complete-analysis"
    }

    assert world.api.as_(PEOPLE[who]).post("/integration/commands", item).status == 401


@pytest.mark.parametrize("name", HISTORY)
def test_history_is_shown_to_whom_the_table_says(name: str) -> None:
    world = everything()
    api = Api(QUERIES, None)
    path = history_path(name, world)
    answers = {who: api.as_(person).get(path).status for who, person in PEOPLE.items()}

    assert answers == authorization.expected("operations", name)


def history_path(name: str, world: World) -> str:
    if name == "read_feed":
        return "/events"
    _, kind, part = name.split("_")
    collection = {"project": "projects", "template": "templates", "analysis": "analyses"}[kind]
    aggregate = world.ids[kind.upper()]
    root = f"/{collection}/{aggregate}"
    if part != "command":
        return f"{root}/{part}"
    first = next(CURRENT.store.read(f"{kind.upper()}#{aggregate}"))  # type: ignore[arg-type] # its id
    return f"{root}/commands/{first.command_id}"


def test_what_is_refused_reads_the_same_as_what_is_not_there() -> None:
    """Else a foreign id could be told from one that nobody has."""
    world = everything()
    there = answer_to_eve(world, world.ids["PROJECT"])
    nowhere = answer_to_eve(world, "0198f2a0-0000-7000-8000-00000000dead")

    assert there == nowhere


def answer_to_eve(world: World, project: str) -> list[tuple[int, str]]:
    commands, queries = world.api.as_(EVE), Api(QUERIES, EVE)
    answers: list[Answer] = [
        commands.patch(f"/projects/{project}", {"name": "Mine"}),
        commands.patch(f"/projects/{project}", {"name": "Mine"}, if_match='"1"'),
        commands.patch(f"/projects/{project}", {"name": "Mine"}, if_match='"99"'),
        commands.post("/analyses", {"projectId": project, "kind": "COST"}),
        queries.get(f"/projects/{project}/events"),
        queries.get(f"/projects/{project}/state"),
        queries.get(f"/projects/{project}/commands/anything"),
    ]
    return [(answer.status, answer.text.replace(project, "")) for answer in answers]


def test_every_operation_of_the_openapi_document_has_its_row() -> None:
    table = authorization.table()
    styles = {row for name in table["commands"] for row in both_styles(name)}

    assert table["machines"].keys() == table["commands"].keys() == contents.operation.keys()
    assert documented(openapi.document(contents)) == styles | set(table["operations"])


def both_styles(name: str) -> tuple[str, str]:
    task = contents.operation[name].name.replace("-", "_")
    return task, f"{task}_rest"


def documented(document: Mapping[str, Any]) -> set[str]:
    return {o["operationId"] for path in document["paths"].values() for o in path.values()}


def test_the_table_is_whole() -> None:
    """As many cells in each row as there are principals, and nothing but what it explains."""
    table = authorization.table()
    cells = {json.dumps(c) for part in SECTIONS for row in table[part].values() for c in row}

    for part in SECTIONS:
        for name in table[part]:
            assert authorization.expected(part, name)
    assert cells <= {"200", "202", "401", "403", "404", '"own"', '"all"', "true", "false"}


SECTIONS = ("commands", "machines", "operations", "graphql")
