"""The aggregate: its rules, its stored form, and everything else that the engine needs of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from pydantic import TypeAdapter

from kernel.decider import Decider
from kernel.errors import AggregateNotFound, DomainError
from kernel.event_types import EventTypes
from kernel.merging import UNMERGED, Aspects, Touches, meet
from kernel.messages import AggregateId, Command, Event, aggregate_id
from kernel.operation import Operation
from kernel.personal import ForgetSubject, SubjectForgotten
from kernel.texts import normal


class State(Protocol):
    """A frozen dataclass. `forgotten` holds the subjects whose keys were destroyed."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def forgotten(self) -> tuple[str, ...]: ...


S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Unique(Generic[C]):
    """A value that no other aggregate may hold: the claim of a creation, and its refusal."""

    claim: Callable[[C], str | None]
    taken: Callable[[C], DomainError]


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Aggregate(Generic[S, C, E]):
    """A type of aggregate.

    `aggregate_type` is the part of an aggregate id before `#`. Raise `state_version` whenever the
    result of a fold changes: states stored by an older `evolve` are then folded again. `owner_of`
    returns the owner, or `None` while the aggregate does not exist.

    The engine itself refuses commands for aggregates that do not exist, and forgets subjects: the
    `decider` sees neither.
    """

    aggregate_type: str
    decider: Decider[S, C, E]
    states: TypeAdapter[S]
    state_version: int
    events: EventTypes[E]
    owner_of: Callable[[S], str | None]
    operations: tuple[Operation, ...]
    unique: Unique[C] | None = None

    @property
    def noun(self) -> str:
        """Return the type in lower case, for texts."""
        return self.aggregate_type.lower()

    @property
    def initial(self) -> S:
        return self.decider.initial

    def id(self, plain_id: str) -> AggregateId:
        return aggregate_id(self.aggregate_type, plain_id)

    def decide(self, state: S, command: C) -> list[E]:
        """Return the events that the command causes. Raises a `DomainError`."""
        if not self.creates(command) and self.owner_of(state) is None:
            raise self.not_found()
        if isinstance(command, ForgetSubject):
            return cast(list[E], forget(cast(State, state), command))
        return self.decider.decide(state, command)

    def evolve(self, state: S, event: E) -> S:
        if isinstance(event, SubjectForgotten):
            return cast(S, forgetting(cast(State, state), event))
        return self.decider.evolve(state, event)

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        return reduce(self.evolve, events, self.initial if state is None else state)

    def creates(self, command: Command) -> bool:
        """Tell whether the command begins a stream."""
        return type(command) in self._creations

    def conflicts(self, command: C, event: E) -> bool:
        """Tell whether the event touches what the command touches."""
        return meet(self.touched_by_command(command), self.touched_by_event(event))

    def touched_by_command(self, command: Command) -> Aspects:
        if isinstance(command, ForgetSubject):
            return SUBJECT
        return self._touches.get(type(command), UNMERGED)(command)

    def touched_by_event(self, event: Event) -> Aspects:
        return (event.touches or UNMERGED)(event)

    def claim(self, command: C) -> str | None:
        """Return the unique value that the command takes, in its normal form."""
        found = None if self.unique is None else self.unique.claim(command)
        return None if found is None else normal(found)

    def claimed(self, command: C) -> DomainError:
        return DomainError() if self.unique is None else self.unique.taken(command)

    def not_found(self) -> AggregateNotFound:
        return AggregateNotFound(aggregate=f"The {self.noun}")

    @cached_property
    def _creations(self) -> frozenset[type[Command]]:
        return frozenset(o.command for o in self.operations if o.creates)

    @cached_property
    def _touches(self) -> dict[type[Command], Touches]:
        return {o.command: o.touches for o in self.operations if o.touches is not None}


AnyAggregate = Aggregate[Any, Any, Any]
SUBJECT: Aspects = frozenset({"subject"})


def forgetting(state: State, event: SubjectForgotten) -> State:
    return replace(state, forgotten=(*state.forgotten, event.subject))


def forget(state: State, command: ForgetSubject) -> list[SubjectForgotten]:
    """Record once, in any status, that the key of the subject was destroyed."""
    known = command.subject in state.forgotten
    return [] if known else [SubjectForgotten(subject=command.subject)]
