"""What a domain consists of: the engine and its tools are given this, and know nothing else."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kernel.aggregate import AnyAggregate
from kernel.event_types import EventTypes
from kernel.look_ups import States
from kernel.operation import Operation
from kernel.projection import Projection
from kernel.query import Detail, Query
from kernel.random_commands import RandomCommands
from kernel.translation import Translation


@dataclass(frozen=True)
class ReadModels:
    """The read models as Amplify's schema has them: generated documents, and a class for each row.

    `documents` maps the names of documents (`UPDATE_PROJECT`) to their texts; `lists` names the one
    that lists all rows of a model. `json_fields` are those that AppSync takes and gives as JSON in
    a string.
    """

    documents: Mapping[str, Any]
    lists: Mapping[str, str]
    rows: Mapping[str, type]
    json_fields: frozenset[str]


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Contents:
    """A domain: the one registry that everything reads.

    `look_ups` makes the object that commands look things up with; `no_look_ups` is one that answers
    with blanks: it makes a command that is the same but for what was looked up. `translations` are
    keyed by an event's source and detail type. `example_texts` fill placeholders of the examples,
    such as `{slug}`, with another text for each number; 0 is for the documents. `random_commands`
    are for the simulator.
    """

    aggregates: tuple[AnyAggregate, ...]
    projections: tuple[Projection, ...]
    queries: tuple[Query, ...]
    read_models: ReadModels
    look_ups: Callable[[States], Any]
    no_look_ups: object
    translations: Mapping[tuple[str, str], Translation] = field(default_factory=dict)
    example_texts: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    random_commands: RandomCommands = field(default_factory=RandomCommands)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(o for aggregate in self.aggregates for o in aggregate.operations)

    @cached_property
    def operation(self) -> Mapping[str, Operation]:
        """Every operation by its name."""
        return {operation.name: operation for operation in self.operations}

    @cached_property
    def aggregate(self) -> Mapping[str, AnyAggregate]:
        """Every aggregate by its type, in the order of the types."""
        return {
            kind.aggregate_type: kind
            for kind in sorted(self.aggregates, key=lambda kind: kind.aggregate_type)
        }

    @cached_property
    def events(self) -> Mapping[str, EventTypes[Any]]:
        """The events of each aggregate by its type."""
        return {name: kind.events for name, kind in self.aggregate.items()}

    @cached_property
    def first_creation(self) -> Operation:
        """The command that most examples begin with."""
        return next(o for o in self.aggregates[0].operations if o.creates)

    @cached_property
    def first_change(self) -> Operation:
        """The first command with data for an aggregate that `first_creation` began."""
        return next(
            o
            for o in self.aggregates[0].operations
            if not (o.creates or o.ids) and o.example and o.example.typical
        )

    @cached_property
    def inner_ids(self) -> tuple[str, ...]:
        """The names of ids within aggregates, as paths have them: `serviceId`."""
        return tuple(sorted({name for operation in self.operations for name in operation.ids}))

    @cached_property
    def projection(self) -> Mapping[str, Projection]:
        """Every projection by its name."""
        return {projection.name: projection for projection in self.projections}

    @cached_property
    def detail(self) -> Mapping[str, Detail]:
        """The query of the main row of each aggregate type that has one."""
        return {q.aggregate_type: q for q in self.queries if isinstance(q, Detail)}

    def projections_of(self, aggregate_type: str) -> tuple[Projection, ...]:
        return tuple(p for p in self.projections if p.aggregate_type == aggregate_type)

    def collections(self) -> Iterator[tuple[str, AnyAggregate]]:
        """Yield the path below which aggregates of each type are found: `/projects`."""
        for aggregate in self.aggregates:
            yield next(o.collection for o in aggregate.operations if o.creates), aggregate
