"""Personal data in the form that rules may see: sealed, and marked with its subject."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import (
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
)

from kernel.actor import user_id
from kernel.merging import always
from kernel.messages import Command, Event
from kernel.values import PRINTABLE, Expected

FORM = re.compile(r"s1:[A-Za-z0-9_-]{38,}")
FINGERPRINTS = "fingerprints"
"""Key of a serialization context: sealed values are then dumped as their fingerprints."""


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A value that can be read only with the key of its subject.

    `text` is stored; it differs each time the same value is sealed. `fingerprint`, an HMAC under
    the subject's key, is the same each time; only the edge that sealed the value knows it.
    """

    text: str
    fingerprint: str = field(default="", compare=False, repr=False)


class Unopened(str):
    """A sealed text in a row as it is folded; it is opened, if it can be, when the row is written.

    It is told from what is readable by its class: no text that a person chose is taken for sealed.
    """

    __slots__ = ("subject",)
    subject: str

    def __new__(cls, sealed: str, subject: str = "") -> Self:
        made = super().__new__(cls, sealed)
        made.subject = subject
        return made


KEPT = Unopened("kept as it is stored")
"""Stands for a readable text in a row that a process remembers: no memory of it holds the text."""


def unopened(value: SealedValue | None, owner: str) -> Unopened | None:
    """Return what an event holds, sealed, of its owner, for a row."""
    return None if value is None else Unopened(value.text, user_id(owner))


def read(value: object) -> SealedValue:
    """Return the sealed value. Raises `ValueError` for plain values, which are never stored."""
    if isinstance(value, SealedValue):
        return value
    if not isinstance(value, str) or not FORM.fullmatch(value):
        raise ValueError("A sealed value is required.")
    return SealedValue(value)


def dump(value: SealedValue, info: SerializationInfo) -> str:
    if not (info.context or {}).get(FINGERPRINTS):
        return value.text
    if not value.fingerprint:
        raise ValueError("Only a value that was sealed in this process has a fingerprint.")
    return value.fingerprint


Sealed = Annotated[
    SealedValue,
    PlainValidator(read),
    PlainSerializer(dump),
    WithJsonSchema({"type": "string", "format": "sealed", "pattern": f"^{FORM.pattern}$"}),
]


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field with personal data: `Annotated[Sealed | None, Personal("owner")]`.

    `subject` names the field beside it that holds the subject: `<sub>` or `<sub>::<username>`.
    """

    subject: str


Subject = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$"), Expected(f"1 to 128 {PRINTABLE}")
]
"""A user, by the `sub` of their tokens."""


class ForgetSubject(Command):
    """Record that a user's key has been destroyed; every aggregate takes it, in any status."""

    type: Literal["ForgetSubject"] = "ForgetSubject"
    subject: Subject


class SubjectForgotten(Event):
    """The key of this person was destroyed: what is sealed under it is unreadable for ever."""

    touches = always("subject")
    type: Literal["SubjectForgotten"] = "SubjectForgotten"
    subject: str
