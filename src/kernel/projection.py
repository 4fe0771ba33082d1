"""The projection: a fold of one stream into rows, each with a checkpoint of its own."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar, cast

from kernel.actor import user_id as user_id
from kernel.aggregate import AnyAggregate
from kernel.event_types import EventTypes
from kernel.messages import AggregateId, Event, Recorded, plain_id
from kernel.ownership import HandedOver
from kernel.personal import KEPT
from kernel.rows import Row as Row
from kernel.rows import RowKey as RowKey
from kernel.summary import Summary

R = TypeVar("R")


class RowMissing(LookupError):
    """A row that an earlier event created was not found: it was read too early. Read again."""


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Projection:
    """A group of read models that is projected and rebuilt on its own.

    The head is a row of the last of `models`, with the plain id of the aggregate. Every relevant
    event touches it, and it is written last: all rows of the group have reached what it has
    reached. `touches` returns the rows that an event changes, the head last; it is given the head
    as folded so far. `project` returns the row after the event, without its checkpoint. Raise
    `version` whenever the result of a fold changes: every row is then folded again.

    `relevant` are the events that touch a row; without it, all events of the aggregate do. The
    group's rule and its rights on AppSync in template.yaml are generated from these.

    An event that hands the aggregate over touches every row of its stream, whatever `touches` says:
    their fields `owner` and `user_id` become those of the new owner. `project` is given it only if
    it is relevant.

    With `of_head`, `project` is also given the head as it was before the event. `personal` names
    the fields, by model, that hold sealed texts of people until the row is written.

    With a `summary`, the head holds what the stream contributes to sums over many streams.
    """

    name: str
    version: int
    aggregate: AnyAggregate
    models: tuple[str, ...]
    touches: Callable[[Row | None, Recorded[Any]], tuple[RowKey, ...]]
    project: Callable[..., Any]
    relevant: tuple[type[Event], ...] | None = None
    of_head: bool = False
    personal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summary: Summary | None = None

    @property
    def written(self) -> tuple[str, ...]:
        """Return the models of all rows that the group writes, those of its sums included."""
        return (*self.models, *(self.summary.models if self.summary else ()))

    @property
    def aggregate_type(self) -> str:
        return self.aggregate.aggregate_type

    @property
    def events(self) -> EventTypes[Any]:
        return self.aggregate.events

    @property
    def head_model(self) -> str:
        return self.models[-1]

    def head(self, aggregate: AggregateId) -> RowKey:
        return RowKey(self.head_model, plain_id(aggregate))

    def streams_of(self, key: RowKey, row: object) -> tuple[AggregateId, ...]:
        """Return the streams that may yield a row: that of its own id, and the one that it names.

        A row that is not the head names its stream in a field such as `order_id`.
        """
        named = getattr(row, f"{self.aggregate_type.lower()}_id", None)
        ids = dict.fromkeys((key.id, named) if isinstance(named, str) else (key.id,))
        return tuple(map(self.aggregate.id, ids))

    @property
    def hints(self) -> tuple[type[Event], ...] | None:
        """Return the events after which rows have to be written; `None` if all events are."""
        if self.relevant is None:
            return None
        handed_over = (e for e in self.events.classes.values() if issubclass(e, HandedOver))
        return tuple(dict.fromkeys((*self.relevant, *handed_over)))

    def remembered(self, key: RowKey, row: Row) -> Row:
        """Return the row without its personal texts, which no memory of a process holds."""
        return with_texts(row, self.personal.get(key.model, ()), lambda _: KEPT)

    def touched(
        self, known: Collection[RowKey], head: Row | None, recorded: Recorded[Any]
    ) -> tuple[RowKey, ...]:
        """Return the rows that the event changes, the head last; `known` are all of the stream."""
        keys = self.touches(head, recorded)
        if not isinstance(recorded.event, HandedOver):
            return keys
        last = self.head(recorded.aggregate_id)
        return tuple(sorted(dict.fromkeys((*known, *keys)), key=lambda key: key == last))

    def after(self, key: RowKey, row: Row | None, recorded: Recorded[Any], head: Row | None) -> Row:
        """Return the row after the event, with its checkpoint; `head` is as it was before."""
        changed: Row = replace(
            self._projected(key, row, recorded, head),
            updated_at=recorded.timestamp,
            version=recorded.sequence,
            projection_version=self.version,
        )
        return changed

    def _projected(
        self, key: RowKey, row: Row | None, recorded: Recorded[Any], head: Row | None
    ) -> Any:  # noqa: ANN401 - a row of any class
        event = recorded.event
        if isinstance(event, HandedOver):
            shown = self.relevant is None or type(event) in self.relevant
            return owned(self._made(key, row, recorded, head) if shown else row, event.owner)
        return self._made(key, row, recorded, head)

    def _made(self, key: RowKey, row: Row | None, recorded: Recorded[Any], head: Row | None) -> Any:  # noqa: ANN401 - a row of any class
        if self.of_head:
            return self.project(key, row, recorded, head)
        return self.project(key, row, recorded)


def with_texts(row: R, names: Iterable[str], change: Callable[[str], str | None]) -> R:
    """Change the texts in these fields of a row; what is null stays so."""
    values = {name: getattr(row, name) for name in names}
    changed = {name: change(text) for name, text in values.items() if text is not None}
    return cast(R, replace(cast(Any, row), **changed)) if changed else row


def owned(row: Any, owner: str) -> Any:  # noqa: ANN401 - a row of any class
    """Return the row as one of this owner, as far as it names an owner."""
    named = {field.name for field in fields(row)}
    given = {"owner": owner, "user_id": user_id(owner)}
    return replace(row, **{name: value for name, value in given.items() if name in named})


def begun(recorded: Recorded[Any]) -> dict[str, Any]:
    """Return the first fields of a new row; `Projection.after` sets the rest of its checkpoint."""
    moment = recorded.timestamp
    return {"created_at": moment, "updated_at": moment, "version": 0, "projection_version": 0}


def fold_rows(projection: Projection, recorded: Iterable[Recorded[Any]]) -> dict[RowKey, Row]:
    """Return the rows of a whole stream, to which every read model converges."""
    return dict(row_changes(projection, recorded))


def row_changes(
    projection: Projection, recorded: Iterable[Recorded[Any]]
) -> Iterator[tuple[RowKey, Row]]:
    """Yield each row of a whole stream after each event that touches it."""
    rows: dict[RowKey, Row] = {}
    for event in recorded:
        head = rows.get(projection.head(event.aggregate_id))
        for key in projection.touched(rows.keys(), head, event):
            rows[key] = projection.after(key, rows.get(key), event, head)
            yield key, rows[key]
