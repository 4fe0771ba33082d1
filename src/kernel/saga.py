"""Sagas: steps that follow an event, one after the other, and are undone when one of them fails.

A saga is declared once. Its state machine is generated from the declaration; functions, tests and
the simulator run the same declaration. Every step is a command, so that all of it is recorded.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol

from pydantic import JsonValue

from kernel.aggregate import AnyAggregate
from kernel.messages import Event, Recorded

RUNNING, ABANDONED, COMPLETED, FAILED = "RUNNING", "ABANDONED", "COMPLETED", "FAILED"


class StepFailed(Exception):
    """The step cannot be done, now or later. The message is a sentence for users."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A command to send: its name, its aggregate's plain id, and its data as clients send them."""

    command: str
    target: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt, as its steps see it.

    `id` is the aggregate's plain id, and `state` is read strongly before each step. `started` is
    the event that began the attempt. `earlier` yields the events before it, and `later` those after
    it, both the newest first. `new_id` returns the n-th id that the command of a step makes within
    the aggregate, always the same. `tools` are what the saga's steps work with.
    """

    id: str
    event_id: str
    attempt: int
    state: Any
    started: Recorded[Any]
    earlier: Callable[[], Iterator[Recorded[Any]]]
    later: Callable[[], Iterator[Recorded[Any]]]
    new_id: Callable[[str, int], str]
    tools: Any


class Archives(Protocol):
    """The part of the engine's archives that steps of sagas work with.

    Each call may raise an error that passes.
    """

    def put(self, key: str, content: bytes) -> str:
        """Keep the content, and return its address. What lies under the key already stays."""
        ...

    def remove_all(self, prefix: str) -> None:
        """Remove all archives whose keys begin so."""
        ...


class Offered(Protocol):
    """What the engine offers to a saga's steps. Each may raise an error that passes."""

    @property
    def region(self) -> str:
        """Return the region in which all of this runs."""
        ...

    @property
    def archives(self) -> Archives:
        """Return the place for archives."""
        ...

    def pack(self, files: Mapping[str, str]) -> bytes:
        """Return a zip file of the files, the same bytes each time."""
        ...

    def events(self, aggregate: AnyAggregate, plain_id: str) -> Iterator[Recorded[Any]]:
        """Yield all events of an aggregate in order, read strongly."""
        ...

    def render(self, files: Mapping[str, str], values: Mapping[str, Any]) -> Mapping[str, str]:
        """Return files with values in them. Raises `StepFailed`."""
        ...


class Progress(Protocol):
    """What a state says of its newest attempt: `steps` are done and not undone."""

    @property
    def status(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def steps(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Retries:
    """Further tries after errors that may pass; each waits `rate` times as long as the last."""

    tries: int
    wait: timedelta = timedelta(seconds=1)
    rate: float = 2.0
    longest: timedelta = timedelta(seconds=16)

    def waits(self) -> Iterator[float]:
        """Yield the seconds before each further try."""
        for number in range(self.tries):
            yield min(self.wait.total_seconds() * self.rate**number, self.longest.total_seconds())


@dataclass(frozen=True, slots=True)
class Question:
    """What a step waits for: another aggregate, begun by a command, has ended in one way or other.

    `answers` maps each event that ends it to the reason why the step has failed, or to `None`.
    `withdraws` is the command that ends it when nobody waits any more.
    """

    aggregate_type: str
    asks: Callable[[Run], Sending]
    answers: Mapping[type[Event], str | None]
    withdraws: Callable[[Run], Sending]


def nothing(_: Run) -> None:
    """Clean nothing up: what such a step does is recorded, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the command that does it, and the one that undoes it.

    `limit` is the time that one try may take, the time until the answer to a question included.
    `cleans` removes what the step may have made elsewhere, whether or not the step is done.
    """

    name: str
    limit: timedelta
    does: Callable[[Run], Sending]
    undoes: Callable[[Run], Sending] | None = None
    cleans: Callable[[Run], None] = nothing
    question: Question | None = None
    retries: Retries = Retries(5)


@dataclass(frozen=True, slots=True)
class Remains:
    """What runs have made elsewhere, and the events of their aggregate that may be its end.

    `are_over` tells by the state after the event whether nothing of it is kept any longer.
    `remove` removes what one attempt has made, if it is there; it gets the saga's tools, the
    aggregate's plain id and the attempt.
    """

    after: tuple[type[Event], ...]
    are_over: Callable[[Any, Any], bool]
    remove: Callable[[Any, str, int], None]


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Saga:
    """Steps in their order, begun by an event of an aggregate, which also keeps their progress.

    The event holds its `attempt`. `abandons` returns the command after which no step is taken any
    more, with the reason and the step that failed; `fails` the one that ends the attempt when all
    steps are undone. `tools` makes what the steps work with of what the engine offers. `remains`
    of completed runs stay elsewhere until the aggregate ends.
    """

    name: str
    aggregate_type: str
    started_by: type[Event]
    progress: Callable[[Any], Progress]
    steps: tuple[Step, ...]
    abandons: Callable[[Run, str, str | None], Sending]
    fails: Callable[[Run], Sending]
    tools: Callable[[Offered], Any] = lambda offered: offered
    undoing: Retries = Retries(8, longest=timedelta(minutes=5))
    remains: Remains | None = None

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """Return every step by its name."""
        return {step.name: step for step in self.steps}

    @property
    def undone(self) -> Iterator[Step]:
        """Yield the steps that can be undone, the last one first."""
        return (step for step in reversed(self.steps) if step.undoes is not None)

    def is_done(self, state: Any, step: Step) -> bool:  # noqa: ANN401 - any state
        """Tell whether the newest attempt has done the step; the last one completes it."""
        progress = self.progress(state)
        if step is self.steps[-1]:
            return progress.status == COMPLETED
        return step.name in progress.steps
