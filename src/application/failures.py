"""Failures: one form of record for all of them; `skafu doctor` shows them as one list."""

import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from kernel.errors import DomainError


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


QUOTING = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""Errors of Python and of libraries whose text quotes the value at fault: a part of a payload."""
LIBRARIES = {*sys.stdlib_module_names, "pydantic", "pydantic_core", "aws_lambda_powertools"}


def reason(error: BaseException) -> str:
    """Return the class and the first line of the text, or the place where it was raised.

    The place stands for a text that may quote a payload: no log and no failure shows one. The text
    of a rule's refusal is shown as it is before it is filled from the state and the command.
    """
    if isinstance(error, DomainError):
        return f"{type(error).__name__}: {error.text}"
    if quotes_a_payload(error):
        return f"{type(error).__name__}{place(error)}"
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"


def quotes_a_payload(error: BaseException) -> bool:
    library = type(error).__module__.partition(".")[0] in LIBRARIES
    return library and isinstance(error, QUOTING)


def place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f" in {own[-1].name}, {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
