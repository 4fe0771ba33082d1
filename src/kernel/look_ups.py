"""Look-ups read the states of other aggregates, and the holders of unique values."""

from typing import Any, Protocol

from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId


class States(Protocol):
    def newest(self, aggregate: AnyAggregate, plain_id: str) -> Any:  # noqa: ANN401 - any state
        """Return the newest state. Raises `AggregateNotFound`."""
        ...

    def holder(self, claim: str) -> AggregateId | None:
        """Return the aggregate that holds a unique value."""
        ...
