"""The one place where `skafu` writes to a terminal or a pipe.

Texts come from people and other systems: nothing in them is read as markup, and what a terminal
would obey or hide is written out. Nothing that somebody may want to paste is cut or broken.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NoReturn, TypeAlias, TypeVar

import typer
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)
from rich.table import Table
from rich.text import Text

from local.visible import visible

T = TypeVar("T")
Cell: TypeAlias = str | Sequence[str]
"""One line of text, or several."""
Justify = Literal["left", "right"]
Bar: TypeAlias = Progress
CLOSED_PIPE = 128 + 13  # as the shell reports a process that SIGPIPE ended
UNLIMITED = 100_000  # columns


def say(*lines: str, error: bool = False) -> None:
    """Write lines. A line break within one of them is text, and written out like all others."""
    write("".join(f"{visible(line)}\n" for line in lines), error=error)


def write(text: str, *, error: bool = False) -> None:
    """Write text that is safe already. Ends this process when nobody reads it any more."""
    try:
        typer.echo(text, nl=False, err=error)
    except BrokenPipeError:
        end_quietly()


def end_quietly() -> NoReturn:
    """End as a process does that SIGPIPE ends; `Exception` handlers on the way do not matter."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    raise SystemExit(CLOSED_PIPE)


def ask(question: str) -> None:
    """Ask for a yes. Raises `typer.Abort` on any other answer."""
    typer.confirm(visible(question), abort=True)


def json_lines(values: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON objects, one a line."""
    for value in values:
        write(f"{json.dumps(value)}\n")


def document(value: object) -> None:
    """Write one JSON document for people and programs: control characters are escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    safe = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    write("".join(safe) + "\n")


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    title: str = "",
    numbers: Iterable[int] = (),
) -> None:
    """Write a table, or each row as a block where the terminal is too narrow for the table.

    `numbers` are the columns that are aligned on the right.
    """
    listed, console = list(rows), plain_console()
    shown = laid_out(head, listed, title, set(numbers))
    unlimited = console.options.update(max_width=UNLIMITED)
    width = Measurement.get(console, unlimited, shown).maximum
    if console.is_terminal and width > console.width:
        blocks(head, listed, title)
    else:
        plain_console(max(width, console.width)).print(shown)


def laid_out(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str, numbers: set[int]
) -> Table:
    made = Table(title=Text(visible(title)) if title else None, box=box.SIMPLE_HEAD)
    for n, name in enumerate(head):
        justify: Justify = "right" if n in numbers else "left"
        made.add_column(Text(name), justify=justify, no_wrap=True)
    for row in rows:
        made.add_row(*(Text("\n".join(map(visible, lines_of(cell)))) for cell in row))
    return made


def blocks(head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> None:
    """Write the rows below one another, a line for each cell."""
    if title:
        say(title)
    for row in rows:
        say("")
        record(zip(head, row, strict=True))


def record(fields: Iterable[tuple[str, Cell]], indent: str = "") -> None:
    """Write names and values, the values one below the other; long ones run on, uncut."""
    listed = [(name, lines_of(cell)) for name, cell in fields]
    wide = max((len(name) for name, _ in listed), default=0)
    for name, lines in listed:
        for n, line in enumerate(lines):
            say(f"{indent}{'' if n else name:<{wide}}  {line}".rstrip())


def lines_of(cell: Cell) -> Sequence[str]:
    return [cell] if isinstance(cell, str) else cell


def plain_console(width: int | None = None, *, error: bool = False) -> Console:
    """Return a console that reads no text as markup, emoji or anything to be coloured."""
    return Console(stderr=error, width=width, markup=False, emoji=False, highlight=False)


def tracked(items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """Yield the items behind a bar on standard error, which vanishes at the end."""
    console = plain_console(error=True)
    hidden = not console.is_terminal
    return track(items, visible(what), total=total, console=console, transient=True, disable=hidden)


@contextmanager
def progress(
    what: str,
    total: float | None,
    *more: ProgressColumn,
    remaining: bool = False,
    **fields: Any,  # noqa: ANN401 - rich's
) -> Iterator[Bar]:
    """Show a bar on standard error while the block works; its only task is the first."""
    left = (TimeRemainingColumn(),) if remaining else ()
    columns = (named_column(), BarColumn(), MofNCompleteColumn(), *more, *left, TimeElapsedColumn())
    console = plain_console(error=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        bar.add_task(visible(what), total=total, **fields)
        yield bar


def named_column(text: str = "{task.description}") -> TextColumn:
    return TextColumn(text, markup=False)


def survive_any_text() -> None:
    """Let no character stop the output, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
