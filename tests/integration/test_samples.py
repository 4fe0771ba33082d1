"""Every sample succeeds on a system that is new, and again when it is sent once more."""

from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.support.api_client import eventually
from tests.support.running import Stacks
from tests.support.samples import SAMPLES, answers, succeeded

pytestmark = [pytest.mark.feature("M2"), pytest.mark.timeout(240)]

QUERIES = "QueryApi"


@pytest.fixture(scope="module")
def new(stacks: Stacks) -> Stack:
    return stacks.named("samples")


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

    eventually(read, 20, pause=0.5)
    yield from open_ones


def test_every_sample_succeeds_on_a_new_system_and_once_more_in_another_order(new: Stack) -> None:
    backwards = {name: own[::-1] for name, own in reversed(SAMPLES.items())}

    assert all(SAMPLES.values())
    assert [*sent(new, SAMPLES)] == []
    assert [*sent(new, backwards)] == []
