"""Rows of metrics: what a minute came to, written once, mended when figures are late."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.metric_rows import (
    MINUTE,
    REACH,
    RESERVE,
    Left,
    MetricRow,
    MetricWriter,
    Point,
    minute_of,
    stamp,
)
from application.metrics import COMMAND, COMMAND_FAILURES, COMMAND_LATENCY, EVENTS_STORED
from application.ports import Refused, RowConflict, StoredRow, Unavailable, UnreadableRow
from application.series import Series
from domain.contents import contents
from tests.support.fakes import NOW, Clock

pytestmark = pytest.mark.feature("R6", "R3")

TEA, POT = (("Aggregate", "TEA"),), (("Aggregate", "POT"),)
STORED, LATENCY, FAILURES = (
    {dimensions: Series(metric, COMMAND, dimensions) for dimensions in (TEA, POT)}
    for metric in (EVENTS_STORED, COMMAND_LATENCY, COMMAND_FAILURES)
)
KEPT = [*STORED.values(), *LATENCY.values(), *FAILURES.values()]
DAYS = 14
Minutes = dict[tuple[Series, datetime], list[float]]


@dataclass
class CloudWatch:
    """Every value that was ever measured."""

    values: Minutes = field(default_factory=dict)
    down: bool = False

    def measure(self, series: Series, at: datetime, *values: float) -> None:
        minute = at.replace(second=0, microsecond=0)
        self.values.setdefault((series, minute), []).extend(values)

    def read(self, series: Sequence[Series], start: datetime, end: datetime) -> Iterator[Point]:
        if self.down:
            raise Unavailable("Throttling")
        for (one, minute), values in self.values.items():
            if one in series and start <= minute < end:
                yield Point(one, minute, statistics_of(values))


def statistics_of(values: Sequence[float]) -> dict[str, float]:
    return {"Sum": sum(values), "SampleCount": len(values), "p99": max(values)}


@dataclass
class Rows:
    """The rows as AppSync has them, and what it was asked."""

    stored: dict[str, StoredRow] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    down_after: float = float("inf")
    """How many writes are taken before AppSync is down."""
    refuses: str = "nothing"

    def since(self, source: str, timestamp: str) -> Iterator[tuple[str, StoredRow]]:
        self.asked["list"] += 1
        for id, row in list(self.stored.items()):
            if minute_of(id) >= timestamp and getattr(row, "source", source) == source:
                yield id, row

    def create(self, row: MetricRow) -> None:
        self._write("create", row)
        if row.id in self.stored:
            raise RowConflict(row.id)
        self.stored[row.id] = row

    def update(self, row: MetricRow, replaces: StoredRow) -> None:
        self._write("update", row)
        if self.stored[row.id].version != replaces.version:
            raise RowConflict(row.id)
        self.stored[row.id] = row

    def _write(self, verb: str, row: MetricRow) -> None:
        self.asked[verb] += 1
        if self.asked["create"] + self.asked["update"] > self.down_after:
            raise Unavailable("down")
        if row.name == self.refuses:
            raise Refused(row.name)

    def values(self) -> dict[str, float]:
        return {id: row.value for id, row in self.stored.items() if isinstance(row, MetricRow)}


def for_ever() -> float:
    return float("inf")


@dataclass
class World:
    cloud: CloudWatch = field(default_factory=CloudWatch)
    rows: Rows = field(default_factory=Rows)
    clock: Clock = field(default_factory=lambda: Clock(NOW + timedelta(seconds=30, microseconds=7)))

    def __post_init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Let another process take over, which remembers nothing."""
        self.writer = self.another()

    def another(self) -> MetricWriter:
        return MetricWriter(KEPT, self.cloud, self.rows, self.clock, DAYS)

    def run(self, left: Left = for_ever) -> tuple[int, int, int]:
        written = self.writer(left)
        return written.created, written.mended, written.waiting

    def measure(self, series: Series, minutes_ago: int, *values: float) -> None:
        self.cloud.measure(series, self.clock.now - minutes_ago * MINUTE, *values)


def id_of(minutes_ago: int, name: str = "EventsStored:sum", now: datetime = NOW) -> str:
    return f"{name}:{stamp(now - minutes_ago * MINUTE)}"


def test_a_row_says_what_was_measured_in_which_minute() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3, 4)

    assert world.run() == (1, 0, 0)
    assert list(world.rows.stored.values()) == [
        MetricRow(
            id="EventsStored:sum:2026-01-02T11:59:00.000Z",
            name="EventsStored",
            value=7,
            unit="Count",
            tags={"statistic": "sum"},
            timestamp="2026-01-02T11:59:00.000Z",
            source="commands",
            expires=int((NOW - MINUTE + timedelta(days=DAYS)).timestamp()),
            version=1,
            projection_version=1,
            created_at="2026-01-02T12:00:30.000Z",
            updated_at="2026-01-02T12:00:30.000Z",
        )
    ]


def test_the_row_is_the_one_that_the_schema_declares() -> None:
    declared = contents.read_models.rows["Metric"]

    assert [one.name for one in fields(MetricRow)] == [one.name for one in fields(declared)]


def test_the_minute_that_is_not_over_has_no_row() -> None:
    world = World()
    world.measure(STORED[TEA], 0, 3)

    assert world.run() == (0, 0, 0)


def test_series_of_one_metric_share_a_row() -> None:
    """Sums add up; a rate counts each command once; the slowest stands for all."""
    world = World()
    for dimensions, stored, slowest, failed in ((TEA, 3, 20, [0, 0, 0]), (POT, 4, 90, [1])):
        world.measure(STORED[dimensions], 1, stored)
        world.measure(LATENCY[dimensions], 1, 1, slowest)
        world.measure(FAILURES[dimensions], 1, *failed)
    world.run()

    assert world.rows.values() == {
        id_of(1): 7,
        id_of(1, "CommandLatency:p99"): 90,
        id_of(1, "CommandFailures:average"): 0.25,
    }
    slowest_row = world.rows.stored[id_of(1, "CommandLatency:p99")]
    assert isinstance(slowest_row, MetricRow)
    assert slowest_row.tags == {"statistic": "p99", "Aggregate": "POT"}


def test_a_repeated_run_writes_nothing_and_reads_no_rows() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.run()
    world.rows.asked.clear()

    assert world.run() == (0, 0, 0)
    assert world.rows.asked == Counter()


def test_a_new_process_reads_what_is_stored_and_writes_nothing() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 1 / 3)
    world.run()
    world.begin_anew()
    world.rows.asked.clear()

    assert world.run() == (0, 0, 0)
    assert world.rows.asked == {"list": 1}  # of the one source that these metrics have


@pytest.mark.parametrize("anew", [True, False], ids=["new process", "same process"])
def test_a_late_figure_mends_its_row(anew: bool) -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.run()
    begun = world.rows.stored[id_of(1)]
    world.clock.move(minutes=1)
    world.measure(STORED[POT], 2, 5)
    if anew:
        world.begin_anew()

    assert world.run() == (0, 1, 0)
    (row,) = world.rows.stored.values()
    assert row == replace(
        begun,  # type: ignore[type-var] # a row
        value=8,
        version=2,
        updated_at="2026-01-02T12:01:30.000Z",
    )
    assert world.run() == (0, 0, 0)


def test_a_gap_is_filled_as_far_as_the_reach_goes_the_newest_first() -> None:
    world = World()
    reach = REACH // MINUTE
    for ago in range(1, reach + 3):
        world.measure(STORED[TEA], ago, ago)

    assert world.run() == (reach, 0, 0)
    assert list(world.rows.values().values()) == [*range(1, reach + 1)]


def test_what_there_is_no_time_for_is_written_by_the_next_run() -> None:
    world = World()
    for ago in range(1, 6):
        world.measure(STORED[TEA], ago, ago)
    seconds = count(RESERVE + 1, -1)

    assert world.run(lambda: next(seconds)) == (2, 0, 3)
    assert world.run() == (3, 0, 0)


def test_nothing_is_lost_while_cloudwatch_answers_nothing() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.cloud.down = True
    with pytest.raises(Unavailable):
        world.run()
    world.cloud.down = False
    world.clock.move(minutes=90)

    assert world.run() == (1, 0, 0)


def test_nothing_is_lost_while_appsync_is_down() -> None:
    world = World()
    for ago in range(1, 4):
        world.measure(STORED[TEA], ago, ago)
    world.rows.down_after = 1
    with pytest.raises(Unavailable):
        world.run()
    world.rows.down_after = float("inf")

    assert world.run() == (2, 0, 0)
    assert len(world.rows.stored) == 3


def test_a_row_that_another_process_has_written_is_read_before_it_is_touched() -> None:
    """The other one may know more: it must not be undone by what was read before."""
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.run()
    other = world.another()
    world.measure(STORED[TEA], 1, 4)
    other(for_ever)
    world.measure(STORED[TEA], 1, 5)

    assert world.run() == (0, 0, 1)
    assert world.rows.values() == {id_of(1): 7}
    assert world.run() == (0, 1, 0)
    assert world.rows.values() == {id_of(1): 12}


def test_a_row_that_a_list_does_not_show_yet_is_not_written_twice() -> None:
    world = World()
    world.run()
    world.measure(STORED[TEA], 1, 3)
    world.another()(for_ever)

    assert world.run() == (0, 0, 1)
    assert world.run() == (0, 0, 0)


@pytest.mark.parametrize("version", [None, 3])
def test_a_row_that_cannot_be_read_is_written_anew(version: int | None) -> None:
    world = World()
    world.rows.stored[id_of(1)] = UnreadableRow(version, None)
    world.measure(STORED[TEA], 1, 3)

    assert world.run() == (0, 1, 0)
    assert world.rows.values() == {id_of(1): 3}
    minutes = (NOW - datetime(1970, 1, 1, tzinfo=UTC)) // MINUTE
    assert world.rows.stored[id_of(1)].version == minutes


def test_a_row_that_is_refused_stops_no_other_and_is_not_tried_again() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.measure(LATENCY[TEA], 1, 3)
    world.rows.refuses = "EventsStored"

    written = world.writer(for_ever)
    assert [id for id, _ in written.refused] == [id_of(1)]
    assert written.created == 1
    world.rows.asked.clear()
    assert world.run() == (0, 0, 0)
    assert world.rows.asked == Counter()


def test_a_sum_beyond_all_numbers_is_refused_before_it_is_sent() -> None:
    """The client of AppSync takes it for a connection that broke: the run would fail for hours."""
    world = World()
    world.measure(STORED[TEA], 1, 1.7e308, 1.7e308)
    world.measure(LATENCY[TEA], 1, 3)

    assert [id for id, _ in world.writer(for_ever).refused] == [id_of(1)]
    assert world.rows.asked["create"] == 1


def test_a_row_of_other_code_is_written_anew() -> None:
    world = World()
    world.measure(STORED[TEA], 1, 3)
    world.run()
    stored = world.rows.stored[id_of(1)]
    world.rows.stored[id_of(1)] = replace(stored, projection_version=0)  # type: ignore[type-var] # a row
    world.begin_anew()

    assert world.run() == (0, 1, 0)


def test_what_is_remembered_does_not_grow() -> None:
    world = World()
    for _ in range(2 * (REACH // MINUTE)):
        world.clock.move(minutes=1)
        world.measure(STORED[TEA], 1, 1)
        world.run()

    assert world.writer._known is not None
    assert len(world.writer._known) == REACH // MINUTE
    assert world.rows.asked["list"] == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(KEPT),
            st.integers(0, 5),
            st.floats(0, 1e6),
            st.sampled_from(["run", "new process", "down", "no run"]),
        ),
        max_size=20,
    )
)
def test_whatever_comes_late_or_fails_rows_show_all_figures_in_the_end(
    happened: list[tuple[Series, int, float, str]],
) -> None:
    world = World()
    for series, ago, value, then in happened:
        world.measure(series, ago, value)
        world.clock.move(seconds=20)
        world.rows.down_after = 0 if then == "down" else float("inf")
        if then == "new process":
            world.begin_anew()
        if then != "no run":
            try_to_run(world)
    world.rows.down_after = float("inf")
    world.run()
    shown = world.rows.values()
    world.rows.stored.clear()
    world.begin_anew()
    world.run()

    assert world.rows.values() == shown


def try_to_run(world: World) -> None:
    try:
        world.run()
    except Unavailable:
        assert world.rows.down_after == 0
