"""Replace a function of MiniStack, and only the one that the patch was written against."""

import hashlib
import inspect
from collections.abc import Callable
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
