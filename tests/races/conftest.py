"""The stores of the contract suite, for races."""

from collections.abc import Iterator

import pytest

from application.ports import EventStore
from tests.support import stores


@pytest.fixture(scope="session")
def emulator() -> Iterator[stores.Emulator]:
    with stores.emulator() as started:
        yield started


@pytest.fixture
def memory() -> Iterator[EventStore]:
    with stores.memory() as opened:
        yield opened


@pytest.fixture
def moto() -> Iterator[EventStore]:
    with stores.moto() as opened:
        yield opened


@pytest.fixture
def ministack(emulator: stores.Emulator) -> Iterator[EventStore]:
    with emulator.store() as opened:
        yield opened
