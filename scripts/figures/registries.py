"""Registries of aggregates: places that a new aggregate would have to be added to."""

import ast
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from scripts.figures.code import Function
from scripts.figures.sources import Source
from scripts.trees import Tree

STEM = 6  # letters that tell an aggregate's names apart: `analysis` and `analyses` share them


def aggregates(tree: Tree) -> list[str]:
    files = map(PurePosixPath, tree.under("src/domain", "/commands.py"))
    return sorted(file.parent.name for file in files if file.parent.name != "domain")


def registries(tree: Tree, read: list[Source]) -> dict[str, Any]:
    """Find lists of all aggregates, what is derived from them, and scans of their folders."""
    stems = [name[:STEM] for name in aggregates(tree)]
    own = tuple(f"src/domain/{name}/" for name in aggregates(tree))
    found = [
        f"{source.file}: {name}"
        for source in read
        if not source.file.startswith(own)
        for name in registry_names(source.syntax, stems)
    ]
    return {"number": len(found), "where": found}


def registry_names(syntax: ast.Module, stems: list[str]) -> list[str]:
    """Return the module's names that hold a registry, and the functions that look for one."""
    names: list[str] = []
    for node in syntax.body:
        if isinstance(node, Function) and looks_into_domain(node):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            parts = (node.value, *arguments(node.value))
            listed = any(lists_aggregates(part, stems) or derived(part, names) for part in parts)
            names += [target.id] if listed and isinstance(target, ast.Name) else []
    return names


def arguments(value: ast.expr) -> list[ast.expr]:
    """Return the arguments of a call: a registry may be a part of a larger one."""
    if not isinstance(value, ast.Call):
        return []
    return [*value.args, *(keyword.value for keyword in value.keywords)]


def looks_into_domain(function: Function) -> bool:
    """Tell whether a function finds the aggregates by their folders."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any("glob" in ast.unparse(c.func) and "domain/*" in ast.unparse(c) for c in calls)


def lists_aggregates(value: ast.expr, stems: list[str]) -> bool:
    """Tell whether a list or dictionary has one entry for each aggregate."""
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            found = [stems_in([part], stems) for part in parts if not isinstance(part, ast.Starred)]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            found = [stems_in([key, item], stems) for key, item in pairs if key is not None]
        case _:
            return False
    return bool(stems) and sorted(found) == sorted([stem] for stem in stems)


def stems_in(nodes: Iterable[ast.expr], stems: list[str]) -> list[str]:
    """Return the aggregates that an entry names by identifier, attribute or string."""
    words = {word for node in nodes for part in ast.walk(node) for word in words_of(part)}
    return [stem for stem in stems if any(word.startswith(stem) for word in words)]


def words_of(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return re.findall(r"[a-z]+", name.lower())
        case _:
            return []


def derived(value: ast.expr, names: list[str]) -> bool:
    """Tell whether a comprehension goes over a registry of the same module."""
    comprehensions = (ast.DictComp, ast.ListComp, ast.SetComp, ast.GeneratorExp)
    return isinstance(value, comprehensions) and any(
        isinstance(part, ast.Name) and part.id in names
        for part in ast.walk(value.generators[0].iter)
    )
