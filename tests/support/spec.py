"""Given what has happened, when this is asked, then that is recorded: for deciders, projections and
sagas.

given(teapot, made()).when(retire()).then(TeapotRetired())
given(teapots, *recorded(made())).then_row(TeapotRow(...))
given(tea_party, made(), invited()).doing("BREW").then_sends(Sending("brew-tea", ID))
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, overload

import pytest

from application.sagas.runs import question_of
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import AggregateId, Command, Event, Recorded, event_id
from kernel.projection import Projection, Row, RowKey, fold_rows
from kernel.saga import Run, Saga, Sending, StepFailed

E = TypeVar("E", bound=Event)

ID = "01980000-0000-7000-8000-000000000001"
STREAM = AggregateId(f"TEAPOT#{ID}")
ACTOR = "ada-sub::ada"


@overload
def given(subject: AnyAggregate, *history: Event) -> "Asked": ...
@overload
def given(subject: Projection, *history: Recorded[Any]) -> "Projected": ...
@overload
def given(subject: Saga, *history: Event) -> "Followed": ...
def given(subject: Any, *history: Any) -> Any:
    """The history that a command meets, that a projection folds, or in which a saga is."""
    if isinstance(subject, Projection):
        return Projected(fold_rows(subject, history))
    if isinstance(subject, Saga):
        return Followed(subject, history)
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


@dataclass(frozen=True)
class Followed:
    """A saga, after events of its aggregate of which the newest start began the attempt.

    `tools` are what its steps work with. Nothing is worked out before an outcome is named.
    """

    saga: Saga
    history: Sequence[Event]
    tools: Any = None
    work: Callable[[Run], Sending] | None = None

    def working_with(self, tools: object) -> "Followed":
        return replace(self, tools=tools)

    def doing(self, step: str) -> "Followed":
        return replace(self, work=self.saga.step[step].does)

    def asking(self, step: str) -> "Followed":
        return replace(self, work=question_of(self.saga.step[step]).asks)

    def withdrawing(self, step: str) -> "Followed":
        return replace(self, work=question_of(self.saga.step[step]).withdraws)

    def undoing(self, step: str) -> "Followed":
        return replace(self, work=self.saga.step[step].undoes)

    def abandoned(self, reason: str, step: str | None = None) -> "Followed":
        return replace(self, work=lambda run: self.saga.abandons(run, reason, step))

    def failed(self) -> "Followed":
        return replace(self, work=self.saga.fails)

    def then_sends(self, command: str, target: str = ID, **data: object) -> None:
        assert self._sent() == Sending(command, target, data)  # type: ignore[arg-type] # JSON

    def then_fails(self, sentence: str) -> None:
        with pytest.raises(StepFailed, match=re.escape(sentence)):
            self._sent()

    def _sent(self) -> Sending:
        assert self.work is not None, "name a step with .doing(...) or .undoing(...)"
        return self.work(self._run())

    def _run(self) -> Run:
        kind = contents.aggregate[self.saga.aggregate_type]
        events: list[Recorded[Any]] = recorded(*self.history, stream=kind.id(ID))
        *_, started = (one for one in events if isinstance(one.event, self.saga.started_by))
        return Run(
            id=ID,
            event_id=event_id(started.aggregate_id, started.sequence),
            attempt=started.event.attempt,
            state=kind.fold(self.history),
            started=started,
            earlier=lambda: reversed([one for one in events if one.sequence < started.sequence]),
            later=lambda: reversed([one for one in events if one.sequence > started.sequence]),
            new_id=lambda step, n: f"{step}-{n}",
            tools=self.tools,
        )


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
