"""Capacity units and round trips of each command, from the sizes of what is stored and read.

    .venv/bin/python -m benchmarks.units            # the whole table, some minutes
    .venv/bin/python -m benchmarks.units --quick    # streams of 10 commits only

Commands go through the command API, in process, to the DynamoDB adapter on moto, under a clock
that is set. Calls are counted at the client; items are sized as DynamoDB bills them. A cold
process has just started; a warm one has handled the project's last command. The whole table
goes to benchmarks/results/units.json, too.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any, cast
from uuid import UUID

import boto3
import typer
from moto import mock_aws

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.items import READ_UNIT, Item, item_size, write_units
from adapters.memory.key_table import MemoryKeyTable
from adapters.memory.key_wrapper import MemoryKeyWrapper
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import SubjectKeys
from application.writing.append import SMALL_STATE, SMALL_STATE_EVERY, STATE_EVERY
from application.writing.heads import Head
from benchmarks.record import circumstances, write
from domain.contents import contents
from domain.project.aggregate import project
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.http.api import resolve
from kernel.messages import AggregateId
from skafu.reach.quiet import quiet

SAMPLE = Path(__file__).resolve().parent.parent / "events/command_api/create_project.json"
PAUSE = timedelta(seconds=72)  # between commits: a thousand of them in twenty hours
TABLE = "skafu-events-units"
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
PERSON = "1c0ffee0-0000-4000-8000-000000000001"  # Cognito's user names are ids


@dataclass(frozen=True)
class Size:
    """A project whose state is about so large: by its description, and by long service names."""

    name: str
    description: str = ""
    services: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        services = [{"serviceName": n, "serviceType": "API"} for n in self.services]
        return {"name": "Teapot", "description": self.description, "services": services}


SIZES = (
    Size("0.3 KB", "x" * 130),
    Size("1 KB", "x" * 850),
    Size("4 KB", "x" * 1950, tuple(f"{n:x>100}" for n in range(13))),
    Size("16 KB", "🫖" * 1950, tuple(f"{n:🫖>92}" for n in range(20))),
)
LENGTHS = (10, 100, 1000)


@dataclass(frozen=True)
class When:
    """How long after the stream's last commit a command comes."""

    name: str
    after: timedelta


WHENS = (
    When("inside 24 h", timedelta(minutes=10)),
    When("outside 24 h", timedelta(hours=48)),
    When("within 5 min", timedelta(seconds=1)),
)


@dataclass(frozen=True)
class Cost:
    """What one command took: write units, read units, round trips; means of several."""

    write: float
    read: float
    trips: float

    def __str__(self) -> str:
        return f"{self.write:5.2f} {self.read:6.2f} {self.trips:5.2f}"


def mean(costs: Sequence[Cost]) -> Cost:
    return Cost(
        fmean(c.write for c in costs), fmean(c.read for c in costs), fmean(c.trips for c in costs)
    )


@dataclass
class MeteredClient:
    """A DynamoDB client that counts; `dry`, it measures a Put and leaves the table as it is."""

    client: Any
    dry: bool = False
    write: int = 0
    read: float = 0
    trips: int = 0
    items: list[Item] = field(default_factory=list)

    @property
    def exceptions(self) -> Any:  # noqa: ANN401 - the client's own
        return self.client.exceptions

    def put_item(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's own
        self.trips += 1
        self.write += write_units(parameters["Item"])
        self.items.append(parameters["Item"])
        return {} if self.dry else self.client.put_item(**parameters)

    def query(self, **parameters: Any) -> Any:  # noqa: ANN401 - boto3's own
        page = self.client.query(**parameters)
        self.trips += 1
        units = max(1, math.ceil(sum(map(item_size, page["Items"])) / READ_UNIT))
        self.read += units if parameters["ConsistentRead"] else units / 2
        return page

    def cost(self) -> Cost:
        return Cost(self.write, self.read, self.trips)


Warm = dict[AggregateId, Head[Any]]


@dataclass
class Bench:
    """A table, a clock that is set, and processes that are started for one command each."""

    client: Any
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """The person's key is warm: reading it is a cost of its own (docs/privacy.md)."""
        keys = SubjectKeys(MemoryKeyTable(), MemoryKeyWrapper(), lambda: self.now, math.inf)
        self.sealer = Sealer(keys)

    def send(
        self, path: str, data: dict[str, Any], *, key: str | None = None, warm: Warm, dry: bool
    ) -> tuple[Cost, dict[str, Any], Item]:
        metered = MeteredClient(self.client, dry)
        store = DynamoDbEventStore(cast(Any, metered), TABLE)
        commands = Commands.over(contents, store, lambda: self.now, warm, sealer=self.sealer)
        app = command_api.build(commands)
        method = "POST" if path.endswith(("/projects", "/services")) else "PATCH"
        answer = resolve(app, self.event(method, path, data, key or self.timed_key()), None)
        if answer["statusCode"] != 202:
            raise RuntimeError(answer["body"])
        return metered.cost(), json.loads(answer["body"]), metered.items[-1]

    def event(self, method: str, path: str, data: dict[str, Any], key: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(SAMPLE.read_text())
        event["requestContext"]["authorizer"]["claims"]["sub"] = PERSON
        event["requestContext"]["identity"] = {"sourceIp": "203.0.113.207", "userAgent": BROWSER}
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return event | {
            "httpMethod": method,
            "path": path,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "body": json.dumps(data),
        }

    def timed_key(self) -> str:
        """A UUIDv7 of the time that the clock is set to."""
        milliseconds = int(self.now.timestamp() * 1000)
        return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | next(self.numbers)))

    def opaque_key(self) -> str:
        return f"{UUID(int=4 << 76 | 2 << 62 | next(self.numbers))}"


@dataclass
class Stream:
    """One project, renamed again and again through the API."""

    bench: Bench
    size: Size
    length: int = 0

    def __post_init__(self) -> None:
        self.warm: Warm = {}
        self.created, answer, self.first = self.bench.send(
            "/projects", self.size.data(), warm=self.warm, dry=False
        )
        self.path = f"/projects/{answer['aggregateId']}"
        self.length, self.last = 1, self.bench.now
        self.state = len(self.warm_head_state())

    def warm_head_state(self) -> bytes:
        (head,) = self.warm.values()
        return project.states.dump_json(head.state, exclude_defaults=True)

    def grow(self) -> None:
        self.bench.now = self.last = self.last + PAUSE
        self.rename(warm=self.warm, dry=False)
        self.length += 1

    def add_service(self) -> tuple[Cost, Item]:
        """A service with a name of three letters, by a process that has just started."""
        data = {"serviceName": "api", "serviceType": "API"}
        cost, _, item = self.bench.send(f"{self.path}/services", data, warm={}, dry=True)
        return cost, item

    def rename(self, *, key: str | None = None, warm: Warm, dry: bool) -> tuple[Cost, Item]:
        name = {"name": f"Teapot {next(self.bench.numbers)}"}
        cost, _, item = self.bench.send(self.path, name, key=key, warm=warm, dry=dry)
        return cost, item


@dataclass(frozen=True)
class Row:
    """The costs of an update at one length of a stream; means over as many commits as share
    one kept state."""

    size: str
    state: int
    commits: int
    when: str
    timed: Cost
    opaque: Cost
    warm: Cost
    newest: int  # bytes of the newest item


@dataclass(frozen=True)
class Measured:
    """What commands on a project of one size cost, and the items that they stored."""

    created: Cost
    added: Cost
    rows: list[Row]
    items: dict[str, Item]


def measure(bench: Bench, size: Size, lengths: Sequence[int]) -> Measured:
    stream = Stream(bench, size)
    bench.now = stream.last + WHENS[0].after
    _, renamed = stream.rename(warm={}, dry=True)
    added, service = stream.add_service()
    rows = [row for length in lengths for row in rows_at(stream, length)]
    items = {"create-project": stream.first, "change-project": renamed, "add-service": service}
    return Measured(stream.created, added, rows, items)


def rows_at(stream: Stream, length: int) -> list[Row]:
    while stream.length < length:
        stream.grow()
    samples: list[list[Row]] = []
    for _ in range(STATE_EVERY):
        samples.append([sample(stream, length, when) for when in WHENS])
        stream.grow()
    return [averaged(rows) for rows in zip(*samples, strict=True)]


def sample(stream: Stream, length: int, when: When) -> Row:
    bench = stream.bench
    bench.now = stream.last + when.after
    process: Warm = {}
    timed, item = stream.rename(warm=process, dry=True)
    warm, _ = stream.rename(warm=process, dry=True)
    opaque, _ = stream.rename(key=bench.opaque_key(), warm={}, dry=True)
    return Row(
        stream.size.name, stream.state, length, when.name, timed, opaque, warm, item_size(item)
    )


def averaged(rows: Sequence[Row]) -> Row:
    first = rows[0]
    return Row(
        first.size,
        first.state,
        first.commits,
        first.when,
        mean([row.timed for row in rows]),
        mean([row.opaque for row in rows]),
        mean([row.warm for row in rows]),
        max(row.newest for row in rows),
    )


@contextmanager
def on_moto() -> Iterator[Bench]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        keys = (("aggregateId", "S", "HASH"), ("eventSequence", "N", "RANGE"))
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": n, "KeyType": cast(Any, k)} for n, _, k in keys],
            AttributeDefinitions=[
                {"AttributeName": n, "AttributeType": cast(Any, t)} for n, t, _ in keys
            ],
        )
        yield Bench(client)


HEAD = f"{'state':>8} {'commits':>8}  {'newest commit':<14}" + "".join(
    f" |{what:^19}" for what in ("update, UUIDv7", "update, opaque", "warm update")
)
UNITS = f"{'B':>8} {'':>8}  {'':<14}" + " |  WCU    RCU trips " * 3
RULES = f"""
An item of b bytes writes ceil(b / 1 KB). The state is in it when that adds no write unit; else in
one commit of {SMALL_STATE_EVERY} while the state has at most {SMALL_STATE} bytes,
and in one of {STATE_EVERY} when it has more.
Figures are means over {STATE_EVERY} commits.

A creation reads nothing, nor does a warm process. A cold update reads half a unit for each 4 KB
begun of a page, and each page is a round trip: the newest four commits; then four, 64 and 512 at
a time, while no state was met or the commits are not older than the command's key, less five
minutes for clocks (an opaque key: than 24 hours).

A refusal or a no-op is decided again on a strong read, at twice the price and one round trip more.
A lost race is charged its write, and a strong read of what is newer than what was known.
"""


def line(row: Row) -> str:
    left = f"{row.state:>8} {row.commits:>8}  {row.when:<14}"
    return left + "".join(f" | {cost}" for cost in (row.timed, row.opaque, row.warm))


def sizes(item: Item) -> dict[str, int]:
    """Bytes by attribute, name and value."""
    return {name: item_size({name: value}) for name, value in item.items()}


def breakdown(item: Item) -> str:
    parts = sorted(sizes(item).items(), key=lambda part: -part[1])
    return f"{item_size(item)} B = " + " + ".join(f"{name} {size}" for name, size in parts)


def report(measured: Measured) -> Iterator[str]:
    yield f"create-project: {measured.created}   add-service: {measured.added}"
    yield from map(line, measured.rows)


def run(bench: Bench, lengths: Sequence[int], say: Callable[[str], None]) -> list[Measured]:
    say(f"{HEAD}\n{UNITS}")
    done = []
    for size in SIZES:
        done.append(measure(bench, size, lengths))
        say("\n".join(report(done[-1])))
    for command, item in done[0].items.items():
        say(f"{command}: {breakdown(item)}")
    say(RULES)
    return done


def recorded(measured: Sequence[Measured]) -> dict[str, Any]:
    """The figures as they are kept; items by the bytes of each attribute."""
    return {
        "creations": [asdict(m.created) for m in measured],
        "added services": [asdict(m.added) for m in measured],
        "updates": [asdict(row) for m in measured for row in m.rows],
        "items": {command: sizes(item) for command, item in measured[0].items.items()},
    }


def main(
    quick: Annotated[bool, typer.Option("--quick", help="streams of 10 commits only")] = False,
) -> None:
    """Print what each command costs."""
    with quiet(), on_moto() as bench:
        measured = run(bench, LENGTHS[:1] if quick else LENGTHS, typer.echo)
    if not quick:
        write("units", circumstances() | recorded(measured))


if __name__ == "__main__":
    typer.run(main)
