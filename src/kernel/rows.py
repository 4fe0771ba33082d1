"""Rows of read models, and their keys."""

from typing import NamedTuple, Protocol


class Row(Protocol):
    """A row of a read model, frozen.

    `version` is the sequence of the last event that touched the row: its checkpoint. Rows of
    another `projection_version` are folded again from the start of their stream.
    """

    @property
    def version(self) -> int: ...

    @property
    def projection_version(self) -> int: ...


class RowKey(NamedTuple):
    """The key of a row: the name of its read model in the Amplify schema, and its id."""

    model: str
    id: str
