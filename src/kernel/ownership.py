"""Ownership: the event that gives an aggregate, and every row of its stream, another owner."""

from dataclasses import dataclass
from typing import Annotated

from kernel.merging import LIFE, always
from kernel.messages import Event
from kernel.personal import Personal, Sealed, SealedValue


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the pool, to whom something is given: `owner` is `<sub>::<username>`.

    Name and e-mail are sealed under the key of this person.
    """

    owner: str
    name: SealedValue | None = None
    email: SealedValue | None = None


class HandedOver(Event):
    """The aggregate belongs to another owner from now on.

    The base of such events. The engine itself gives all rows of the stream to the new owner, those
    of what is deleted included: no projection has to know of it.
    """

    touches = always(LIFE)  # what was decided for one owner is not done to the other
    owner: str
    owner_name: Annotated[Sealed | None, Personal("owner")] = None
    owner_email: Annotated[Sealed | None, Personal("owner")] = None
