"""Step Functions: a start may be repeated; names and inputs are checked.

Stock MiniStack answers a repeated start with an error, and takes any name and any input.
"""

import re
from collections.abc import Mapping
from typing import Any

from local.emulator import lifetimes
from local.emulator.answers import MAX_BYTES, is_json, refused
from local.emulator.patching import Function, replace
from local.emulator.upstream import Untyped, stepfunctions

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]{1,80}")


def create_state_machine(original: Function) -> Function:
    def run(data: Mapping[str, Any]) -> Untyped:
        return name_refusal(data) or original(data)

    return run


def start_execution(original: Function) -> Function:
    def run(data: Mapping[str, Any]) -> Untyped:
        return name_refusal(data) or input_refusal(data) or first_answer(data) or original(data)

    return run


def name_refusal(data: Mapping[str, Any]) -> Untyped:
    """Return the error for a name that AWS does not take, or None."""
    name = data.get("name")
    if name is not None and not NAME.fullmatch(name):
        return refused("InvalidName", f"Invalid Name: '{name}'")
    return None


def input_refusal(data: Mapping[str, Any]) -> Untyped:
    """Return the error for an input that AWS does not take, or None."""
    text = data.get("input", "{}")
    if len(text.encode()) > MAX_BYTES:
        return refused(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_BYTES}",
        )
    if not is_json(text):
        return refused("InvalidExecutionInput", "Invalid State Machine Execution Input")
    return None


def first_answer(data: Mapping[str, Any]) -> Untyped:
    """Return the answer to the first start, if this one repeats it while it runs, or None."""
    arn = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
    machine = stepfunctions._state_machines.get(arn)
    if not machine or machine["type"] != "STANDARD":
        return None
    execution_arn = f"{arn.replace(':stateMachine:', ':execution:')}:{data.get('name')}"
    known = stepfunctions._executions.get(execution_arn)
    if not lifetimes.is_running(known) or known["input"] != data.get("input", "{}"):
        return None
    return stepfunctions.json_response(
        {"executionArn": execution_arn, "startDate": known["startDate"]}
    )


def apply() -> None:
    replace(stepfunctions, "_create_state_machine", "4bc1231dda69", create_state_machine)
    replace(stepfunctions, "_start_execution", "9923282fc76c", start_execution)
