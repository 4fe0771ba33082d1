"""One record for every failure anywhere; `skafu doctor` reads them as one list."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed, where, why. `key` is enough to read the record again; no secrets in any field.

    `what` is a short name (`RecordNotPublished`); `retryable` says whether the same input may
    succeed later without a change of code.
    """

    what: str
    where: str
    why: str
    severity: Severity = Severity.ERROR
    retryable: bool = False
    key: dict[str, str | int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def reason(error: BaseException) -> str:
    """The class and the first line: a message may quote its input, a whole one might leak it."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"
