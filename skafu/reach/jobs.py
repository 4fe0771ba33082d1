"""Rebuilds and replays by workflow: begun, watched and stopped."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from application.jobs import REBUILD, SEGMENTS
from application.reading.segment_rebuild import checked_models
from domain.contents import contents
from skafu.reach.target import Target
from skafu.reach.trouble import Trouble
from skafu.terminal import progress

RUNNING, SUCCEEDED, ABORTED = "RUNNING", "SUCCEEDED", "ABORTED"
PART_FAILED = "States.ExceedToleratedFailureThreshold"
FIRST_LOOK, LONGEST_PAUSE = 0.1, 2.0  # seconds between two looks, doubled up to the longest
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class JobState:
    """What is known of a job: its input, and counts and remarks once it has succeeded.

    `why` says why it failed.
    """

    name: str
    status: str
    since: datetime
    asked: Mapping[str, Any]
    counts: Mapping[str, int] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    why: str = ""

    @property
    def parts(self) -> int:
        """Return how many parts the job has: segments, and models whose rows are gone through."""
        segments = int(self.asked.get("segments", SEGMENTS))
        if self.asked.get("work") != REBUILD:
            return segments
        names = self.asked.get("projections") or [*contents.projection]
        chosen = [one for one in contents.projections if one.name in names]
        return segments + sum(len(checked_models(one)) for one in chosen)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one system, by the names of their executions."""

    client: Any
    machine: str

    @classmethod
    def of(cls, target: Target) -> "Jobs":
        """Return the jobs of a system. Raises `Trouble` if it has no state machine for them."""
        machine = target.stack_outputs().get("StoreJob")
        if machine is None:
            raise Trouble(f"The stack {target.stack} has no workflow: deploy this release first.")
        return cls(target.client("stepfunctions"), machine)

    def start(self, name: str, asked: Mapping[str, Any]) -> None:
        """Begin a job, or nothing if it runs already. Raises `Trouble` if its name is taken."""
        try:
            self.client.start_execution(
                stateMachineArn=self.machine, name=name, input=json.dumps(asked)
            )
        except self.client.exceptions.ExecutionAlreadyExists:
            told = f"A workflow {name} has begun before: `skafu workflow {name}` shows it."
            raise Trouble(told) from None

    def find(self, name: str) -> JobState:
        """Return the state of a job. Raises `Trouble` if there is none of this name."""
        try:
            found = self._describe(self._arn(name))
        except self.client.exceptions.ExecutionDoesNotExist:
            raise Trouble(f"There is no workflow {name}: `skafu workflow` lists them.") from None
        asked, told = json.loads(found["input"]), {}
        if found["status"] == SUCCEEDED:
            told = json.loads(found["output"])
        return JobState(
            name,
            found["status"],
            found["startDate"],
            asked,
            told.get("counts", {}),
            tuple(told.get("left", ())),
            self._why(found),
        )

    def newest(self, number: int) -> list[Mapping[str, Any]]:
        pages = self.client.get_paginator("list_executions").paginate(stateMachineArn=self.machine)
        found = (one for page in pages for one in page["executions"])
        return list(islice(found, number))

    def done(self, name: str) -> int:
        """Return how many parts of the job are done."""
        return sum(run["itemCounts"]["succeeded"] for run in self._runs(name))

    def stop(self, name: str) -> None:
        self.client.stop_execution(executionArn=self._arn(name), cause="stopped by an operator")

    def follow(self, name: str, sleep: Sleep = time.sleep) -> JobState:
        """Show the parts that are done and the time that remains, until the job has ended."""
        state, pause = self.find(name), FIRST_LOOK
        with progress(f"Parts of {name}", state.parts, remaining=True) as bar:
            while state.status == RUNNING:
                bar.update(bar.task_ids[0], completed=self.done(name))
                sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                state = self.find(name)
        return state

    def _why(self, found: Mapping[str, Any]) -> str:
        """Return why an execution failed; if one of its parts did, why that failed."""
        if found["status"] == ABORTED:
            return found.get("cause") or "stopped"
        if found.get("error") == PART_FAILED:
            for run in self._runs(found["name"]):
                failed = self.client.list_executions(
                    mapRunArn=run["mapRunArn"], statusFilter="FAILED", maxResults=1
                )["executions"]
                if failed:
                    return reason(self._describe(failed[0]["executionArn"]))
        return reason(found)

    def _runs(self, name: str) -> Iterator[Mapping[str, Any]]:
        try:
            runs = self.client.list_map_runs(executionArn=self._arn(name))["mapRuns"]
            for run in runs:
                yield self.client.describe_map_run(mapRunArn=run["mapRunArn"])
        except ClientError as error:
            # Both are eventually consistent.
            if error.response["Error"]["Code"] not in ("ExecutionDoesNotExist", "ResourceNotFound"):
                raise

    def _arn(self, name: str) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"

    def _describe(self, arn: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client.describe_execution(executionArn=arn)
        return found


def reason(found: Mapping[str, Any]) -> str:
    """Return the error of an execution, with the message in the cause that a function gave."""
    cause = found.get("cause") or ""
    try:
        told = json.loads(cause)
        cause = told["errorMessage"] if isinstance(told, dict) else cause
    except (KeyError, ValueError):
        pass
    return ": ".join(part for part in (found.get("error"), cause) if part)


def name_of(work: str, now: datetime) -> str:
    """Return a new name for a job; names of executions are for ever."""
    return f"{work}-{now:%Y%m%d-%H%M%S}-{uuid4().hex[:4]}"
