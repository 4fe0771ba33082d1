"""Metric rows: what CloudWatch has of each minute, kept as rows that Admin reads and hears of.

A row is what a metric came to in one minute, over all of its series. CloudWatch learns of a minute
late and in parts, and the writer may be down: so each run looks at all whole minutes within `REACH`
and writes those that are missing or differ. A run that is repeated writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from math import isfinite
from typing import Protocol

from application.metrics import Metric
from application.ports import Clock, Refused, RowConflict, StoredRow
from application.series import Series

REACH = timedelta(hours=3)
"""How far back minutes are written and mended."""
MINUTE = timedelta(minutes=1)
VERSION = 1
"""Of this code, as of a projection: rows of another version are written anew within `REACH`."""
DIGITS = 6
"""Decimal places of a value: it is read back as it was written, and so not mended again."""
RESERVE = 10.0
"""Seconds that must be left before a row is written: the longest call takes half of them."""
MODEL = "Metric"

Left = Callable[[], float]
"""Tells the seconds that there are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """A row as `amplify/data/metrics.ts` declares it."""

    id: str
    name: str
    value: float
    unit: str
    tags: Mapping[str, str]
    timestamp: str
    source: str
    expires: int
    version: int
    projection_version: int
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Point:
    """The statistics of one series in one minute, by CloudWatch's names."""

    series: Series
    minute: datetime
    values: Mapping[str, float]


class Figures(Protocol):
    """What CloudWatch has."""

    def read(self, series: Sequence[Series], start: datetime, end: datetime) -> Iterable[Point]:
        """Return the points of these series from `start` to before `end`.

        A minute in which nothing was measured has none. Raises `Unavailable`.
        """
        ...


class MetricRows(Protocol):
    """The rows, written by compare-and-set. Lists may be stale."""

    def since(self, source: str, timestamp: str) -> Iterable[tuple[str, StoredRow]]:
        """Yield the rows of a source that are not older, with their ids. Raises `Unavailable`."""
        ...

    def create(self, row: MetricRow) -> None:
        """Write a new row. Raises `RowConflict` if it exists, `Unavailable`, or `Refused`."""
        ...

    def update(self, row: MetricRow, replaces: StoredRow) -> None:
        """Replace a row. Raises `RowConflict` if it is not as it was read."""
        ...


@dataclass(slots=True)
class Written:
    """How many rows a run has created and mended, and how many wait for the next run."""

    created: int = 0
    mended: int = 0
    waiting: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)


@dataclass
class MetricWriter:
    """Brings the rows up to what CloudWatch has.

    It keeps in memory what is stored, so that a warm process reads no rows. What it remembers is
    older than the figures that it compares it with: what another process has written meanwhile
    makes the write fail, and the rows are read anew in the next run.
    """

    series: Sequence[Series]
    figures: Figures
    rows: MetricRows
    clock: Clock
    days: int
    _known: dict[str, StoredRow] | None = None
    _refused: set[str] = field(default_factory=set)

    def __call__(self, left: Left) -> Written:
        """Write what differs, the newest minutes first, while there is time.

        Raises `Unavailable`: what is not written then is written by a later run.
        """
        now = self.clock()
        end = now.replace(second=0, microsecond=0)
        known = self._remembered(stamp(end - REACH))
        points = self.figures.read(self.series, end - REACH, end)
        due = [row for row in self._made(points, now) if not shows(known.get(row.id), row)]
        written = Written()
        for done, row in enumerate(due):
            if left() < RESERVE:
                written.waiting = len(due) - done
                break
            self._write(row, known, written)
        return written

    def _remembered(self, first: str) -> dict[str, StoredRow]:
        """Return the stored rows of all minutes from the first on."""
        if self._known is None:
            sources = dict.fromkeys(series.occasion.source for series in self.series)
            self._known = dict(row for name in sources for row in self.rows.since(name, first))
        self._known = {id: row for id, row in self._known.items() if minute_of(id) >= first}
        return self._known

    def _made(self, points: Iterable[Point], now: datetime) -> Iterator[MetricRow]:
        made = [self._row(found, now) for found in by_metric_and_minute(points)]
        return (row for row in made if row.id not in self._refused)

    def _row(self, points: Sequence[Point], now: datetime) -> MetricRow:
        minute, metric = points[0].minute, points[0].series.metric
        value, tags = combined(metric, points)
        return MetricRow(
            id=f"{metric.name}:{metric.statistic}:{stamp(minute)}",
            name=metric.name,
            value=round(value, DIGITS),
            unit=metric.unit,
            tags={"statistic": metric.statistic, **tags},
            timestamp=stamp(minute),
            source=points[0].series.occasion.source,
            expires=int((minute + timedelta(days=self.days)).timestamp()),
            version=1,
            projection_version=VERSION,
            created_at=stamp(now),
            updated_at=stamp(now),
        )

    def _write(self, row: MetricRow, known: dict[str, StoredRow], written: Written) -> None:
        stored = known.get(row.id)
        try:
            require_finite(row)
            if stored is None:
                self.rows.create(row)
                written.created += 1
            else:
                row = following(row, stored)
                self.rows.update(row, stored)
                written.mended += 1
            known[row.id] = row
        except RowConflict:  # another process has written it
            self._known = None
            written.waiting += 1
        except Refused as error:  # it will be refused again, and stops no other
            self._refused.add(row.id)
            written.refused.append((row.id, error))


def require_finite(row: MetricRow) -> None:
    """Raises `Refused` for a value that JSON has no form for; the client would not even send it."""
    if not isfinite(row.value):
        raise Refused(f"{row.value} is no finite number")


def stamp(time: datetime) -> str:
    """Return the time as rows have it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute_of(id: str) -> str:
    """Return the timestamp at the end of the id of a row."""
    return id.split(":", 2)[-1]


def by_metric_and_minute(points: Iterable[Point]) -> Iterator[list[Point]]:
    """Yield the points of each row, the newest minute first."""

    def of_row(point: Point) -> tuple[datetime, str]:
        return point.minute, point.series.metric.name

    for _, found in groupby(sorted(points, key=of_row, reverse=True), of_row):
        yield list(found)


def combined(metric: Metric, points: Sequence[Point]) -> tuple[float, Mapping[str, str]]:
    """Return what several series come to together, and the tags that explain it.

    Percentiles of several series have no percentile: the greatest stands for all, with the
    dimensions of its series.
    """
    sums = sum(point.values.get("Sum", 0.0) for point in points)
    match metric.statistic:
        case "sum":
            return sums, {}
        case "average":
            return sums / sum(point.values["SampleCount"] for point in points), {}
        case percentile:
            worst = max(points, key=lambda point: point.values[percentile])
            return worst.values[percentile], dict(worst.series.dimensions)


def statistics(metric: Metric) -> tuple[str, ...]:
    """Return the names of what is read of each series, so that series can be combined."""
    named = {"sum": ("Sum",), "average": ("Sum", "SampleCount")}
    return named.get(metric.statistic, (metric.statistic,))


def shows(stored: StoredRow | None, row: MetricRow) -> bool:
    """Tell if a stored row shows what is to be shown; when it was written does not matter."""
    if not isinstance(stored, MetricRow):
        return False
    kept = {"version": row.version, "created_at": row.created_at, "updated_at": row.updated_at}
    return replace(stored, **kept) == row  # type: ignore[arg-type] # of the fields' own types


def following(row: MetricRow, stored: StoredRow) -> MetricRow:
    """Return the row as it replaces what is stored.

    A list does not tell the version of a row that cannot be read; no row has as many as minutes
    have passed since 1970.
    """
    if not isinstance(stored, MetricRow):
        return replace(row, version=int(datetime.fromisoformat(row.updated_at).timestamp() // 60))
    return replace(row, version=stored.version + 1, created_at=stored.created_at)
