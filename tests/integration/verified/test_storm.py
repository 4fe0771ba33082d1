"""Read models converge through kills, duplicates and disorder, with nothing sent to help them."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.stack import Stack
from skafu.cli import app
from tests.support.api_client import eventually, queue_depths
from tests.support.storm import Storm, environments, report
from tests.support.template import function_name

SECONDS = 30
ON_A_BUSY_MACHINE = 120


def converge(
    storm: Storm, outputs_file: Path, capsys: pytest.CaptureFixture[str], seconds: float
) -> None:
    storm.rage()
    converged(storm, outputs_file, capsys, seconds)


def converged(
    storm: Storm, outputs_file: Path, capsys: pytest.CaptureFixture[str], seconds: float
) -> None:
    began = time.monotonic()
    assert eventually(lambda: verified(outputs_file), seconds, pause=1), (
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
    converge(storm, stack_outputs, capsys, ON_A_BUSY_MACHINE)


@dataclass
class Others:
    """What is killed beside the functions of the storm; `killed` counts."""

    running: Stack
    dice: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    killed: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def without_rest(self) -> Iterator[None]:
        """Kill them again and again until the block ends."""
        with ThreadPoolExecutor(2) as pool:
            working = [pool.submit(self._appsync), pool.submit(self._reconciler)]
            try:
                yield
            finally:
                self.stop.set()
                for one in working:
                    one.result()

    def _appsync(self) -> None:
        while not self.stop.wait(self.dice.uniform(10, 25)):
            self.running.restart_appsync()
            self.killed["AppSync"] += 1

    def _reconciler(self) -> None:
        """Kill it while it is at work, or shortly after."""
        name, client = function_name("Reconciler"), self.running.aws.client("lambda")
        while not self.stop.wait(self.dice.uniform(2, 6)):
            client.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
            time.sleep(self.dice.uniform(0.2, 2.0))
            for pid in environments(self.running.outputs, name):
                with suppress(ProcessLookupError):  # it has just ended by itself
                    os.kill(pid, signal.SIGKILL)
                    self.killed["reconciler"] += 1


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_rows_converge_after_two_thousand_commands(
    running: Stack, stack_outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("SEED", time.time()))
    storm = Storm(running.outputs, seed, aggregates=200, commands=2000, wait=10)
    others = Others(running, random.Random(seed))
    with others.without_rest():
        storm.rage()
    storm.killed.update(others.killed)
    converged(storm, stack_outputs, capsys, SECONDS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_rows_converge_after_the_whole_storm(
    stack: dict[str, Any], stack_outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    storm = Storm(stack, int(os.environ.get("SEED", time.time())))
    converge(storm, stack_outputs, capsys, SECONDS)
