"""Runtimes of AWS Lambda: until when AWS supports each, and which one follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.project.values import Runtime

AS_OF = "2026-11-29"
"""The day of which the table is: rules read no clock."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The last day of support as an ISO date, and what to move to then."""

    supported_until: str
    successor: Runtime | None = None

    @property
    def is_retired(self) -> bool:
        return self.supported_until < AS_OF


LIFECYCLES: Mapping[str, Lifecycle] = {
    Runtime.PYTHON_3_9: Lifecycle("2025-12-15", Runtime.PYTHON_3_13),
    Runtime.PYTHON_3_13: Lifecycle("2029-06-30"),
    Runtime.NODEJS_18: Lifecycle("2025-09-01", Runtime.NODEJS_24),
    Runtime.NODEJS_22: Lifecycle("2027-04-30", Runtime.NODEJS_24),
    Runtime.NODEJS_24: Lifecycle("2028-04-30"),
}
"""By the names that projects have for them: `nodejs22`, where AWS writes `nodejs22.x`."""


def successor(runtime: str) -> str:
    """Return the runtime that scaffolds use: the same one as long as AWS supports it.

    One that is not in the table, which a later release may have recorded, is left as it is.
    """
    life = LIFECYCLES.get(runtime)
    return life.successor if life and life.is_retired and life.successor else runtime
