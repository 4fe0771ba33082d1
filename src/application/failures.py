"""One record for every failure anywhere; `skafu doctor` reads them as one list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """`INFO` is for what a person decided and is kept on record; all else wants somebody."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class CommitTampered(Exception):
    """A stored commit was changed or removed."""


class Unreadable(Exception):
    """A stored value cannot be read, though it is whole."""


class MessageGivenUp(Exception):
    """A queue or a rule gave a message up; it lies in a dead-letter queue."""


class RecordsNotPublished(Exception):
    """The stream gave records up; an object of the bucket holds them."""


class Discarded(Exception):
    """Somebody decided that what had failed is not to be tried again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure. `key` is enough to read the record again; no field holds a secret.

    `what` is a short name (`RecordNotPublished`); `retryable` says whether the same input may
    succeed later without a change of code. Made by `edge.errors.failure`.
    """

    what: str
    where: str
    why: str
    severity: Severity = Severity.ERROR
    retryable: bool = False
    key: dict[str, str | int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Failure":
        """Raises `KeyError`, `TypeError` or `ValueError` for what is no failure."""
        return cls(**{**record, "severity": Severity(record["severity"])})


def reason(error: BaseException) -> str:
    """The class and the first line: a message may quote its input, a whole one might leak it."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"
