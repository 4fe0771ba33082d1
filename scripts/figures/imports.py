"""Import cycles among files and among layers."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scripts.figures.sources import Source, layers


class Cycles(NamedTuple):
    """Groups of modules that import each other in a circle, by the imports that are followed."""

    module_level: int
    with_type_checking: int
    with_functions: int

    def __str__(self) -> str:
        return " / ".join(map(str, self))


class Import(NamedTuple):
    """An import of a module of the repository. `kind`: module, type_checking or function."""

    importer: str
    imported: str
    kind: str


Graph = Mapping[str, set[str]]


def imports(read: list[Source]) -> list[Import]:
    """Find every import of one file by another, with the place where it stands."""
    modules = {source.module for source in read}
    return [
        Import(source.module, target, kind)
        for source in read
        for kind, node in import_nodes(source.syntax, "module")
        for target in targets(node, modules)
        if target != source.module
    ]


def import_nodes(parent: ast.AST, kind: str) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield kind, node
        else:
            yield from import_nodes(node, kind_within(node, kind))


def kind_within(node: ast.AST, kind: str) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return "function"
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return "type_checking"
    return kind


def targets(node: ast.Import | ast.ImportFrom, modules: set[str]) -> Iterator[str]:
    """Name the modules that a statement loads: of `from a import b`, `a.b` where there is one."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
        return
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        if inner in modules:
            yield inner
        elif node.module in modules:
            yield str(node.module)


def graph(edges: Iterable[Import], kinds: Iterable[str], name: Callable[[str], str]) -> Graph:
    """Return who imports whom, by the name that `name` gives a module."""
    wanted, found = set(kinds), defaultdict[str, set[str]](set)
    for edge in edges:
        if edge.kind in wanted and name(edge.importer) != name(edge.imported):
            found[name(edge.importer)].add(name(edge.imported))
    return found


def cycles(who: Graph) -> list[list[str]]:
    """Return the groups whose members all reach each other."""
    reached = {node: reachable(who, node) for node in who}
    found = {
        tuple(sorted(other for other in reached[node] if node in reached.get(other, set())))
        for node in reached
        if node in reached[node]
    }
    return [list(members) for members in sorted(found)]


def reachable(who: Graph, start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        new = who.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def module_name(module: str) -> str:
    return module


def layer_name(module: str) -> str:
    return module.partition(".")[0]


KINDS = (("module",), ("module", "type_checking"), ("module", "function"))
EVERY_KIND = ("module", "type_checking", "function")


def count_cycles(edges: list[Import], name: Callable[[str], str]) -> Cycles:
    return Cycles(*(len(cycles(graph(edges, kinds, name))) for kinds in KINDS))


def import_cycles(read: list[Source]) -> dict[str, Any]:
    """Count the cycles within each layer, among all files, and among the layers themselves."""
    edges = imports(read)
    within = {
        layer: count_cycles([e for e in edges if {*map(layer_name, e[:2])} == {layer}], module_name)
        for layer in layers(read)
    }
    return {
        **within,
        "all files": count_cycles(edges, module_name),
        "between layers": count_cycles(edges, layer_name),
        "files in cycles": cycles(graph(edges, EVERY_KIND, module_name)),
        "layers in cycles": cycles(graph(edges, EVERY_KIND, layer_name)),
    }
