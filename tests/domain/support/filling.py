"""Projects that go straight into the tables of a stack: their commits, their rows, their words.

Nothing is published: the stream of events is not read any more. For measurements, and for a look
at the page with many projects:

    .venv/bin/python -m tests.domain.support.filling --projects 10000
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from boto3.dynamodb.types import TypeSerializer

from adapters.appsync.read_models import to_graphql
from adapters.dynamodb.items import Item, to_item
from adapters.dynamodb.words import entry_key, posting_item
from adapters.dynamodb.words import to_item as entry_item
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.words import MemoryWords
from application.reading.verify import recorded_for
from application.reading.words import postings_of, words_of
from domain.contents import contents
from domain.project.aggregate import project
from domain.project.commands import ArchiveProject, CreateProject, DeleteProject
from kernel.messages import Command
from kernel.projection import fold_rows
from local.aws import Aws
from projections.projects import projects
from tests.support.desk import Desk
from tests.support.fakes import Clock

T = TypeVar("T")
AT_ONCE = 25  # items of one BatchWriteItem
THREADS = 4
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
ENDS: dict[str, list[Command]] = {
    "ARCHIVED": [ArchiveProject()],
    "DELETED": [DeleteProject()],
    "ACTIVE": [],
}
STEMS = (
    *("billing", "checkout", "ledger", "mirror", "nebula", "orchid", "parcel", "quarry", "ranger"),
    *("signal", "timber", "umbra", "velvet", "willow", "yonder", "amber", "bridge", "ember"),
)
ENDINGS = ("", "s", "hub", "kit", "line", "ment", "ness", "ium", "ade", "ette")
VOCABULARY = [stem + ending for stem in STEMS for ending in ENDINGS]


@dataclass(frozen=True, slots=True)
class Text:
    """A project to be: of `owner`, which is `<sub>::<username>`."""

    name: str
    description: str | None
    owner: str
    status: str = "ACTIVE"


def some(count: int, seed: int = 1) -> Iterator[Text]:
    """Yield projects of many owners: one to three words for a name, up to fourteen to describe."""
    random = Random(seed)
    for number in range(count):
        name = random.choices(VOCABULARY, k=random.randint(1, 3))
        description = random.choices(VOCABULARY, k=random.randint(0, 14))
        whose = f"filler-{number % 200}"
        yield Text(" ".join(name), " ".join(description) or None, f"{whose}::{whose}")


def items(text: Text, number: int) -> Iterator[tuple[str, Item]]:
    """Yield each item of a project with its table; a higher number is an older project."""
    stream = project.id(str(UUID(int=7 << 76 | 2 << 62 | number)))
    clock = Clock(NEWEST - timedelta(minutes=number))
    desk = Desk(MemoryEventStore(), clock, aggregate=project, stream=stream)
    created = CreateProject(owner=text.owner, name=text.name, description=text.description)
    for command in (created, *ENDS[text.status]):
        desk.send(command, actor=text.owner)
    commits = desk.commits()
    recorded = recorded_for(projects, commits)
    yield from (("skafu-events-local", to_item(commit)) for commit in commits)
    for key, row in fold_rows(projects, recorded).items():
        values = to_graphql(contents.read_models, key.model, row)
        yield f"{key.model}-local", row_item({**values, "__typename": key.model})
    words = words_of(contents, projects, desk.store, MemoryWords())
    entry = words.entry_of(recorded) if words else None
    assert entry is not None
    key = projects.head(stream)
    yield "skafu-words-local", {**entry_key(key), **entry_item(entry)}
    for place, terms in postings_of(key, entry).items():
        yield "skafu-words-local", posting_item(*place, terms)


def row_item(values: dict[str, Any]) -> Item:
    known = {name: value for name, value in values.items() if value is not None}
    plain = json.loads(json.dumps(known), parse_float=Decimal)
    serialize: Any = TypeSerializer().serialize
    return {name: serialize(value) for name, value in plain.items()}


def fill(aws: Aws, texts: Iterable[Text], begin: int = 0) -> int:
    """Write the projects; return how many. The first is the newest."""
    publish_nothing(aws)
    table, count = aws.client("dynamodb"), 0

    def write(batch: Sequence[tuple[str, Item]]) -> None:
        in_order = sorted(batch, key=lambda one: one[0])
        asked = {
            name: [{"PutRequest": {"Item": item}} for _, item in found]
            for name, found in groupby(in_order, key=lambda one: one[0])
        }
        while asked:
            asked = table.batch_write_item(RequestItems=asked)["UnprocessedItems"]

    with ThreadPoolExecutor(THREADS) as pool:
        for some_texts in batches(enumerate(texts, begin), 500):
            count += len(some_texts)
            made = (item for number, text in some_texts for item in items(text, number))
            list(pool.map(write, batches(made, AT_ONCE)))
    return count


def batches(found: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(found)
    return iter(lambda: [*islice(rest, size)], [])


def publish_nothing(aws: Aws) -> None:
    """Let nobody read the stream of the events table."""
    functions = aws.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if "/stream/" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def main() -> None:
    parser = ArgumentParser(description="Fill the tables of a local stack with projects.")
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--outputs", type=Path, default=Path("local/outputs.json"))
    given = parser.parse_args()
    outputs = json.loads(given.outputs.read_text())
    count = fill(Aws(outputs["awsEndpointUrl"]), some(given.projects))
    print(f"{count} projects were written")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
