"""Examples for the OpenAPI document, from those that stand beside each command."""

from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import Example

from kernel.contents import Contents
from kernel.operation import Operation, filled

METADATA = {
    "commandId": "cmd-12345",
    "userId": "user-123",
    "correlationId": "req-12345",
    "timestamp": "2025-01-18T10:30:00.123Z",
}


def aggregate_ids(contents: Contents) -> dict[str, str]:
    """Return the id of each aggregate in the examples, by its type."""
    return {kind.aggregate_type: _id(n) for n, kind in enumerate(contents.aggregates, 10)}


def another_user() -> dict[str, str]:
    """Return what stands for a user who is not the caller: `{anotherUser}`."""
    return {"anotherUser": _id(15)}


def inner_ids(contents: Contents) -> dict[str, str]:
    """Return the ids of what lies within aggregates, by their names in paths: `serviceId`."""
    return {name: _id(n) for n, name in enumerate(contents.inner_ids, 100)}


def rest_data(contents: Contents, operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the data of every example, by the example's name."""
    if operation.example is None:
        return {}
    data = {**operation.example.others} or {operation.name: operation.example.typical}
    return {name: filled(one, known(contents)) for name, one in data.items()}


def typical(contents: Contents, operation: Operation) -> dict[str, Any]:
    """Return the typical data, as the commands are given it that come after."""
    return filled(operation.example.typical, known(contents)) if operation.example else {}


def known(contents: Contents) -> dict[str, str]:
    """Return what the placeholders of examples stand for."""
    ids = {k.lower(): v for k, v in aggregate_ids(contents).items()}
    texts = {name: text(0) for name, text in contents.example_texts.items()}
    return ids | inner_ids(contents) | texts | another_user()


def rest_example(contents: Contents, operation: Operation) -> dict[str, Example]:
    return named(rest_data(contents, operation))


def task_example(contents: Contents, operation: Operation) -> dict[str, Example]:
    """Return envelopes; they are whole where an aggregate is created. `userId` is the caller's."""
    ids = {name: inner_ids(contents)[name] for name in operation.ids}
    metadata: dict[str, Any] = METADATA
    if not operation.creates:
        metadata = {"aggregateId": aggregate_ids(contents)[operation.aggregate_type]}
    examples = rest_data(contents, operation).items()
    return named({name: metadata | {"data": data | ids} for name, data in examples})


def batch_example(contents: Contents) -> dict[str, Example]:
    """Return a creation and a command for what it creates."""
    first, then = contents.first_creation, contents.first_change
    aggregate = aggregate_ids(contents)[first.aggregate_type]
    items = [
        {"type": o.name, "aggregateId": aggregate, "data": one_of(contents, o)}
        for o in (first, then)
    ]
    return {"batch": Example(summary="Several commands", value={"commands": items})}


def machine_example(contents: Contents) -> dict[str, Example]:
    """Return a creation on behalf of a person."""
    operation = contents.first_creation
    value = {
        "type": operation.name,
        "onBehalfOf": another_user()["anotherUser"],
        "data": one_of(contents, operation),
    }
    return {"machine": Example(summary="A command for a person", value=value)}


def one_of(contents: Contents, operation: Operation) -> dict[str, Any]:
    return next(iter(rest_data(contents, operation).values()), {})


def named(examples: dict[str, dict[str, Any]]) -> dict[str, Example]:
    return {
        name: Example(summary="As it may be sent", value=value) for name, value in examples.items()
    }


def _id(number: int) -> str:
    return f"0198f2a0-0000-7000-8000-{number:012x}"
