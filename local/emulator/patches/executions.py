"""Step Functions: executions last, and end as on AWS.

Stock MiniStack fails what ran when it was stopped, performs the states of a stopped execution
further, answers a repeated start with an error, and knows neither TimeoutSeconds of a state machine
nor limits of names and sizes.
"""

import copy
import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from typing import Any

from local import ports
from local.emulator import lifetimes, settings
from local.emulator.answers import MAX_BYTES, fits, is_json, refused
from local.emulator.lifetimes import Context, Execution
from local.emulator.patches import tokens
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, responses, stepfunctions

Failed = stepfunctions._ExecutionError
State = Mapping[str, Any]
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]{1,80}")
# Neither States.ALL nor States.TaskFailed stands for them:
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
TERMINAL = ("States.DataLimitExceeded", "States.Runtime")
TOO_LARGE = (
    "The state/task '{}' returned a result with a size exceeding the maximum number of bytes "
    "service limit."
)


def start_execution(original: Function) -> Function:
    def run(data: Mapping[str, Any]) -> Untyped:
        return refusal(data) or first_answer(data) or original(data)

    return run


def refusal(data: Mapping[str, Any]) -> Untyped:
    """Return the error that a start deserves for its name or input, or None."""
    name, text = data.get("name"), data.get("input", "{}")
    if name is not None and not NAME.fullmatch(name):
        return refused("InvalidName", f"Invalid Name: '{name}'")
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


def run_execution(_: Function) -> Function:
    def run(arn: str) -> None:
        if execution := stepfunctions._executions.get(arn):
            perform(execution)
            lifetimes.forget_old(execution["stateMachineArn"])

    return run


def perform(execution: Execution) -> None:
    try:
        definition = definition_of(execution)
        with lifetimes.limited(execution, definition.get("TimeoutSeconds")):
            lifetimes.succeed(execution, json.dumps(walk(execution, definition)))
    except Failed as error:
        lifetimes.fail(execution, error.error, error.cause)
    except lifetimes.Ended:
        pass
    except (
        Exception
    ) as error:  # an execution never stays RUNNING because of a mistake in its states
        logging.getLogger("skafu").exception("unexpected error in %s", execution["executionArn"])
        lifetimes.fail(execution, "States.Runtime", str(error))


def definition_of(execution: Execution) -> State:
    """Return the definition with which the execution began, whatever became of its machine."""
    if "definition" not in execution:
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
        if not machine:
            raise Failed("StateMachineDeleted", "State machine no longer exists")
        execution["definition"] = machine["definition"]
    if not is_json(execution["definition"]):
        raise Failed("InvalidDefinition", "Could not parse state machine definition")
    definition: State = json.loads(execution["definition"])
    if definition.get("StartAt") not in definition.get("States", {}):
        raise Failed("InvalidDefinition", f"StartAt state '{definition.get('StartAt')}' not found")
    return definition


def walk(execution: Execution, definition: State) -> Untyped:
    """Perform states from where the execution is, and return the output of the last one."""
    if "position" in execution:
        resume(execution, definition)
    else:
        enter(execution, definition, definition["StartAt"], json.loads(execution["input"]), {})
    context = context_of(execution, definition)
    while True:
        position = execution["position"]
        name, state = position["name"], definition["States"][position["name"]]
        context["State"] = {
            "Name": name,
            "EnteredTime": stepfunctions.now_iso(),
            "RetryCount": 0,
        }
        with lifetimes.performing(execution, context):
            output, following = perform_state(state, position["input"], execution, context)
        leave(execution, name, state["Type"], output)
        if not following:
            return output
        enter(execution, definition, following, output, context["variables"])


def context_of(execution: Execution, definition: State) -> Context:
    machine = execution["stateMachineArn"]
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": machine, "Name": machine.rsplit(":", 1)[-1]},
        "variables": copy.deepcopy(execution["position"]["variables"]),
    }


def enter(
    execution: Execution, definition: State, name: str, data: Untyped, variables: Mapping[str, Any]
) -> None:
    """Record that a state is entered, and all that is needed to begin it again."""
    state = definition["States"].get(name)
    if not state:
        raise Failed("States.Runtime", f"State '{name}' not found in definition")
    details = {"name": name, "input": json.dumps(data)}
    stepfunctions._add_event(
        execution, f"{state.get('Type')}StateEntered", {"stateEnteredEventDetails": details}
    )
    execution["position"] = {
        "name": name,
        "input": data,
        "variables": copy.deepcopy(dict(variables)),
        "entered": time.time(),
    }


def leave(execution: Execution, name: str, kind: str, output: Untyped) -> None:
    if not fits(output):
        raise Failed("States.DataLimitExceeded", TOO_LARGE.format(name))
    details = {"name": name, "output": json.dumps(output)}
    stepfunctions._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": details})


def perform_state(state: State, data: Untyped, execution: Execution, context: Context) -> Untyped:
    """Return the output of a state and the name of the next one, or None."""
    match state.get("Type"):
        case "Succeed":
            data = stepfunctions._apply_input_path(state, data, context)
            return stepfunctions._apply_output_path(state, data, context), None
        case "Fail":
            raise Failed(*stepfunctions._fail_state_error(state, data, context))
        case "Task" | "Parallel" | "Map" as kind:
            run = getattr(stepfunctions, f"_execute_{kind.lower()}")
            return run(state, data, execution, context)
        case "Pass" | "Choice" | "Wait" as kind:
            return getattr(stepfunctions, f"_execute_{kind.lower()}")(state, data, context)
        case kind:
            raise Failed("States.Runtime", f"Unknown state type: {kind}")


def resume(execution: Execution, definition: State) -> None:
    """Go on in the state in which the emulator was stopped.

    A Wait has its rest to go, an open token is waited for further; all else begins again.
    """
    state = definition["States"][execution["position"]["name"]]
    if state["Type"] == "Wait" and not {"Timestamp", "TimestampPath"} & {*state}:
        execution["waited"] = time.time() - execution["position"]["entered"]
    tokens.resume(execution, waits=state["Type"] == "Task")


def scaled_sleep(_: Function) -> Function:
    def run(seconds: float) -> None:
        execution, _context = lifetimes.current()
        scaled = seconds * stepfunctions._SFN_WAIT_SCALE
        lifetimes.pause(execution, scaled - execution.pop("waited", 0))

    return run


def invoke_resource(original: Function) -> Function:
    def run(resource: str, data: Untyped) -> Untyped:
        result = original(resource, data)
        if not fits(result):
            raise Failed("States.DataLimitExceeded", TOO_LARGE.format(resource))
        return result

    return run


def error_matches(original: Function) -> Function:
    def run(names: list[str], error: str) -> bool:
        return error in names if error in TERMINAL else bool(original(names, error))

    return run


def restore_state(original: Function) -> Function:
    """Restore everything, and leave running what runs."""

    def run(data: Mapping[str, Any] | None) -> None:
        executions = (data or {}).get("executions")
        lasting = [one for one in executions.all_values() if lasts(one)] if executions else []
        for execution in lasting:
            execution["status"] = "RESTORED"
        original(data)
        for execution in lasting:
            execution["status"] = "RUNNING"
        tokens.restore()

    return run


def lasts(execution: Execution) -> bool:
    """Tell if an execution goes on after a restart.

    Nobody waits for the answer of a synchronous one, and a map begins its items again.
    """
    return lifetimes.is_running(execution) and not {"sync", "mapRunArn"} & {*execution}


def resume_all() -> None:
    """Go on with the restored executions as soon as their functions can reach the emulator."""
    running = [
        key for key, one in stepfunctions._executions.all_items() if lifetimes.is_running(one)
    ]
    if running:
        threading.Thread(target=go_on, args=[running], daemon=True, name="skafu-resume").start()


def go_on(keys: list[tuple[str, str, str]]) -> None:
    while not ports.listens(settings.port()):
        time.sleep(0.05)
    for account, region, arn in keys:
        with responses.request_scope(account, region):
            lifetimes.begin(stepfunctions._run_execution, arn)


def apply() -> None:
    replace(stepfunctions, "_start_execution", "9923282fc76c", start_execution)
    replace(stepfunctions, "_run_execution", "996dff84e0e0", run_execution)
    replace(stepfunctions, "_restore_state", "b94c49c3dd97", restore_state)
    replace(stepfunctions, "_scaled_sleep", "5ed19df2efa9", scaled_sleep)
    replace(stepfunctions, "_invoke_resource", "a85d2be9a858", invoke_resource)
    replace(stepfunctions, "_error_matches", "519b9dc729c5", error_matches)
    expect(stepfunctions, "get_state", "7d1a3261edd6")
    expect(stepfunctions, "_stop_execution", "44d2d84ccd5c")
