"""Removal of what runs have made elsewhere, once nothing of their aggregate is kept any longer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from application.reading.history import state_at_version
from application.sagas.runs import Runs
from kernel.messages import AggregateId, Recorded, plain_id
from kernel.saga import Offered, Remains, Saga


@dataclass(frozen=True)
class Removal:
    """Removes what the attempts before an event have made, however often it is asked.

    Attempts after the event are left alone: an aggregate may have another owner by then. One that
    goes on while its owner is forgotten is undone, and cleans up itself. `offered` is asked for
    only when there is something to remove: few events are the end of anything.
    """

    runs: Runs
    offered: Callable[[], Offered]

    def __call__(self, aggregate: AggregateId, sequence: int) -> bool:
        """Tell whether the event is such an end. Raises `Unavailable`."""
        if not self.runs.leave_something(aggregate):
            return False
        commit = next(self.runs.store.back_from(aggregate, sequence), None)
        found = [*self.runs.endings(commit)] if commit else []
        removed = [self._removed(*one) for one in found if one[-1].sequence == sequence]
        return any(removed)

    def _removed(self, saga: Saga, remains: Remains, ended: Recorded[Any]) -> bool:
        kind = self.runs.contents.aggregate[saga.aggregate_type]
        state = state_at_version(self.runs.store, kind, ended.aggregate_id, ended.sequence).state
        if not remains.are_over(state, ended.event):
            return False
        tools = saga.tools(self.offered())
        for attempt in range(1, saga.progress(state).attempt + 1):
            remains.remove(tools, plain_id(ended.aggregate_id), attempt)
        return True
