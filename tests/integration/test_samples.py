"""Every sample succeeds on a system that is new, and again when it is sent once more."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from domain.contents import contents
from local.stack import Stack
from tests.integration.test_deferred import struck
from tests.support import calls, lab
from tests.support.api_client import eventually
from tests.support.menders import in_workflow
from tests.support.owner import LONG_AGO
from tests.support.running import Stacks
from tests.support.samples import SAMPLES, answers, succeeded
from tests.support.storm import environments
from tests.support.template import function_name

pytestmark = [pytest.mark.feature("M2"), pytest.mark.timeout(240)]

QUERIES = "QueryApi"
MODELS = [model for projection in contents.projections for model in projection.models]
Item = dict[str, Any]
Fault = Callable[[Stack, str, Item], None]


@pytest.fixture(scope="module")
def new(stacks: Stacks) -> Iterator[Stack]:
    running = stacks.named("samples")
    yield running
    calls.keep(running)


def altered(running: Stack, table: str, item: Item) -> None:
    other = item | {"updatedAt": {"S": LONG_AGO}}
    running.aws.client("dynamodb").put_item(TableName=table, Item=other)


def deleted(running: Stack, table: str, item: Item) -> None:
    running.aws.client("dynamodb").delete_item(TableName=table, Key={"id": item["id"]})


def rows_of(running: Stack) -> Callable[[str], list[Item]]:
    client = running.aws.client("dynamodb")
    return lambda model: list(client.scan(TableName=f"{model}-local")["Items"])


def item_like(running: Stack, model: str, item: Item) -> Item | None:
    client = running.aws.client("dynamodb")
    found = client.get_item(TableName=f"{model}-local", Key={"id": item["id"]}).get("Item")
    return found and dict(found)


def refused(running: Stack, function: str, names: list[str]) -> list[tuple[str, object]]:
    found = answers(running, function, names)
    return [(name, answer) for name, answer in found if not succeeded(answer)]


def sent(running: Stack, names: dict[str, list[str]]) -> Iterator[tuple[str, object]]:
    """Yield what did not succeed. Rows follow a moment after commands, so queries are repeated."""
    for function, own in names.items():
        if function != QUERIES:
            yield from refused(running, function, own)
    open_ones: list[tuple[str, object]] = []

    def read() -> bool:
        open_ones[:] = refused(running, QUERIES, names[QUERIES])
        return not open_ones

    eventually(read, 120, pause=0.5)
    yield from open_ones


@pytest.fixture(scope="module")
def not_sent(new: Stack) -> list[list[tuple[str, object]]]:
    """Send all samples and then all in another order; return what did not succeed of each."""
    backwards = {name: own[::-1] for name, own in reversed(SAMPLES.items())}
    return [[*sent(new, SAMPLES)], [*sent(new, backwards)]]


def test_every_sample_succeeds_on_a_new_system_and_once_more_in_another_order(
    not_sent: list[list[tuple[str, object]]],
) -> None:
    assert all(SAMPLES.values())
    assert not_sent == [[], []]


@pytest.mark.feature("W12")
@pytest.mark.usefixtures("not_sent")
@pytest.mark.parametrize("fault", [altered, deleted])
def test_the_reconciler_mends_a_row_of_each_model(new: Stack, fault: Fault) -> None:
    """The samples have made some of each."""
    before = {model: next(iter(rows_of(new)(model))) for model in MODELS}
    for model, item in before.items():
        fault(new, f"{model}-local", item)
    answer = lab.call(new.aws, function_name("Reconciler"), {"graceSeconds": 0})

    assert answer["finished"]
    assert answer["mended"] >= len(MODELS)
    assert {model: item_like(new, model, item) for model, item in before.items()} == before


@pytest.mark.feature("T1", "T5", "T11", "T14")
@pytest.mark.usefixtures("not_sent")
def test_a_rebuild_by_workflow_mends_rows_of_each_model_and_nothing_the_second_time(
    new: Stack,
) -> None:
    """Also if its function is killed at work. A row that no stream yields is told and left."""
    before = {model: rows_of(new)(model) for model in MODELS}
    for model, items in before.items():
        altered(new, f"{model}-local", items[0])
        deleted(new, f"{model}-local", items[-1])
    stray = before[MODELS[-1]][0] | {"id": {"S": "nobody"}}
    rows = new.aws.client("dynamodb")
    rows.put_item(TableName=f"{MODELS[-1]}-local", Item=stray)
    with killing(new) as killed:
        code, said = in_workflow(new, "rebuild", "--segments", "4", "--concurrency", "2")
    rows.delete_item(TableName=f"{MODELS[-1]}-local", Key={"id": stray["id"]})

    assert killed
    assert code == 1
    assert f"{MODELS[-1]} nobody: no stream yields it\n1 need a person" in said, said
    assert {model: rows_of(new)(model) for model in MODELS} == before
    code, said = in_workflow(new, "rebuild", "--segments", "2")
    assert (code, said.splitlines()[-1]) == (0, "0 rows were written"), said


@contextmanager
def killing(running: Stack) -> Iterator[list[int]]:
    """Kill the function that works on segments while it reads; yield the processes."""
    killed: list[int] = []
    worker, ended = function_name("StoreJobWorker"), Event()

    def kill() -> None:
        while not (killed or ended.wait(0.02)):
            # Only a process that has begun a piece meets a throttled read.
            if struck(running):
                killed.extend(environments(running.outputs, worker))
        for process in killed:
            os.kill(process, signal.SIGKILL)
        running.faults()

    running.faults(throttleDynamoDB=1, tables="skafu-events")
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(kill)
        try:
            yield killed
        finally:
            ended.set()
            done.result()
