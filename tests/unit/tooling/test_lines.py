"""The terminal of `skafu dev`."""

import io
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.lines import OPENAPI, Lines, operation_of, readable
from local.outputs import ROOT
from local.visible import visible
from tests.support.world import FIRST

NOON = time.mktime((2026, 11, 28, 12, 0, 0, 0, 0, -1))
TRACEBACK = f"""Traceback (most recent call last):
  File "{ROOT}/local/emulator/runtime.py", line 80, in answer
    result = handler(request["event"], Context(request))
  File "{ROOT}/.venv/lib/python3.11/site-packages/aws_lambda_powertools/api.py", line 1, in resolve
    return self._resolve()
           ^^^^^^^^^^^^^^^
  File "{ROOT}/src/handlers/query_api.py", line 16, in handler
    return resolve(_app(), event, context)
  File "/elsewhere/module.py", line 2, in late
    raise ValueError("tea is cold")
ValueError: tea is cold
"""


def lines() -> Lines:
    return Lines({"skafu-query-api-local": "QueryApi"})


def shown(writer: Lines, kind: str, **entry: object) -> list[str]:
    return [line.plain for line in writer.of({"at": NOON, "kind": kind, **entry})]


def request(**changes: object) -> dict[str, object]:
    about: dict[str, object] = {
        "method": "GET",
        "path": "/events",
        "status": 200,
        "seconds": 0.0123,
        "function": "skafu-query-api-local",
    }
    return about | changes


def failure(**changes: object) -> dict[str, object]:
    about: dict[str, object] = {
        "function": "skafu-query-api-local",
        "error": "ValueError",
        "message": "tea is cold",
        "traceback": TRACEBACK,
    }
    return about | changes


def test_a_request_is_one_aligned_line() -> None:
    assert shown(lines(), "request", **request()) == [
        "12:00:00  GET       200     12 ms  /events                             QueryApi  read-feed"
    ]
    long = shown(lines(), "request", **request(method="DELETE", seconds=12.5, status=502))
    assert long[0].startswith("12:00:00  DELETE    502  12500 ms  /events       ")


def test_a_request_that_no_function_saw_names_none() -> None:
    (line,) = shown(lines(), "request", **request(path="/nowhere", status=403, function=None))
    assert line.rstrip().endswith("/nowhere")


def test_a_graphql_request_shows_its_fields_and_errors() -> None:
    about = request(path="/graphql", function="AppSync", operation="getMetric", errors=["No: \x07"])
    (line,) = shown(lines(), "request", **about)
    assert line.endswith(r"AppSync  getMetric  No: \x07")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\r", r"a\nb\r"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egpj", r"\u202egpj"),
        ("\u200b", r"\u200b"),
        ("\ud800", r"\ud800"),
        ("Tee für 北京 [red]", "Tee für 北京 [red]"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_written_out(text: str, written: str) -> None:
    assert visible(text) == written
    assert shown(lines(), "request", **request(path=text))[0].count(written) == 1
    traceback = f"Traceback (most recent call last):\nValueError: {text}"
    failed = shown(lines(), "failure", **failure(traceback=traceback, message=text))
    assert len(failed) > 1
    assert all(line.isprintable() for line in failed)


def test_colours_are_for_a_terminal_only() -> None:
    def printed(**options: Any) -> str:  # noqa: ANN401 - of the console
        file = io.StringIO()
        console = Console(file=file, **options)
        for line in lines().of({"kind": "failure", "at": NOON, **failure()}):
            console.print(line, soft_wrap=True)
        return file.getvalue()

    assert "\x1b[" not in printed()
    assert "\x1b[" in printed(force_terminal=True, color_system="standard")


def test_a_traceback_shows_the_files_of_the_project_and_counts_the_others() -> None:
    assert list(readable(TRACEBACK)) == [
        "Traceback (most recent call last):",
        "  … 2 of libraries",
        '  File "src/handlers/query_api.py", line 16, in handler',
        "    return resolve(_app(), event, context)",
        '  File "/elsewhere/module.py", line 2, in late',
        '    raise ValueError("tea is cold")',
        "ValueError: tea is cold",
    ]


def test_the_place_of_a_syntax_error_stays_in_its_traceback() -> None:
    text = (
        f'  File "{ROOT}/src/a.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax'
    )
    assert list(readable(text)) == [
        '  File "src/a.py", line 3',
        "    def f(:",
        "          ^",
        "SyntaxError: invalid syntax",
    ]


def test_a_failure_has_a_line_and_its_traceback() -> None:
    headline, *traceback = shown(lines(), "failure", **failure())
    assert headline == "12:00:00  failure   QueryApi  ValueError: tea is cold"
    assert len(traceback) == 7
    assert all(line.startswith(" " * 10) for line in traceback)


def test_a_failure_without_a_traceback_is_a_line() -> None:
    about = failure(error="Sandbox.Timedout", message="Task timed out", traceback="")
    assert shown(lines(), "failure", **about) == [
        "12:00:00  failure   QueryApi  Sandbox.Timedout: Task timed out"
    ]


def test_what_a_function_logged_says_what_it_was_about() -> None:
    about = failure(message="not projected", about={"aggregate_id": "TEAPOT#1", "sequence": 2})
    assert shown(lines(), "failure", **about)[0] == (
        "12:00:00  failure   QueryApi  not projected  ValueError: tea is cold  "
        "aggregate_id=TEAPOT#1 sequence=2"
    )


def test_a_retry_that_fails_alike_is_one_line_for_two_minutes() -> None:
    writer = lines()
    assert len(shown(writer, "failure", **failure())) == 8
    assert shown(writer, "failure", **failure(at=NOON + 119)) == [
        "12:01:59  failure   QueryApi  ValueError: tea is cold  (again)"
    ]
    assert len(shown(writer, "failure", **failure(traceback=TRACEBACK + "\n"))) == 8
    assert len(shown(writer, "failure", **failure(at=NOON + 121))) == 8


def test_a_report_of_what_was_just_shown_is_left_out() -> None:
    writer = lines()
    report = {"what": "EventNotProjected", "where": "teapots", "why": "ValueError: tea is cold"}
    assert shown(writer, "report", failure={**report, "key": {"aggregateId": "P"}}) == [
        "12:00:00  report    teapots  EventNotProjected  ValueError: tea is cold  aggregateId=P"
    ]
    shown(writer, "failure", **failure())
    assert shown(writer, "report", failure=report) == []


@pytest.mark.parametrize(
    ("files", "seconds", "failed", "text"),
    [
        (["a"], [0.5], 0, "a: new code after 0.50 s"),
        (
            ["a", "b"],
            [0.4, 1.25],
            0,
            "a, b: new code after 0.40 s, in all 2 functions after 1.25 s",
        ),
        (list("abcde"), [], 0, "a, b, c and 2 more: functions begin with it"),
        (["a"], [0.4], 8, "a: 8 of 9 functions cannot be imported"),
    ],
)
def test_a_reload_names_the_files_and_how_long_it_took(
    files: list[str], seconds: list[float], failed: int, text: str
) -> None:
    (line,) = shown(lines(), "reload", files=files, seconds=seconds, failed=failed)
    assert line == f"12:00:00  reload    {text}"


def test_a_schema_entry_may_have_details() -> None:
    assert shown(lines(), "schema", text="not exported", detail="why\nand where") == [
        "12:00:00  schema    not exported",
        "          why",
        "          and where",
    ]


def test_every_operation_of_the_api_is_found_by_a_request() -> None:
    paths = json.loads(OPENAPI.read_text())["paths"]
    found = {
        (method, path): operation_of(OPENAPI, method.upper(), re.sub(r"\{\w+\}", "some-id", path))
        for path, operations in paths.items()
        for method in operations
    }
    expected = {
        (method, path): operation["operationId"].removesuffix("_rest").replace("_", "-")
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert found == expected
    assert operation_of(OPENAPI, "POST", f"{FIRST.path}?x=1") == FIRST.name
    assert operation_of(OPENAPI, "POST", f"/commands/{FIRST.name}") == FIRST.name


def test_an_operation_is_known_once_the_document_is_written_anew(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    assert operation_of(document, "GET", "/teas") == ""
    document.write_text('{"paths": {')
    assert operation_of(document, "GET", "/teas") == ""
    document.write_text('{"paths": {"/teas": {"get": {"operationId": "list_teas"}}}}')
    assert operation_of(document, "GET", "/teas") == "list-teas"
