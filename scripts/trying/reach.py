"""The test files that cannot tell which domain is there: whatever it is, they run the same code.

Of all that such a file imports, and what that imports, nothing may differ with the domain, and
nothing outside `src` can come by a file or a program that nobody imports. A fixture counts as
imported where a test names it.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple, Self

from scripts.trees import Tree
from scripts.trying.belongings import may_differ

# Whoever has one of these can reach the domain without importing it.
WAYS = frozenset({"__file__", "getcwd", "cwd", "import_module", "subprocess", "runpy"})
# The tests of the architecture hold the engine's code apart from the domain.
SOURCES = "src"


class Source(NamedTuple):
    """A Python file: the modules that it may import, the names in it, and what may be fixtures."""

    imported: frozenset[str]
    names: frozenset[str]
    wanted: frozenset[str]
    offered: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Self:
        module = ast.parse(text)
        nodes = list(ast.walk(module))
        wanted = {node.arg for node in nodes if isinstance(node, ast.arg)}
        offered = offers(module.body)
        return cls(frozenset(imports(nodes)), frozenset(names(nodes)), frozenset(wanted), offered)


class Reach:
    """The imports of the Python files of a tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._sources: dict[str, Source] = {}

    def blind(self, tests: Iterable[str]) -> frozenset[str]:
        """Return those of the test files that cannot tell the domain."""
        return frozenset(test for test in tests if not any(map(self._tells, self.closure(test))))

    def closure(self, test: str) -> Iterator[str]:
        """Yield the file, all that it imports, and the files of the fixtures that it names."""
        seen, ahead = set[str](), {test, *self._fixtures(test)}
        while ahead:
            yield from ahead
            seen |= ahead
            ahead = {file for one in ahead for file in self._imported(one)} - seen

    def _tells(self, file: str) -> bool:
        if may_differ(file):
            return True
        return not file.startswith(f"{SOURCES}/") and not WAYS.isdisjoint(self._source(file).names)

    def _imported(self, file: str) -> Iterator[str]:
        for name in self._source(file).imported:
            if name in self._modules:
                yield self._modules[name]

    def _fixtures(self, test: str) -> Iterator[str]:
        wanted = self._source(test).wanted
        for folder in PurePosixPath(test).parents:
            conftest = (folder / "conftest.py").as_posix()
            if conftest in self._tree.files:
                source = self._source(conftest)
                if "autouse" in source.names or not wanted.isdisjoint(source.offered):
                    yield conftest

    def _source(self, file: str) -> Source:
        if file not in self._sources:
            self._sources[file] = Source.of(self._tree.text(file))
        return self._sources[file]

    @cached_property
    def _modules(self) -> Mapping[str, str]:
        """Return the file of each module, by the name under which it is imported."""
        return {module_name(file): file for file in self._tree.files if file.endswith(".py")}


def module_name(file: str) -> str:
    parts = PurePosixPath(file).with_suffix("").parts
    return ".".join(parts[parts[0] == SOURCES :]).removesuffix(".__init__")


def imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the modules that are imported, those that hold them, and what may be one of them."""
    for node in nodes:
        match node:
            case ast.Import(names=imported):
                yield from (one for alias in imported for one in beginnings(alias.name))
            case ast.ImportFrom(module=str(origin), names=imported):
                yield from beginnings(origin)
                yield from (f"{origin}.{alias.name}" for alias in imported)


def beginnings(name: str) -> Iterator[str]:
    """Yield `a`, `a.b` and `a.b.c` for `a.b.c`."""
    parts = name.split(".")
    return (".".join(parts[: end + 1]) for end in range(len(parts)))


def names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every name that is used, imported or given as a keyword."""
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.ImportFrom(module=str(name)) | ast.alias(name=name):
                yield from name.split(".")


def offers(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Return what a conftest hands to tests under a name: its functions, and what it imports."""
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    imported = {
        alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return frozenset(functions | imported)
