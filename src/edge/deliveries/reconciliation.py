"""Reconciler: one run of the reconciler, within the time that its invocation has."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from application.failures import CommitTampered, reason
from application.metrics import (
    RECONCILER_UNFINISHED,
    RECONCILIATION,
    ROWS_DIFFERING,
    ROWS_LEFT,
    ROWS_MENDED,
    Measured,
    Metrics,
)
from application.ports import FailureSink
from application.reading.mending import Mending, Place
from application.reading.reconcile import GRACE, OutOfTime, Reconciled, Reconciler, RowsLeft
from application.reading.survey import Survey
from application.reading.verify import HISTORY, Discrepancy
from edge.deliveries.reporting import is_reported
from edge.errors import failure
from edge.observability import logger

WHERE = "Reconciler"
MARGIN = 60.0  # seconds: longer than what was begun takes, and the report on it
DAY = 86_400  # seconds
LINES = 100  # about what is left; metrics and the failure count all of it
Left = Callable[[], float]
"""The seconds that the invocation has left."""


@dataclass(slots=True)
class Leavings:
    """What a run leaves as it is: logged, up to a number of lines, and reported at its end."""

    failures: FailureSink
    counts: Counter[bool] = field(default_factory=Counter)
    first: dict[bool, Discrepancy] = field(default_factory=dict)
    unmended: int = 0

    def add(self, found: Discrepancy) -> None:
        of_history = found.where == HISTORY
        self.counts[of_history] += 1
        self.first.setdefault(of_history, found)
        if self.counts.total() <= LINES:
            about = {"aggregate_id": found.aggregate, "where": found.where, "what": found.what}
            logger.error("left", extra=about)

    def not_mended(self, place: Place, error: Exception) -> None:
        """Log why. The check afterwards tells whether it is still wrong."""
        self.unmended += 1
        if self.unmended <= LINES:
            about = {"aggregate_id": place[0], "where": place[1], "why": reason(error)}
            logger.warning("not mended", extra=about)

    def report(self) -> None:
        """Report once for history, which alarms on its own, and once for all else."""
        for of_history, first in self.first.items():
            kind = CommitTampered if of_history else RowsLeft
            error = kind(f"{self.counts[of_history]} in all, the first: {first.what}")
            what = "HistoryBroken" if of_history else "RowsLeft"
            key = {"aggregateId": first.aggregate, "where": first.where}
            is_reported(self.failures, failure(error, what=what, where=WHERE, key=key))


def reconcile(
    survey: Survey, mending: Mending, leavings: Leavings, metrics: Metrics, left: Left
) -> dict[str, int | bool]:
    """Compare and mend as long as there is time; tell, count and report what came of it."""
    run = Reconciler(survey, mending, lambda: require_time(left), leavings.add)
    try:
        run.run()
    finally:
        tell(run.done, metrics)
        leavings.report()
    return summary(run.done)


def grace_of(event: Mapping[str, Any]) -> timedelta:
    """Return how long a row may take to come by itself. Raises `ValueError` if it is no time."""
    seconds = event.get("graceSeconds", GRACE.total_seconds())
    if not isinstance(seconds, int | float) or not 0 <= seconds <= DAY:
        raise ValueError(f"graceSeconds must be a number from 0 to {DAY}")
    return timedelta(seconds=seconds)


def require_time(left: Left) -> None:
    """Raises `OutOfTime`."""
    if left() < MARGIN:
        raise OutOfTime


def tell(done: Reconciled, metrics: Metrics) -> None:
    log = logger.info if done.finished else logger.error
    log(
        "reconciled" if done.finished else "not finished",
        extra={**summary(done), "seen": dict(done.seen)},
    )
    values = {
        ROWS_DIFFERING: done.found,
        ROWS_MENDED: done.mended,
        ROWS_LEFT: done.left,
        RECONCILER_UNFINISHED: int(not done.finished),
    }
    metrics.write(Measured(RECONCILIATION, values))


def summary(done: Reconciled) -> dict[str, int | bool]:
    return {
        "finished": done.finished,
        "streams": done.streams,
        "found": done.found,
        "mended": done.mended,
        "left": done.left,
    }
