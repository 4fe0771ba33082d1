"""A stream of ten thousand commits costs what one of ten does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from statistics import fmean
from typing import Any

import pytest

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.items import Item
from application.writing.append import STATE_EVERY
from skafu.metering.meter import Hop, Meter
from skafu.metering.ports import CalmWorld, MeteredDynamoDb
from skafu.simulation.table import Table
from tests.support.desk import Desk
from tests.support.fakes import Clock
from tests.support.kitchen.builders import make, rename

pytestmark = pytest.mark.feature("W8", "C14")

# A state of 2 KB is kept in one commit of eight, so that half of the loads take a second page.
SIZES = {"small": ("x" * 130, (1.0, 0.5, 2.0)), "large": ("x" * 1900, (1.25, 0.75, 2.5))}


class NoStream:
    def append(self, item: Item) -> None: ...


@dataclass
class Long:
    """A teapot that is renamed again and again by a warm process, by default every 90 seconds."""

    description: str
    clock: Clock = field(default_factory=Clock)
    names: Iterator[int] = field(default_factory=count)
    length: int = 1
    pause: float = 90

    def __post_init__(self) -> None:
        stream: Any = NoStream()
        self.table = Table(CalmWorld(), stream)
        self.writer = self.process(self.table)
        self.writer.send(make(description=self.description))

    def process(self, client: Any) -> Desk:  # noqa: ANN401 - stands for a boto3 client
        return Desk(DynamoDbEventStore(client, "skafu-events-long"), self.clock)

    def grow(self, length: int) -> None:
        for _ in range(length - self.length):
            self.clock.move(seconds=self.pause)
            self.writer.send(rename(f"Teapot {next(self.names)}"))
        self.length = length

    def cold(self) -> tuple[float, float, float]:
        """Units and round trips of an update by a process that has just started; means over as
        many commits as share one stored state.
        """
        found = []
        for _ in range(STATE_EVERY):
            self.clock.move(seconds=7 * self.pause)
            meter = Meter([Hop("CommandApi", 1024)])
            process = self.process(MeteredDynamoDb(self.table, meter))
            process.send(rename(f"Teapot {next(self.names)}"))
            found.append((meter.command_writes, meter.command_reads, meter.calls().total()))
        self.length += STATE_EVERY
        # The warm process learns of it.
        self.writer = self.process(self.table)
        writes, reads, trips = zip(*found, strict=True)
        return fmean(writes), fmean(reads), fmean(trips)


@pytest.mark.parametrize(("description", "cost"), SIZES.values(), ids=SIZES.keys())
def test_a_cold_update_costs_the_same_at_ten_and_at_ten_thousand_commits(
    description: str, cost: tuple[float, float, float]
) -> None:
    """Write units, read units, round trips."""
    stream = Long(description)
    stream.grow(10 - STATE_EVERY)
    at_ten = stream.cold()
    stream.grow(10_000 + 10 - STATE_EVERY)
    at_ten_thousand = stream.cold()

    assert at_ten == at_ten_thousand == cost


@pytest.mark.feature("C15")
@pytest.mark.parametrize(("description", "cost"), SIZES.values(), ids=SIZES.keys())
def test_a_cold_update_costs_the_same_when_all_commits_lie_within_five_minutes(
    description: str, cost: tuple[float, float, float]
) -> None:
    """At 10, 1 000 and 5 000 commits."""
    stream = Long(description, pause=0.05)
    costs = []
    for length in (10, 1_000, 5_000):
        stream.grow(length - STATE_EVERY)
        costs.append(stream.cold())

    assert costs == [cost] * 3


@pytest.mark.feature("C15")
def test_a_warm_process_reads_nothing_of_a_stream_with_five_thousand_commands_in_five_minutes() -> (
    None
):
    stream = Long("x" * 130, pause=0.05)
    stream.grow(5_000)
    stream.writer.forget_counts()
    stream.grow(5_010)

    assert (stream.writer.store.reads, stream.writer.store.appends) == ([], 10)
