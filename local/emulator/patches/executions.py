"""Step Functions: executions go on where they are, and end as on AWS.

Stock MiniStack keeps no position of an execution, performs the states of a stopped one further, and
knows neither TimeoutSeconds of a state machine nor limits of sizes. Of a Distributed Map it ignores
MaxConcurrencyPath, and its child workflows outlive it when it is stopped.
"""

import copy
import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from local.emulator import lifetimes
from local.emulator.answers import fits, is_json
from local.emulator.lifetimes import Context, Execution
from local.emulator.patches import tokens
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, stepfunctions

Failed = stepfunctions._ExecutionError
State = Mapping[str, Any]
# Neither States.ALL nor States.TaskFailed stands for them:
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
TERMINAL = ("States.DataLimitExceeded", "States.Runtime")
TOO_LARGE = (
    "The state/task '{}' {} with a size exceeding the maximum number of bytes service limit."
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
    require_fitting(output, name, "returned a result")
    details = {"name": name, "output": json.dumps(output)}
    stepfunctions._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": details})


def require_fitting(data: Untyped, name: str, how: str) -> None:
    if not fits(data):
        raise Failed("States.DataLimitExceeded", TOO_LARGE.format(name, how))


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
        require_wanted(lifetimes.current()[0])
        require_fitting(data, resource, "was given an input")
        try:
            result = original(resource, data)
        finally:
            lifetimes.stay_if_stopping()
        require_fitting(result, resource, "returned a result")
        return result

    return run


def describe_machine(original: Function) -> Function:
    """Describe the machine of an execution with the definition with which that began."""

    def run(data: Mapping[str, Any]) -> Untyped:
        status, headers, body = original(data)
        execution = stepfunctions._executions.get(data.get("executionArn"), {})
        if status == HTTPStatus.OK and "definition" in execution:
            answer = {**json.loads(body), "definition": execution["definition"]}
            return stepfunctions.json_response(answer)
        return status, headers, body

    return run


def error_matches(original: Function) -> Function:
    def run(names: list[str], error: str) -> bool:
        return error in names if error in TERMINAL else bool(original(names, error))

    return run


def require_wanted(execution: Execution) -> None:
    """Raise `Ended` in a child workflow of a Distributed Map whose own execution has ended."""
    run = stepfunctions._map_runs.get(execution.get("mapRunArn"))
    if run:
        lifetimes.require_running(stepfunctions._executions.get(run["executionArn"]))


def map_items(original: Function) -> Function:
    def run(
        state: State,
        data: Untyped,
        effective: Untyped,
        processor: State,
        execution: Execution,
        context: Context,
    ) -> Untyped:
        if path := state.get("MaxConcurrencyPath"):
            most = stepfunctions._resolve_path_or_ctx(path, effective, context)
            state = {**state, "MaxConcurrency": most}
        return original(state, data, effective, processor, execution, context)

    return run


def apply() -> None:
    replace(stepfunctions, "_run_execution", "996dff84e0e0", run_execution)
    replace(stepfunctions, "_scaled_sleep", "5ed19df2efa9", scaled_sleep)
    replace(stepfunctions, "_invoke_resource", "a85d2be9a858", invoke_resource)
    replace(
        stepfunctions, "_describe_state_machine_for_execution", "a5ed57e041d7", describe_machine
    )
    replace(stepfunctions, "_run_distributed_map", "2b77d3ec0e04", map_items)
    replace(stepfunctions, "_error_matches", "519b9dc729c5", error_matches)
    expect(stepfunctions, "_stop_execution", "44d2d84ccd5c")
