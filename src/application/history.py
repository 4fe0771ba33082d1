"""The audit trail of one stream, straight from the store."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from application.ports import EventStore
from application.publish import envelopes
from domain.decider import Decider
from domain.errors import AggregateNotFound
from domain.messages import AggregateId, Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of events; `next_sequence` begins the next, `None` at the end."""

    events: list[dict[str, Any]]
    next_sequence: int | None


def trail(store: EventStore, aggregate: AggregateId, first: int, limit: int) -> Trail:
    """Events from sequence `first` in order, at most `limit`, read strongly."""
    found = list(islice(_events(store, aggregate, first), limit + 1))
    following = found[limit]["eventSequence"] if len(found) > limit else None
    return Trail(found[:limit], following)


def owner_of(store: EventStore, decider: Decider[S, C, E], aggregate: AggregateId) -> str:
    """Raises `AggregateNotFound`. The owner is fixed by the first commit."""
    first = next(iter(store.read(aggregate, 1)), None)
    events = () if first is None else (r.event for r in first.recorded(decider.events))
    owner = decider.owner_of(decider.fold(events))
    if owner is None:
        raise AggregateNotFound(aggregate=f"The {decider.aggregate_type.lower()}")
    return owner


def _events(store: EventStore, aggregate: AggregateId, first: int) -> Iterator[dict[str, Any]]:
    for commit in store.read(aggregate, first):
        for envelope in envelopes(commit):
            if envelope["eventSequence"] >= first:
                yield envelope
