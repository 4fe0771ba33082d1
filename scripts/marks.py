"""The features that Python tests name, read from their source: pytest would import all tests.

`tests/conftest.py` holds what is read here against what pytest has collected, in every suite.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeGuard

ON_DEMAND = frozenset({"soak", "screenshots", "tools"})
"""Marks of tests that `make test` does not run."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Mark(NamedTuple):
    name: str
    arguments: tuple[object, ...] = ()


Marks = tuple[Mark, ...]


def features(root: Path, test: Path) -> Mapping[str, Sequence[str]]:
    """Return the features of each test of a file that names some, by its node id."""
    found = {name: ids(marks) for name, marks in tests(root, test)}
    return {name: named for name, named in found.items() if named}


def every_time(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each feature of each test that `make test` runs."""
    for file in sorted((root / "tests").rglob("test_*.py")):
        for test, marks in tests(root, file):
            if ON_DEMAND.isdisjoint(mark.name for mark in marks):
                yield from ((feature, test) for feature in ids(marks))


def ids(marks: Marks) -> Sequence[str]:
    return sorted({str(one) for mark in marks if mark.name == "feature" for one in mark.arguments})


def tests(root: Path, file: Path) -> Iterator[tuple[str, Marks]]:
    """Yield the node id of each test that a file defines, with its marks and those around it."""
    body = ast.parse(file.read_text()).body
    for node in filter(is_test, body):
        name = f"{file.relative_to(root).as_posix()}::{node.name}"
        yield from below(name, node, assigned(body))


def below(node: str, definition: Definition, above: Marks) -> Iterator[tuple[str, Marks]]:
    """Yield a test, or all that are in a class."""
    marks = (*above, *map(mark, definition.decorator_list))
    if not isinstance(definition, ast.ClassDef):
        yield node, marks
        return
    inner = (*marks, *assigned(definition.body))
    for each in filter(is_test, definition.body):
        yield from below(f"{node}::{each.name}", each, inner)


def is_test(node: ast.stmt) -> TypeGuard[Definition]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.startswith("test")
        case ast.ClassDef(name=name):
            return name.startswith("Test")
    return False


def assigned(body: Iterable[ast.stmt]) -> Marks:
    """Return the marks in `pytestmark`, one or a list."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=ast.List(elts=marks)):
                return tuple(map(mark, marks))
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=one):
                return (mark(one),)
    return ()


def mark(node: ast.expr) -> Mark:
    """Return a mark as it is written; what is none has a name that no mark has."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=arguments):
            constants = (each.value for each in arguments if isinstance(each, ast.Constant))
            return Mark(name, tuple(constants))
        case ast.Attribute(attr=name):
            return Mark(name)
    return Mark(ast.unparse(node))
