"""One key for two of something: what the identity (principal, command id) in a stream says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.writing.requests import CommandIdReused
from kernel.messages import plain_id
from tests.support.api import ADA, ADMIN, EVE
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.teapot import PartNameTaken
from tests.support.requests import uuid7
from tests.support.scene import Scene

START = datetime.now(UTC)
KEYS = {"UUIDv7": uuid7(START, 5), "opaque": "order-5"}
pytestmark = [
    pytest.mark.feature("C15"),
    pytest.mark.parametrize("key", KEYS.values(), ids=KEYS),
]


def making(key: str) -> Scene:
    item = {"type": "make-teapot", "commandId": key, "data": {"name": "Teapot"}}
    return Scene(kitchen, MemoryEventStore(), Clock(START), item, ADA)


def renaming(key: str) -> Scene:
    """Return a command for a teapot of Ada's."""
    scene = making("made")
    made = scene.send(scene.process())
    target = plain_id(made.aggregate_id)
    scene.item = renamed(key) | {"aggregateId": target}
    return scene


def renamed(key: str) -> dict[str, Any]:
    return {"type": "change-teapot", "commandId": key, "data": {"name": "Samovar"}}


def test_for_two_aggregates_is_two_commands(key: str) -> None:
    scene = renaming(key)
    commands = scene.process()
    kettle: dict[str, Any] = {"type": "make-teapot", "commandId": "other", "aggregateId": None}
    other = scene.send(commands, **kettle, data={"name": "Kettle"})
    first = scene.send(commands)
    second = scene.send(commands, aggregateId=plain_id(other.aggregate_id))

    assert first.aggregate_id != second.aggregate_id
    assert second.version == other.version + 1


def test_by_two_people_is_two_commands(key: str) -> None:
    scene = renaming(key)
    commands = scene.process()
    first = scene.send(commands, ADA)
    second = scene.send(commands, ADMIN, data={"name": "Of Admin"})

    assert second.version == first.version + 1
    assert scene.send(commands, ADA) == first


def test_of_two_people_who_create_is_two_aggregates(key: str) -> None:
    scene = making(key)
    made = {scene.send(scene.process(), who).aggregate_id for who in (ADA, EVE, ADMIN)}

    assert len(made) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"name": "Another"}},
        {"type": "retire-teapot", "data": {}},
        {"expectedVersion": 1},
    ],
    ids=["data", "type", "expected version"],
)
def test_for_two_commands_is_refused(key: str, changed: dict[str, Any]) -> None:
    scene = renaming(key)
    warm = scene.process()
    scene.send(warm)
    after = scene.commits()

    for commands in (warm, scene.process()):
        with pytest.raises(CommandIdReused):
            scene.send(commands, **changed)
    assert scene.commits() == after


def test_of_a_refused_command_is_free(key: str) -> None:
    """A refusal leaves no trace: the command is decided afresh when things have changed."""
    scene = renaming(key)
    spout: dict[str, Any] = {"type": "add-part", "data": {"name": "spout", "material": "CLAY"}}
    commands = scene.process()
    scene.send(commands, **spout, commandId="first")
    with pytest.raises(PartNameTaken):
        scene.send(commands, **spout)
    (part,) = (
        event["data"]["partId"]
        for commit in scene.store.read(kitchen.aggregate["TEAPOT"].id(scene.item["aggregateId"]))
        for event in commit.stored_events()
        if event["eventType"] == "PartAdded"
    )
    scene.send(commands, type="remove-part", commandId="other", data={"partId": part})

    assert scene.send(commands, **spout) == scene.send(scene.process(), **spout)
