"""The processes of functions, as the emulator tells of them while others are started."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from local.emulator import environments

STARTED = 5_000
ASKED = 500


class Process:
    """A process that lives as long as the test."""

    function = "f"

    def __init__(self, number: int) -> None:
        self.popen = SimpleNamespace(pid=number)

    def alive(self) -> bool:
        return True


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient")
def test_processes_are_told_while_others_are_started() -> None:
    made: list[Any] = [Process(number) for number in range(STARTED)]

    def start() -> None:
        for process in made:
            environments.register(process)

    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(start)
        for _ in range(ASKED):
            environments.running()
        starting.result()

    assert len(environments.running()["f"]) == STARTED
