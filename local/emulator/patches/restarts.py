"""Step Functions: executions go on after a restart.

Stock MiniStack fails what ran when it was stopped (`States.ServiceRestart`) and forgets the tokens.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any

from local import ports
from local.emulator import lifetimes, settings
from local.emulator.lifetimes import Execution
from local.emulator.patches import tokens
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import responses, stepfunctions


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
    replace(stepfunctions, "_restore_state", "b94c49c3dd97", restore_state)
    expect(stepfunctions, "get_state", "7d1a3261edd6")
