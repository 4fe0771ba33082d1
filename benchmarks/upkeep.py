"""How many events the feed takes a second, and what it costs to check a stream by itself.

    .venv/bin/python -m benchmarks.upkeep

Streams of several lengths lie in the emulator's tables. The feed's writer feeds them, as one warm
process does; then each is verified against its history, its rows and the feed, one after the other
(`skafu verify` does so with what looks wrong, ten at once). AppSync is stood in for by rows in
memory that answer after `APPSYNC` seconds. Units are computed from the sizes of items. Results go
to benchmarks/results/upkeep.json.
"""

import math
import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from adapters.appsync.read_models import AppSyncReadModels
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import DynamoDbFeed
from adapters.dynamodb.items import READ_UNIT, item_size
from application.commit import Commit
from application.ports import utc_now
from application.publishing.feed import FeedEntry, FeedWriter
from application.reading.catch_up import CatchUp
from application.reading.verify import Verifier
from benchmarks.record import circumstances, write
from benchmarks.rows import Rows
from edge.observability import logger
from kernel.messages import AggregateId
from skafu.metering.meter import Hop, Meter
from skafu.metering.ports import MeteredDynamoDb
from tests.support.desk import Desk
from tests.support.kitchen.builders import make, rename
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import teapots
from tests.support.kitchen.teapot import teapot
from tests.support.stores import Emulator, emulator, new_table

LENGTHS = {1: 100, 20: 100, 100: 20, 1000: 3}
"""Commits of a stream, and how many such streams are measured."""
BATCH = 100  # records of the publisher's mapping


class Metered(MeteredDynamoDb):
    """Counts reads of many items, too: each is billed for itself."""

    def batch_get_item(self, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        answer = self._client.batch_get_item(**given)
        for table, asked in given["RequestItems"].items():
            found = answer["Responses"].get(table, [])
            half = 1 if asked.get("ConsistentRead") else 0.5
            missing = len(asked["Keys"]) - len(found)
            units = sum(math.ceil(item_size(item) / READ_UNIT) for item in found) + missing
            self.meter.hop.read(table, half * units)
        return answer


class Bench:
    """Streams of one length, with a feed and rows of their own."""

    def __init__(self, started: Emulator, length: int, streams: int) -> None:
        client = started.client()
        self.hop = Hop("upkeep", 512)
        metered: Any = Metered(client, Meter([self.hop]))
        self.store = DynamoDbEventStore(metered, new_table(client, "EventsTable"))
        self.feed = DynamoDbFeed(metered, new_table(client, "FeedTable"))
        self.read_models = AppSyncReadModels(Rows(), kitchen.read_models)
        self.streams = [stream_id(number) for number in range(1, streams + 1)]
        self.commits = [commit for s in self.streams for commit in self._filled(s, length)]
        for stream in self.streams:
            CatchUp(self.store, self.read_models, teapots).rebuild(stream)

    def _filled(self, stream: AggregateId, length: int) -> list[Commit]:
        desk = Desk(stream=stream)
        desk.send(make())
        for number in range(1, length):
            desk.send(rename(f"Teapot {number}"))
        return [self.store.append(commit, state_due=True) for commit in desk.commits()]

    def fed(self) -> dict[str, float]:
        """Feed every commit in batches; return how fast that was."""
        writer = FeedWriter(self.feed, self.store, utc_now, raising)
        self.hop.read_units.clear()
        self.hop.write_units.clear()
        began = time.perf_counter()
        for first in range(0, len(self.commits), BATCH):
            writer.write(self.commits[first : first + BATCH])
        seconds = time.perf_counter() - began
        events = len(self.commits)
        return {
            "events fed a second": round(events / seconds),
            "WCU a fed event": round(sum(self.hop.write_units.values()) / events, 3),
        }

    def verified(self) -> dict[str, float]:
        """Verify every stream; return what one costs."""
        entries: dict[AggregateId, list[FeedEntry]] = {}
        for page in self.feed.pages(1):
            for entry in page.entries:
                entries.setdefault(entry.aggregate, []).append(entry)
        verifier = Verifier(self.store, self.read_models, (teapots,), teapot, True, entries)
        self.hop.read_units.clear()
        began = time.perf_counter()
        for stream in self.streams:
            assert verifier.check(stream).discrepancies == []
        seconds = time.perf_counter() - began
        return {
            "verify, ms a stream": round(seconds * 1000 / len(self.streams), 1),
            "verify, RCU a stream": round(sum(self.hop.read_units.values()) / len(self.streams), 2),
        }


def stream_id(number: int) -> AggregateId:
    return AggregateId(f"TEAPOT#01980000-0000-7000-8000-{number:012x}")


def raising(_: AggregateId, error: Exception) -> None:
    raise error


def show(rows: Mapping[str, Mapping[str, float]]) -> None:
    table = Table("commits of a stream", *next(iter(rows.values())))
    for length, figures in rows.items():
        table.add_row(length, *map(str, figures.values()))
    Console(width=140).print(table)


def main() -> None:
    logger.setLevel("ERROR")
    results: dict[str, Any] = circumstances()
    rows = {}
    with emulator() as started:
        for length, streams in LENGTHS.items():
            bench = Bench(started, length, streams)
            rows[str(length)] = {"streams": streams, **bench.fed(), **bench.verified()}
    show(rows)
    write("upkeep", results | {"streams of so many commits": rows})


if __name__ == "__main__":
    main()
