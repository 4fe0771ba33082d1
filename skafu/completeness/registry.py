"""The registry: duplicates and missing parts, which make every further check meaningless."""

from collections.abc import Iterator
from itertools import chain
from typing import get_args

from domain.contents import contents
from kernel.aggregate import Aggregate, AnyAggregate
from kernel.projection import Projection
from kernel.query import Query
from skafu.completeness.missing import (
    REGISTRY,
    Missing,
    file_of,
    file_of_function,
    twice,
)
from skafu.completeness.modules import instances


def missing() -> Iterator[Missing]:
    if not contents.aggregates:
        yield Missing(REGISTRY, "no aggregate")
    if not contents.projections:
        yield Missing(REGISTRY, "no projection: the domain shows nothing to anybody")
    for name in twice(p.name for p in contents.projections):
        yield Missing(REGISTRY, f"two projections are called {name}")
    for name in twice(o.name for o in contents.operations):
        yield Missing(REGISTRY, f"two operations are called {name}")
    for route in twice(o.route for o in contents.operations):
        yield Missing(REGISTRY, f"two operations have the route {route}")
    yield from unregistered()
    yield from types()
    yield from unknown_names()


def unregistered() -> Iterator[Missing]:
    known = [*contents.aggregates, *contents.projections, *contents.queries]
    for module, name, value in instances(Aggregate, Projection, *get_args(Query)):
        if not any(value is one for one in known):
            what = f"{name} of {file_of(module.__name__)} is not registered"
            yield Missing(REGISTRY, what)


def types() -> Iterator[Missing]:
    known: dict[str, AnyAggregate] = {}
    for kind in contents.aggregates:
        file, name = file_of_function(kind.decider.decide), kind.aggregate_type
        if name in known:
            other = file_of_function(known[name].decider.decide)
            yield Missing(file, f"the aggregate type {name} is that of {other} too")
        known[name] = kind
        if not any(operation.creates for operation in kind.operations):
            yield Missing(file, f"no operation of {name} has creates=True: none ever begins")
        for operation in kind.operations:
            if operation.aggregate_type != name:
                what = f"{operation.name} is an operation of {operation.aggregate_type}, not {name}"
                yield Missing(file, what)


def unknown_names() -> Iterator[Missing]:
    """Yield names of operations in random commands and in examples that no operation has."""
    use = contents.random_commands
    following = chain.from_iterable(use.following.values())
    named = {*use.data, *use.wrong, *use.following, *following, *chain.from_iterable(use.habits)}
    for name in sorted(named - contents.operation.keys()):
        yield Missing(REGISTRY, f"random_commands name {name}, and there is no such operation")
    for operation in contents.operations:
        given = operation.example.given if operation.example else ()
        for name in sorted({*given} - contents.operation.keys()):
            file = file_of(operation.command.__module__)
            yield Missing(file, f"the example of {operation.name} is given an unknown {name}")
