"""The activity of the emulator: lines of JSON in the file SKAFU_ACTIVITY.

A line has a `kind`: `request`, `failure`, `warning`, `report` or `reload`. `skafu dev` prints them.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from local.emulator.sources import Change

# Of a result: the generation of the sources that cannot be imported. Events of streams and queues
# wait for the next one.
UNSTARTABLE = "unstartable"
FILE = os.environ.get("SKAFU_ACTIVITY")
ERROR_BUS = b"skafu-errors"
LEVELS = {"WARNING": "warning", "ERROR": "failure", "CRITICAL": "failure"}
# Of a log line: what says nothing about the failure itself.
NOISE = {
    "level", "location", "message", "timestamp", "service", "xray_trace_id",
    "exception", "exception_name", "stack_trace", "cold_start", "function_name",
    "function_request_id", "api_request_id",
}  # fmt: skip
# What is learned of a request on its way; the gateway notes the function here.
request: ContextVar[dict[str, str]] = ContextVar("request", default={})  # noqa: B039 - see requests()
_lock = threading.Lock()
_told: set[tuple[int, str, str]] = set()


def tell(kind: str, **about: object) -> None:
    if FILE is None:
        return
    line = json.dumps({"kind": kind, "at": time.time(), **about}, default=str)
    with _lock, Path(FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def requested(method: str, path: str, status: int, seconds: float, function: str | None) -> None:
    tell("request", method=method, path=path, status=status, seconds=seconds, function=function)


def invoked(function: str, result: Mapping[str, Any]) -> None:
    """Tell of a failed invocation, and of the warnings and errors that the function logged."""
    if UNSTARTABLE in result:
        error, traceback = result["body"], result["traceback"]
        return failed_to_start(function, error, traceback, result[UNSTARTABLE])
    for record in records(str(result.get("log") or "")):
        logged(function, record)
    if result.get("error"):
        failed(function, result["body"], str(result.get("traceback") or ""))


def failed(function: str, error: Mapping[str, Any], traceback: str) -> None:
    tell(
        "failure",
        function=function,
        error=error.get("errorType"),
        message=error.get("errorMessage"),
        traceback=traceback,
    )


def failed_to_start(
    function: str, error: Mapping[str, Any], traceback: str, generation: int
) -> None:
    """Tell of code that cannot be imported: once, not for each function that imports it."""
    key = (generation, str(error.get("errorType")), place(traceback))
    with _lock:
        known = key in _told
        _told.add(key)
    if not known:
        failed(function, error, traceback)


def place(traceback: str) -> str:
    """The line of the traceback that names the last file: where the import broke."""
    files = [line for line in traceback.splitlines() if line.lstrip().startswith("File ")]
    return files[-1] if files else ""


def records(log: str) -> Iterator[dict[str, Any]]:
    """The lines of a log that are records in JSON."""
    for line in log.splitlines():
        if line.startswith("{"):
            with suppress(ValueError):
                yield json.loads(line)


def logged(function: str, record: Mapping[str, Any]) -> None:
    if kind := LEVELS.get(str(record.get("level"))):
        tell(
            kind,
            function=function,
            error=record.get("exception_name"),
            message=record.get("message"),
            traceback=record.get("exception") or "",
            about={name: value for name, value in record.items() if name not in NOISE},
        )


def put_events(body: bytes) -> None:
    """Tell of what functions put on the error bus: failures that they met and dealt with."""
    if ERROR_BUS in body:
        with suppress(ValueError, TypeError, KeyError):  # MiniStack says what is wrong with it
            for entry in json.loads(body)["Entries"]:
                if ERROR_BUS.decode() in entry["EventBusName"]:
                    tell("report", failure=json.loads(entry["Detail"]))


def reloaded(change: Change, ready: Sequence[float], failed: int) -> None:
    """Tell of changed files, with the seconds from the save until each function ran them."""
    seconds = sorted(moment - change.saved for moment in ready if moment >= change.saved)
    tell(
        "reload",
        files=sorted(os.path.relpath(file, change.root.parent) for file in change.files),
        seconds=seconds,
        failed=failed,
    )
