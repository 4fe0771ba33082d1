"""Waiting until the aggregate's main row shows the command: until it has reached its version."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from application.ports import Refused, Unavailable
from application.writing.requests import Accepted
from edge.caller import Caller
from edge.commands.bodies import RowProgress
from kernel.messages import plain_id

FIRST_POLL = 0.03  # seconds, doubled with each look
LONGEST_POLL = 0.4
ReadRow = Callable[[str, str], Mapping[str, Any] | None]
"""Return the row with this plain id as the caller of this token may see it."""


@dataclass(frozen=True)
class Waiter:
    """Waits for main rows; `rows` holds a reader for each aggregate type that has one."""

    rows: Mapping[str, ReadRow] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def wait(self, who: Caller, accepted: Accepted, seconds: float) -> RowProgress:
        """Return how far the row is, after `seconds` at the latest."""
        read = self.rows.get(accepted.aggregate_id.partition("#")[0])
        if read is None:
            return RowProgress.NONE
        deadline, poll = self.monotonic() + seconds, FIRST_POLL
        while (found := self._look(read, who, accepted)) is not RowProgress.REACHED:
            if self.monotonic() + poll > deadline:
                return found
            self.sleep(poll)
            poll = min(2 * poll, LONGEST_POLL)
        return found

    def _look(self, read: ReadRow, who: Caller, accepted: Accepted) -> RowProgress:
        try:
            row = read(who.token, plain_id(accepted.aggregate_id))
        except (Refused, Unavailable):
            # The command was accepted, so the answer does not depend on reading its row.
            return RowProgress.UNKNOWN
        reached = row is not None and row["version"] >= accepted.version
        return RowProgress.REACHED if reached else RowProgress.PENDING
