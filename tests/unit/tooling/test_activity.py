"""The activity of a stack's parts, written and read."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.activity import HOLD_SECONDS, Follower, Happenings
from local.emulator import activity
from local.emulator.sources import Change

ERROR = {"errorType": "SyntaxError", "errorMessage": "invalid syntax"}
PLACE = '  File "/src/a.py", line {}\nSyntaxError: invalid syntax'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "activity.jsonl"
    path.touch()
    monkeypatch.setattr(activity, "FILE", str(path))
    monkeypatch.setattr(activity, "_told", set())
    return path


def told(file: Path) -> list[dict[str, Any]]:
    return list(Follower(file).entries())


def test_only_whole_lines_are_read_and_each_once(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b'{"n": 1}\n{"n":')
    follower = Follower(file)
    assert list(follower.entries()) == [{"n": 1}]
    with file.open("ab") as more:
        more.write(' 2}\nno json\n{"n": "ü"}\n'.encode())
    assert list(follower.entries()) == [{"n": 2}, {"n": "ü"}]
    assert list(follower.entries()) == []


def test_what_happened_comes_in_the_order_of_time_with_reports_a_moment_later(
    tmp_path: Path,
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    now = 1_800_000_000.0
    one.write_text(json.dumps({"kind": "report", "at": now}) + "\n")
    other.write_text("".join(json.dumps({"kind": "request", "at": now + s}) + "\n" for s in (2, 1)))
    times = iter((now, now + HOLD_SECONDS, now + HOLD_SECONDS + 0.1, now + 9))
    happenings = Happenings([Follower(one), Follower(other)], lambda: next(times))
    assert [entry["at"] - now for entry in happenings.new()] == pytest.approx([1, 2])
    assert happenings.new() == []
    assert [entry["kind"] for entry in happenings.new()] == ["report"]
    assert happenings.new() == []


def test_warnings_and_errors_of_a_functions_log_are_told(file: Path) -> None:
    log = [
        "plain text",
        json.dumps({"level": "INFO", "message": "accepted"}),
        json.dumps({"level": "WARNING", "message": "later", "why": "Unavailable", "service": "s"}),
        json.dumps(
            {
                "level": "ERROR",
                "message": "not projected",
                "exception_name": "ValueError",
                "exception": "Traceback",
                "timestamp": "now",
                "sequence": 2,
            }
        ),
        "{not json",
    ]
    activity.invoked("function", {"body": None, "log": "\n".join(log)})
    found = [(e["kind"], e["message"], e["traceback"], e["about"]) for e in told(file)]
    assert found == [
        ("warning", "later", "", {"why": "Unavailable"}),
        ("failure", "not projected", "Traceback", {"sequence": 2}),
    ]


def test_a_failed_invocation_is_told_with_its_traceback(file: Path) -> None:
    body = {"errorType": "ValueError", "errorMessage": "tea is cold", "requestId": "r"}
    activity.invoked("function", {"body": body, "error": True, "traceback": "T", "log": ""})
    (entry,) = told(file)
    assert (
        entry.items()
        >= {
            "kind": "failure",
            "function": "function",
            "error": "ValueError",
            "message": "tea is cold",
            "traceback": "T",
        }.items()
    )


def test_code_that_cannot_be_imported_is_told_once_for_each_place_and_generation(
    file: Path,
) -> None:
    for function in ("one", "two", "three"):
        activity.failed_to_start(function, ERROR, PLACE.format(3), 1)
    activity.failed_to_start("one", ERROR, PLACE.format(4), 1)
    result = {"body": ERROR, "traceback": PLACE.format(3), activity.UNSTARTABLE: 2, "log": ""}
    activity.invoked("two", result)
    activity.invoked("three", result)
    assert [entry["function"] for entry in told(file)] == ["one", "one", "two"]


def test_failures_on_the_error_bus_are_told_and_other_events_are_not(file: Path) -> None:
    def entry(bus: str, what: str) -> dict[str, str]:
        return {"EventBusName": bus, "Detail": json.dumps({"what": what})}

    entries = [entry("skafu-errors-local", "Poison"), entry("skafu-events-local", "Created")]
    activity.put_events(json.dumps({"Entries": entries}).encode())
    for malformed in (b"", b"skafu-errors", b'["skafu-errors"]', b'{"Entries": "skafu-errors"}'):
        activity.put_events(malformed)
    assert [entry["failure"] for entry in told(file)] == [{"what": "Poison"}]


def test_a_reload_is_told_with_the_seconds_since_the_save(file: Path, tmp_path: Path) -> None:
    root = tmp_path / "src"
    change = Change(root, frozenset({str(root / "b.py"), str(root / "a" / "c.py")}), saved=100.0)
    activity.reloaded(change, [99.0, 101.5, 100.25], 1)
    (entry,) = told(file)
    assert entry["files"] == ["src/a/c.py", "src/b.py"]
    assert (entry["seconds"], entry["failed"]) == ([0.25, 1.5], 1)
