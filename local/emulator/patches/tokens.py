"""Step Functions: tasks that wait for a token.

Stock MiniStack swallows the error of a function that is to pass its token on, gives all attempts
the same token, knows no HeartbeatSeconds, and takes the answer to a task of a stopped execution.
Where functions may take longer than on AWS (SKAFU_PATIENCE), the tasks that wait for them do too.
"""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any, TypeAlias

from local.emulator import changes, lifetimes, settings
from local.emulator.answers import MAX_BYTES, is_json, refused
from local.emulator.lifetimes import Context, Execution
from local.emulator.patching import Function, replace
from local.emulator.upstream import Untyped, stepfunctions

Failed = stepfunctions._ExecutionError
Waiting: TypeAlias = dict[str, Any]
"""A task that waits, saved with its execution: `since`, `beat` (the last heartbeat), `invoked`,
`closed`, and `answer` when there is one."""
Answer: TypeAlias = dict[str, str]
Request: TypeAlias = Mapping[str, Any]

LIMITS = ("TimeoutSeconds", "HeartbeatSeconds")
_answering = threading.Lock()
_answered: dict[str, threading.Event] = {}


def execute_task(original: Function) -> Function:
    """Run a task in a context of its own: the branches of a Parallel share theirs."""

    def run(
        state: Mapping[str, Any], data: Untyped, execution: Execution, context: Context
    ) -> Untyped:
        own = {**context, "State": {**context["State"]}}
        with lifetimes.performing(execution, own):
            return original({**state, **limits(state, data, own)}, data, execution, own)

    return run


def limits(state: Mapping[str, Any], data: Untyped, context: Context) -> dict[str, Any]:
    """Return the limits of time that stand in the input of the state, or in an expression."""
    found = {}
    for name in LIMITS:
        if path := state.get(f"{name}Path"):
            found[name] = stepfunctions._resolve_path_or_ctx(path, data, context)
        elif isinstance(state.get(name), str):
            found[name] = stepfunctions._jsonata_state_field(state, name, "number", data, context)
    return found


def invoke_in_time(original: Function) -> Function:
    def run(resource: str, data: Untyped, timeout: float) -> Untyped:
        return original(resource, data, timeout * settings.patience())

    return run


def invoke_with_callback(_: Function) -> Function:
    def run(resource: str, data: Untyped, token: str, state: Mapping[str, Any]) -> Untyped:
        execution, context = lifetimes.current()
        token = execution.pop("open_token", None) or token
        waiting = registered(execution, token)
        if not waiting["invoked"]:
            lifetimes.begin(invoke, token, waiting, resource.replace(".waitForTaskToken", ""), data)
        try:
            return result(wait(execution, token, waiting, state))
        finally:
            close(token, waiting)
            # The next attempt has a token of its own.
            context["Task"] = {"Token": stepfunctions.new_uuid()}

    return run


def registered(execution: Execution, token: str) -> Waiting:
    now = time.time()
    new = {
        "execution": execution["executionArn"],
        "since": now,
        "beat": now,
        "invoked": False,
        "closed": False,
    }
    waiting: Waiting = execution.setdefault("tokens", {}).setdefault(token, new)
    stepfunctions._task_tokens[token] = waiting
    _answered.setdefault(token, threading.Event())
    changes.executions.set()
    return waiting


def invoke(token: str, waiting: Waiting, resource: str, data: Untyped) -> None:
    """Invoke what is to pass the token on; its failure is that of the task."""
    try:
        stepfunctions._invoke_resource(resource, data)
        waiting["invoked"] = True
    except Failed as error:
        settle(token, waiting, {"error": error.error, "cause": error.cause})
    except Exception as error:  # whatever it is: the task would wait for ever
        settle(token, waiting, {"error": "States.TaskFailed", "cause": str(error)})
    changes.executions.set()


def settle(token: str, waiting: Waiting, answer: Answer) -> bool:
    """Answer a task; False when it waits no more."""
    with _answering:
        if not is_open(waiting):
            return False
        waiting["answer"] = answer
        _answered.setdefault(token, threading.Event()).set()
    changes.executions.set()
    return True


def is_open(waiting: Waiting) -> bool:
    execution = stepfunctions._executions.get(waiting["execution"])
    return lifetimes.is_running(execution) and not waiting["closed"] and "answer" not in waiting


def wait(execution: Execution, token: str, waiting: Waiting, state: Mapping[str, Any]) -> Answer:
    """Wait for the answer to a token, no longer than the state allows."""
    while "answer" not in waiting:
        lifetimes.require_running(execution)
        left = min(time_left(waiting, state), lifetimes.GLANCE)
        _answered[token].wait(left)
    answer: Answer = waiting["answer"]
    return answer


def time_left(waiting: Waiting, state: Mapping[str, Any]) -> float:
    """Return the seconds until the task times out, or raise its timeout."""
    now = time.time()
    left = waiting["since"] + state.get("TimeoutSeconds", 99_999_999) - now
    quiet = waiting["beat"] + state.get("HeartbeatSeconds", 99_999_999) - now
    if left <= 0:
        raise Failed("States.Timeout", "Task timed out waiting for callback")
    if quiet <= 0:
        raise Failed("States.HeartbeatTimeout", "No heartbeat within HeartbeatSeconds")
    return float(min(left, quiet))


def result(answer: Answer) -> Untyped:
    if "output" not in answer:
        raise Failed(answer["error"], answer["cause"])
    return json.loads(answer["output"])


def close(token: str, waiting: Waiting) -> None:
    with _answering:
        waiting["closed"] = True
        waiting.pop("answer", None)
        _answered.pop(token, None)
    changes.executions.set()


def send_success(original: Function) -> Function:
    def run(data: Request) -> Untyped:
        output = data.get("output", "")
        if len(output.encode()) > MAX_BYTES or not is_json(output):
            return refused("InvalidOutput", "Invalid Output")
        return respond(original, data, {"output": output})

    return run


def send_failure(original: Function) -> Function:
    def run(data: Request) -> Untyped:
        answer = {"error": data.get("error", ""), "cause": data.get("cause", "")}
        return respond(original, data, answer)

    return run


def respond(original: Function, data: Request, answer: Answer) -> Untyped:
    """Answer a task, or an activity as MiniStack does."""
    token = data.get("taskToken", "")
    waiting = stepfunctions._task_tokens.get(token)
    if waiting is None:
        return wrong_token()
    if is_of_activity(waiting):
        return original(data)
    return stepfunctions.json_response({}) if settle(token, waiting, answer) else timed_out()


def is_of_activity(waiting: Waiting) -> bool:
    return "event" in waiting


def wrong_token() -> Untyped:
    return refused("InvalidToken", "Invalid Token: 'Invalid token'")


def timed_out() -> Untyped:
    return refused("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


def send_heartbeat(original: Function) -> Function:
    def run(data: Request) -> Untyped:
        waiting = stepfunctions._task_tokens.get(data.get("taskToken", ""))
        if waiting is None:
            return wrong_token()
        if is_of_activity(waiting):
            return original(data)
        if not is_open(waiting):
            return timed_out()
        waiting["beat"] = time.time()
        return stepfunctions.json_response({})

    return run


def restore() -> None:
    """Know the tokens of all restored executions, closed ones too."""
    for (account, region, _), execution in stepfunctions._executions.all_items():
        for token, waiting in execution.get("tokens", {}).items():
            stepfunctions._task_tokens.set_scoped(account, region, token, waiting)


def resume(execution: Execution, waits: bool) -> None:
    """Wait further for an open token whose function has returned; close all others.

    A function that was interrupted is invoked again, with another token.
    """
    for token, waiting in execution.get("tokens", {}).items():
        if waits and waiting["invoked"] and not waiting["closed"]:
            execution["open_token"] = token
        else:
            waiting["closed"] = True


def apply() -> None:
    replace(stepfunctions, "_execute_task", "53c818d247db", execute_task)
    replace(stepfunctions, "_invoke_with_callback", "bbb38423156a", invoke_with_callback)
    replace(stepfunctions, "_invoke_resource_with_timeout", "faeed0bf70d5", invoke_in_time)
    replace(stepfunctions, "_send_task_success", "12eff48bce57", send_success)
    replace(stepfunctions, "_send_task_failure", "c2a489b4ed33", send_failure)
    replace(stepfunctions, "_send_task_heartbeat", "56879a4655d1", send_heartbeat)
