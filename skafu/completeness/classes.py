"""Commands, events and refusals: each class has its place in the rules, and a test."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin

from application.commit import decode_event
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.operation import Body, Operation
from skafu.completeness import corpus
from skafu.completeness.missing import (
    ROOT,
    Missing,
    beside,
    file_of,
    file_of_function,
    raised,
)
from skafu.completeness.modules import classes, modules

TESTS = "tests"


def missing() -> Iterator[Missing]:
    for module in modules():
        commands, events = classes(module, Command), classes(module, Event)
        yield from unregistered(module, commands)
        yield from outside_union(module, commands)
        yield from outside_union(module, events)
        yield from unused(module, events)
        yield from unused_bodies(module)
        yield from untested((*commands, *events, *classes(module, DomainError)))
    for operation in contents.operations:
        yield from incomplete(operation)
    for kind in contents.aggregates:
        for event in own_events(kind):
            yield from without_place(kind, event)


def unregistered(module: ModuleType, commands: Iterable[type]) -> Iterator[Missing]:
    for command in commands:
        if getattr(command, "operation", None) is None:
            file = file_of(module.__name__)
            yield Missing(file, f"no operation for the command {command.__name__} (@operation)")


def outside_union(module: ModuleType, messages: Iterable[type]) -> Iterator[Missing]:
    """Yield those that are not in the union which their module defines."""
    unions = {name: found for name, value in vars(module).items() if (found := members(value))}
    name = max(unions, key=lambda name: len(unions[name] & {*messages}), default="")
    for message in messages:
        if unions and message not in unions[name]:
            yield Missing(file_of(module.__name__), f"{message.__name__} is not in {name}")


def members(value: Any) -> set[type]:  # noqa: ANN401 - anything that a module holds
    return set(get_args(value)) if get_origin(value) in (Union, UnionType) else set()


def unused(module: ModuleType, events: Iterable[type]) -> Iterator[Missing]:
    """Yield events that no aggregate has."""
    known = {event for kind in contents.aggregates for event in kind.events.classes.values()}
    for event in events:
        if event not in known:
            file = beside(module.__name__, "aggregate")
            yield Missing(file, f"the events of no aggregate hold {event.__name__}")


def unused_bodies(module: ModuleType) -> Iterator[Missing]:
    """Yield bodies that name the command they make, and that no operation has."""
    used = {operation.own_body for operation in contents.operations}
    for body in classes(module, Body):
        if "made" in vars(body) and body not in used:
            file = file_of(module.__name__)
            yield Missing(file, f"{body.__name__} is not among the bodies of its aggregate")


def incomplete(operation: Operation) -> Iterator[Missing]:
    file, name = file_of(operation.command.__module__), operation.name
    if operation.who is None:
        yield Missing(file, f"{name} has no role: say who may send it (who)")
    if operation.touches is None:
        yield Missing(file, f"{name} has no merge entry: say what it touches (touches)")
    if operation.example is None:
        yield Missing(file, f"{name} has no example")


def own_events(kind: AnyAggregate) -> Iterator[type[Event]]:
    """Yield the events that are the aggregate's own, not the engine's."""
    yield from (e for e in kind.events.classes.values() if e.__module__.startswith("domain."))


def without_place(kind: AnyAggregate, event: type[Event]) -> Iterator[Missing]:
    """Yield what the rules do not know of the event."""
    if event.touches is None:
        file = file_of(event.__module__)
        yield Missing(file, f"{event.__name__} has no merge entry: say what it touches (touches)")
    try:
        kind.decider.evolve(kind.initial, sample(kind, event))
    except AssertionError as error:
        yield raised(error, file_of_function(kind.decider.evolve))
    except Exception:  # the state is not one in which it happens: it has its place
        return


def sample(kind: AnyAggregate, event: type[Event]) -> Event:
    """Return one as it was stored, or one without values: a pattern may ask for its fields."""
    if stored := corpus.stored(kind).get(event.__name__):
        found: Event = decode_event(kind.events, stored)
        return found
    required = [name for name, field in event.model_fields.items() if field.is_required()]
    return event.model_construct(**dict.fromkeys(required))


def untested(found: Iterable[type]) -> Iterator[Missing]:
    for one in found:
        if one.__name__ not in words_of_tests():
            topic = one.__module__.split(".")[1]
            yield Missing(TESTS, f"no test names {one.__name__} of {topic}")


@cache
def words_of_tests() -> frozenset[str]:
    """Return every word of the tests' own code."""
    files = (file for file in (ROOT / TESTS).rglob("*.py") if file.is_file())
    return frozenset(word for f in files for word in re.findall(r"\w+", f.read_text()))
