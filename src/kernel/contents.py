"""Contents: all that a domain consists of, and all that the engine and its tools know of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kernel.aggregate import AnyAggregate
from kernel.event_types import EventTypes
from kernel.look_ups import States
from kernel.operation import Operation
from kernel.projection import Projection
from kernel.query import Detail, Listing, Query, Within
from kernel.random_commands import RandomCommands
from kernel.reaction import Reaction
from kernel.saga import Saga
from kernel.seeding import SeedOf
from kernel.translation import Translation


@dataclass(frozen=True)
class ReadModels:
    """The read models of Amplify's schema: generated documents, and a class for each row.

    `documents` maps the names of documents (`UPDATE_ORDER`) to their texts; `lists` names the one
    that lists all rows of a model, `models` the text of a query to the model of its rows.
    `json_fields` are those of each model that AppSync takes and gives as JSON in a string.
    """

    documents: Mapping[str, Any]
    lists: Mapping[str, str]
    models: Mapping[str, str]
    rows: Mapping[str, type]
    json_fields: Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Contents:
    """A domain: the only registry, which everything reads.

    `look_ups` returns the object with which commands look things up. `no_look_ups` answers every
    question with a placeholder: it makes the same command, apart from what was looked up.
    `translations` are keyed by the source and the detail type of an event.
    `example_texts` fill placeholders of the examples, such as `{slug}`, with another text for each
    number; 0 is for the documents. `random_commands` are for the simulator. `seed` reads what every
    system begins with from a folder.
    """

    aggregates: tuple[AnyAggregate, ...]
    projections: tuple[Projection, ...]
    queries: tuple[Query, ...]
    read_models: ReadModels
    look_ups: Callable[[States], Any] = lambda _: None
    no_look_ups: object = None
    translations: Mapping[tuple[str, str], Translation] = field(default_factory=dict)
    example_texts: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    random_commands: RandomCommands = field(default_factory=RandomCommands)
    sagas: tuple[Saga, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    seed: SeedOf | None = None

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(o for aggregate in self.aggregates for o in aggregate.operations)

    @cached_property
    def operation(self) -> Mapping[str, Operation]:
        """Return every operation by its name."""
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
    def saga(self) -> Mapping[str, Saga]:
        """Return every saga by its name."""
        return {saga.name: saga for saga in self.sagas}

    @cached_property
    def projection(self) -> Mapping[str, Projection]:
        """Return every projection by its name."""
        return {projection.name: projection for projection in self.projections}

    @cached_property
    def detail(self) -> Mapping[str, Detail]:
        """Return the query of the main row, by aggregate type: the first of several."""
        found = [q for q in self.queries if isinstance(q, Detail)]
        return {q.aggregate_type: q for q in reversed(found)}

    def parts_of(self, detail: Detail | None) -> Mapping[str, Within]:
        """Return the lists of rows that belong to the row of this query, by their names."""
        found = [q for q in self.queries if isinstance(q, Within) and q.parent is detail]
        return {query.part: query for query in found}

    def moves_with(self, query: Within) -> bool:
        """Tell whether these rows are written before the row that they belong to, by its group."""
        models = self.read_models.models
        group = {models[query.parent.document], models[query.index.document]}
        return any(group <= set(projection.models) for projection in self.projections)

    def follower(self, query: Within) -> Projection | None:
        """Return the group that writes these rows, where it is another one of the same stream."""
        if self.moves_with(query):
            return None
        model = self.read_models.models[query.index.document]
        found = (p for p in self.projections_of(query.parent.aggregate_type) if model in p.models)
        return next(found, None)

    def can_follow(self, query: Within) -> bool:
        """Tell whether a version of the row that they belong to says something of these rows."""
        return self.moves_with(query) or self.follower(query) is not None

    def detail_of(self, listing: Listing) -> Detail | None:
        """Return the query of one row of the list: `/orders/<id>` for `/orders`."""
        found = (
            q for q in self.queries if isinstance(q, Detail) and q.path == f"{listing.path}/<id>"
        )
        return next(found, None)

    def searched(self, projection: Projection) -> Listing | None:
        """Return the list in which people search for the heads of this projection."""
        models = self.read_models.models
        found = (q for q in self.queries if isinstance(q, Listing) and q.searched)
        return next((q for q in found if models[q.every.document] == projection.head_model), None)

    def projections_of(self, aggregate_type: str) -> tuple[Projection, ...]:
        return tuple(p for p in self.projections if p.aggregate_type == aggregate_type)

    def collections(self) -> Iterator[tuple[str, AnyAggregate]]:
        """Yield the path of the aggregates of each type: `/orders`."""
        for aggregate in self.aggregates:
            yield next(o.collection for o in aggregate.operations if o.creates), aggregate
