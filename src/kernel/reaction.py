"""Reactions: an event of the domain's own is answered by a command, with help from outside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from kernel.aggregate import AnyAggregate
from kernel.messages import Event, Recorded, bus_source
from kernel.saga import Sending


class History(Protocol):
    """The streams of all aggregates, read strongly."""

    def events(self, aggregate: AnyAggregate, plain_id: str) -> Iterator[Recorded[Any]]:
        """Yield all events of an aggregate in order; none if it does not exist."""
        ...


@dataclass(frozen=True, slots=True)
class Reaction:
    """The answer to an event, as a machine sends it.

    `answer` returns the command, or `None` when there is nothing to do any more. It may raise
    anything, and is then retried. `give_up` returns the command that is sent in the
    end, so that nobody waits for ever; it gets the last error, and `None` when the function was
    killed each time.
    """

    aggregate: AnyAggregate
    event: type[Event]
    machine: str
    answer: Callable[[Recorded[Any], History], Sending | None]
    give_up: Callable[[Recorded[Any], Exception | None], Sending | None]

    @property
    def source(self) -> str:
        """Return the source of such events on the bus."""
        return bus_source(self.aggregate.aggregate_type)
