"""Commands a second and capacity units beside Castore, on one emulator, in one run.

    .venv/bin/python -m benchmarks.peers            # some minutes
    .venv/bin/python -m benchmarks.peers --quick    # one round, no long stream

Both sides send one command after another from one process: ours by the executor of projects and
the DynamoDB adapter, with identity, hash chain and state; Castore's (benchmarks/castore) by its
`Command`, which reads the whole stream. A cold process has just started; a warm one has handled
the project's last command. "Before" are commits without the times of keys (docs/adr/0047).
Rounds take turns, and ratios are medians over them.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Annotated, Any, cast
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from adapters.dynamodb.event_store import DynamoDbEventStore
from application.ports import EventStore
from application.writing.execute import Executor
from application.writing.heads import WarmHeads
from application.writing.requests import CommandMetadata, Request
from benchmarks.record import ROOT, circumstances, write
from benchmarks.units import MeteredClient
from domain.project.aggregate import project
from domain.project.commands import ChangeProject, CreateProject, ProjectCommand
from handlers.wiring import WARM_BYTES, aws_client
from kernel.actor import Actor
from kernel.messages import AggregateId
from tests.support.fakes import WithoutKeyTimes
from tests.support.requests import uuid7
from tests.support.stores import Emulator, emulator, new_table

CASTORE = ROOT / "benchmarks" / "castore"
OWNER = "1c0ffee0-0000-4000-8000-000000000001::ada"
DESCRIPTION = "x" * 130
LONG_LENGTHS = (10, 1_000, 5_000)
ROUNDS = 5


@dataclass(frozen=True)
class Shape:
    """Streams that are grown from one length to another."""

    name: str
    first: int
    last: int
    streams: int


SHAPES = (Shape("1-20 commits", 1, 20, 8), Shape("100 commits", 100, 140, 2))


@dataclass(frozen=True)
class Way:
    """A kind of process, the seconds between two commands, and whether commits carry key times."""

    name: str
    warm: bool
    seconds: float
    key_times: bool = True


WAYS = (
    Way("warm", warm=True, seconds=0.05),
    Way("cold", warm=False, seconds=600),
    Way("cold, all within five minutes", warm=False, seconds=0.05),
    Way("the same, before", warm=False, seconds=0.05, key_times=False),
)


@dataclass(frozen=True)
class Sample:
    """The commands of one round: seconds, CPU of the client, units; all for one command."""

    seconds: float
    cpu: float
    read: float
    write: float

    @classmethod
    def of(cls, commands: int, seconds: float, cpu: float, read: float, write: float) -> "Sample":
        return cls(seconds / commands, cpu / commands, read / commands, write / commands)


@dataclass
class Ours:
    """The executor of projects over one table, under a clock that is moved."""

    table: str
    way: Way
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.metered = MeteredClient(aws_client("dynamodb"))
        store: EventStore = DynamoDbEventStore(cast(Any, self.metered), self.table)
        self.store = store if self.way.key_times else WithoutKeyTimes(store)
        self.warm = WarmHeads(WARM_BYTES)

    def sample(self, shape: Shape) -> Sample:
        streams = [self.filled(shape.first) for _ in range(shape.streams)]
        return self.measured(streams, shape.last - shape.first)

    def measured(self, streams: list[AggregateId], commands: int) -> Sample:
        """Grow each of the streams by so many commands."""
        self.metered.read, self.metered.write = 0, 0
        began, cpu = time.perf_counter(), time.process_time()
        for stream in streams:
            self.grow(stream, commands)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        sent = commands * len(streams)
        return Sample.of(sent, seconds, used, self.metered.read, self.metered.write)

    def filled(self, length: int) -> AggregateId:
        stream = project.id(str(uuid4()))
        self.send(stream, CreateProject(owner=OWNER, name="Teapot", description=DESCRIPTION))
        self.fill(stream, length - 1)
        return stream

    def fill(self, stream: AggregateId, commands: int) -> None:
        for _ in range(commands):
            self.rename(stream)

    def grow(self, stream: AggregateId, commands: int) -> None:
        for _ in range(commands):
            if not self.way.warm:
                self.warm.clear()
            self.rename(stream)

    def rename(self, stream: AggregateId) -> None:
        self.send(stream, ChangeProject(name=f"Teapot {next(self.numbers)}"))

    def send(self, stream: AggregateId, command: ProjectCommand) -> None:
        self.now += timedelta(seconds=self.way.seconds)
        key = uuid7(self.now, next(self.numbers))
        metadata = CommandMetadata(key, Actor(OWNER), key)
        executor = Executor(self.store, project, lambda: self.now, self.warm)
        executor.execute(Request(stream, command, metadata))


@dataclass
class Castore:
    """Castore in a Node process of its own."""

    process: subprocess.Popen[str]

    def sample(self, shape: Shape) -> Sample:
        asked = {"from": shape.first, "to": shape.last, "streams": shape.streams}
        sent, answers = self.process.stdin, self.process.stdout
        assert sent is not None
        assert answers is not None
        print(json.dumps(asked), file=sent, flush=True)
        answer = json.loads(answers.readline())
        return Sample.of(
            answer["commands"], answer["seconds"], answer["cpu"], answer["read"], answer["write"]
        )


@contextmanager
def castore(started: Emulator) -> Iterator[Castore]:
    table = f"castore-{uuid4().hex[:8]}"
    started.client().create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "aggregateId", "KeyType": "HASH"},
            {"AttributeName": "version", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "aggregateId", "AttributeType": "S"},
            {"AttributeName": "version", "AttributeType": "N"},
        ],
    )
    process = subprocess.Popen(
        ["node", "bench.mjs", started.endpoint, table],
        cwd=CASTORE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Castore(process)
    finally:
        process.communicate()


def aimed_at(started: Emulator) -> None:
    """Let clients of this process, made as the functions make theirs, speak to the emulator."""
    os.environ |= {
        "AWS_ENDPOINT_URL": started.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def compare(started: Emulator, peer: Castore, rounds: int) -> list[dict[str, Any]]:
    rows = []
    for shape in SHAPES:
        ours = {way: Ours(new_table(started.client(), "EventsTable"), way) for way in WAYS}
        warm_up = Shape("", 1, 5, 1)
        peer.sample(warm_up)
        for one in ours.values():
            one.sample(warm_up)
        found = [
            (peer.sample(shape), {way: one.sample(shape) for way, one in ours.items()})
            for _ in range(rounds)
        ]
        rows += [row(shape, way, found) for way in WAYS]
    return rows


def row(shape: Shape, way: Way, found: list[tuple[Sample, dict[Way, Sample]]]) -> dict[str, Any]:
    pairs = [(theirs, ours[way]) for theirs, ours in found]
    return {
        "stream": shape.name,
        "process": way.name,
        "commands/s": round(median(1 / ours.seconds for _, ours in pairs)),
        "Castore's": round(median(1 / theirs.seconds for theirs, _ in pairs)),
        "ratio": round(median(theirs.seconds / ours.seconds for theirs, ours in pairs), 2),
        "CPU ratio": round(median(ours.cpu / theirs.cpu for theirs, ours in pairs), 2),
        "WCU": round(pairs[0][1].write, 2),
        "RCU": round(pairs[0][1].read, 2),
        "Castore's WCU": round(pairs[0][0].write, 2),
        "Castore's RCU": round(pairs[0][0].read, 2),
    }


def busy(started: Emulator, commands: int = 40) -> list[dict[str, Any]]:
    """Measure commands on one stream whose commits all lie within five minutes."""
    rows = []
    for way in (WAYS[0], WAYS[2], WAYS[3]):
        ours = Ours(new_table(started.client(), "EventsTable"), way)
        stream, length = ours.filled(1), 1
        for wanted in LONG_LENGTHS:
            ours.fill(stream, wanted - length)
            each = commands if way.key_times else 4
            sample = ours.measured([stream], each)
            length = wanted + each
            rows.append(
                {
                    "process": way.name,
                    "commits": wanted,
                    "ms": round(sample.seconds * 1000, 1),
                    "RCU": round(sample.read, 2),
                    "WCU": round(sample.write, 2),
                }
            )
    return rows


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(*rows[0], title=title)
    for one in rows:
        table.add_row(*map(str, one.values()))
    Console(width=140).print(table)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="One round, and no long stream.")] = False,
) -> None:
    """Print commands a second and units beside Castore's, and of a busy stream."""
    if not (CASTORE / "node_modules").is_dir():
        raise typer.BadParameter("Castore is not installed: run it by `make bench ARGS=peers`")
    results: dict[str, Any] = circumstances()
    with emulator() as started:
        aimed_at(started)
        with castore(started) as peer:
            results["beside Castore"] = compare(started, peer, 1 if quick else ROUNDS)
        show("one command after another", results["beside Castore"])
        if not quick:
            results["busy stream"] = busy(started)
            show("all commits within five minutes", results["busy stream"])
            write("peers", results)


if __name__ == "__main__":
    typer.run(main)
