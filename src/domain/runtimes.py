"""Runtimes of AWS Lambda: until when AWS supports each, and which one follows."""

from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "2026-11-29"
"""The day of which the table is: rules read no clock."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The last day of support, as an ISO date, and the runtime to move to then."""

    supported_until: str
    successor: str | None

    @property
    def is_retired(self) -> bool:
        return self.supported_until < AS_OF


LIFECYCLES: Mapping[str, Lifecycle] = {
    "python3.9": Lifecycle("2025-12-15", "python3.13"),
    "python3.13": Lifecycle("2029-06-30", None),
    "nodejs18": Lifecycle("2025-09-01", "nodejs24.x"),
    "nodejs22": Lifecycle("2027-04-30", "nodejs24.x"),
    "nodejs24.x": Lifecycle("2028-04-30", None),
}
"""By the names that projects have for them; AWS writes `nodejs22.x`."""


def living(runtime: str) -> str:
    """Return the runtime, or the one that follows it when AWS has retired it."""
    known = LIFECYCLES.get(runtime)
    if known is None or not known.is_retired or known.successor is None:
        return runtime
    return living(known.successor)
