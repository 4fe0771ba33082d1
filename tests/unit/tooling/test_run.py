"""The order in which the runner starts suites, and what it does with one that hangs."""

import sys
import time
from pathlib import Path

import pytest

from scripts import run

SUITE = """
import sys, time
results, begins, lasts = sys.argv[1:]
open(begins, "w").close()
time.sleep(float(lasts))
open(results, "w").write('<testsuite><testcase classname="a" name="b"/></testsuite>')
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    return tmp_path


def suite(name: str, lasts: float = 0.0, longest: float = 60.0) -> run.Suite:
    """Return a suite of one test that notes when it begins."""
    began = run.RESULTS / f"{name}.began"
    words = (sys.executable, "-c", SUITE, "{results}", str(began), str(lasts))
    return run.Suite(name, words, longest)


def began(name: str) -> float:
    return (run.RESULTS / f"{name}.began").stat().st_mtime


def ended(name: str) -> float:
    return (run.RESULTS / f"{name}.xml").stat().st_mtime


def test_lanes_run_side_by_side_and_their_stages_one_after_the_other() -> None:
    first, second, beside = suite("first", 1.5), suite("second"), suite("beside")

    results = [*run.side_by_side([[(first,), (second,)], [(beside,)]])]

    assert [result.counts for result in results] == [(1, 0, 0)] * 3
    assert began("beside") < ended("first") <= began("second")


def test_suites_of_a_stage_run_side_by_side() -> None:
    [*run.side_by_side([[(suite("one", 1.5), suite("other", 1.5))]])]

    assert max(began("one"), began("other")) < min(ended("one"), ended("other"))


def test_a_suite_that_hangs_is_stopped_and_the_next_one_begins() -> None:
    hanging = suite("hanging", 600, longest=1.0)
    before = time.monotonic()

    stopped, after = run.side_by_side([[(hanging,), (suite("after"),)]])

    assert stopped.trouble == "stopped after 1 s"
    assert after.counts == (1, 0, 0)
    assert time.monotonic() - before < 60


def test_what_was_picked_keeps_its_order_in_its_lane() -> None:
    names = ["soak", "unit", "rights", "integration", "orders"]

    picked = [
        [[one.name for one in stage] for stage in lane] for lane in run.lanes(run.chosen(names))
    ]

    assert picked == [[["integration"], ["rights"]], [["orders"], ["unit"]], [["soak"]]]


def test_a_suite_that_gives_way_is_given_a_processor_last() -> None:
    assert run.BY_NAME["unit"].words()[:3] == ["nice", "-n", "2"]
    assert run.BY_NAME["integration"].words()[0] == sys.executable
