"""The order in which the runner starts suites, and what it does with one that hangs."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import run
from scripts.dev_process import processes_mentioning
from tests.support import lab

SUITE = """
import os, sys, time
results, begins, *awaited = sys.argv[1:]
open(begins, "w").close()
while not all(map(os.path.exists, awaited)):
    time.sleep(0.05)
open(results, "w").write('<testsuite><testcase classname="a" name="b"/></testsuite>')
"""
NEVER = "never"
# A runner with one suite that does not end by itself.
RUNNER = """
import sys
from pathlib import Path
from scripts import run
from tests.unit.tooling.test_run import NEVER, suite
run.RESULTS = Path(sys.argv[1])
run.listen()
list(run.side_by_side([[(suite("endless", NEVER),)]]))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    return tmp_path


def suite(name: str, *awaited: str, longest: float = 120.0) -> run.Suite:
    """Return a suite of one test that notes when it begins, and ends once others have begun."""
    files = (str(beginning(one)) for one in (name, *awaited))
    return run.Suite(name, (sys.executable, "-c", SUITE, "{results}", *files), longest)


def beginning(name: str) -> Path:
    return run.RESULTS / f"{name}.began"


def began(name: str) -> float:
    return beginning(name).stat().st_mtime


def ended(name: str) -> float:
    return (run.RESULTS / f"{name}.xml").stat().st_mtime


def test_lanes_run_side_by_side_and_their_stages_one_after_the_other() -> None:
    first, second, beside = suite("first", "beside"), suite("second"), suite("beside")

    results = [*run.side_by_side([[(first,), (second,)], [(beside,)]])]

    assert [result.counts for result in results] == [(1, 0, 0)] * 3
    assert ended("first") <= began("second")


def test_suites_of_a_stage_run_side_by_side() -> None:
    results = run.side_by_side([[(suite("one", "other"), suite("other", "one"))]])

    assert [result.counts for result in results] == [(1, 0, 0)] * 2


def test_a_suite_that_hangs_is_stopped_and_the_next_one_begins() -> None:
    hanging = suite("hanging", NEVER, longest=1.0)
    before = time.monotonic()

    stopped, after = run.side_by_side([[(hanging,), (suite("after"),)]])

    assert stopped.trouble == "stopped after 1 s"
    assert after.counts == (1, 0, 0)
    assert time.monotonic() - before < 60


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_suites_too(folder: Path, number: signal.Signals) -> None:
    command = (sys.executable, "-c", RUNNER, str(folder))
    process = subprocess.Popen(command, cwd=run.ROOT, stderr=subprocess.DEVNULL)
    assert lab.eventually(beginning("endless").exists)

    process.send_signal(number)

    assert process.wait(60) != 0
    assert list(processes_mentioning([str(beginning("endless"))])) == []


def test_what_was_picked_keeps_its_order_in_its_lane() -> None:
    names = ["soak", "unit", "rights", "integration", "orders"]

    picked = [
        [[one.name for one in stage] for stage in lane] for lane in run.lanes(run.chosen(names))
    ]

    assert picked == [[["integration"], ["rights"]], [["unit"]], [["soak"]], [["orders"]]]


def test_a_suite_that_gives_way_is_given_a_processor_last() -> None:
    assert run.BY_NAME["unit"].words()[:3] == ["nice", "-n", "2"]
    assert run.BY_NAME["integration"].words()[0] == sys.executable
