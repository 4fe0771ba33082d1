"""Reconciler: what a run tells in log, metrics and failures, and when it stops."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from application.failures import Severity
from application.metrics import Measured, Metrics
from application.ports import StoredRow, Unavailable
from application.publishing.feed import FeedWriter
from application.reading.catch_up import CatchUp
from application.reading.mending import Mending
from application.reading.reconcile import GRACE
from edge.deliveries.reconciliation import LINES, MARGIN, Leavings, grace_of, reconcile
from edge.observability import logger
from kernel.projection import RowKey
from tests.support.fakes import NOW, Failures, MemoryReadModels, Stopwatch
from tests.support.kitchen.projections import teapots
from tests.support.surveyed import PROJECTIONS, STREAMS, World, raising, world_of

pytestmark = pytest.mark.feature("W12")
HEAD = teapots.head(STREAMS[0])


class Lab:
    def __init__(self, world: World) -> None:
        self.world = world
        self.measured: list[Measured] = []
        self.failures = Failures()
        self.leavings = Leavings(self.failures)

    def run(self, left: float = 900.0, rows: MemoryReadModels | None = None) -> dict[str, int]:
        world, watch = self.world, Stopwatch()
        mending = Mending(
            PROJECTIONS,
            lambda projection: CatchUp(world.store, world.rows, projection),
            lambda: FeedWriter(world.feed, world.store, lambda: NOW, raising),
            self.leavings.not_mended,
            sleep=watch.sleep,
            monotonic=watch,
        )
        survey = world.survey(rows=rows or world.rows, sleep=watch.sleep)
        metrics = Metrics(self.measured.append)
        return reconcile(survey, mending, self.leavings, metrics, lambda: left)

    def values(self) -> dict[str, object]:
        (one,) = self.measured
        return {metric.name: value for metric, value in one.values.items()}


@pytest.fixture
def lab() -> Iterator[Lab]:
    with world_of() as world:
        yield Lab(world)


def stray(lab: Lab, *names: str) -> None:
    for name in names:
        lab.world.rows.rows[RowKey("Teapot", name)] = lab.world.rows.rows[HEAD]


def test_a_run_tells_what_it_found_mended_and_left(lab: Lab) -> None:
    stray(lab, "odd")
    lab.world.rows.rows.pop(HEAD)

    told = {"finished": True, "streams": len(STREAMS), "found": 2, "mended": 1, "left": 1}
    assert lab.run() == told
    assert lab.values() == {
        "RowsDiffering": 2, "RowsMended": 1, "RowsLeft": 1, "ReconcilerUnfinished": 0,
    }  # fmt: skip


def test_what_is_left_is_one_failure_and_a_line_each_up_to_a_number(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list[dict[str, str]]()
    monkeypatch.setattr(logger, "error", lambda _, extra: lines.append(extra))
    stray(lab, *(f"odd-{n:03}" for n in range(LINES + 5)))
    lab.run()

    (one,) = lab.failures.reported
    assert (one.what, one.severity) == ("RowsLeft", Severity.ERROR)
    assert one.why.startswith(f"RowsLeft: {LINES + 5} in all, the first: Teapot odd-000")
    assert len(lines) == LINES
    assert lines[0]["what"] in one.why


def test_history_that_was_changed_is_a_failure_of_its_own_which_is_critical(lab: Lab) -> None:
    commits = lab.world.store._streams[STREAMS[1]]
    commits[1] = replace(commits[1], actor="eve-sub::eve")
    stray(lab, "odd")
    lab.run()
    found = {one.what: one for one in lab.failures.reported}

    assert found.keys() == {"HistoryBroken", "RowsLeft"}
    assert found["HistoryBroken"].severity is Severity.CRITICAL
    assert found["HistoryBroken"].key["aggregateId"] == STREAMS[1]


def test_nothing_is_begun_when_little_time_is_left(lab: Lab) -> None:
    """The lambda ends by itself, and says that there was more to do."""
    lab.world.rows.rows.pop(HEAD)

    assert lab.run(left=MARGIN - 1)["finished"] is False
    assert lab.values()["ReconcilerUnfinished"] == 1
    assert HEAD not in lab.world.rows.rows
    assert lab.failures.reported == []


def test_whoever_invokes_it_may_say_that_no_row_is_given_time_to_come() -> None:
    assert grace_of({}) == grace_of({"source": "aws.scheduler"}) == GRACE
    assert grace_of({"graceSeconds": 0}) == timedelta(0)


@pytest.mark.parametrize("seconds", [-1, 86_401, "0", None, float("nan")])
def test_what_is_no_time_is_refused(seconds: object) -> None:
    with pytest.raises(ValueError, match="from 0 to 86400"):
        grace_of({"graceSeconds": seconds})


def test_a_run_that_fails_is_measured_and_fails(lab: Lab) -> None:
    """The alarm on the function's errors tells of it, and Lambda invokes it once more."""

    class Down(MemoryReadModels):
        def get(self, key: RowKey) -> StoredRow | None:
            raise Unavailable("down")

    lab.world.rows.rows.pop(HEAD)
    with pytest.raises(Unavailable):
        lab.run(rows=Down(lab.world.rows.rows))

    assert lab.values()["ReconcilerUnfinished"] == 1
