"""The parts of an aggregate: every command, event and refusal, from the registry."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.personal import ForgetSubject

AnyDecider = AnyAggregate


def events_of(aggregate: AnyAggregate) -> tuple[type[Event], ...]:
    return tuple(aggregate.events.classes.values())


def commands_of(aggregate: AnyAggregate) -> tuple[type[Command], ...]:
    return (*(operation.command for operation in aggregate.operations), ForgetSubject)


def refusals_of(aggregate: AnyAggregate) -> set[type[DomainError]]:
    """Return the refusals that the aggregate's own package defines."""
    return {
        one
        for module in modules_of(aggregate)
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, DomainError)
        and one.__module__ == module.__name__
    }


def raised_in(aggregate: AnyAggregate) -> set[type[DomainError]]:
    """Return the refusals that the aggregate's own package raises: those of `decide`."""
    return {one for module in modules_of(aggregate) for one in raised_by(module)}


def raised_by(module: ModuleType) -> Iterator[type[DomainError]]:
    tree = ast.parse(inspect.getsource(module))
    raised = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise))
    named = {ast.unparse(exc.func if isinstance(exc, ast.Call) else exc) for exc in raised if exc}
    found = (getattr(module, name, None) for name in named)
    yield from (one for one in found if isinstance(one, type) and issubclass(one, DomainError))


def modules_of(aggregate: AnyAggregate) -> Iterator[ModuleType]:
    """Yield the modules of the package that holds the aggregate's `decide`."""
    package = import_module(aggregate.decider.decide.__module__.rpartition(".")[0])
    for found in pkgutil.iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")
