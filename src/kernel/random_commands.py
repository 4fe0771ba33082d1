"""Random commands: how a domain's operations are used, for the simulator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from kernel.operation import Json


class Heard(Protocol):
    """The aggregates that a client has heard of."""

    def ids(self, aggregate_type: str) -> Sequence[str]:
        """Return their plain ids; ids of nothing when there are none yet."""
        ...


RandomData = Callable[[Random, Heard], Json]


@dataclass(frozen=True)
class RandomCommands:
    """The use of a domain's operations, by their names.

    `data` makes data; an operation that is left out takes that of its example. The pools of names
    and values are small, so that commands meet. `wrong` holds data that an operation refuses.
    `following` names what somebody mostly does next, when they see that an operation was done.
    The clients of one schedule have one of the `habits`: the operations that they prefer, a name as
    often as it is drawn. Besides, some clients do anything. `long_life` names the operations of a
    thing that lives long: none of them ends it. Each of the `stories` names operations that
    somebody who may do everything sends in this order, about what the story itself begins; each of
    `saga_stories` begins a saga.
    """

    data: Mapping[str, RandomData] = field(default_factory=dict)
    wrong: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    following: Mapping[str, Sequence[str]] = field(default_factory=dict)
    habits: Sequence[Sequence[str]] = ()
    long_life: Sequence[str] = ()
    stories: Sequence[Sequence[str]] = ()
    saga_stories: Sequence[Sequence[str]] = ()
