"""Replace a function of MiniStack, and only the one that the patch was written against."""

import ast
import hashlib
import inspect
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Module: TypeAlias = Any


class PatchTargetChanged(RuntimeError):
    """MiniStack is not the one that the patches were written and tested against."""

    def __init__(self, target: str, expected: str, found: str) -> None:
        super().__init__(
            f"{target} of MiniStack has changed: its source has the digest {found}, the patch was "
            f"written against {expected}. Install the pinned version (requirements/ministack.txt), "
            "or read the new source and renew the patch."
        )


def digest(function: object) -> str:
    """Twelve hex digits that change with the source text of a function or class."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]  # type: ignore[arg-type] # any function


def expect_unimported(module: str, name: str, expected: str) -> None:
    """Check the source of a function in a module that takes long to import, without doing so."""
    spec = find_spec(module)
    assert spec
    assert spec.origin
    text = Path(spec.origin).read_text(encoding="utf-8")
    found = next(
        hashlib.sha256(f"{ast.get_source_segment(text, node)}\n".encode()).hexdigest()[:12]
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    if found != expected:
        raise PatchTargetChanged(f"{module}.{name}", expected, found)


def expect(module: Module, name: str, expected: str) -> Function:
    """Return `module.name` if its source is the expected one."""
    target: Function = getattr(module, name)
    found = digest(target)
    if found != expected:
        raise PatchTargetChanged(f"{module.__name__}.{name}", expected, found)
    return target


def replace(module: Module, name: str, expected: str, make: Callable[[Function], Function]) -> None:
    """Put `make(original)` in the place of `module.name`, whose source must be the expected one."""
    setattr(module, name, make(expect(module, name, expected)))
