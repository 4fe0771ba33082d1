"""`skafu workflow` and what follows a workflow: what it shows, how it ends, and Ctrl-C."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import typer

from application.jobs import SEGMENTS
from application.reading.segment_rebuild import checked_models
from domain.contents import contents
from skafu.commands.workflow import followed, listed
from skafu.reach.jobs import PART_FAILED, Jobs, reason
from skafu.reach.trouble import Trouble
from tests.support.fakes import NOW

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:jobs"
ARN = f"{MACHINE.replace(':stateMachine:', ':execution:')}:one"
REBUILD = {"work": "rebuild"}


class Missing(Exception):
    """The execution does not exist."""


class Taken(Exception):
    """The name is taken."""


@dataclass
class StepFunctions:
    """Executions whose descriptions come one after the other, the last one again and again."""

    described: list[dict[str, Any]]
    begun: list[dict[str, Any]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    succeeded: int = 3

    class exceptions:  # noqa: N801 - as boto3 names it
        ExecutionDoesNotExist = Missing
        ExecutionAlreadyExists = Taken

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        if executionArn.endswith(":part"):
            cause = json.dumps({"errorMessage": "rows are gone", "errorType": "Refused"})
            return {"error": "Refused", "cause": cause}
        if executionArn != ARN:
            raise Missing
        found = self.described.pop(0) if len(self.described) > 1 else self.described[0]
        return {"name": "one", "startDate": NOW, "input": json.dumps(REBUILD), **found}

    def start_execution(self, **given: Any) -> None:  # noqa: ANN401 - boto3's
        if any(one["name"] == given["name"] for one in self.begun):
            raise Taken
        self.begun.append(given)

    def stop_execution(self, executionArn: str, cause: str) -> None:  # noqa: N803 - boto3's
        self.stopped.append(executionArn)

    def list_map_runs(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        return {"mapRuns": [{"mapRunArn": "run"}]}

    def describe_map_run(self, mapRunArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        return {"mapRunArn": mapRunArn, "itemCounts": {"succeeded": self.succeeded}}

    def list_executions(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's
        return {"executions": [{"executionArn": f"{ARN}:part"}]}

    def get_paginator(self, _: str) -> "StepFunctions":
        return self

    def paginate(self, **_: Any) -> Sequence[Mapping[str, Any]]:  # noqa: ANN401 - boto3's
        begun = {"name": "one", "status": "RUNNING", "startDate": datetime(2026, 1, 2, 3, 4)}  # noqa: DTZ001 - shown as it is
        return [{"executions": [begun] * 3}]


def ended(counts: Mapping[str, int], left: Sequence[str] = ()) -> dict[str, Any]:
    return {"status": "SUCCEEDED", "output": json.dumps({"counts": counts, "left": left})}


def jobs_of(*described: dict[str, Any]) -> Jobs:
    return Jobs(StepFunctions([*described]), MACHINE)


def test_a_rebuild_is_followed_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"streams": 4, "events": 9, "differing": 2, "written": 2, "rows of Teapot": 2}
    jobs = jobs_of({"status": "RUNNING"}, {"status": "RUNNING"}, ended(counts))
    followed(jobs, "one")

    said = capsys.readouterr().out
    assert said.endswith("2 rows of 4 streams (9 events) differ\n2 rows were written\n")
    assert "Teapot" in said


def test_what_needs_a_person_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as exited:
        followed(jobs_of(ended({"left": 2}, ["Teapot nobody: no stream yields it"])), "one")

    assert exited.value.exit_code == 1
    assert "nobody: no stream yields it\n2 need a person" in capsys.readouterr().err


def test_a_part_that_failed_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        followed(jobs_of({"status": "FAILED", "error": PART_FAILED, "cause": "…"}), "one")

    assert capsys.readouterr().err == "one failed: Refused: rows are gone\n"


def test_ctrl_c_leaves_it_running_and_says_how_to_look(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of({"status": "RUNNING"})

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StepFunctions, "describe_map_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        followed(jobs, "one")
    said = capsys.readouterr().err
    assert "`skafu workflow one` shows it, `skafu workflow one --stop` stops it." in said
    assert jobs.client.stopped == []


def test_a_name_is_taken_once() -> None:
    jobs = jobs_of({"status": "RUNNING"})
    jobs.start("one", REBUILD)
    with pytest.raises(Trouble, match="one has begun before"):
        jobs.start("one", REBUILD)
    with pytest.raises(Trouble, match="There is no workflow two"):
        jobs.find("two")


def test_the_newest_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    jobs = jobs_of({"status": "RUNNING"})
    listed(jobs)

    assert capsys.readouterr().out.count("2026-01-02 03:04:00") == 3
    assert len(jobs.newest(2)) == 2


def test_all_parts_are_known_before_they_begin() -> None:
    jobs = jobs_of({"status": "RUNNING"})
    models = sum(len(checked_models(one)) for one in contents.projections)

    assert jobs.find("one").parts == SEGMENTS + models
    assert jobs.done("one") == 3


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"error": "A", "cause": '{"errorMessage": "b"}'}, "A: b"),
        ({"error": "A", "cause": "b"}, "A: b"),
        ({"error": "A", "cause": '"b"'}, 'A: "b"'),
        ({"cause": "{}"}, "{}"),
        ({"error": "A"}, "A"),
    ],
)
def test_the_reason_of_a_failure_is_the_functions_own(found: dict[str, str], said: str) -> None:
    assert reason(found) == said
