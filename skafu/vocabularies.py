"""Every aggregate's events, found where they are declared."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from kernel.decider import Decider
from kernel.event_types import EventTypes

SRC = Path(__file__).resolve().parent.parent / "src"


@cache
def deciders() -> dict[str, Decider[Any, Any, Any]]:
    """By aggregate type, in the order of the packages' names."""
    modules = (
        import_module(f"domain.{file.parent.name}.aggregate")
        for file in sorted(SRC.glob("domain/*/aggregate.py"))
    )
    found = (v for module in modules for v in vars(module).values() if isinstance(v, Decider))
    return {decider.aggregate_type: decider for decider in found}


def vocabularies() -> dict[str, EventTypes[Any]]:
    return {name: decider.events for name, decider in deciders().items()}
