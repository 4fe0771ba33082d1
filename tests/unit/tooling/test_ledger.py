"""The schedules that were run so far: kept, added up, none counted twice."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from skafu.cli import app
from skafu.commands.simulate import LEDGER
from skafu.simulation import ledger
from skafu.simulation.campaign import Kind
from skafu.simulation.ledger import Run
from tests.support.paths import ROOT


def run(first: int, schedules: int, kind: Kind = Kind.MIXED) -> Run:
    return Run(kind, first, schedules, 0, "abc1234", "2026-01-02")


def test_runs_are_kept_in_their_order_and_once(tmp_path: Path) -> None:
    file = tmp_path / "results" / "simulated.json"
    for one in (run(1000, 10), run(0, 10, Kind.SAGAS), run(0, 10), run(1000, 10)):
        ledger.add(file, one)

    assert ledger.read(file) == [run(0, 10), run(1000, 10), run(0, 10, Kind.SAGAS)]
    assert len(file.read_text().splitlines()) == 2 + 3


def test_before_the_first_run_there_is_none(tmp_path: Path) -> None:
    assert ledger.read(tmp_path / "simulated.json") == []


@pytest.mark.parametrize(
    ("runs", "schedules"),
    [
        ([], 0),
        ([run(5, 10), run(15, 10)], 20),
        ([run(5, 10), run(10, 10)], 15),
        ([run(0, 100), run(10, 10), run(95, 10)], 105),
        ([run(0, 10), run(0, 10)], 10),
        ([run(0, 10), run(0, 10, Kind.SAGAS), run(0, 5, Kind.SAGAS)], 20),
    ],
)
def test_a_schedule_counts_once(runs: list[Run], schedules: int) -> None:
    assert ledger.distinct(reversed(runs)) == schedules


def test_what_was_run_so_far_can_be_read_and_diverged_nowhere() -> None:
    runs = ledger.read(ROOT / LEDGER)

    assert ledger.distinct(runs) > 0
    assert sum(one.divergences for one in runs) == 0


@pytest.mark.parametrize("other", [["--guards"], ["--trace"], ["--without", "receipts"]])
def test_only_runs_of_everything_are_recorded(other: list[str]) -> None:
    result = CliRunner().invoke(app, ["simulate", "--record", *other], env={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert "--record is for runs of all that there is" in result.stderr
