"""The promise of ADR 4 for every command: at most one effect, the identical answer for a day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from application.writing.identity import KeyExpired
from application.writing.requests import Accepted
from domain.contents import contents
from kernel.errors import DomainError
from kernel.operation import Operation
from skafu.reach.quiet import quiet
from tests.support.fakes import Clock
from tests.support.requests import uuid7
from tests.support.scene import Scene
from tests.support.world import World, fitting

pytestmark = pytest.mark.feature("C15")

THOUSAND, MANY = 1_000, 100
ENVIRONMENTS = 16  # of Lambda, each warm with what it last saw
START = datetime.now(UTC)
KEYS = {"UUIDv7": uuid7(START, 5), "opaque": "order-5"}
every_command = pytest.mark.parametrize("operation", contents.operations, ids=lambda o: o.name)
every_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)


def scene(operation: Operation, key: str) -> Scene:
    world = World.ready_for(operation)
    return Scene(
        contents, world.store, Clock(START), world.item(operation, key), fitting(operation)
    )


@every_key
def test_a_thousand_at_once_are_one(key: str) -> None:
    are_one(contents.first_creation, key, THOUSAND)


@every_key
@every_command
def test_many_at_once_are_one(operation: Operation, key: str) -> None:
    are_one(operation, key, MANY)


def are_one(operation: Operation, key: str, times: int) -> None:
    found = scene(operation, key)
    before, start = found.commits(), Barrier(ENVIRONMENTS)

    def environment(_: int) -> list[Accepted]:
        commands = found.process()
        start.wait()
        return [found.send(commands) for _ in range(-(-times // ENVIRONMENTS))]

    with quiet(), ThreadPoolExecutor(ENVIRONMENTS) as pool:
        answers = [answer for some in pool.map(environment, range(ENVIRONMENTS)) for answer in some]

    assert len(answers) >= times
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
    """Refuse what would make the same id again, or do what another key would do."""
    again = outcome_a_day_later(operation, "order-5")

    if again != ("refused", 0):
        assert not operation.creates
        assert again == outcome_a_day_later(operation, "order-6")


def outcome_a_day_later(operation: Operation, second_key: str) -> tuple[str, int]:
    """Return the answer to a second command with the same data, and its commits."""
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
