"""One schedule's randomness, time and turns: everything that may happen next is one list."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped] # it ships no types

from skafu.simulation.faults import Fault, Faults

T = TypeVar("T")
Move = Callable[[], object]
Trace = Callable[[str], object]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST_MOVE = 40  # milliseconds
# Powers to which the draw is raised: what came first, anything, what came last is likelier next.
TEMPERS = (3.0, 1.0, 1.0, 0.33)


class Killed(BaseException):
    """The process was killed. No handler may catch this: a killed process runs nothing."""


class World:
    """Tasks take turns; one seeded draw decides whose turn it is. Nothing else is random."""

    def __init__(self, seed: int, trace: Trace | None = None) -> None:
        self.rng = Random(seed)
        self.faults = Faults(self.rng)
        self.step = 0
        self.milliseconds = 0
        self._temper = self.rng.choice(TEMPERS)
        self._moves: list[Move] = []
        self._alarms: list[tuple[int, int, Move]] = []
        self._alarms_set = 0
        self._invocations: list[int] = []
        self._hub = getcurrent()
        self._trace = trace
        self._names: dict[Any, str] = {}

    @property
    def now(self) -> datetime:
        return EPOCH + timedelta(milliseconds=self.milliseconds)

    def later(self, move: Move) -> None:
        """Let `move` happen at some later step."""
        self._moves.append(move)

    def at(self, milliseconds: int, move: Move) -> None:
        """Let `move` happen when the time has come: soon, if there is nothing else to do."""
        self._alarms_set += 1
        heapq.heappush(self._alarms, (milliseconds, self._alarms_set, move))

    def sleep(self, seconds: float) -> None:
        """Let others run until so much time has passed."""
        self.suspend(partial(self.at, self.milliseconds + int(seconds * 1000)))

    def suspend(self, wake: Callable[[Move], object]) -> None:
        """Let others run until one of them makes the move that is handed to `wake`."""
        wake(getcurrent().switch)
        self._hub.switch()

    def fork(self, name: str, work: Callable[[], object]) -> None:
        """Start a task of its own, which runs at once until it calls a port."""
        task = greenlet(work, parent=self._hub)
        if self._trace:
            self._names[task] = name
        self.later(getcurrent().switch)
        task.switch()

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Start a task of its own, which pauses at every call of a port."""
        task = greenlet(work, parent=self._hub)
        if self._trace:
            self._names[task] = name
        self.later(task.switch)

    def pause(self) -> None:
        """Let others run first."""
        self.later(getcurrent().switch)
        self._hub.switch()

    def invoke(self, work: Callable[..., T], *given: Any) -> T:  # noqa: ANN401 - passed on
        """Run a function that could use keys of persons, and know it as busy meanwhile."""
        began = self.milliseconds
        self._invocations.append(began)
        try:
            return work(*given)
        finally:
            self._invocations.remove(began)

    def is_busy_since(self, milliseconds: int) -> bool:
        """Tell whether an invocation that began by then has not ended."""
        return any(began <= milliseconds for began in self._invocations)

    def run(self, steps: int, patience: int | None = None) -> bool:
        """Make moves until none is left; return false when some are left after so many steps.

        With `patience`, moves are left to a later run that only so many milliseconds would bring.
        """
        end = self.step + steps
        while self._moves or self._alarms:
            if patience is not None and not self._moves and self._wait() > patience:
                return True
            if self.step == end:
                return False
            self.step += 1
            self.milliseconds += 1 + int(self.rng.random() * LONGEST_MOVE)
            if self._alarms:
                self._ring()
            self._moves.pop(int(len(self._moves) * self.rng.random() ** self._temper))()
        return True

    def _wait(self) -> int:
        """Return the milliseconds until the next alarm."""
        return self._alarms[0][0] - self.milliseconds

    def _ring(self) -> None:
        """Add the moves whose time has come; it passes faster when nothing else is to be done."""
        if not self._moves:
            self.milliseconds = max(self.milliseconds, self._alarms[0][0])
        while self._alarms and self._alarms[0][0] <= self.milliseconds:
            self._moves.append(heapq.heappop(self._alarms)[2])

    def strikes(self, fault: Fault) -> bool:
        struck = self.faults.strikes(fault)
        if struck and self._trace:
            self.note(f"FAULT {fault}")
        return struck

    def call(self, what: str, effect: Callable[..., T], *given: Any) -> T:  # noqa: ANN401 - passed on
        """Call a port; the process may die before or after the effect."""
        self.pause()
        self._may_die(Fault.KILLED_BEFORE)
        if self._trace:
            return self._traced(what, partial(effect, *given))
        result = effect(*given)
        self._may_die(Fault.KILLED_AFTER)
        return result

    def note(self, text: str) -> None:
        """Write a line of the trace."""
        if self._trace:
            task = self._names.get(getcurrent(), "-")
            self._trace(f"{self.step:>5} {self.now:%d %H:%M:%S.%f}"[:-3] + f" {task:<18} {text}")

    def _traced(self, what: str, effect: Callable[[], T]) -> T:
        try:
            result = effect()
        except Exception as error:
            self.note(f"{what}: {type(error).__name__} {error}"[:200])
            raise
        self.note(f"{what}: {result}"[:200])
        self._may_die(Fault.KILLED_AFTER)
        return result

    def _may_die(self, fault: Fault) -> None:
        if self.strikes(fault):
            raise Killed
