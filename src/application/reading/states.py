"""States of aggregates for look-ups, read from the store."""

from dataclasses import dataclass
from typing import Any

from application.ports import Claims, EventStore
from application.reading.history import state_at_version
from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId
from kernel.texts import normal


@dataclass(frozen=True, slots=True)
class StoredStates:
    """The `States` of look-ups, over an event store."""

    store: EventStore
    claims: Claims

    def newest(self, aggregate: AnyAggregate, plain_id: str) -> Any:  # noqa: ANN401 - any state
        """Return the newest state. Raises `AggregateNotFound`."""
        return state_at_version(self.store, aggregate, aggregate.id(plain_id)).state

    def holder(self, claim: str) -> AggregateId | None:
        """Return the aggregate that holds the unique value, however it is written."""
        return self.claims.holder(normal(claim))
