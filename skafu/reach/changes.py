"""The fields of rows that change when an event happens, seen in the examples of commands."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic.alias_generators import to_camel

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Event, Recorded
from kernel.projection import Projection, fold_rows
from skafu.reach.example_run import Refused, run
from skafu.reach.quiet import quiet

Stream = list[Recorded[Any]]


def changes(kind: AnyAggregate, event: type[Event]) -> list[str]:
    """Return `Model.field` of each that differs before and after one of these events."""
    found = (
        place
        for stream in streams(kind)
        for number, recorded in enumerate(stream)
        if isinstance(recorded.event, event)
        for projection in contents.projections
        if projection.aggregate is kind
        for place in differing(projection, stream[:number], stream[: number + 1])
    )
    return list(dict.fromkeys(found))


@cache
def streams(kind: AnyAggregate) -> tuple[Stream, ...]:
    """Return the streams of the examples; those that are refused are named elsewhere."""
    with quiet():
        return tuple(examples(kind))


def examples(kind: AnyAggregate) -> Iterator[Stream]:
    for operation in kind.operations:
        if operation.example is not None:
            try:
                commits = run(operation, operation.example, operation.example.typical)
            except Refused:
                continue
            yield [one for commit in commits for one in commit.recorded(kind.events)]


def differing(projection: Projection, before: Stream, after: Stream) -> Iterator[str]:
    old, new = rows(projection, before), rows(projection, after)
    yield from (place for place in {**old, **new} if old.get(place) != new.get(place))


def rows(projection: Projection, stream: Stream) -> Mapping[str, list[Any]]:
    """Return the values of each `Model.field`, over all rows of the model."""
    found: dict[str, list[Any]] = {}
    for key, row in fold_rows(projection, stream).items():
        for name, value in asdict(row).items():  # type: ignore[call-overload] # rows are dataclasses
            found.setdefault(f"{key.model}.{to_camel(name)}", []).append(value)
    return found
