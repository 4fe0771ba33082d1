"""Executions of the sagas' state machines, and the answers to their steps that wait."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.sagas.ports import Execution, ExecutionStatus
from application.sagas.tasks import FAILURE
from kernel.messages import iso_milliseconds


class StepFunctionsExecutions:
    """Executions of one state machine for each saga, by the saga's name."""

    def __init__(self, client: Any, machines: Mapping[str, str]) -> None:  # noqa: ANN401 - boto3's own
        self._client = client
        self._machines = machines
        # A token is closed when its step was answered, took too long, or belongs to an execution
        # that has ended: then nobody waits.
        closed = client.exceptions
        self._closed = (closed.TaskTimedOut, closed.InvalidToken, closed.TaskDoesNotExist)

    def start(self, saga: str, name: str, given: Mapping[str, Any]) -> bool:
        try:
            self._call(
                "start_execution",
                stateMachineArn=self._machines[saga],
                name=name,
                input=json.dumps(given),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def find(self, saga: str, name: str) -> Execution | None:
        arn = f"{self._machines[saga].replace(':stateMachine:', ':execution:')}:{name}"
        try:
            return execution(self._call("describe_execution", executionArn=arn))
        except self._client.exceptions.ExecutionDoesNotExist:
            return None

    def newest(self, saga: str, status: ExecutionStatus | None = None) -> Iterator[Execution]:
        asked: dict[str, Any] = {"stateMachineArn": self._machines[saga]}
        asked |= {} if status is None else {"statusFilter": status}
        while True:
            found = self._call("list_executions", **asked)
            yield from map(execution, found["executions"])
            if not found.get("nextToken"):
                return
            asked["nextToken"] = found["nextToken"]

    def go_on(self, token: str) -> None:
        self._answer("send_task_success", taskToken=token, output="{}")

    def fail(self, token: str) -> None:
        told = {"error": FAILURE["Error"], "cause": FAILURE["Cause"]}
        self._answer("send_task_failure", taskToken=token, **told)

    def _answer(self, operation: str, **given: str) -> None:
        try:
            self._call(operation, **given)
        except self._closed:
            return

    def _call(self, operation: str, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        expected = (
            *self._closed,
            self._client.exceptions.ExecutionAlreadyExists,
            self._client.exceptions.ExecutionDoesNotExist,
        )
        try:
            return getattr(self._client, operation)(**given)
        except expected:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def execution(found: Mapping[str, Any]) -> Execution:
    until = found.get("stopDate")
    return Execution(
        name=found["name"],
        status=found["status"],
        since=iso_milliseconds(found["startDate"]),
        until=None if until is None else iso_milliseconds(until),
    )
