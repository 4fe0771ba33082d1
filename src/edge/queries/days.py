"""Days between which the rows of a list are: `from` and `to`, both included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import AfterValidator, StringConstraints

from edge.http.api import Parameter
from edge.http.problems import InvalidRequest
from kernel.values import Expected

BACKWARDS = "`from` is a later day than `to`."


def real(day: str) -> str:
    """Return the day if there is such a one. Raises `ValueError`."""
    date.fromisoformat(day)
    return day


Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(real),
    Expected("a day such as 2026-01-31"),
]


def bound(alias: str, description: str) -> Parameter:
    return (Annotated[Day | None, QueryParameter(alias=alias, description=description)], None)


DAYS: dict[str, Parameter] = {
    "first": bound("from", "The first day, of UTC: `2026-01-31`."),
    "last": bound("to", "The last day, of UTC; it is included."),
}


@dataclass(frozen=True, slots=True)
class Days:
    """The bounds of a list, as the client sent them."""

    first: str | None = None
    last: str | None = None

    @property
    def condition(self) -> Mapping[str, Any] | None:
        """Return the condition on the key by which an index sorts; AppSync takes a single one.

        Raises `InvalidRequest`.
        """
        if self.first and self.last:
            if self.first > self.last:
                raise InvalidRequest(BACKWARDS, "from")
            return {"between": [self.first, self.last]}
        if self.first:
            return {"ge": self.first}
        return {"le": self.last} if self.last else None


EVER = Days()
