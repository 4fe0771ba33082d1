"""Print the figures of the structure, for commits and the working tree side by side."""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from scripts.figures.code import docstring_openings, function_lengths
from scripts.figures.files import files_naming, longest_lines
from scripts.figures.imports import import_cycles
from scripts.figures.registries import registries
from scripts.figures.sources import LAYERS, files_per_layer, sources
from scripts.figures.template import template_lines
from scripts.trees import WORKING_TREE, NoSuchCommit, Tree, tree_of

Figures = dict[str, dict[str, Any]]
"""Figures by section and row."""


def measure(tree: Tree, command: str) -> Figures:
    read = sources(tree)
    return {
        "files": dict(files_per_layer(read)),
        "import cycles (module level / with TYPE_CHECKING / with those in functions)":
            import_cycles(read),
        "lines of a function's body (median / 90th percentile)": dict(function_lengths(read)),
        "docstrings that begin with What, As, Of, By, ... (goal: at most 3 %)":
            dict(docstring_openings(tree, read)),
        "hand-written template lines per read-model group": dict(template_lines(tree)),
        "registries of aggregates": registries(tree, read),
        f"files that name {command}": dict(files_naming(tree, command)),
        "longest line of each page (characters)": dict(longest_lines(tree)),
    }  # fmt: skip


def show(columns: Mapping[str, Figures]) -> None:
    table = Table("", *columns, box=None, pad_edge=False)
    newest_first = list(columns.values())[::-1]
    for section in newest_first[0]:
        table.add_row(f"[bold]{section}[/bold]")
        rows = dict.fromkeys(row for figures in newest_first for row in figures[section])
        for row in sorted(rows, key=place):
            table.add_row(f"  {row}", *(cell(f[section].get(row)) for f in columns.values()))
    # A pipe has no width of its own: nothing is cut there.
    width = None if sys.stdout.isatty() else 100 + 60 * len(columns)
    Console(width=width).print(table)


def place(row: str) -> int:
    """Put the layers first, in the order of dependence; all else stays as it was found."""
    layer = row.removeprefix("src/")
    return LAYERS.index(layer) if layer in LAYERS else len(LAYERS)


def cell(value: Any) -> str:  # noqa: ANN401 - any figure
    if value is None:
        return "-"
    if isinstance(value, list):
        return "\n".join(" ".join(v) if isinstance(v, list) else str(v) for v in value) or "none"
    return str(value)


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the figures as JSON has them: tuples with names become objects."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


EXAMPLES = """
Examples:

  python scripts/structure_figures.py

  python scripts/structure_figures.py v0.1 HEAD~3

  python scripts/structure_figures.py HEAD --no-working-tree --json
"""


def main(
    commits: Annotated[list[str] | None, typer.Argument(help="Commits, one column each.")] = None,
    with_working_tree: Annotated[
        bool, typer.Option("--working-tree/--no-working-tree", help="Add the working tree.")
    ] = True,
    command: Annotated[
        str, typer.Option(help="Command of which the files that name it are counted.")
    ] = "LinkRepository",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    wanted = dict.fromkeys([*(commits or []), *([WORKING_TREE] if with_working_tree else [])])
    with ExitStack() as stack:
        try:
            trees = [stack.enter_context(tree_of(name)) for name in wanted]
        except NoSuchCommit as error:
            raise typer.BadParameter(str(error)) from None
        columns = {tree.name: measure(tree, command) for tree in trees}
    if as_json:
        typer.echo(json.dumps(plain(columns), indent=2))
    else:
        show(columns)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command(help=f"{__doc__}\n{EXAMPLES}")(main)

if __name__ == "__main__":
    app()
