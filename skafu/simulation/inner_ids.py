"""Ids of what lies within aggregates, found by their names: those in the paths of operations."""

from collections.abc import Iterator
from typing import Any

from domain.contents import contents

NAMES = frozenset(contents.inner_ids)


def inner_ids(data: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Yield name and value of each, at any depth of a command or an event as JSON."""
    match data:
        case dict():
            for name, value in data.items():
                if name in NAMES and isinstance(value, str):
                    yield name, value
                else:
                    yield from inner_ids(value)
        case list():
            for value in data:
                yield from inner_ids(value)
