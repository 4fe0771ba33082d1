"""Beginnings of runs: one execution for each, however often the event is delivered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from application.sagas.ports import Execution, Executions, Noted, SagaTable
from application.sagas.runs import Runs
from application.sagas.tasks import RunKey, beginning, given_up, sentence
from kernel.saga import RUNNING


@dataclass(frozen=True)
class Beginnings:
    """Begins executions; each has the id of the event that began its run as its name.

    While sagas are `paused` none begins by itself, and nothing is undone either: runs keep waiting.
    """

    runs: Runs
    executions: Executions
    table: SagaTable
    paused: bool = False

    def begin(self, run: RunKey) -> bool:
        """Begin the run if it still waits for that; tell whether its execution goes on now."""
        progress = self.runs.progress(run)
        if (progress.attempt, progress.status) != (run.attempt, RUNNING):
            return False
        return self.executions.start(run.saga, run.event_id, beginning(run))

    def undo(
        self,
        run: RunKey,
        reason: str,
        now: datetime,
        *,
        by_hand: bool = False,
        prevails: bool = False,
    ) -> bool:
        """Begin an execution that undoes the run; tell whether this has begun one.

        Its name tells the hour, and by hand a number: one that could not undo the run is followed
        by another. The step that failed stays noted, and why, unless this reason prevails.
        """
        begun = [*self._undoings(run, now), *self._undoings(run, now - LAST_HOUR)]
        if any(execution.is_running for execution in begun):
            return False
        name = self._free_name(run, now, {execution.name for execution in begun}, by_hand)
        if name is None:
            return False
        noted = self.table.noted(run)
        if noted is None or prevails:
            noted = Noted(noted.step if noted else None, sentence(reason))
            self.table.note(run, noted.step, noted.reason)
        return self.executions.start(run.saga, name, given_up(run, noted.step))

    def _undoings(self, run: RunKey, hour: datetime) -> Iterator[Execution]:
        """Yield the executions of an hour that undo the run: the sweep's, and those by hand."""
        swept = self.executions.find(run.saga, undoing_name(run, hour))
        if swept is not None:
            yield swept
        for number in count(1):
            by_hand = self.executions.find(run.saga, undoing_name(run, hour, number))
            if by_hand is None:
                return
            yield by_hand

    @staticmethod
    def _free_name(run: RunKey, now: datetime, taken: Collection[str], by_hand: bool) -> str | None:
        """Return the name of the next execution; the sweep begins no second one in an hour."""
        names = (undoing_name(run, now, n) for n in (count(1) if by_hand else (0,)))
        return next((name for name in names if name not in taken), None)


LAST_HOUR = timedelta(hours=1)


def undoing_name(run: RunKey, hour: datetime, number: int = 0) -> str:
    """Return the name of an execution that undoes a run; those by hand are numbered from 1."""
    return f"{run.event_id}-undo-{hour:%Y%m%dT%H}" + (f"-{number}" if number else "")
