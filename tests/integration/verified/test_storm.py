"""Read models converge through kills, duplicates and disorder, with nothing sent to help them."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from skafu.cli import app
from tests.support.api_client import eventually, queue_depths
from tests.support.storm import Storm, report

SECONDS = 30


def converge(storm: Storm, outputs_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storm.rage()
    began = time.monotonic()
    assert eventually(lambda: verified(outputs_file), SECONDS, pause=1), (
        "rows differ after the storm"
    )
    with capsys.disabled():
        print(json.dumps(report(storm, 0, time.monotonic() - began), indent=2))  # noqa: T201 - figures
    assert set(queue_depths(storm.outputs, "dlq").values()) == {0}


def verified(outputs_file: Path) -> bool:
    words = ("verify", "--outputs", str(outputs_file))
    return CliRunner().invoke(app, words).exit_code == 0


@pytest.mark.feature("R22", "R23", "P8", "W3")
@pytest.mark.timeout(400)
def test_rows_converge_after_a_small_storm(
    stack: dict[str, Any], stack_outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("SEED", time.time()))
    storm = Storm(stack, seed, aggregates=5, commands=40, clients=4, kills=2)
    converge(storm, stack_outputs, capsys)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_rows_converge_after_the_whole_storm(
    stack: dict[str, Any], stack_outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    converge(Storm(stack, int(os.environ.get("SEED", time.time()))), stack_outputs, capsys)
