"""Metrics: the table of all that are measured, and the port through which they are counted.

CloudWatch bills each series: a metric with a value for each of its dimensions. So a metric has few
dimensions, and none that grows with the users: ids and names of commands are in the log line only.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from application.capacity import Units, counting
from application.ports import Clock, utc_now


class Unit(StrEnum):
    """The units of metrics, in CloudWatch's words."""

    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm for each series of a metric: in three of five minutes it is above the threshold.

    Its name follows the value of the dimension. A minute without data is a good one. Without
    `above`, the threshold is the `maxLag` of the series' projection. What is measured `rarely`, a
    few times a day, alarms when it was above the threshold within the hour.
    """

    name: str
    statistic: str
    above: float | None
    meaning: str
    rarely: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: `read_as` names the statistics that tell something, the most telling last.

    `wanted` is the name under which the source documents ask for it. Of a metric `in_rows`, each
    minute is kept as a row that Admin reads (`application/metric_rows.py`).
    """

    name: str
    unit: Unit
    read_as: str
    meaning: str
    wanted: str = ""
    alarm: Alarm | None = None
    in_rows: bool = False

    @property
    def statistic(self) -> str:
        """Return the one that graphs and rows show: `p99`, `sum` or `average`."""
        return self.read_as.rpartition(", ")[2]


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion to measure: its metrics share one log line, and so one set of dimensions.

    `source` is the part of the pipeline, as rows name it. `about` is what the line holds besides,
    for searches: it makes no series.
    """

    name: str
    source: str
    dimensions: tuple[str, ...]
    metrics: tuple[Metric, ...]
    about: tuple[str, ...] = ()


COMMAND_LATENCY = Metric(
    "CommandLatency", Unit.MILLISECONDS, "p50, p99",
    "From the validated request to the stored events, refused commands included.",
    "command processing latency",
    in_rows=True,
)  # fmt: skip
EVENTS_STORED = Metric(
    "EventsStored", Unit.COUNT, "sum",
    "Events that commands have recorded; the sum of a minute is the rate.",
    "event persistence rate",
    in_rows=True,
)  # fmt: skip
VERSION_CONFLICTS = Metric(
    "VersionConflicts", Unit.COUNT, "sum",
    "How often a command met another version than the one it was decided on.",
    "aggregate version conflicts",
)  # fmt: skip
CONFLICTS_RESOLVED = Metric(
    "ConflictsResolved", Unit.NONE, "average",
    "1 for a command that met a conflict and was accepted, 0 for one that was refused for it.",
    "conflict resolution rate",
)  # fmt: skip
COMMAND_FAILURES = Metric(
    "CommandFailures", Unit.NONE, "average",
    "1 for a command that failed by no fault of its sender, else 0.",
    "command failure rate",
    Alarm("CommandFailuresAlarm", "Average", 0.05, "More than 5 % of commands fail."),
    in_rows=True,
)  # fmt: skip
COMMAND_REFUSALS = Metric(
    "CommandRefusals", Unit.NONE, "average", "1 for a command that a rule refused, else 0."
)
COMMANDS_REPEATED = Metric(
    "CommandsRepeated", Unit.COUNT, "sum",
    "Commands that were sent again and got their first answer. They count as no further command.",
)  # fmt: skip
COMMAND_READ_UNITS = Metric(
    "CommandReadUnits", Unit.COUNT, "average, sum", "Read units of DynamoDB that a command took."
)
COMMAND_WRITE_UNITS = Metric(
    "CommandWriteUnits", Unit.COUNT, "average, sum", "Write units of DynamoDB that a command took."
)
EVENTS_PUBLISHED = Metric("EventsPublished", Unit.COUNT, "sum", "Events put on the event bus.")
EVENTS_NOT_PUBLISHED = Metric(
    "EventsNotPublished", Unit.COUNT, "sum", "Events that the event bus refused; they come again."
)
PUBLISH_LATENCY = Metric(
    "PublishLatency", Unit.MILLISECONDS, "p50, p99", "From the commit to the event bus.",
    alarm=Alarm("PublishLatencyAlarm", "Maximum", 60_000, "Events are published a minute late."),
    in_rows=True,
)  # fmt: skip
EVENT_PROPAGATION_LATENCY = Metric(
    "EventPropagationLatency", Unit.MILLISECONDS, "p50, p99",
    "From the commit to the consumer: stream, bus and queue.",
    "event propagation latency",
    in_rows=True,
)  # fmt: skip
PROJECTION_LATENCY = Metric(
    "ProjectionLatency", Unit.MILLISECONDS, "p50, p99",
    "How long a projector takes to bring the rows of one stream up to date.",
    "projection update latency",
)  # fmt: skip
CONSISTENCY_LAG = Metric(
    "ConsistencyLag", Unit.MILLISECONDS, "p50, p99",
    "From the commit until its rows were written.",
    "consistency lag",
    Alarm("LagAlarm", "Maximum", None, "Rows show events later than maxLag allows."),
    in_rows=True,
)  # fmt: skip
PROJECTION_FAILURES = Metric(
    "ProjectionFailures", Unit.NONE, "average",
    "1 for a stream whose rows could not be written, else 0; it is tried again.",
)  # fmt: skip
PROJECTION_READ_UNITS = Metric(
    "ProjectionReadUnits", Unit.COUNT, "average, sum",
    "Read units that a projector took of the event store; AppSync's own are not among them.",
)  # fmt: skip
QUERY_LATENCY = Metric(
    "QueryLatency", Unit.MILLISECONDS, "p50, p99",
    "How long a query takes, the wait for `minVersion` included.",
    "query response time",
    in_rows=True,
)  # fmt: skip
QUERY_FAILURES = Metric(
    "QueryFailures", Unit.NONE, "average",
    "1 for a query that failed by no fault of its sender, else 0.",
    alarm=Alarm("QueryFailuresAlarm", "Average", 0.05, "More than 5 % of queries fail."),
    in_rows=True,
)  # fmt: skip
CACHE_HITS = Metric(
    "CacheHits", Unit.NONE, "average",
    "1 for a query that was answered from memory (`meta.cached`), else 0.",
    "cache hit ratio",
)  # fmt: skip
STALE_ANSWERS = Metric(
    "StaleAnswers", Unit.NONE, "average",
    "1 for an answer that did not show the wanted `minVersion` (`meta.stale`), else 0.",
    "data staleness",
)  # fmt: skip
QUERY_READ_UNITS = Metric(
    "QueryReadUnits", Unit.COUNT, "average, sum",
    "Read units that a query took of history; AppSync's own are not among them.",
)  # fmt: skip
SAGA_COMPLETION = Metric(
    "SagaCompletion", Unit.NONE, "average",
    "1 for a run that was completed, 0 for one that was undone.",
    "saga completion rate",
    in_rows=True,
)  # fmt: skip
ROWS_DIFFERING = Metric(
    "RowsDiffering", Unit.COUNT, "sum",
    "What a run of the reconciler has found: rows that are not as their events yield them, and "
    "faults of history and of the feed.",
)  # fmt: skip
ROWS_MENDED = Metric("RowsMended", Unit.COUNT, "sum", "Those of them that the run has mended.")
ROWS_LEFT = Metric(
    "RowsLeft", Unit.COUNT, "maximum", "Those of them that a person has to look at.",
    alarm=Alarm(
        "RowsLeftAlarm", "Maximum", 0, "The reconciler cannot mend what it found.", rarely=True
    ),
)  # fmt: skip
RECONCILER_UNFINISHED = Metric(
    "ReconcilerUnfinished", Unit.NONE, "maximum",
    "1 for a run that ended before everything was compared, else 0.",
    alarm=Alarm(
        "ReconcilerUnfinishedAlarm", "Maximum", 0, "The reconciler has not compared everything.",
        rarely=True,
    ),
)  # fmt: skip

COMMAND = Occasion(
    "A command was handled",
    "commands",
    ("Aggregate",),
    (
        COMMAND_LATENCY,
        EVENTS_STORED,
        VERSION_CONFLICTS,
        CONFLICTS_RESOLVED,
        COMMAND_FAILURES,
        COMMAND_REFUSALS,
        COMMANDS_REPEATED,
        COMMAND_READ_UNITS,
        COMMAND_WRITE_UNITS,
    ),
    ("command",),
)
PUBLICATION = Occasion(
    "Commits of the stream were published",
    "publication",
    (),
    (EVENTS_PUBLISHED, EVENTS_NOT_PUBLISHED, PUBLISH_LATENCY),
)
ARRIVAL = Occasion("A projector received events", "projections", (), (EVENT_PROPAGATION_LATENCY,))
PROJECTION = Occasion(
    "The rows of a stream were brought up to date",
    "projections",
    ("Projection",),
    (PROJECTION_LATENCY, CONSISTENCY_LAG, PROJECTION_FAILURES, PROJECTION_READ_UNITS),
)
QUERY = Occasion(
    "A query was answered",
    "queries",
    ("Kind",),
    (QUERY_LATENCY, QUERY_FAILURES, CACHE_HITS, STALE_ANSWERS, QUERY_READ_UNITS),
    ("query",),
)
SAGA = Occasion("A run of a saga ended", "sagas", ("Saga",), (SAGA_COMPLETION,))
RECONCILIATION = Occasion(
    "The rows were compared with their events",
    "reconciler",
    (),
    (ROWS_DIFFERING, ROWS_MENDED, ROWS_LEFT, RECONCILER_UNFINISHED),
)

OCCASIONS = (COMMAND, PUBLICATION, ARRIVAL, PROJECTION, QUERY, SAGA, RECONCILIATION)

Values = Mapping[Metric, float | Sequence[float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one occasion."""

    occasion: Occasion
    values: Values
    dimensions: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Effort:
    """The time and the units that some work took, once it has ended."""

    milliseconds: float = 0
    units: Units = field(default_factory=Units)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts what is measured: `write` takes it where it is kept."""

    write: Callable[[Measured], None]
    clock: Clock = utc_now
    timer: Callable[[], float] = time.perf_counter

    @contextmanager
    def effort(self) -> Iterator[Effort]:
        """Measure the work within, whether or not it succeeds."""
        effort, begun = Effort(), self.timer()
        try:
            with counting(effort.units):
                yield effort
        finally:
            effort.milliseconds = (self.timer() - begun) * 1000

    def age(self, timestamp: str) -> float:
        """Return how long ago that was, in milliseconds; clocks that differ make it no negative."""
        passed = self.clock() - datetime.fromisoformat(timestamp)
        return max(0.0, passed.total_seconds() * 1000)


UNMEASURED = Metrics(lambda _: None)
"""Measures for nobody."""
