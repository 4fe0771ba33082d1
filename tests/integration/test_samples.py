"""Every sample succeeds on a system that is new, and again when it is sent once more."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.contents import contents
from local.stack import Stack
from tests.support import calls, lab
from tests.support.api_client import eventually
from tests.support.owner import LONG_AGO
from tests.support.running import Stacks
from tests.support.samples import SAMPLES, answers, succeeded
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
