"""Lengths of functions, and how docstrings begin."""

import ast
import re
from collections.abc import Iterable
from statistics import median, quantiles
from typing import NamedTuple

from scripts.figures.sources import TOOLS, Source, layers
from scripts.trees import Tree

DOCUMENTED = ("src", "skafu", "local", "tests", "scripts")
"""Folders whose docstrings are counted."""
OPENINGS = (
    "What", "As", "Of", "By", "Whether", "How", "Who", "Which", "That", "Where", "When", "If",
)  # fmt: skip
OPENING = re.compile(rf"\W*(?:{'|'.join(OPENINGS)})\b")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


class Lengths(NamedTuple):
    """Lines of function bodies."""

    functions: int
    median: float
    p90: float

    def __str__(self) -> str:
        return f"{self.median:g} / {self.p90:g} of {self.functions}"


class Share(NamedTuple):
    """Docstrings with one of the openings, among all."""

    found: int
    of: int

    def __str__(self) -> str:
        percent = 100 * self.found / self.of if self.of else 0.0
        return f"{percent:.1f} % ({self.found} of {self.of})"


def function_lengths(read: list[Source]) -> dict[str, Lengths]:
    found = {
        layer: [n for source in read if source.layer == layer for n in body_lengths(source.syntax)]
        for layer in layers(read)
    }
    every = {
        "src": [n for layer, lengths in found.items() if layer not in TOOLS for n in lengths],
        "all": [n for lengths in found.values() for n in lengths],
    }
    return {name: summary(lengths) for name, lengths in (found | every).items()}


def summary(lengths: list[int]) -> Lengths:
    if len(lengths) < 2:
        return Lengths(len(lengths), *(lengths * 2 or [0, 0]))
    ninetieth = quantiles(lengths, n=10, method="inclusive")[-1]
    return Lengths(len(lengths), median(lengths), round(ninetieth, 1))


def body_lengths(syntax: ast.Module) -> list[int]:
    """Count the lines of each function's body; signature and docstring are left out."""
    return [body_length(node) for node in ast.walk(syntax) if isinstance(node, Function)]


def body_length(function: Function) -> int:
    has_docstring = ast.get_docstring(function, clean=False) is not None
    body = function.body[has_docstring:]
    return (body[-1].end_lineno or 0) - first_line(body[0]) + 1 if body else 0


def first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def docstring_openings(tree: Tree, read: list[Source]) -> dict[str, Share]:
    """Return the share per layer, per top-level folder and in all."""
    found = {source.layer: Share(0, 0) for source in read if source.layer not in TOOLS}
    for source in read:
        if source.layer in found:
            found[source.layer] = added(found[source.layer], share(source.syntax))
    folders = {
        folder: total(share(ast.parse(tree.text(f))) for f in tree.under(folder, ".py"))
        for folder in DOCUMENTED
        if tree.under(folder, ".py")
    }
    inner = {f"src/{layer}": found[layer] for layer in layers(read) if layer in found}
    return inner | folders | {"all": total(folders.values())}


def share(syntax: ast.Module) -> Share:
    nodes = (node for node in ast.walk(syntax) if isinstance(node, Documented))
    found = [text for text in map(ast.get_docstring, nodes) if text]
    return Share(sum(opens_so(text) for text in found), len(found))


def opens_so(docstring: str) -> bool:
    return OPENING.match(docstring) is not None


def added(one: Share, other: Share) -> Share:
    return Share(one.found + other.found, one.of + other.of)


def total(shares: Iterable[Share]) -> Share:
    whole = Share(0, 0)
    for part in shares:
        whole = added(whole, part)
    return whole
