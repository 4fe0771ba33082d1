"""Ports of sagas: their executions, and the table of what they wait for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from application.sagas.tasks import RunKey
from kernel.messages import AggregateId


class ExecutionStatus(StrEnum):
    """The status of an execution, as Step Functions has it. All but RUNNING are final."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits until another aggregate, `asked`, has ended.

    Whoever sends the `token` lets the step go on. `deadline` is stored like the time of an event.
    """

    asked: AggregateId
    run: RunKey
    step: str
    deadline: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run that the feed has shown, begun at `since`, and may not have ended."""

    run: RunKey
    since: str


@dataclass(frozen=True, slots=True)
class Noted:
    """The reason why a run is to be undone, and the step that failed for it, where it is known."""

    step: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """The place where a sweep goes on.

    It has looked at `entries` of this page of the feed, and of the steps and runs that it looks
    after, at those up to the one named `after`, if it could not look at all of them.
    """

    page: int = 1
    entries: int = 0
    after: str = ""


Tell = Callable[[AggregateId, int, str], None]
"""Deliver an event again that may have been lost, by its aggregate and sequence.

The correlation id is for the log. Raises `Unavailable`.
"""


class SagaTable(Protocol):
    """What sagas wait for, the runs that the sweep has found, and why runs are to be undone.

    Reads are consistent.

    Each operation may raise `Unavailable`.
    """

    def wait(self, waiting: Waiting) -> None:
        """Keep a step that waits, in the place of one that waited for the same.

        The later deadline wins: a function may still be at a try that was given up.
        """
        ...

    def waiting(self, asked: AggregateId) -> Waiting | None: ...

    def forget(self, waiting: Waiting) -> None:
        """Remove a step that waits, unless it waits with another token by now."""
        ...

    def waits(self) -> Iterator[Waiting]:
        """Yield all steps that wait."""
        ...

    def add(self, begun: BegunRun) -> None: ...

    def remove(self, run: RunKey) -> None:
        """Remove the run, and why it was undone."""
        ...

    def begun(self) -> Iterator[BegunRun]:
        """Yield the runs that the sweep looks after."""
        ...

    def note(self, run: RunKey, step: str | None, reason: str) -> None:
        """Keep why a step has failed, or the whole run: the last reason of a run is kept."""
        ...

    def noted(self, run: RunKey) -> Noted | None: ...

    def place(self) -> Place:
        """Return the place that the sweep has kept, or the first one."""
        ...

    def keep(self, place: Place) -> None: ...


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution of a saga's state machine, by its name, with the time when it began."""

    name: str
    status: str
    since: str
    until: str | None = None

    @property
    def is_running(self) -> bool:
        return self.status == ExecutionStatus.RUNNING


class Executions(Protocol):
    """Executions of the sagas' state machines. Each operation may raise `Unavailable`."""

    def start(self, saga: str, name: str, given: Mapping[str, Any]) -> bool:
        """Start an execution; tell whether one of this name and input goes on now.

        One that has gone on before counts as well: Step Functions does not tell them apart. Of one
        that has ended, and of another input, nothing is started.
        """
        ...

    def find(self, saga: str, name: str) -> Execution | None:
        """Return an execution of the last 90 days."""
        ...

    def newest(self, saga: str, status: ExecutionStatus | None = None) -> Iterator[Execution]:
        """Yield executions, the newest first."""
        ...

    def go_on(self, token: str) -> None:
        """Let a step go on; nothing happens when nobody waits with this token any more."""
        ...

    def fail(self, token: str) -> None:
        """Let a step fail, as `go_on` does; its reason was noted in the table."""
        ...
