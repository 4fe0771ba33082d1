"""What the domain consists of, from its packages: every command, event and refusal."""

import ast
import inspect
from importlib import import_module
from types import ModuleType
from typing import Any, get_args

from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event

AnyDecider = AnyAggregate


def events_of(decider: AnyDecider) -> tuple[type[Event], ...]:
    """The members of `<Aggregate>Event`, in the order of the union."""
    return members(module_of(decider, "events"), f"{name_of(decider)}Event")


def commands_of(decider: AnyDecider) -> tuple[type[Command], ...]:
    """The members of `<Aggregate>Command`, in the order of the union."""
    return members(module_of(decider, "commands"), f"{name_of(decider)}Command")


def refusals_of(decider: AnyDecider) -> set[type[DomainError]]:
    """The refusals of this aggregate alone."""
    module = module_of(decider, "aggregate")
    return {
        one
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, DomainError)
        and one.__module__ == module.__name__
    }


def raised_in(decider: AnyDecider) -> set[type[DomainError]]:
    """The refusals that the aggregate's own module raises: those of `decide`."""
    module = module_of(decider, "aggregate")
    tree = ast.parse(inspect.getsource(module))
    raised = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise))
    named = {ast.unparse(exc.func if isinstance(exc, ast.Call) else exc) for exc in raised if exc}
    found = (getattr(module, name, None) for name in named)
    return {one for one in found if isinstance(one, type) and issubclass(one, DomainError)}


def members(module: ModuleType, union: str) -> tuple[Any, ...]:
    return get_args(get_args(getattr(module, union))[0])


def module_of(decider: AnyDecider, part: str) -> ModuleType:
    return import_module(f"domain.{decider.aggregate_type.lower()}.{part}")


def name_of(decider: AnyDecider) -> str:
    return decider.aggregate_type.capitalize()
