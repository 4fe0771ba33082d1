"""Every store under the same tests: none is skipped."""

from collections.abc import Iterator

import pytest

from edge.commands.api import CommandStore
from tests.support import stores


@pytest.fixture(scope="session")
def emulator() -> Iterator[stores.Emulator]:
    with stores.emulator() as started:
        yield started


@pytest.fixture(params=["memory", "moto", "ministack"])
def store(request: pytest.FixtureRequest) -> Iterator[CommandStore]:
    """An empty store; the emulator is started for the one that needs it."""
    with opening(request)() as opened:
        yield opened


def opening(request: pytest.FixtureRequest) -> stores.Opening:
    match request.param:
        case "memory":
            return stores.memory
        case "moto":
            return stores.moto
        case _:
            emulator: stores.Emulator = request.getfixturevalue("emulator")
            return emulator.store
