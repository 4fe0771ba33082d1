"""Files, before anything is imported: syntax errors, and imports of the domain by the engine."""

import ast
from collections.abc import Iterator
from pathlib import Path

from skafu.completeness.missing import SRC, Missing, raised, relative

ENGINE = ("kernel", "application", "adapters", "edge")
DOMAIN = ("domain", "projections")


def missing() -> Iterator[Missing]:
    for file in sorted(SRC.rglob("*.py")):
        try:
            text = file.read_text()
            tree = ast.parse(text, str(file))
        except SyntaxError as error:
            yield raised(error, relative(str(file)))
            continue
        if file.relative_to(SRC).parts[0] in ENGINE and any(name in text for name in DOMAIN):
            yield from walls(file, tree)


def walls(file: Path, tree: ast.Module) -> Iterator[Missing]:
    for node in ast.walk(tree):
        for module in imported(node):
            if module.partition(".")[0] in DOMAIN:
                place = f"{relative(str(file))}:{getattr(node, 'lineno', 0)}"
                yield Missing(place, f"the engine imports {module}, which is of the domain")


def imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(module)):
            return [module]
        case _:
            return []
