"""The lives of Step Functions executions: which one a thread performs, and how it ends."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, TypeAlias

from local.emulator import changes
from local.emulator.upstream import stepfunctions

Execution: TypeAlias = dict[str, Any]
Context: TypeAlias = dict[str, Any]
"""The context object of a state, which `$$` reads."""

# Seconds within which a thread notices that its execution has been stopped.
GLANCE = 0.5
# Ended executions of a state machine that are kept; AWS keeps them for 90 days.
KEPT = int(os.environ.get("SKAFU_EXECUTIONS_KEPT", "200"))

_current: ContextVar[tuple[Execution, Context] | None] = ContextVar("execution", default=None)
_ending = threading.Lock()
# Set once the emulator stops: what its functions answer from then on says nothing about them.
stopping = threading.Event()


class Ended(Exception):
    """The execution was stopped, or has timed out: nothing more is recorded."""


@contextmanager
def performing(execution: Execution, context: Context) -> Iterator[None]:
    token = _current.set((execution, context))
    try:
        yield
    finally:
        _current.reset(token)


def current() -> tuple[Execution, Context]:
    """Return the execution that this thread performs, and the context of its state.

    Both are empty for a state that is only tried (TestState).
    """
    return _current.get() or ({}, {})


def begin(run: Callable[..., object], *arguments: object) -> None:
    """Run something in a thread, for the account and execution of this one."""
    copied = copy_context()
    threading.Thread(target=copied.run, args=[run, *arguments], daemon=True).start()


def is_running(execution: Mapping[str, Any] | None) -> bool:
    return execution is not None and execution.get("status", "RUNNING") == "RUNNING"


def require_running(execution: Mapping[str, Any]) -> None:
    if not is_running(execution):
        raise Ended


def stay_if_stopping() -> None:
    """Keep an execution where it is: its function has lost the emulator, or is killed with it."""
    if stopping.is_set():
        threading.Event().wait()


def end(
    execution: Execution, status: str, event: str, details: Mapping[str, Any], **fields: object
) -> None:
    """End an execution, unless it has ended meanwhile."""
    with _ending:
        if not is_running(execution):
            return
        execution.update(status=status, stopDate=stepfunctions.now_iso(), **fields)
    name = f"e{event[1:]}EventDetails"
    stepfunctions._add_event(execution, event, {name: dict(details)})
    stepfunctions._emit_execution_status_event(execution)


def fail(execution: Execution, error: str, cause: str) -> None:
    output = json.dumps({"Error": error, "Cause": cause})
    details = {"error": error, "cause": cause}
    end(execution, "FAILED", "ExecutionFailed", details, **details, output=output)


def succeed(execution: Execution, output: str) -> None:
    end(execution, "SUCCEEDED", "ExecutionSucceeded", {"output": output}, output=output)


def time_out(execution: Execution) -> None:
    end(execution, "TIMED_OUT", "ExecutionTimedOut", {}, error="States.Timeout")


@contextmanager
def limited(execution: Execution, seconds: float | None) -> Iterator[None]:
    """End the execution when it has run for so long, counted from its start."""
    if seconds is None:
        yield
        return
    began = stepfunctions._iso_to_epoch_ms(execution["startDate"]) / 1000
    run = (copy_context().run, [time_out, execution])
    timer = threading.Timer(max(0.0, began + seconds - time.time()), *run)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def pause(execution: Execution, seconds: float) -> None:
    """Sleep, or raise Ended when the execution ends before."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        require_running(execution)
        time.sleep(min(left, GLANCE))


def forget_old(machine: str) -> None:
    """Forget all but the newest of those that have ended: what is kept is saved once a second."""
    every = stepfunctions._executions.values()
    ended = [one for one in every if one["stateMachineArn"] == machine and not is_running(one)]
    for execution in sorted(ended, key=stepfunctions._execution_sort_key, reverse=True)[KEPT:]:
        stepfunctions._executions.pop(execution["executionArn"], None)
        for token in execution.get("tokens", {}):
            stepfunctions._task_tokens.pop(token, None)
    changes.executions.set()
