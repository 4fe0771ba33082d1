"""Refusals: each rule that a command can break has a class of its own."""

from collections.abc import Mapping
from typing import ClassVar, Self

from kernel.texts import quotable


class DomainError(Exception):
    """A refusal. Its text, a sentence for users, is filled in with the data."""

    text: ClassVar[str] = "The command was refused."

    def __init__(self, **data: object) -> None:
        super().__init__(self.text.format(**data))
        self.data = data


class NotFound(DomainError):
    """The aggregate, or a part of it, does not exist."""

    text = "It does not exist."


class AggregateNotFound(NotFound):
    """The aggregate does not exist, or the actor may not know of it: both look the same."""

    text = "{aggregate} does not exist."


class FieldsDoNotFit(DomainError):
    """Fields do not fit what another aggregate asks for: a sentence for each, by its path."""

    text = "`{path}`: {sentence}{rest}"

    def __init__(self, faults: Mapping[str, str]) -> None:
        (path, sentence), *others = faults.items()
        rest = f" There are {len(others)} more faults." if others else ""
        super().__init__(path=quotable(path[:100]), sentence=sentence, rest=rest)
        self.faults = faults

    def within(self, *place: str) -> Self:
        """Return the same faults of fields that lie in this place of a request."""
        return type(self)({".".join((*place, path)): text for path, text in self.faults.items()})
