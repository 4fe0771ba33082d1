"""State machines made for one experiment on an emulator, and their executions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from local.aws import Aws, Client
from tests.support import lab

State: TypeAlias = dict[str, Any]

ROLE = "arn:aws:iam::000000000000:role/machine"
DONE: State = {"Type": "Pass", "End": True}
HOURS: State = {"Type": "Wait", "Seconds": 36_000, "Next": "Done"}


@dataclass(frozen=True)
class Execution:
    """An execution on one emulator."""

    aws: Aws
    arn: str

    @property
    def client(self) -> Client:
        return self.aws.client("stepfunctions")

    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.describe_execution(executionArn=self.arn)
        return found

    def status(self) -> str:
        return str(self.described()["status"])

    def ended(self, seconds: float = lab.PATIENCE) -> dict[str, Any]:
        """Wait for the end, and return what is known then."""
        lab.eventually(lambda: self.status() != "RUNNING", seconds)
        return self.described()

    def events(self) -> list[str]:
        found = self.client.get_execution_history(executionArn=self.arn, maxResults=1000)
        return [event["type"] for event in found["events"]]

    def stop(self) -> None:
        self.client.stop_execution(executionArn=self.arn)


def definition(state: State, **fields: object) -> str:
    """Return a machine with one state, "First", after which comes "Done"."""
    states = {"First": {"Next": "Done", **state}, "Done": DONE}
    return json.dumps({"StartAt": "First", "States": states, **fields})


def create(aws: Aws, text: str) -> str:
    made = aws.client("stepfunctions").create_state_machine(
        name=lab.name("machine"), definition=text, roleArn=ROLE
    )
    return str(made["stateMachineArn"])


def start(aws: Aws, machine: str, name: str | None = None, text: str = "{}") -> Execution:
    named = {"name": name} if name else {}
    answer = aws.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=text, **named
    )
    return Execution(aws, answer["executionArn"])


def run(aws: Aws, state: State, **fields: object) -> Execution:
    return start(aws, create(aws, definition(state, **fields)))


def task(function: str, **fields: object) -> State:
    parameters = {"FunctionName": function, "Payload": {}}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": parameters,
        **fields,
    }


def asking(function: str, **fields: object) -> State:
    """Return a task that waits for the token that its function is given."""
    state = task(function, **fields)
    state["Resource"] += ".waitForTaskToken"
    state["Parameters"]["Payload"] = {"token.$": "$$.Task.Token"}
    return state


def token_keeper(file: Path, then: str = "pass") -> str:
    """Return a function that writes its token into a file, a line for each call."""
    return f"""
import os
class NameTaken(Exception): pass
def handler(event, context):
    with open({str(file)!r}, "a") as log:
        log.write(event["token"] + "\\n")
    {then}
"""


def tokens(file: Path, count: int = 1) -> list[str]:
    """Wait until a function has been given so many tokens."""
    assert lab.eventually(lambda: len(lines(file)) >= count)
    return lines(file)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def succeed(aws: Aws, token: str, output: object = None) -> None:
    answer: Mapping[str, str] = {"taskToken": token, "output": json.dumps(output)}
    aws.client("stepfunctions").send_task_success(**answer)
