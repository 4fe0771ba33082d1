"""No expression and no GraphQL document is built from what was sent: they are constants."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import SRC

FILES = sorted(SRC.rglob("*.py"))
# Of names that stand in the same function: which of the two is set, and which is removed.
OF_ITS_OWN_NAMES = {("adapters/dynamodb/key_table.py", "UpdateExpression")}
BUILT = (ast.JoinedStr, ast.BinOp, ast.Call)


def values(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what is given as `...Expression`, by keyword or in a dictionary."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and (node.arg or "").endswith("Expression"):
            yield str(node.arg), node.value
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).endswith("Expression"):
                    yield str(key.value), value


def assigned(tree: ast.AST, name: str) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


@pytest.mark.feature("C10")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SRC)))
def test_an_expression_is_a_constant(file: Path) -> None:
    tree = ast.parse(file.read_text())
    for name, value in values(tree):
        if (file.relative_to(SRC).as_posix(), name) in OF_ITS_OWN_NAMES:
            continue
        meant = assigned(tree, value.id) if isinstance(value, ast.Name) else [value]
        for part in meant:
            assert not isinstance(part, BUILT), f"{name} at line {value.lineno} is put together"


def test_the_files_have_expressions() -> None:
    assert sum(len(list(values(ast.parse(file.read_text())))) for file in FILES) >= 5


@pytest.mark.feature("R37")
def test_documents_are_constants_with_variables() -> None:
    tree = ast.parse((SRC / "projections" / "generated" / "documents.py").read_text())
    parts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    texts = [part for part in parts if not isinstance(part, ast.Dict)]

    assert texts
    assert all(isinstance(part, ast.Constant) for part in texts)
