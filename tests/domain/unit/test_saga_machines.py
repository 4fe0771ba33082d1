"""The state machines of sagas, as they are generated from the declarations."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from application.failures import Failure
from application.ports import Unavailable
from application.sagas.tasks import LAST, RETRIED, STEP_FAILED
from domain.contents import contents
from kernel.saga import Saga, StepFailed
from skafu.generate import sagas
from tests.support.paths import ROOT

SAGAS = contents.sagas
ENDS = {"Succeed", "Fail"}


def states(saga: Saga) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = machine(saga)["States"]
    return found


def machine(saga: Saga) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / sagas.path(saga)).read_text())
    return found


def following(state: dict[str, Any]) -> Iterator[str]:
    """Yield every state that may follow."""
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    yield from (way["Next"] for way in (*state.get("Choices", ()), *state.get("Catch", ())))


def reached(saga: Saga) -> set[str]:
    seen: set[str] = set()
    ahead = {machine(saga)["StartAt"]}
    while ahead:
        name = ahead.pop()
        seen.add(name)
        ahead |= {*following(states(saga)[name])} - seen
    return seen


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.name)
@pytest.mark.feature("S1")
def test_every_state_is_reached_and_every_way_ends(saga: Saga) -> None:
    found = states(saga)
    ends = {name for name, state in found.items() if not [*following(state)]}

    assert reached(saga) == set(found)
    assert {found[name]["Type"] for name in ends} == ENDS
    assert all(len(name) <= 80 for name in found)


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.name)
@pytest.mark.feature("S1")
def test_steps_have_the_limits_and_retries_of_the_declaration(saga: Saga) -> None:
    for step in saga.steps:
        name = step.name if step.question is None else f"Ask for {step.name}"
        state = states(saga)[name]
        (retry,) = state["Retry"]

        assert state["TimeoutSeconds"] == step.limit.total_seconds()
        assert state["Resource"].endswith(".waitForTaskToken") is (step.question is not None)
        assert (retry["MaxAttempts"], retry["ErrorEquals"]) == (step.retries.tries, [*RETRIED])
        assert state["Catch"][0]["ErrorEquals"] == ["States.ALL"]
        assert states(saga)[state["Catch"][0]["Next"]]["Next"] == "Abandon"


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.name)
@pytest.mark.feature("S1", "S2")
def test_what_was_done_is_undone_in_reverse_and_whatever_fails_there_is_tried_again(
    saga: Saga,
) -> None:
    found, name, chain = states(saga), "Abandon", []
    while "Payload" in found[name].get("Parameters", {}):
        chain.append(name)
        assert found[name]["Retry"][0]["ErrorEquals"] == ["States.ALL"]
        assert found[name]["Retry"][0]["MaxAttempts"] == saga.undoing.tries
        assert found[name]["Catch"][0]["Next"] == "Report"
        name = found[name]["Next"]

    undone = [f"Undo {step.name}" for step in saga.steps if step.undoes]
    assert chain == ["Abandon", *reversed(undone), "End the attempt"]
    assert found[name]["Type"] == "Succeed"
    assert found[found["Report"]["Next"]]["Type"] == "Fail"


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.name)
@pytest.mark.feature("S1")
def test_a_machine_does_one_thing_after_the_other_and_keeps_nothing_of_what_it_is_answered(
    saga: Saga,
) -> None:
    tasks = [state for state in states(saga).values() if state["Type"] == "Task"]
    kinds = {state["Type"] for state in states(saga).values()}

    assert kinds == {"Task", "Pass", "Choice", "Succeed", "Fail"}
    assert {state["ResultPath"] for state in tasks} == {None}
    assert all(
        state["TimeoutSeconds"] >= LAST.total_seconds()
        for state in tasks
        if "TimeoutSeconds" in state
    )


@pytest.mark.feature("S1")
def test_what_is_raised_has_the_names_that_the_machine_knows() -> None:
    assert Unavailable.__name__ in RETRIED
    assert StepFailed.__name__ == STEP_FAILED


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.name)
@pytest.mark.feature("S1")
def test_what_could_not_be_undone_is_a_failure(saga: Saga) -> None:
    (entry,) = states(saga)["Report"]["Parameters"]["Entries"]
    detail = {name.removesuffix(".$"): value for name, value in entry["Detail"].items()}
    keys = {name.removesuffix(".$"): value for name, value in detail["key"].items()}

    assert entry["Source"] == "skafu.failures"
    assert Failure.from_dict({**detail, "key": keys}).what == entry["DetailType"]
    stream = f"States.Format('{saga.aggregate_type}#{{}}', $.run.id)"
    assert (keys["aggregateId"], keys["eventSequence"]) == (stream, "$.run.sequence")
