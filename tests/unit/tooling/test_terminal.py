"""Texts of people in the terminal: shown literally, and never obeyed, hidden or cut."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from application.failures import Failure
from application.reading.verify import Discrepancy
from kernel.messages import AggregateId
from local.outputs import ROOT
from skafu import terminal
from skafu.commands import dlq, doctor, history, verify, why
from tests.support.desk import Desk
from tests.support.kitchen.builders import make
from tests.support.kitchen.teapot import teapot

HOSTILE = {
    "[/x]": "[/x]",
    "[draft] Shop": "[draft] Shop",
    "[/nope]": "[/nope]",
    "[red]red[/red] :smile: [link=http://x]": "[red]red[/red] :smile: [link=http://x]",
    "\x1b[2J\x1b]0;title\x07": r"\x1b[2J\x1b]0;title\x07",
    "\x9b31m\x85next": r"\x9b31m\x85next",
    "\u202egpj.exe\u2066\u200b": r"\u202egpj.exe\u2066\u200b",
    "one\ntwo\rthree\ttab": r"one\ntwo\rthree\ttab",
    "\ud800": r"\ud800",
}
ID = "TEAPOT#0198f2a0-0000-7000-8000-00000000000a"
LONG = "0198f2a0-0000-7000-8000-00000000000a" * 3


def by_history(text: str) -> None:
    desk = Desk()
    desk.send(make("Teapot"), "order-7")
    (commit,) = desk.commits()
    history.show([replace(commit, actor=f"{text}::{text}", command_id=text)])


def by_why(text: str) -> None:
    desk = Desk()
    desk.send(make("Teapot"), "order-7")
    (step,) = why.steps(teapot, iter(desk.commits()))
    step = replace(step, before={}, after={text: "x"})
    terminal.record(why.fields(step, text))


def by_doctor(text: str) -> None:
    failures = [Failure(text, text, text, key={"eventSequence": text, text: 1})]
    doctor.show(failures)


def by_dlq(text: str) -> None:
    row = dict.fromkeys(("place", "id", "event", "sent", "why"), text)
    dlq.show_table([{**row, "concerns": [text]}])


def by_verify(text: str) -> None:
    verify.show([Discrepancy(AggregateId(text), text, text)], 1)


SHOWN: tuple[Callable[[str], None], ...] = (
    terminal.say,
    by_history,
    by_why,
    by_doctor,
    by_dlq,
    by_verify,
)


@pytest.fixture(params=["pipe", "narrow"])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write to a pipe, or to a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    if request.param == "narrow":
        monkeypatch.setattr(Console, "is_terminal", property(lambda _: True))
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
    return str(request.param)


@pytest.mark.parametrize("show", SHOWN, ids=lambda show: show.__name__)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_texts_are_shown_literally(
    text: str, show: Callable[[str], None], width: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show(text)

    written = capsys.readouterr().out
    assert HOSTILE[text] in written
    assert all(line.isprintable() for line in written.split("\n")), width


@pytest.mark.parametrize("show", SHOWN[1:], ids=lambda show: show.__name__)
def test_what_may_be_pasted_is_in_one_piece(
    show: Callable[[str], None], width: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show(LONG)

    assert LONG in capsys.readouterr().out, width


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_json_is_the_value_and_nothing_that_a_terminal_obeys(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for write in (terminal.document, lambda value: terminal.json_lines([value])):
        write({"name": text})
        written = capsys.readouterr().out
        assert json.loads(written) == {"name": text}
        assert all(line.isprintable() for line in written.split("\n"))


def test_an_event_that_is_no_event_is_listed() -> None:
    class Letter:
        place = type("Place", (), {"name": "FailureQueue"})
        detail: dict[str, Any] = {"eventSequence": "[/x]"}  # noqa: RUF012 - a stand-in

        def key(self) -> dict[str, str]:
            return {"eventSequence": "[/x]"}

    found = doctor.reported(Letter())  # type: ignore[arg-type] # stands for a letter
    assert (found.what, found.key) == ("MessageGivenUp", {"eventSequence": "[/x]"})


WRITERS = re.compile(r"^(rich\.(console|table|progress)|typer\.(echo|secho|confirm)|print)$")
DRAWS = {"dev": {"rich.console", "rich.table"}}
"""The one command that draws: the panel of `make dev`, whose texts are its own."""


def used(file: Path) -> set[str]:
    """Return the modules that a file imports, and the functions that it calls by these names."""
    tree = ast.parse(file.read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {name for name in modules | calls if WRITERS.match(name)}


@pytest.mark.parametrize(
    "file", sorted((ROOT / "skafu/commands").glob("*.py")), ids=lambda f: f.stem
)
def test_commands_write_through_one_place(file: Path) -> None:
    assert used(file) <= DRAWS.get(file.stem, set())
