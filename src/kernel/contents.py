"""Contents: all that a domain consists of, and all that the engine and its tools know of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kernel.aggregate import AnyAggregate
from kernel.look_ups import States
from kernel.operation import Operation
from kernel.projection import Projection
from kernel.query import Detail, Query
from kernel.translation import Translation


@dataclass(frozen=True)
class ReadModels:
    """The read models of Amplify's schema: generated documents, and a class for each row.

    `documents` maps the names of documents (`UPDATE_ORDER`) to their texts; `lists` names the one
    that lists all rows of a model. `json_fields` are those that AppSync takes and gives as JSON in
    a string.
    """

    documents: Mapping[str, Any]
    lists: Mapping[str, str]
    rows: Mapping[str, type]
    json_fields: frozenset[str]


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Contents:
    """A domain: the only registry, which everything reads.

    `look_ups` returns the object with which commands look things up. `no_look_ups` answers every
    question with a placeholder: it makes the same command, apart from what was looked up.
    `translations` are keyed by the source and the detail type of an event.
    """

    aggregates: tuple[AnyAggregate, ...]
    projections: tuple[Projection, ...]
    queries: tuple[Query, ...]
    read_models: ReadModels
    look_ups: Callable[[States], Any]
    no_look_ups: object
    translations: Mapping[tuple[str, str], Translation] = field(default_factory=dict)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(o for aggregate in self.aggregates for o in aggregate.operations)

    @cached_property
    def operation(self) -> Mapping[str, Operation]:
        """Return every operation by its name."""
        return {operation.name: operation for operation in self.operations}

    @cached_property
    def aggregate(self) -> Mapping[str, AnyAggregate]:
        """Return every aggregate by its type."""
        return {aggregate.aggregate_type: aggregate for aggregate in self.aggregates}

    @cached_property
    def projection(self) -> Mapping[str, Projection]:
        """Return every projection by its name."""
        return {projection.name: projection for projection in self.projections}

    @cached_property
    def detail(self) -> Mapping[str, Detail]:
        """Return the query of the main row, by aggregate type."""
        return {q.aggregate_type: q for q in self.queries if isinstance(q, Detail)}

    def projections_of(self, aggregate_type: str) -> tuple[Projection, ...]:
        return tuple(p for p in self.projections if p.aggregate_type == aggregate_type)

    def collections(self) -> Iterator[tuple[str, AnyAggregate]]:
        """Yield the path of the aggregates of each type: `/orders`."""
        for aggregate in self.aggregates:
            yield next(o.collection for o in aggregate.operations if o.creates), aggregate
