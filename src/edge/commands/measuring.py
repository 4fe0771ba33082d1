"""Measure commands: how long each took, what it stored, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from application.metrics import (
    COMMAND,
    COMMAND_FAILURES,
    COMMAND_LATENCY,
    COMMAND_READ_UNITS,
    COMMAND_REFUSALS,
    COMMAND_WRITE_UNITS,
    COMMANDS_REPEATED,
    CONFLICTS_RESOLVED,
    EVENTS_STORED,
    VERSION_CONFLICTS,
    Effort,
    Measured,
    Metric,
    Metrics,
)
from application.writing.execute import MAX_ATTEMPTS, Contended
from application.writing.requests import Accepted, MergeConflict, WrongExpectedVersion
from edge.commands.sent import SentCommand
from edge.errors import row_of

Counted = dict[Metric, float]
CONFLICTS: dict[type, int] = {
    WrongExpectedVersion: 1,
    MergeConflict: 1,
    Contended: MAX_ATTEMPTS,
}
"""How often a command has met another version that ended in one of these."""


@dataclass(slots=True)
class Outcome:
    """The end of a command: neither of the two while it runs."""

    accepted: Accepted | None = None
    error: Exception | None = None


@contextmanager
def measuring(metrics: Metrics, sent: SentCommand) -> Iterator[Outcome]:
    """Count the command that is handled within, and whatever it raises."""
    outcome = Outcome()
    try:
        with metrics.effort() as effort:
            yield outcome
    except Exception as error:
        outcome.error = error
        raise
    finally:
        operation = sent.operation
        dimensions, about = {"Aggregate": operation.aggregate_type}, {"command": operation.name}
        metrics.write(Measured(COMMAND, values_of(outcome, effort), dimensions, about))


def values_of(outcome: Outcome, effort: Effort) -> Counted:
    """Return what is counted. A repeated command is none: it was counted when it was first sent."""
    units: Counted = {
        COMMAND_READ_UNITS: effort.units.read,
        COMMAND_WRITE_UNITS: effort.units.write,
    }
    if outcome.accepted is not None and outcome.accepted.repeated:
        return {COMMANDS_REPEATED: 1, **units}
    return {COMMAND_LATENCY: effort.milliseconds, **ended(outcome), **units}


def ended(outcome: Outcome) -> Counted:
    accepted, error = outcome.accepted, outcome.error
    if accepted is not None:
        stored, conflicts, failed = accepted.events, accepted.conflicts, False
    else:
        stored, conflicts, failed = 0, CONFLICTS.get(type(error), 0), is_failure(error)
    return {
        EVENTS_STORED: stored,
        COMMAND_FAILURES: int(failed),
        COMMAND_REFUSALS: int(accepted is None and not failed),
        VERSION_CONFLICTS: conflicts,
        **({CONFLICTS_RESOLVED: int(accepted is not None)} if conflicts else {}),
    }


def is_failure(error: Exception | None) -> bool:
    """Tell whether the sender is not at fault; a process that is stopped fails, too."""
    if error is None:
        return True
    return row_of(type(error)).answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
