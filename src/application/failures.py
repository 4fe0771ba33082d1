"""Failures: one form of record for all of them; `skafu doctor` shows them as one list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """The severity of a failure. `INFO` records a decision; all others need attention."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class CommitTampered(Exception):
    """A stored commit was changed or removed."""


class Unreadable(Exception):
    """Stored data is complete but cannot be read."""


class MessageGivenUp(Exception):
    """A queue or a rule gave up a message; it is in a dead-letter queue."""


class RecordsNotPublished(Exception):
    """The stream gave up records; an object in the bucket holds them."""


class Discarded(Exception):
    """Somebody decided that a failed message will not be retried."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure: what failed, where and why. No field holds a secret.

    `what` is a short name (`RecordNotPublished`); `key` is enough to read the record again. A
    `retryable` failure may succeed later without a change of code. Made by `edge.errors.failure`.
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
        """Read a record. Raises `KeyError`, `TypeError` or `ValueError` if it is no failure."""
        return cls(**{**record, "severity": Severity(record["severity"])})


def reason(error: BaseException) -> str:
    """Return the class and the first line; the whole message might leak the input it quotes."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"
