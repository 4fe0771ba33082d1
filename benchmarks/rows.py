"""How many operations of AppSync an event costs, and how many rows a projector writes a second.

    .venv/bin/python -m benchmarks.rows

A projector as it was (it reads each row before it writes it, and takes one stream after the other)
beside today's, in one run, over the same commits. AppSync and DynamoDB are stood in for by
tables in memory that answer after `APPSYNC` and `DYNAMODB` seconds, as those do within a region.
Ratios can be compared, seconds cannot. Results go to benchmarks/results/rows.json.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gql import GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from graphql import OperationDefinitionNode
from rich.console import Console
from rich.table import Table

from adapters.appsync.read_models import AppSyncReadModels
from adapters.appsync.session import CONFLICT
from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.reading.catch_up import CatchUp
from application.reading.warm_rows import WarmRows
from benchmarks.record import circumstances, write
from edge.deliveries.at_once import at_once
from edge.deliveries.hints import Run, project_hints
from edge.observability import logger
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.fakes import Failures
from tests.support.kitchen.builders import make, rename
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import teapots

APPSYNC, DYNAMODB = 0.012, 0.004  # seconds
BATCH = 10  # of the projectors' queues
Hint = tuple[AggregateId, int]


@dataclass
class Rows:
    """AppSync with rows in memory: `execute` as gql's session has it."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: int = 0

    def execute(self, request: GraphQLRequest, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - gql's own
        self.operations += 1
        time.sleep(APPSYNC)
        definition = request.document.definitions[0]
        assert isinstance(definition, OperationDefinitionNode)
        selected: Any = definition.selection_set.selections[0]
        variables: Any = request.variable_values
        name: str = selected.name.value
        if name.startswith("get"):
            return {name: self.rows.get(variables["id"])}
        return {name: self._write(name, variables["input"], variables.get("condition"))}

    def _write(self, name: str, given: dict[str, Any], condition: Any) -> dict[str, Any]:  # noqa: ANN401 - GraphQL
        before = self.rows.get(given["id"])
        expected = {key: c["eq"] for key, c in (condition or {}).items()}
        if name.startswith("create") != (before is None) or any(
            (before or {}).get(key) != value for key, value in expected.items()
        ):
            raise TransportQueryError(CONFLICT, errors=[{"errorType": CONFLICT, "message": ""}])
        row = self.rows[given["id"]] = {"description": None, **(before or {}), **given}
        return row


class Store(MemoryEventStore):
    """The event store: a read takes as long as one query."""

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        time.sleep(DYNAMODB)
        return super().read(aggregate, from_sequence)


class Before(CatchUp):
    """The projector as it was: rows are read, whatever the hint is."""

    def reach(self, aggregate: AggregateId, sequence: int, *, begins: bool = False) -> int:
        time.sleep(DYNAMODB)  # the second query of each read
        return CatchUp.reach(self, aggregate, sequence)


def life(store: Store, number: int, commits: int) -> tuple[list[Hint], list[Hint]]:
    """Store a stream; return the hint of its creation, and those of its changes."""
    stream = AggregateId(f"TEAPOT#01980000-0000-7000-8000-{number:012x}")
    desk = Desk(stream=stream)
    desk.send(make())
    for change in range(commits):
        desk.send(rename(f"Teapot {change}"))
    for commit in desk.commits():
        store.append(commit, state_due=True)
    first, *rest = ((stream, commit.last_sequence) for commit in desk.commits())
    return [first], rest


def deliver(hints: Sequence[Hint], catch_up: CatchUp, run: Run, size: int) -> None:
    for first in range(0, len(hints), size):
        records = [record(hint) for hint in hints[first : first + size]]
        answer = project_hints({"Records": records}, catch_up, Failures(), run)
        assert answer == {"batchItemFailures": []}


def record(hint: Hint) -> dict[str, Any]:
    detail = {"aggregateId": hint[0], "eventSequence": hint[1]}
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1767355200000"}
    body = json.dumps({"detail": detail})
    return {"messageId": f"{hint[0]}@{hint[1]}", "body": body, "attributes": attributes}


@dataclass(frozen=True)
class Figures:
    """What the hints of one case have cost."""

    events: int
    operations: int
    written: int
    seconds: float

    @property
    def per_event(self) -> float:
        return self.operations / self.events

    @property
    def rows_a_second(self) -> float:
        return self.written / self.seconds


Case = tuple[int, int, int]
"""Streams, changes of each that are delivered after its creation, and messages of a batch."""
CASES: dict[str, Case] = {
    "a burst on one stream, message by message": (1, 20, 1),
    "a burst on one stream, in batches": (1, 20, BATCH),
    "one change of each of 20 streams": (20, 1, BATCH),
}
NEW = "20 new streams"


def measured(case: Case, kind: Callable[..., CatchUp], run: Run, *, warm: bool) -> Figures:
    """Deliver the creations, which do not count unless there are no changes; then the changes."""
    streams, changes, size = case
    rows, store = Rows(), Store()
    reads = AppSyncReadModels(rows, kitchen.read_models)
    catch_up = kind(store, reads, teapots, WarmRows(10**7) if warm else None)
    lives = [life(store, number, 0) for number in range(1, streams + 1)]
    hints = [hint for first, _ in lives for hint in first]
    if changes:
        deliver(hints, catch_up, run, BATCH)
        hints = [hint for number in range(1, streams + 1) for hint in grown(store, number, changes)]
    before = rows.operations
    began = time.perf_counter()
    deliver(hints, catch_up, run, size)
    seconds = time.perf_counter() - began
    return Figures(len(hints), rows.operations - before, len(hints), seconds)


def grown(store: Store, number: int, changes: int) -> list[Hint]:
    """Store further commits of a stream; return their hints."""
    other = Store()
    _, hints = life(other, number, changes)
    stream = hints[0][0]
    for commit in other.read(stream, 2):
        store.append(commit, state_due=True)
    return hints


def main() -> None:
    logger.setLevel("ERROR")
    table = Table("Case", "operations an event", "before", "events a second", "before", "ratio")
    results: dict[str, Any] = {"circumstances": circumstances()}
    for name, case in {**CASES, NEW: (20, 0, BATCH)}.items():
        old = measured(case, Before, map, warm=False)
        new = measured(case, CatchUp, at_once, warm=True)
        ratio = new.rows_a_second / old.rows_a_second
        results[name] = {
            "operations an event": {"before": old.per_event, "now": new.per_event},
            "events a second": {
                "before": round(old.rows_a_second),
                "now": round(new.rows_a_second),
            },
            "ratio": round(ratio, 1),
        }
        figures = (new.per_event, old.per_event, new.rows_a_second, old.rows_a_second, ratio)
        table.add_row(name, *(f"{figure:.3g}" for figure in figures))
    Console().print(table)
    write("rows", results)


if __name__ == "__main__":
    main()
