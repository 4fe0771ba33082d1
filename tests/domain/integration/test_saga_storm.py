"""Many creations at once on a running stack, while the functions that work on them are killed."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from tests.domain.integration.test_sagas import sagas
from tests.domain.support.saga_stack import COMPLETED, FAILED, MANY, SLOW, TOO_MUCH, Sagas
from tests.support.api_client import eventually
from tests.support.storm import environments
from tests.support.template import function_name

__all__ = ["sagas"]

pytestmark = [pytest.mark.feature("S1", "S2", "S6"), pytest.mark.stack("sagas"), pytest.mark.long]
KILLED = ("SagaStep", "SagaEvents", "Reactor")
FAILING = 0.2
"""The part of the runs whose repository cannot be created."""
BETWEEN_KILLS = range(8, 25)
"""Commits between two kills.

Kills by the clock would come more often than work gets done on a slow machine, and a message whose
function was killed five times is given up.
"""


def commits(sagas: Sagas) -> int:
    table = sagas.outputs["EventsTable"]
    described = sagas.running.aws.client("dynamodb").describe_table(TableName=table)["Table"]
    return int(described["ItemCount"])


@contextmanager
def kills(sagas: Sagas, dice: random.Random) -> Iterator[Counter[str]]:
    """Kill a function that works on sagas every now and then."""
    stop, killed = threading.Event(), Counter[str]()

    def kill() -> None:
        due = commits(sagas)
        while not stop.wait(0.5):
            if (now := commits(sagas)) < due:
                continue
            due = now + dice.choice(BETWEEN_KILLS)
            name = dice.choice(KILLED)
            found = environments(sagas.running.outputs, function_name(name))
            with suppress(IndexError, ProcessLookupError):  # none runs, or it has just ended
                os.kill(dice.choice(found), signal.SIGKILL)
                killed[name] += 1

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def storm(sagas: Sagas, number: int, seconds: float) -> dict[str, object]:
    """Create projects at once while functions are killed; return how the runs have ended."""
    seed = int(os.environ.get("SEED", time.time()))
    dice = random.Random(seed)
    file = {"path": "README.md", "content": TOO_MUCH}
    slug = sagas.drafted(files=[file], parameters=[MANY])
    failing = [dice.random() < FAILING for _ in range(number)]
    failing[0] = True
    values = [{"many": ["x"] * (1500 if fails else 2)} for fails in failing]
    began = time.monotonic()
    with kills(sagas, dice) as killed:
        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(lambda v: sagas.created(slug, templateParameters=v), values))
        ends = [eventually(partial(end, sagas, id), seconds, pause=1) for id in ids]
    took = round(time.monotonic() - began, 1)
    wanted = [FAILED if fails else COMPLETED for fails in failing]
    eventually(lambda: not waits(sagas, ids), SLOW, pause=1)
    return {
        "seed": seed,
        "runs": number,
        "kills": dict(killed),
        "seconds": took,
        "ends": Counter(ends),
        "injected failures": sum(failing),
        "otherwise than wished": [
            (id, e, sagas.trail(id)[-1]["data"], analysed(sagas, id))
            for id, e, w in zip(ids, ends, wanted, strict=True)
            if e != w
        ],
        "orphans": orphans(sagas, dict(zip(ids, ends, strict=True))),
    }


def analysed(sagas: Sagas, id: str) -> object:
    """Return the last event of a run's analysis, which says why there was no answer."""
    return sagas.admin.send("GET", f"/analyses/{sagas.analysis_of(id)}/events").json()["data"][-1:]


def end(sagas: Sagas, id: str) -> str | None:
    return next((name for name in sagas.names(id) if name in (COMPLETED, FAILED)), None)


def waits(sagas: Sagas, ids: list[str]) -> list[str]:
    return [key for key in sagas.items() if key.startswith("WAITS#")]


def orphans(sagas: Sagas, ends: dict[str, str | None]) -> list[str]:
    """Return what is left behind: archives, executions that run, tokens, runs that never end."""
    archives = [
        f"{len(found)} archives of {id}, {found_end}"
        for id, found_end in ends.items()
        if len(found := sagas.archives(id)) != (found_end == COMPLETED)
    ]
    running = [
        f"the execution {name} of {id}: {status}"
        for id in ends
        for name, status in sagas.executions(id).items()
        if status != "SUCCEEDED"
    ]
    return [*archives, *running, *waits(sagas, [*ends]), *(id for id, e in ends.items() if not e)]


def check(found: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(found)  # noqa: T201 - figures
    assert found["otherwise than wished"] == []
    assert found["orphans"] == []


@pytest.mark.timeout(400)
def test_thirty_at_once_all_end_as_they_should(
    sagas: Sagas, capsys: pytest.CaptureFixture[str]
) -> None:
    check(storm(sagas, 30, 240), capsys)


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_a_hundred_at_once_all_end_as_they_should(
    sagas: Sagas, capsys: pytest.CaptureFixture[str]
) -> None:
    check(storm(sagas, 100, 900), capsys)
