"""A store with its feed and rows, and what scans and lists of them show to a survey."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.sqlite.spool import SqliteSpool
from application.commit import Commit
from application.ports import StoredRow
from application.publishing.feed import FeedWriter
from application.publishing.republish import ScannedPage
from application.reading.catch_up import CatchUp
from application.reading.survey import Survey
from kernel.messages import AggregateId
from kernel.projection import RowKey
from tests.support.desk import Desk
from tests.support.fakes import NOW, MemoryReadModels
from tests.support.kitchen.builders import add, make, rename
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import parts, teapots

PROJECTIONS = (teapots, parts)
STREAMS = [AggregateId(f"TEAPOT#01980000-0000-7000-8000-{n:012x}") for n in range(1, 5)]


@dataclass
class World:
    """A store, its feed and its rows, and what scans and lists of them show."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    feed: MemoryFeed = field(default_factory=MemoryFeed)
    rows: MemoryReadModels = field(default_factory=MemoryReadModels)
    page: int = 3
    textual: bool = False
    """Whether a scan yields the commits of a stream in the order of their numbers as texts."""
    broken: set[tuple[AggregateId, int]] = field(default_factory=set)
    spool: SqliteSpool = field(default_factory=lambda: SqliteSpool(kitchen.read_models))
    counts: dict[str, int] = field(default_factory=dict)

    def every(self) -> Iterator[ScannedPage]:
        """Scan the store in pages that do not end where streams do."""
        commits = (c for stream, _ in self.store.heads() for c in self.of(stream))
        while page := list(islice(commits, self.page)):
            keys = [(c.aggregate_id, c.first_sequence) for c in page]
            whole = [c for c, key in zip(page, keys, strict=True) if key not in self.broken]
            yield ScannedPage(whole, [k for k in keys if k in self.broken], len(page), {})

    def of(self, stream: AggregateId) -> Iterator[Commit]:
        found = self.store.read(stream)
        yield from sorted(found, key=lambda one: str(one.first_sequence)) if self.textual else found

    def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        stored: dict[RowKey, StoredRow] = {**self.rows.rows, **self.rows.unreadable}
        yield [(key, row) for key, row in stored.items() if key.model == model]

    def survey(self, **others: Any) -> Survey:  # noqa: ANN401 - of Survey
        given: dict[str, Any] = {
            "projections": PROJECTIONS,
            "lists": self,
            "scan": self,
            "store": self.store,
            "rows": self.rows,
            "feed": self.feed,
            "spool": self.spool,
            "now": NOW,
            "seen": self.count,
        }
        return Survey(kitchen, **(given | others))

    def anew(self) -> "World":
        """Return the world as another survey begins it: with an empty spool."""
        self.spool.close()
        self.spool = SqliteSpool(kitchen.read_models)
        return self

    def count(self, kind: str, number: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + number

    def project(self) -> None:
        for stream, _ in self.store.heads():
            for projection in PROJECTIONS:
                CatchUp(self.store, self.rows, projection).rebuild(stream)


@contextmanager
def world_of() -> Iterator[World]:
    """Make four streams of three commits, projected and fed."""
    made = World()
    for number, stream in enumerate(STREAMS):
        desk = Desk(made.store, stream=stream)
        for command in (make(), rename("Urn"), add(f"lid {number}")):
            desk.send(command)
    made.project()
    for stream in STREAMS:
        FeedWriter(made.feed, made.store, lambda: NOW, raising).reach(stream)
    with closing(made.spool):
        yield made


def raising(_: AggregateId, error: Exception) -> None:
    raise error
