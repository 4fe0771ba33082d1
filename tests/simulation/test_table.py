"""The simulated table keeps the contract that every event store keeps, as long as nothing fails."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from adapters.dynamodb.event_store import DynamoDbEventStore
from application.ports import EventStore
from skafu.simulation.faults import Fault
from skafu.simulation.table import Stream, Table
from skafu.simulation.world import T, World
from tests.contract.test_event_store import (
    TestAppend,
    TestBackFrom,
    TestHeads,
    TestNewestFirst,
    TestRanges,
    TestRead,
)

__all__ = ["TestAppend", "TestBackFrom", "TestHeads", "TestNewestFirst", "TestRanges", "TestRead"]


class DirectWorld(World):
    """No scheduler, no faults."""

    def call(self, what: str, effect: Callable[..., T], *given: Any) -> T:  # noqa: ANN401 - as in World
        return effect(*given)

    def strikes(self, fault: Fault) -> bool:
        return False


@pytest.fixture
def store() -> EventStore:
    world = DirectWorld(random.randrange(1000))
    client: Any = Table(world, Stream(world, lambda event: {"batchItemFailures": []}))
    return DynamoDbEventStore(client, "events")
