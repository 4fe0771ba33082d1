"""Step Functions: Express workflows write their history into a log group, as their settings say;
nothing is recorded after the end of an execution.

Stock MiniStack keeps the settings and writes nothing, and records what a stopped execution does.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.emulator import changes, lifetimes, logs
from local.emulator.patching import Function, replace
from local.emulator.upstream import Untyped, stepfunctions

# https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html
LEVELS = {"ALL": ("",), "ERROR": ("Failed", "TimedOut", "Aborted"), "OFF": ()}
DATA = ("input", "output", "parameters")
"""Names within the details of an event that hold what was executed, not how."""


def add_event(original: Function) -> Function:
    def run(execution: dict[str, Any], event_type: str, details: Untyped = None) -> Untyped:
        if not event_type.startswith("Execution"):
            lifetimes.require_running(execution)
        event = original(execution, event_type, details)
        changes.executions.set()
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
        if machine and machine.get("type") == "EXPRESS":
            log(execution["executionArn"], event, lowered(machine["loggingConfiguration"]))
        return event

    return run


def log(execution: str, event: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    if any(word in event["type"] for word in LEVELS[settings.get("level", "OFF")]):
        line = json.dumps(recorded(execution, event, bool(settings.get("includeExecutionData"))))
        for destination in settings.get("destinations", []):
            logs.write(
                logs.group_name(destination["cloudWatchLogsLogGroup"]["logGroupArn"]), [line]
            )


def recorded(execution: str, event: Mapping[str, Any], data: bool) -> dict[str, Any]:
    """Return an event as AWS logs it."""
    details = dict(entries(event, data))
    return {"type": event["type"], "details": details, "execution_arn": execution}


def entries(event: Mapping[str, Any], data: bool) -> Iterator[tuple[str, Any]]:
    for name, value in event.items():
        if name.endswith("EventDetails") and isinstance(value, dict):
            yield from entries(value, data)
        elif name not in ("id", "type", "timestamp") and (data or name not in DATA):
            yield name, value


def lowered(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return settings with the names of the API: CloudFormation writes them with a capital."""
    match value:
        case dict():
            return {name[0].lower() + name[1:]: lowered(inner) for name, inner in value.items()}
        case list():
            return [lowered(inner) for inner in value]
        case "true" | "false":
            return value == "true"
        case _:
            return value


def apply() -> None:
    replace(stepfunctions, "_add_event", "b1db143ccd21", add_event)
