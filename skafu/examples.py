"""Examples on their way: what their placeholders, and the ids in their paths, stand for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from domain.contents import contents
from edge.commands.examples import another_user
from edge.commands.examples import inner_ids as example_ids
from kernel.operation import Json, Operation, filled

INNER_IDS = frozenset(contents.inner_ids)


@dataclass
class Placeholders:
    """Values of placeholders while the commands of one example are sent, one by one."""

    known: dict[str, str]

    @classmethod
    def numbered(cls, number: int) -> Self:
        """Begin an example. Texts that must be unique are others for each number."""
        texts = {name: text(number) for name, text in contents.example_texts.items()}
        return cls(example_ids(contents) | another_user() | texts)

    def data(self, data: Json) -> Json:
        return filled(data, self.known)

    def aggregate(self, operation: Operation) -> str | None:
        """Return the plain id of the aggregate that the command is for, if there is one yet."""
        return None if operation.creates else self.known.get(noun(operation))

    def ids(self, operation: Operation) -> dict[str, str]:
        """Return the ids within the aggregate that the path names."""
        return {name: self.known[name] for name in operation.ids}

    def learn(self, operation: Operation, plain_id: str, events: Sequence[Json]) -> None:
        """Take note of what the command began, and of the ids in its events as they are stored."""
        if operation.creates:
            self.known[noun(operation)] = plain_id
        self.known |= dict(inner_ids(list(events)))


def noun(operation: Operation) -> str:
    return contents.aggregate[operation.aggregate_type].noun


def inner_ids(data: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Yield name and value of each id within an aggregate, at any depth of the JSON.

    Such ids are found by their names: those in the paths of operations.
    """
    match data:
        case dict():
            for name, value in data.items():
                if name in INNER_IDS and isinstance(value, str):
                    yield name, value
                else:
                    yield from inner_ids(value)
        case list():
            for value in data:
                yield from inner_ids(value)
