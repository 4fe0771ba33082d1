"""Each step of a creation with each thing that can happen to it, on a running stack.

The grid is printed. A function between the state machine and SagaStep does to one step what the
cell says.
"""

import uuid
from pathlib import Path

import pytest

from domain.project_creation import PROJECT_CREATION
from tests.domain.integration.test_sagas import sagas
from tests.domain.support.saga_stack import (
    ABANDONED,
    COMPLETED,
    FAILED,
    UNDONE,
    Sagas,
    definitions,
)
from tests.support import lab
from tests.support.api_client import eventually
from tests.support.template import function_name

__all__ = ["sagas"]

pytestmark = [pytest.mark.feature("S1", "S2", "S6"), pytest.mark.stack("sagas")]
STEPS = [str(step.name) for step in PROJECT_CREATION.steps]
FAULTS = ("fails", "times out", "answers twice", "killed before", "killed after")
UNDOING = FAULTS[:2]
LONG = 240.0
SHORT = 3
"""Seconds of a step that times out; all others have their own limits."""
BETWEEN = """
import json, os, time, urllib.request

class StepFailed(Exception):
    pass

def passed_on(event):
    url = os.environ["AWS_ENDPOINT_URL"] + "/2015-03-31/functions/{step}/invocations"
    asked = urllib.request.Request(url, json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(asked) as answer:
        body = json.loads(answer.read())
        if answer.headers.get("X-Amz-Function-Error"):
            raise StepFailed(str(body))
    return body

def first():
    try:
        os.close(os.open({seen!r}, os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False

def handler(event, context):
    fault = {fault!r}
    if fault == "fails":
        raise StepFailed("No water.")
    if fault == "times out":
        time.sleep(30)
    if fault == "killed before" and first():
        os._exit(1)
    answer = passed_on(event)
    if fault == "answers twice":
        answer = passed_on(event)
    if fault == "killed after" and first():
        os._exit(1)
    return answer
"""


def between(sagas: Sagas, fault: str, folder: Path) -> str:
    """Make the function that does what a cell says; return its ARN."""
    seen = str(folder / uuid.uuid4().hex)
    source = BETWEEN.format(step=function_name("SagaStep"), seen=seen, fault=fault)
    name = lab.create_function(sagas.running.aws, source, timeout=60)
    found = sagas.running.aws.client("lambda").get_function(FunctionName=name)
    return str(found["Configuration"]["FunctionArn"])


def begun(sagas: Sagas, slug: str) -> str:
    """Create a project, and wait until its execution has taken the definition of now."""
    id = sagas.created(slug)
    assert eventually(lambda: sagas.executions(id), LONG, pause=0.2)
    return id


def end(sagas: Sagas, id: str) -> str | None:
    return next((name for name in sagas.names(id) if name in (COMPLETED, FAILED)), None)


def told(sagas: Sagas, id: str) -> dict[str, object]:
    """Return what a cell shows."""
    names = sagas.names(id)
    trail = names[names.index(ABANDONED) :] if ABANDONED in names else []
    return {
        "end": end(sagas, id),
        "undone": trail.count(UNDONE),
        "archives": len(sagas.archives(id)),
        "executions": sorted(sagas.executions(id).values()),
        "reason": sagas.trail(id)[-1]["data"].get("reason", ""),
    }


def wanted(step: str, fault: str) -> dict[str, object]:
    if fault not in UNDOING:
        ends = {"end": COMPLETED, "undone": 0, "archives": 1}
        return {**ends, "executions": ["SUCCEEDED"], "reason": ""}
    minutes = {"ANALYSIS": "10 minutes", "REPOSITORY": "2 minutes"}.get(step, "1 minute")
    # What a function says of its error is not read from the execution: that is kept for 90 days.
    failed = "A step could not be carried out."
    reason = failed if fault == "fails" else f"The step {step} took longer than {minutes}."
    ends = {"end": FAILED, "undone": STEPS.index(step), "archives": 0}
    return {**ends, "executions": ["SUCCEEDED"], "reason": reason}


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_every_cell_ends_as_it_should_and_leaves_nothing_behind(
    sagas: Sagas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug, cells = sagas.drafted(), dict[tuple[str, str], str]()
    with definitions(sagas) as change:
        for step in STEPS:
            for fault in FAULTS:
                seconds = SHORT if fault == "times out" else None
                change(step, between(sagas, fault, tmp_path), seconds)
                cells[step, fault] = begun(sagas, slug)
    assert eventually(lambda: all(end(sagas, id) for id in cells.values()), LONG, pause=1)
    over = {"SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"}
    eventually(lambda: all({*sagas.executions(i).values()} <= over for i in cells.values()), LONG)
    found = {cell: told(sagas, id) for cell, id in cells.items()}

    with capsys.disabled():
        for (step, fault), shown in found.items():
            print(f"{step:<14}{fault:<15}{shown}")  # noqa: T201 - the grid
    assert {cell: shown for cell, shown in found.items() if shown != wanted(*cell)} == {}
    assert eventually(lambda: not [key for key in sagas.items() if key.startswith("WAITS#")], 30)
