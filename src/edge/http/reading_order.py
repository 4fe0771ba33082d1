"""The sections of the OpenAPI document and their order: as people read, what begins goes first."""

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.contents import Contents
from kernel.operation import Operation, as_shown

METHODS = ("get", "post", "put", "patch", "delete")
AS_TASKS = " as tasks"
REST = (
    "Commands for {name}, in REST style: the path names what is changed, the body is the "
    "command's data, and headers carry the rest."
)
TASKS = (
    "The commands for {name} once more, in task style: the path names the command, and one "
    "envelope carries its data and everything else. Both styles have the same effect."
)
OTHERS = {
    "Queries": (
        "Rows as the caller may see them. They follow the commands shortly after; with "
        "`minVersion` an answer waits for the version that a command was answered with."
    ),
    "History": (
        "What was recorded, straight from the store: events, states of the past, what a command "
        "has led to, and the feed of all events."
    ),
    "Commands": (
        "Several commands in one request, the outcome of commands that were deferred, and commands "
        "of machines."
    ),
}
Json = dict[str, Any]


def section(operation: Operation, path: str) -> str:
    """Return the section of a command's route: that of its aggregates, in the style of the path."""
    name = operation.collection.strip("/").capitalize()
    return name if path == operation.path else name + AS_TASKS


def sections(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield names and descriptions."""
    names = [collection.strip("/") for collection, _ in contents.collections()]
    yield from ((name.capitalize(), REST.format(name=name)) for name in names)
    yield from OTHERS.items()
    yield from ((name.capitalize() + AS_TASKS, TASKS.format(name=name)) for name in names)


def in_reading_order(document: Json, contents: Contents) -> Json:
    """Return the document with its sections, and with paths and methods in the order of these."""
    described = dict(sections(contents))
    place = {name: number for number, name in enumerate(described)}
    commands = ranks(contents)

    def order(path: str) -> tuple[int, int]:
        tags = (operation["tags"][0] for operation in document["paths"][path].values())
        # Other paths keep their order, behind these.
        return min(place[tag] for tag in tags), commands.get(path, len(commands))

    paths = {
        path: by_method(document["paths"][path]) for path in sorted(document["paths"], key=order)
    }
    tags = [{"name": name, "description": text} for name, text in described.items()]
    return {**document, "tags": tags, "paths": paths}


def ranks(contents: Contents) -> Mapping[str, int]:
    """Return the place of each command's first path, in the order of the commands."""
    found: dict[str, int] = {}
    for operation in contents.operations:
        for path in (operation.path, f"/commands/{operation.name}"):
            found.setdefault(as_shown(path), len(found))
    return found


def by_method(item: Json) -> Json:
    return {method: item[method] for method in METHODS if method in item}
