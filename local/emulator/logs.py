"""What services write into log groups, bounded: MiniStack keeps every line for ever."""

import threading
import time
from typing import Any

from local.emulator.upstream import cloudwatch_logs

KEPT_LINES = 20_000
STREAM = "emulator"
_lock = threading.Lock()


def write(group: str, lines: list[str], at: float | None = None) -> None:
    """Append lines to the one stream that is kept of a group; an unknown group keeps none."""
    found = cloudwatch_logs._log_groups.get(group)
    if found is not None:
        moment = int((at or time.time()) * 1000)
        append(found, [{"timestamp": moment, "message": x, "ingestionTime": moment} for x in lines])


def append(group: dict[str, Any], events: list[dict[str, Any]]) -> None:
    with _lock:
        stream = group["streams"].setdefault(STREAM, empty_stream())
        cloudwatch_logs._append_log_events(stream, events)
        if len(stream["events"]) > KEPT_LINES:
            with cloudwatch_logs._log_events_lock:
                del stream["events"][: -KEPT_LINES * 3 // 4]


def empty_stream() -> dict[str, Any]:
    return {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": int(time.time() * 1000),
        "firstEventTimestamp": None,
        "lastEventTimestamp": None,
        "lastIngestionTime": None,
    }


def group_name(arn: str) -> str:
    """Return the name in `arn:…:log-group:<name>:*`."""
    return arn.partition(":log-group:")[2].removesuffix(":*")
