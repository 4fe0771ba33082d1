"""The activity of a running stack in the terminal: one line each, tracebacks below.

21:17:06  POST      202    35 ms  /projects                           CommandApi  create-project
21:17:09  reload    src/handlers/api.py: new code after 0.41 s, in all 9 functions after 1.20 s
"""

import json
import re
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from local.activity import Entry
from local.outputs import ROOT
from local.visible import visible

OPENAPI = ROOT / "docs" / "openapi.json"
RUNTIME = ROOT / "local" / "emulator"
FRAME = re.compile(r'^\s*File "(?P<file>[^"]*)", line \d+')
INDENT = " " * 10
LABEL_WIDTH, PATH_WIDTH = 8, 34
FILES_SHOWN = 3
AGAIN_SECONDS = 120.0
STYLES = {
    "failure": "bold red",
    "report": "red",
    "warning": "yellow",
    "reload": "bold cyan",
    "schema": "bold magenta",
}


@dataclass
class Lines:
    """Writes the lines; `functions` maps the names of functions to those of the template."""

    functions: Mapping[str, str]
    openapi: Path = OPENAPI
    _raised: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    _tracebacks: dict[str, float] = field(default_factory=dict)

    def of(self, entry: Entry) -> Iterator[Text]:
        match entry.get("kind"):
            case "request":
                yield self._request(entry)
            case "failure" | "warning":
                yield from self._failure(entry)
            case "report":
                yield from self._report(entry)
            case "reload":
                yield line(entry, reload_text(entry))
            case "schema":
                yield line(entry, str(entry["text"]))
                yield from map(detail, readable(str(entry["detail"])))

    def _request(self, entry: Entry) -> Text:
        method, path, status = str(entry["method"]), str(entry["path"]), int(entry["status"])
        operation = entry.get("operation") or operation_of(self.openapi, method, path)
        errors = "  ".join(entry.get("errors") or ())
        milliseconds = f"{entry['seconds'] * 1000:.0f} ms"
        return Text.assemble(
            *start(entry, method, ""),
            (f"{status:>3}", status_style(status)),
            f"{milliseconds:>10}  {visible(path):<{PATH_WIDTH}}  ",
            visible("  ".join(filter(None, (self._function(entry), operation)))),
            (f"  {visible(errors)}" if errors else "", "red"),
        )

    def _failure(self, entry: Entry) -> Iterator[Text]:
        """An error that was raised, or one that the function caught and logged.

        A retry fails in the same way: its traceback is not shown again so soon.
        """
        traceback = str(entry.get("traceback") or "")
        raised = traceback.rstrip().rpartition("\n")[2] or error_text(entry)
        self._raised.append(raised)
        again = self._shown_lately(traceback, float(entry["at"]))
        logged = (str(entry["message"]), raised, pairs(entry["about"])) if "about" in entry else ()
        words = (self._function(entry), *(logged or (raised,)), "(again)" if again else "")
        yield line(entry, "  ".join(filter(None, words)))
        yield from () if again else map(detail, readable(traceback))

    def _shown_lately(self, traceback: str, now: float) -> bool:
        shown = self._tracebacks.get(traceback, 0.0)
        again = bool(traceback) and now - shown < AGAIN_SECONDS
        if not again:
            self._tracebacks[traceback] = now
        return again

    def _report(self, entry: Entry) -> Iterator[Text]:
        """A failure on the error bus; one whose traceback was just shown is not shown again."""
        failure = entry["failure"]
        why = str(failure.get("why"))
        if any(shown.startswith(why) for shown in self._raised):
            return
        key = pairs(failure.get("key") or {})
        where = str(failure.get("where"))
        where = self.functions.get(where, where)
        yield line(entry, f"{where}  {failure.get('what')}  {why}  {key}")

    def _function(self, entry: Entry) -> str:
        name = str(entry.get("function") or "")
        return self.functions.get(name, name)


def start(entry: Entry, label: str, style: str) -> tuple[tuple[str, str], tuple[str, str]]:
    moment = time.strftime("%H:%M:%S", time.localtime(entry["at"]))
    return (f"{moment}  ", "dim"), (f"{visible(label):<{LABEL_WIDTH}}  ", style)


def line(entry: Entry, text: str) -> Text:
    kind = str(entry["kind"])
    return Text.assemble(*start(entry, kind, STYLES.get(kind, "")), visible(text))


def detail(text: str) -> Text:
    return Text(INDENT + visible(text), "" if text.startswith(" ") else "red")


def status_style(status: int) -> str:
    return "green" if status < 400 else "yellow" if status < 500 else "bold red"


def error_text(entry: Entry) -> str:
    return ": ".join(str(entry[name]) for name in ("error", "message") if entry.get(name))


def pairs(about: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in about.items())


def reload_text(entry: Entry) -> str:
    files, seconds, failed = entry["files"], entry["seconds"], entry["failed"]
    more = f" and {len(files) - FILES_SHOWN} more" if len(files) > FILES_SHOWN else ""
    names = ", ".join(files[:FILES_SHOWN]) + more
    if failed:
        return f"{names}: {failed} of {failed + len(seconds)} functions cannot be imported"
    if not seconds:
        return f"{names}: functions begin with it"
    last = f", in all {len(seconds)} functions after {seconds[-1]:.2f} s"
    others = last if len(seconds) > 1 else ""
    return f"{names}: new code after {seconds[0]:.2f} s{others}"


def readable(traceback: str) -> Iterator[str]:
    """A traceback by files of the project; frames of libraries are counted."""
    hidden, shown = 0, True
    for text in traceback.rstrip().splitlines():
        frame = FRAME.match(text)
        if frame is None and text.startswith("    "):
            if shown:
                yield text
            continue
        shown = frame is None or is_ours(frame["file"])
        if shown and hidden:
            yield f"  … {hidden} of libraries"
        hidden = 0 if shown else hidden + 1
        if shown:
            yield text if frame is None else text.replace(frame["file"], relative(frame["file"]))


def is_ours(file: str) -> bool:
    """Tell if a frame is worth showing: neither a library's nor the emulator's."""
    foreign = (sys.base_prefix, sys.prefix, str(RUNTIME), "<frozen")
    return "site-packages" not in file and not file.startswith(foreign)


def relative(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else file


class Route(NamedTuple):
    """An operation of the API with what its requests look like."""

    method: str
    path: re.Pattern[str]
    name: str


def operation_of(openapi: Path, method: str, path: str) -> str:
    """The operation's name in the task style, or none for what the API does not know."""
    plain = path.split("?")[0]
    try:
        found = routes(openapi, openapi.stat().st_mtime_ns)
    except (OSError, ValueError):  # it is being written
        return ""
    names = (route.name for route in found if route.method == method and route.path.match(plain))
    return next(names, "")


@lru_cache(maxsize=1)
def routes(openapi: Path, _: int) -> tuple[Route, ...]:
    """Read every operation, those with fewer ids in their path first, once for each document."""
    paths: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(openapi.read_text())["paths"]
    found = [
        Route(method.upper(), pattern(path), task_name(operation["operationId"]))
        for path, operations in sorted(paths.items(), key=lambda item: item[0].count("{"))
        for method, operation in operations.items()
    ]
    return tuple(found)


def pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "/?$")


def task_name(operation_id: str) -> str:
    return operation_id.removesuffix("_rest").replace("_", "-")
