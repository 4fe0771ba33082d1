"""Given what has happened, when this is asked, then that is recorded: for deciders and projections.

given(teapot, made()).when(retire()).then(TeapotRetired())
given(teapots, *recorded(made())).then_row(TeapotRow(...))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

import pytest

from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import AggregateId, Command, Event, Recorded
from kernel.projection import Projection, Row, RowKey, fold_rows

E = TypeVar("E", bound=Event)

ID = "01980000-0000-7000-8000-000000000001"
STREAM = AggregateId(f"TEAPOT#{ID}")
ACTOR = "ada-sub::ada"


@overload
def given(subject: AnyAggregate, *history: Event) -> "Asked": ...
@overload
def given(subject: Projection, *history: Recorded[Any]) -> "Projected": ...
def given(subject: Any, *history: Any) -> Any:
    """The history that a command meets, or that a projection folds."""
    if isinstance(subject, Projection):
        return Projected(fold_rows(subject, history))
    return Asked(subject, history)


@dataclass(frozen=True)
class Asked:
    """An aggregate with its history. Nothing is decided before an outcome is named."""

    aggregate: AnyAggregate
    history: Sequence[Event]
    command: Command | None = None

    def when(self, command: Command) -> "Asked":
        return Asked(self.aggregate, self.history, command)

    def then(self, *events: Event) -> None:
        assert self._decided() == list(events)

    def then_nothing(self) -> None:
        """All is already so."""
        assert self._decided() == []

    def then_recorded(self) -> None:
        """It is taken, whatever is recorded."""
        assert self._decided()

    def then_refused(self, rule: type[DomainError]) -> None:
        with pytest.raises(rule) as refusal:
            self._decided()
        assert refusal.type is rule  # the rule itself, not a relative of it

    def _decided(self) -> list[Event]:
        assert self.command is not None, "name a command with .when(...)"
        events: list[Event] = self.aggregate.decide(self.aggregate.fold(self.history), self.command)
        return events


class NamedRow(Row, Protocol):
    """A row as the read models have them: each with an id."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True)
class Projected:
    """The rows that a projection makes of a history."""

    rows: dict[RowKey, Row]

    def then_row(self, row: NamedRow) -> None:
        """This row, whatever other rows there are."""
        assert self.rows.get(key_of(row)) == row

    def then_rows(self, *rows: NamedRow) -> None:
        """These rows and no others."""
        assert self.rows == {key_of(row): row for row in rows}


def key_of(row: NamedRow) -> RowKey:
    """Return the row's key: the class of a model's rows is called after the model."""
    return RowKey(type(row).__name__.removesuffix("Row"), row.id)


def recorded(
    *events: E, stream: AggregateId = STREAM, first: int = 1, actor: str = ACTOR
) -> list[Recorded[E]]:
    """Events as one stream holds them: numbered from `first`, one second apart."""
    return [
        Recorded(
            aggregate_id=stream, sequence=sequence, event=event, timestamp=at(sequence), actor=actor
        )
        for sequence, event in enumerate(events, first)
    ]


def at(second: int) -> str:
    """The time, as it is stored, of the event with this sequence in `recorded`."""
    return f"2026-01-01T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
