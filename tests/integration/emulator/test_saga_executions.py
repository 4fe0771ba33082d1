"""Executions of sagas: one contract, in memory and on Step Functions of the emulator."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from adapters.step_functions.executions import StepFunctionsExecutions
from application.sagas.ports import Executions, ExecutionStatus
from local.aws import Aws
from tests.support import lab, machines
from tests.support.executions import MemoryExecutions

pytestmark = [pytest.mark.long, pytest.mark.feature("S1", "S6")]

SAGA, GIVEN = "tea", {"run": {"id": "1"}}


class Kept(Protocol):
    """Executions of a saga whose only step waits for an answer."""

    @property
    def executions(self) -> Executions: ...

    def token(self, name: str) -> str:
        """Wait until the step of an execution waits; return its token."""
        ...

    def status(self, name: str) -> str:
        """Wait until an execution has ended; return how."""
        ...


@dataclass
class InMemory:
    executions: MemoryExecutions = field(default_factory=MemoryExecutions)

    def token(self, name: str) -> str:
        assert name in self.executions.waiting
        return name

    def status(self, name: str) -> str:
        answer = self.executions.answers[name]
        self.executions.ended[name] = "SUCCEEDED" if answer is None else "FAILED"
        del self.executions.waiting[name]
        return self.executions.ended[name]


@dataclass
class OnStepFunctions:
    aws: Aws
    file: Path
    taken: int = 0

    def __post_init__(self) -> None:
        asks = machines.asking(lab.create_function(self.aws, machines.token_keeper(self.file)))
        self.machine = machines.create(self.aws, machines.definition(asks))
        client = self.aws.client("stepfunctions")
        self.executions = StepFunctionsExecutions(client, {SAGA: self.machine})

    def token(self, name: str) -> str:
        """Return the next token: tests ask for one after each start."""
        self.taken += 1
        return machines.tokens(self.file, self.taken)[self.taken - 1]

    def status(self, name: str) -> str:
        return str(self.execution(name).ended()["status"])

    def execution(self, name: str) -> machines.Execution:
        arn = f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"
        return machines.Execution(self.aws, arn)


@pytest.fixture(params=["memory", "emulator"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "memory":
        yield InMemory()
        return
    yield OnStepFunctions(request.getfixturevalue("ours"), tmp_path / "tokens")


def test_one_that_is_started_is_found_by_its_name(kept: Kept) -> None:
    assert kept.executions.find(SAGA, "first") is None
    assert kept.executions.start(SAGA, "first", GIVEN)

    found = kept.executions.find(SAGA, "first")
    assert found is not None
    assert (found.name, found.status, found.until) == ("first", ExecutionStatus.RUNNING, None)
    assert kept.executions.find(SAGA, "second") is None


def test_the_same_start_again_starts_no_other_and_is_not_told_apart(kept: Kept) -> None:
    assert kept.executions.start(SAGA, "first", GIVEN)
    assert kept.executions.start(SAGA, "first", {"run": {"id": "1"}})

    assert [one.name for one in kept.executions.newest(SAGA)] == ["first"]


def test_a_start_with_another_input_starts_nothing(kept: Kept) -> None:
    kept.executions.start(SAGA, "first", GIVEN)

    assert not kept.executions.start(SAGA, "first", {"run": {"id": "2"}})
    assert [one.name for one in kept.executions.newest(SAGA)] == ["first"]


def test_a_step_that_is_answered_goes_on(kept: Kept) -> None:
    kept.executions.start(SAGA, "first", GIVEN)
    kept.executions.go_on(kept.token("first"))

    assert kept.status("first") == "SUCCEEDED"
    found = kept.executions.find(SAGA, "first")
    assert found is not None
    assert found.until is not None


def test_a_step_that_is_failed_fails(kept: Kept) -> None:
    kept.executions.start(SAGA, "first", GIVEN)
    kept.executions.fail(kept.token("first"))

    assert kept.status("first") == "FAILED"


def test_only_the_first_answer_to_a_token_counts(kept: Kept) -> None:
    kept.executions.start(SAGA, "first", GIVEN)
    token = kept.token("first")
    kept.executions.go_on(token)
    kept.executions.fail(token)

    assert kept.status("first") == "SUCCEEDED"
    for answer in (kept.executions.go_on, kept.executions.fail):
        answer(token)  # nobody waits with it any more
        answer("nobody's")


def test_one_that_has_ended_is_not_started_again(kept: Kept) -> None:
    kept.executions.start(SAGA, "first", GIVEN)
    kept.executions.go_on(kept.token("first"))
    kept.status("first")

    assert not kept.executions.start(SAGA, "first", GIVEN)
    assert [one.status for one in kept.executions.newest(SAGA)] == ["SUCCEEDED"]


def test_the_newest_comes_first_whatever_has_become_of_it(kept: Kept) -> None:
    for name in ("first", "second", "third"):
        kept.executions.start(SAGA, name, GIVEN)
        token = kept.token(name)
        if name != "second":
            kept.executions.go_on(token)
            kept.status(name)

    assert [one.name for one in kept.executions.newest(SAGA)] == ["third", "second", "first"]
    running = kept.executions.newest(SAGA, ExecutionStatus.RUNNING)
    assert [one.name for one in running] == ["second"]
    ended = kept.executions.newest(SAGA, ExecutionStatus.SUCCEEDED)
    assert [one.name for one in ended] == ["third", "first"]
