"""Refusals: a command may be asked and still be wrong; each broken rule has its class."""

from typing import ClassVar


class DomainError(Exception):
    """Base of every refusal. The text is made here, once, from the data."""

    text: ClassVar[str] = "The command was refused."

    def __init__(self, **data: object) -> None:
        super().__init__(self.text.format(**data))
        self.data = data


class NotFound(DomainError):
    """What the command is about does not exist."""

    text = "There is no such thing."


class AggregateNotFound(NotFound):
    """Nothing there, or nothing that this actor may know of: both look the same."""

    text = "{aggregate} does not exist."
