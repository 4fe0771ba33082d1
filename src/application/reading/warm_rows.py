"""Rows that a warm process keeps between deliveries, within so many bytes in all."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from kernel.messages import AggregateId
from kernel.projection import Row, RowKey

TEXT_FACTOR = 4
"""Memory of a row, for each character of its text, roughly."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows of a stream as this process has written or read them, folded to event `end`.

    `replay` is the id of the replay for which they were folded from the start, if they were.
    """

    end: int
    rows: Mapping[RowKey, Row]
    replay: str | None = None

    @property
    def bytes(self) -> int:
        return TEXT_FACTOR * len(repr(self.rows))


class WarmRows:
    """The rows of the streams written last. Several threads may use it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept = OrderedDict[AggregateId, tuple[Reached, int]]()
        self._bytes = 0
        self._lock = Lock()

    def recall(self, stream: AggregateId) -> Reached | None:
        kept = self._kept.get(stream)
        return None if kept is None else kept[0]

    def keep(self, stream: AggregateId, reached: Reached) -> None:
        size = reached.bytes
        with self._lock:
            self._drop(stream)
            self._kept[stream] = reached, size
            self._bytes += size
            while self._bytes > self.limit:
                self._drop(next(iter(self._kept)))

    def forget(self, stream: AggregateId) -> None:
        with self._lock:
            self._drop(stream)

    def _drop(self, stream: AggregateId) -> None:
        _, size = self._kept.pop(stream, (None, 0))
        self._bytes -= size
