"""`skafu lag`: the table, the objects, and when it ends with 1."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from application.reading.survey import Survey
from domain.contents import contents
from handlers import wiring
from skafu.cli import app
from skafu.commands import lag as command
from tests.support.kitchen.projections import parts, project_teapot, teapots
from tests.support.surveyed import PROJECTIONS, STREAMS, World, world_of

pytestmark = pytest.mark.feature("K9", "W12")
MAX_LAG = 60
HEAD = teapots.head(STREAMS[0])
Run = Callable[..., Result]


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        yield made


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the command, some seconds after the first event of the first stream."""
    (first, *_) = world.store.read(STREAMS[0])
    begun = datetime.fromisoformat(first.timestamp)

    def running(*words: str, seconds: float = 0.0, **others: Any) -> Result:  # noqa: ANN401 - of Survey
        @contextmanager
        def surveying() -> Iterator[Survey]:
            yield world.survey(**others)

        monkeypatch.setattr(command, "surveying", surveying)
        monkeypatch.setattr(wiring, "now", lambda: begun + timedelta(seconds=seconds))
        return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["lag", *words])

    monkeypatch.setattr(command, "select", lambda *_: None)
    monkeypatch.setattr(command, "max_lags", lambda: {one.name: MAX_LAG for one in PROJECTIONS})
    return running


def test_the_table_says_how_far_each_projection_is_behind(world: World, run: Run) -> None:
    del world.rows.rows[HEAD]
    answer = run(seconds=12.34)
    title, head, _, *rows = (line for line in answer.stdout.splitlines() if line.strip())

    assert title.strip() == "4 streams"
    assert head.split("  ")[1].strip() == "Projection"
    assert [row.split() for row in rows] == [
        [teapots.name, "1", "3", STREAMS[0], "1", "12.3", "60"],
        [parts.name, "0", "0", "60"],
    ]


@pytest.mark.parametrize(("seconds", "code"), [(59.9, 0), (60.0, 0), (60.1, 1)])
def test_it_ends_with_1_once_a_projection_is_later_than_it_may_be(
    world: World, run: Run, seconds: float, code: int
) -> None:
    del world.rows.rows[HEAD]

    assert run(seconds=seconds).exit_code == code


def test_old_events_that_are_shown_are_not_late(run: Run) -> None:
    assert run(seconds=1e6).exit_code == 0


def test_each_projection_is_an_object_for_programs(world: World, run: Run) -> None:
    del world.rows.rows[HEAD]
    answer = run("--json", seconds=90.25)
    first, second = map(json.loads, answer.stdout.splitlines())
    (commit, *_) = world.store.read(STREAMS[0])

    assert first == {
        "projection": teapots.name,
        "streamsBehind": 1,
        "eventsBehind": 3,
        "oldest": {"timestamp": commit.timestamp, "stream": STREAMS[0], "sequence": 1},
        "ageSeconds": 90.25,
        "maxLag": MAX_LAG,
        "unfoldable": 0,
        "late": True,
    }
    assert (second["oldest"], second["ageSeconds"], second["late"]) == (None, 0, False)


def test_a_stream_that_cannot_be_folded_is_told_and_is_an_error(run: Run) -> None:
    """Nobody knows how long its rows have shown nothing new."""
    answer = run(projections=(refusing(), parts))

    assert answer.exit_code == 1
    assert answer.stderr == "teapots: 1 streams cannot be folded; `skafu verify` names them\n"


def refusing() -> Any:  # noqa: ANN401 - a projection
    def choosy(key: Any, row: Any, recorded: Any) -> Any:  # noqa: ANN401 - of any row
        if recorded.aggregate_id == STREAMS[0]:
            raise ValueError("odd")
        return project_teapot(key, row, recorded)

    return replace(teapots, project=choosy)


def test_each_projection_of_this_domain_has_a_bound() -> None:
    assert command.max_lags().keys() == contents.projection.keys()
