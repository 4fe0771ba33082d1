"""Beginnings of runs: one execution for each, however often the event is delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.sagas.ports import Executions, SagaTable
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

    def undo(self, run: RunKey, reason: str, now: datetime, *, by_hand: bool = False) -> bool:
        """Begin an execution that undoes the run; tell whether this has begun one.

        Its name tells the hour, and by hand the second: one that could not undo the run is
        followed by another.
        """
        if any(self._goes_on(run, undoing_name(run, hour)) for hour in (now, now - LAST_HOUR)):
            return False
        name = undoing_name(run, now, "%Y%m%dT%H%M%S" if by_hand else HOUR)
        self.table.note(run, None, sentence(reason))
        return self.executions.start(run.saga, name, given_up(run))

    def _goes_on(self, run: RunKey, name: str) -> bool:
        found = self.executions.find(run.saga, name)
        return found is not None and found.is_running


HOUR = "%Y%m%dT%H"
LAST_HOUR = timedelta(hours=1)


def undoing_name(run: RunKey, now: datetime, form: str = HOUR) -> str:
    return f"{run.event_id}-undo-{now:{form}}"
