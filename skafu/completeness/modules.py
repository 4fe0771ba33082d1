"""The modules of the domain, also those that nobody imports, and what they define."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from skafu.completeness.missing import DOMAIN, SRC


@cache
def modules() -> tuple[ModuleType, ...]:
    files = sorted(file for folder in DOMAIN for file in folder.rglob("*.py"))
    names = (".".join(file.relative_to(SRC).with_suffix("").parts) for file in files)
    return tuple(import_module(name.removesuffix(".__init__")) for name in names)


def instances(*kinds: type) -> Iterator[tuple[ModuleType, str, Any]]:
    """Yield module, name and value of every value of these kinds, where it is assigned."""
    for module in modules():
        assigned = set(re.findall(r"^(\w+)\b[^=\n(]*=", source(module), re.MULTILINE))
        for name, value in vars(module).items():
            if name in assigned and isinstance(value, kinds):
                yield module, name, value


def source(module: ModuleType) -> str:
    """Return the module's text; `inspect.getsource` knows none of an empty file."""
    return Path(module.__file__ or "").read_text()


def classes(module: ModuleType, base: type) -> tuple[type, ...]:
    """Return the classes of this base that the module defines."""
    found = (one for one in vars(module).values() if isinstance(one, type))
    return tuple(
        one for one in found if issubclass(one, base) and one.__module__ == module.__name__
    )
