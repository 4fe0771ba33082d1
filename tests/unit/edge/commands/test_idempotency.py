"""The promise of ADR 4 for every command: at most one effect, the identical answer for a day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.writing.identity import KeyExpired
from application.writing.requests import Accepted, CommandIdReused
from domain.contents import contents
from domain.project.services import ServiceNameTaken
from edge.caller import Caller
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from kernel.errors import DomainError
from kernel.messages import aggregate_id
from kernel.operation import Operation
from tests.domain.support.builders import uuid7
from tests.support.api import ADA, ADMIN, EVE, Person
from tests.support.fakes import Clock
from tests.support.world import World, fitting

pytestmark = pytest.mark.feature("C15")

AT_ONCE = 1_000
ENVIRONMENTS = 16  # of Lambda, each warm with what it last saw
START = datetime.now(UTC)
KEYS = {"UUIDv7": uuid7(START, 5), "opaque": "order-5"}
every_command = pytest.mark.parametrize("operation", contents.operations, ids=lambda o: o.name)
every_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)


@dataclass
class Scene:
    """One command that can be sent, again and again, to processes over one store."""

    store: MemoryEventStore
    clock: Clock
    item: dict[str, Any]
    person: Person

    def process(self) -> Commands:
        """As it is after a cold start."""
        return Commands.over(contents, self.store, self.clock, {}, sleep=lambda _: None)

    def send(self, commands: Commands, person: Person | None = None, **changed: Any) -> Accepted:  # noqa: ANN401 - parts of an envelope
        who, envelope = caller(person or self.person), self.item | changed
        return perform(commands, from_named_envelope(who, contents, envelope))

    def commits(self) -> int:
        return sum(1 for stream, _ in self.store.heads() for _ in self.store.read(stream))


def caller(person: Person) -> Caller:
    groups = frozenset(person.groups.split())
    return Caller(sub=person.sub, username=person.username, groups=groups, token="")


def scene(operation: Operation, key: str) -> Scene:
    draft = operation.name == "draft-template"  # whose slug must be free
    world = World() if draft else World("create-project", "request-analysis", "draft-template")
    world.prepared(operation)
    item = world.envelope(operation, key) | {"type": operation.name}
    return Scene(world.store, Clock(START), item, fitting(operation))


@every_key
@every_command
def test_a_thousand_at_once_are_one(operation: Operation, key: str) -> None:
    found = scene(operation, key)
    before, start = found.commits(), Barrier(ENVIRONMENTS)

    def environment(_: int) -> list[Accepted]:
        commands = found.process()
        start.wait()
        return [found.send(commands) for _ in range(-(-AT_ONCE // ENVIRONMENTS))]

    with ThreadPoolExecutor(ENVIRONMENTS) as pool:
        answers = [answer for some in pool.map(environment, range(ENVIRONMENTS)) for answer in some]

    assert len(answers) >= AT_ONCE
    assert len(set(answers)) == 1
    assert found.commits() == before + 1


@every_key
@every_command
def test_again_after_minutes_and_hours_it_gets_the_first_answer(
    operation: Operation, key: str
) -> None:
    found = scene(operation, key)
    warm = found.process()
    first, after = found.send(warm), found.commits()

    for hours in (11 / 60, 23):
        found.clock.now = START
        found.clock.move(hours=hours)
        assert found.send(warm) == first
        assert found.send(found.process()) == first
    assert found.commits() == after


@every_command
def test_after_a_day_a_key_that_tells_its_time_is_refused(operation: Operation) -> None:
    found = scene(operation, KEYS["UUIDv7"])
    warm = found.process()
    found.send(warm)
    after = found.commits()
    found.clock.move(hours=25)

    for commands in (warm, found.process()):
        with pytest.raises(KeyExpired):
            found.send(commands)
    assert found.commits() == after


@every_command
def test_after_a_day_another_key_is_forgotten_and_a_repeated_creation_harmless(
    operation: Operation,
) -> None:
    again = outcome_a_day_later(operation, "order-5")

    if operation.creates:
        assert again == ("refused", 0)
    else:
        assert again == outcome_a_day_later(operation, "order-6")


def outcome_a_day_later(operation: Operation, second_key: str) -> tuple[str, int]:
    """Of a second command with the same data, and the commits that it made."""
    found = scene(operation, "order-5")
    found.send(found.process())
    after = found.commits()
    found.clock.move(hours=25)
    answer = taken_or_refused(lambda: found.send(found.process(), commandId=second_key))
    return answer, found.commits() - after


def taken_or_refused(send: Callable[[], Accepted]) -> str:
    try:
        send()
    except DomainError:
        return "refused"
    return "accepted"


@every_key
class TestOneKey:
    """For two of something: what the identity (principal, command id) in a stream says."""

    def rename(self, key: str) -> Scene:
        return scene(contents.operation["change-project"], key)

    def test_for_two_aggregates_is_two_commands(self, key: str) -> None:
        found = self.rename(key)
        commands = found.process()
        create: dict[str, Any] = {
            "type": "create-project",
            "commandId": "other",
            "data": {"name": "Kettle"},
        }
        other = perform(commands, from_named_envelope(caller(ADA), contents, create))
        first = found.send(commands)
        plain = other.aggregate_id.partition("#")[2]
        second = found.send(commands, aggregateId=plain)

        assert first.aggregate_id != second.aggregate_id
        assert second.version == other.version + 1

    def test_by_two_people_is_two_commands(self, key: str) -> None:
        found = self.rename(key)
        commands = found.process()
        first = found.send(commands, ADA)
        second = found.send(commands, ADMIN, data={"name": "Of Admin"})

        assert second.version == first.version + 1
        assert found.send(commands, ADA) == first

    def test_of_two_people_who_create_is_two_projects(self, key: str) -> None:
        found = scene(contents.operation["create-project"], key)
        projects = {found.send(found.process(), who).aggregate_id for who in (ADA, EVE, ADMIN)}

        assert len(projects) == 3

    @pytest.mark.parametrize(
        "changed",
        [
            {"data": {"name": "Another"}},
            {"type": "archive-project", "data": {}},
            {"expectedVersion": 2},
        ],
        ids=["data", "type", "expected version"],
    )
    def test_for_two_commands_is_refused(self, key: str, changed: dict[str, Any]) -> None:
        found = self.rename(key)
        warm = found.process()
        found.send(warm)
        after = found.commits()

        for commands in (warm, found.process()):
            with pytest.raises(CommandIdReused):
                found.send(commands, **changed)
        assert found.commits() == after

    def test_of_a_refused_command_is_free(self, key: str) -> None:
        """A refusal leaves no trace: the command is decided afresh when things have changed."""
        found = scene(contents.operation["add-service"], key)
        found.item["data"]["serviceName"] = "spout"  # as the world's own service
        commands = found.process()
        with pytest.raises(ServiceNameTaken):
            found.send(commands)
        (service,) = (
            event["data"]["serviceId"]
            for commit in found.store.read(aggregate_id("PROJECT", found.item["aggregateId"]))
            for event in commit.stored_events()
            if event["eventType"] == "ServiceAdded"
        )
        found.send(commands, type="remove-service", commandId="other", data={"serviceId": service})

        assert found.send(commands) == found.send(found.process())
