"""Every command, in both styles, by everybody: from the domain's registry."""

import json

import pytest

from domain.contents import contents
from edge.commands.deferred import to_named_envelope
from edge.commands.sent import from_named_envelope
from kernel.operation import Operation, Who
from skafu.generate import authorization
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE
from tests.support.requests import uuid7
from tests.support.scene import caller
from tests.support.world import NOW, World, fitting

pytestmark = pytest.mark.parametrize(
    "operation", contents.operations, ids=lambda operation: operation.name
)
CI = "arn:aws:sts::123456789012:assumed-role/ci/session-1"
# What machines may send on their own, and on behalf of the owner.
BY_A_MACHINE = {Who.OWNER: (403, 202), Who.WORKER: (202, 202), Who.ADMIN: (403, 403)}
PROBLEMS = {403: "forbidden", 404: "aggregate-not-found"}


@pytest.fixture
def world(operation: Operation) -> World:
    return World.ready_for(operation)


@pytest.mark.feature("C5", "C6", "C4", "S4")
def test_is_taken_in_both_styles_as_the_same_command(operation: Operation, world: World) -> None:
    key = uuid7(NOW, 77)

    rest = world.rest(operation, fitting(operation), key)
    task = world.task(operation, fitting(operation), key)

    assert rest.status == 202, rest.text
    assert task.text == rest.text
    assert task.headers["Location"] == rest.headers["Location"]


@pytest.mark.feature("C11")
def test_is_refused_to_those_who_only_read(operation: Operation, world: World) -> None:
    assert world.rest(operation, DEVELOPER).problem == "forbidden"
    assert world.rest(operation, None).problem == "unauthorized"


@pytest.mark.feature("C11", "L8")
def test_is_refused_to_a_second_owner(operation: Operation, world: World) -> None:
    """Others' aggregates are not found; commands that nobody may send are forbidden."""
    status = authorization.expected("commands", operation.name)["second"]

    answer = world.rest(operation, EVE)

    assert answer.status == status
    assert status == 202 or answer.problem == PROBLEMS[status]


def test_unknown_fields_are_refused(operation: Operation, world: World) -> None:
    envelope = world.envelope(operation, "a-key")
    envelope["data"]["colour"] = "red"

    answer = world.api.as_(ADMIN).post(f"/commands/{operation.name}", envelope)

    assert answer.problem == "invalid-request"
    assert "data.colour" in " ".join(answer.faults)


@pytest.mark.feature("C3")
def test_is_kept_as_it_was_sent(operation: Operation, world: World) -> None:
    who = caller(fitting(operation))
    sent = from_named_envelope(who, contents, world.item(operation, "a-key"))
    stored = json.loads(json.dumps(to_named_envelope(sent)))
    kept = from_named_envelope(who, contents, stored)

    assert kept == sent
    assert kept.body.model_fields_set == sent.body.model_fields_set
    assert contents.operation[kept.operation.name] is operation


@pytest.mark.feature("C11", "I1")
def test_is_taken_from_a_machine_on_its_own_or_for_the_owner(operation: Operation) -> None:
    statuses = []
    for person in ({}, {"onBehalfOf": f"{ADA.sub}::{ADA.username}"}):
        world = World.ready_for(operation)
        item = world.item(operation, "a-key") | person
        answer = world.api.as_machine(CI).post("/integration/commands", item)
        statuses.append(answer.status)

    assert tuple(statuses) == BY_A_MACHINE[operation.who or Who.ADMIN]
