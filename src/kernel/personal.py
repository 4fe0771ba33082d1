"""Personal data as the rules may see it: sealed, and marked with whose it is."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import (
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
)

from kernel.merging import always
from kernel.messages import Command, Event

FORM = re.compile(r"s1:[A-Za-z0-9_-]{38,}")
FINGERPRINTS = "fingerprints"
"""Key of a serialization context: sealed values are then dumped as their fingerprints."""


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A value that only the holder of its subject's key can read.

    `text` is what is stored, another each time the same value is sealed. `fingerprint`, an HMAC
    under the subject's key, is the same each time; only the edge that sealed it knows it.
    """

    text: str
    fingerprint: str = field(default="", compare=False, repr=False)


def read(value: object) -> SealedValue:
    """Raises `ValueError` for anything that is not sealed: a plain value must not slip through."""
    if isinstance(value, SealedValue):
        return value
    if not isinstance(value, str) or not FORM.fullmatch(value):
        raise ValueError("a sealed value is needed here")
    return SealedValue(value)


def dump(value: SealedValue, info: SerializationInfo) -> str:
    if not (info.context or {}).get(FINGERPRINTS):
        return value.text
    if not value.fingerprint:
        raise ValueError("only a value that was sealed here has a fingerprint")
    return value.fingerprint


Sealed = Annotated[
    SealedValue,
    PlainValidator(read),
    PlainSerializer(dump),
    WithJsonSchema({"type": "string", "format": "sealed", "pattern": f"^{FORM.pattern}$"}),
]


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field that holds data of a person: `Annotated[Sealed | None, Personal("owner")]`.

    `subject` names the field beside it that says whose data it is, by `<sub>` or
    `<sub>::<username>`.
    """

    subject: str


Subject = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
"""A person, by the `sub` of their tokens."""


class ForgetSubject(Command):
    """Taken by every aggregate, whatever its status: the person's key has been destroyed."""

    type: Literal["ForgetSubject"] = "ForgetSubject"
    subject: Subject


class SubjectForgotten(Event):
    """The key of this person was destroyed: what is sealed under it is unreadable for ever."""

    touches = always("subject")
    type: Literal["SubjectForgotten"] = "SubjectForgotten"
    subject: str
