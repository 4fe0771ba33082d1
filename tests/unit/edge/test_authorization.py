"""The table of who may do what (docs/authorization.yaml), on both APIs in process."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from domain.contents import contents
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.operation import Operation
from skafu.generate import authorization
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer, Api, Person
from tests.support.documented import document
from tests.support.world import CHANGE, CURRENT, FIRST, World, typical

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
PARTS = {"events": "list", "state": "get", "command": "get"}
"""What the history of an aggregate consists of, and the verb that begins its operation's name."""
HISTORY = {
    f"{verb}_{kind.noun}_{part}": (kind.aggregate_type, part)
    for kind in contents.aggregates
    for part, verb in PARTS.items()
}
QUERIES = query_api.build(QueryPorts(contents, None, CURRENT, FeedReader(MemoryFeed(), CURRENT)))  # type: ignore[arg-type] # history asks the store alone
every_command = pytest.mark.parametrize(
    "operation", contents.operations, ids=lambda operation: operation.name
)


def sent(world: World, operation: Operation, style: str, person: Person | None) -> int:
    if style == "batch":
        return batched(world, operation, person)
    if style == "rest":
        return world.rest(operation, person).status
    return world.task(operation, person, "a-key").status


def batched(world: World, operation: Operation, person: Person | None) -> int:
    body = {"commands": [world.item(operation, "a-key")]}
    answer = world.api.as_(person).post("/commands", body)
    return answer.status if answer.status != 200 else int(answer.body["results"][0]["status"])


def stored() -> list[tuple[str, int]]:
    return sorted(CURRENT.store.heads())


@pytest.mark.parametrize("style", STYLES)
@every_command
def test_a_command_is_taken_from_whom_the_table_says(operation: Operation, style: str) -> None:
    answers = {}
    world = World.ready_for(operation)
    for who, person in PEOPLE.items():
        before = stored()
        answers[who] = sent(world, operation, style, person)
        if stored() == before:
            assert answers[who] != 202, f"{who}: accepted and not stored"
        else:
            assert answers[who] == 202, f"{who}: refused and yet stored"
            world = World.ready_for(operation)

    assert answers == authorization.expected("commands", operation.name)


@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
@every_command
def test_a_machine_does_what_the_person_whom_it_names_may(
    operation: Operation, several: bool
) -> None:
    answers = {}
    for named, person in NAMED.items():
        world, before = World.ready_for(operation), stored()
        item = world.item(operation, "a-key")
        item |= {"onBehalfOf": f"{person.sub}::{person.username}"} if person else {}
        body = {"commands": [item]} if several else item
        answer = world.api.as_machine(MACHINE).post("/integration/commands", body)
        answers[named] = answer.body["results"][0]["status"] if several else answer.status
        assert (stored() != before) is (answers[named] == 202)

    assert answers == authorization.expected("machines", operation.name)


@pytest.mark.parametrize("who", ["anonymous", "owner", "admin"])
@every_command
def test_nobody_becomes_a_machine_by_a_path(operation: Operation, who: str) -> None:
    world = World.ready_for(operation)
    item = world.item(operation, "a-key")

    assert world.api.as_(PEOPLE[who]).post("/integration/commands", item).status == 401


@pytest.mark.parametrize("name", [*HISTORY, "read_feed"])
def test_history_is_shown_to_whom_the_table_says(name: str) -> None:
    world = World.with_everything()
    api = Api(QUERIES, None)
    path = history_path(name, world)
    answers = {who: api.as_(person).get(path).status for who, person in PEOPLE.items()}

    assert answers == authorization.expected("operations", name)


def test_every_part_of_every_history_is_in_the_table() -> None:
    shown = {name for name in authorization.table()["operations"] if name.endswith(tuple(PARTS))}

    assert shown - {"get_deferred_command"} == HISTORY.keys()


def history_path(name: str, world: World) -> str:
    if name == "read_feed":
        return "/events"
    aggregate_type, part = HISTORY[name]
    root = f"{collection_of(aggregate_type)}/{world.id_of(aggregate_type)}"
    if part != "command":
        return f"{root}/{part}"
    first = next(CURRENT.store.read(world.stream(aggregate_type)))
    return f"{root}/commands/{first.command_id}"


def collection_of(aggregate_type: str) -> str:
    return next(p for p, kind in contents.collections() if kind.aggregate_type == aggregate_type)


def test_what_is_refused_reads_the_same_as_what_is_not_there() -> None:
    """Else a foreign id could be told from one that nobody has."""
    world = World.with_everything()
    there = answer_to_eve(world, world.id_of(FIRST.aggregate_type))
    nowhere = answer_to_eve(world, "0198f2a0-0000-7000-8000-00000000dead")

    assert there == nowhere


def answer_to_eve(world: World, plain: str) -> list[tuple[int, str]]:
    """Return what Eve is answered wherever she names Ada's aggregate, or one that nobody has."""
    commands, queries = world.api.as_(EVE), Api(QUERIES, EVE)
    noun, path = (
        contents.aggregate[FIRST.aggregate_type].noun,
        f"{FIRST.collection}/{plain}",
    )
    change = world.data(CHANGE)
    world.known[noun] = plain
    answers: list[Answer] = [
        commands.call(CHANGE.method, world.path(CHANGE), change, headers)
        for headers in ({}, {"if_match": '"1"'}, {"if_match": '"99"'})
    ]
    answers += [world.rest(looking, EVE) for looking in looking_up(noun)]
    answers += [queries.get(f"{path}/{part}") for part in ("events", "state", "commands/anything")]
    return [(answer.status, answer.text.replace(plain, "")) for answer in answers]


def looking_up(noun: str) -> list[Operation]:
    """Return the commands of owners that look such an aggregate up when they create another."""
    return [o for o in contents.operations if o.creates and f"{{{noun}}}" in typical(o).values()]


def test_every_operation_of_the_openapi_document_has_its_row() -> None:
    table = authorization.table()
    styles = {row for name in table["commands"] for row in both_styles(name)}

    assert table["machines"].keys() == table["commands"].keys() == contents.operation.keys()
    assert documented(document()) == styles | set(table["operations"])


def both_styles(name: str) -> tuple[str, str]:
    task = contents.operation[name].name.replace("-", "_")
    return task, f"{task}_rest"


def documented(document: Mapping[str, Any]) -> set[str]:
    return {o["operationId"] for path in document["paths"].values() for o in path.values()}


def test_the_table_is_whole() -> None:
    """Each row has as many cells as there are principals, and nothing but what it explains."""
    table = authorization.table()
    cells = {json.dumps(c) for part in SECTIONS for row in table[part].values() for c in row}

    for part in SECTIONS:
        for name in table[part]:
            assert authorization.expected(part, name)
    assert cells <= {"200", "202", "401", "403", "404", '"own"', '"all"', "true", "false"}


SECTIONS = ("commands", "machines", "operations", "graphql")
