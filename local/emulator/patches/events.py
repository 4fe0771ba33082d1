"""EventBridge: refuse entries of PutEvents on demand, and forget old entries of its own log."""

import json
from typing import Any

from local.emulator import faults
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, eventbridge

KEPT_EVENTS = 1000
REFUSED = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}


def put_events(original: Function) -> Function:
    def run(data: dict[str, Any], *args: Untyped, **kwargs: Untyped) -> Untyped:
        entries = data.get("Entries", [])
        refused = {
            index for index in range(len(entries)) if faults.current.strikes("partialEvents")
        }
        del eventbridge._events_log_list()[:-KEPT_EVENTS]
        if not refused:
            return original(data, *args, **kwargs)
        accepted = [entry for index, entry in enumerate(entries) if index not in refused]
        status, headers, body = original({**data, "Entries": accepted}, *args, **kwargs)
        return status, headers, with_refused(json.loads(body), refused, len(entries))

    return run


def with_refused(answer: dict[str, Any], refused: set[int], count: int) -> bytes:
    results = iter(answer["Entries"])
    entries = [REFUSED if index in refused else next(results) for index in range(count)]
    failed = answer["FailedEntryCount"] + len(refused)
    return json.dumps({"FailedEntryCount": failed, "Entries": entries}).encode()


def apply() -> None:
    replace(eventbridge, "_put_events", "ebcda0f38061", put_events)
    expect(eventbridge, "_events_log_list", "4e34b5198354")
