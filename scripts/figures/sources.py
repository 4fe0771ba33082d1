"""The Python files of the layers and the tools, parsed."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from scripts.trees import Tree

LAYERS = (
    "kernel", "domain", "projections", "application", "adapters", "edge", "handlers",
)  # fmt: skip
TOOLS = ("skafu", "local")


@dataclass(frozen=True)
class Source:
    """A Python file: its layer, its module's name, its syntax tree."""

    file: str
    layer: str
    module: str
    syntax: ast.Module


def sources(tree: Tree) -> list[Source]:
    """Read the Python files of the layers and the tools."""
    files = [*tree.under("src", ".py"), *(f for t in TOOLS for f in tree.under(t, ".py"))]
    return [source(tree, file) for file in files]


def source(tree: Tree, file: str) -> Source:
    path = PurePosixPath(file.removeprefix("src/"))
    parts = path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts
    return Source(file, path.parts[0], ".".join(parts), ast.parse(tree.text(file)))


def layers(read: Iterable[Source]) -> list[str]:
    """Return the layers that are there, in the order of dependence; unknown ones follow."""
    known, found = (*LAYERS, *TOOLS), {source.layer for source in read}
    return [name for name in known if name in found] + sorted(found - set(known))


def files_per_layer(read: list[Source]) -> dict[str, int]:
    counts = {name: sum(s.layer == name for s in read) for name in layers(read)}
    return counts | {"all": len(read)}
