"""The feed in memory: the twin of the DynamoDB one, under the same contract."""

from collections.abc import Iterator, Sequence
from threading import Lock

from application.publishing.feed import FeedPage, PageTaken
from kernel.messages import AggregateId


class MemoryFeed:
    """Pages and ends in one process."""

    def __init__(self) -> None:
        self._pages: list[FeedPage] = []
        self._ends: dict[AggregateId, int] = {}
        self._noted = 0
        self._lock = Lock()

    def append(self, page: FeedPage) -> None:
        with self._lock:
            if page.number != len(self._pages) + 1:
                raise PageTaken(page.number)
            self._pages.append(page)

    def newest(self) -> FeedPage | None:
        return self._pages[-1] if self._pages else None

    def pages(self, first: int) -> Iterator[FeedPage]:
        return iter(self._pages[first - 1 :])

    def ends(self, streams: Sequence[AggregateId]) -> dict[AggregateId, int]:
        return {stream: self._ends.get(stream, 0) for stream in streams}

    def record_ends(self, page: FeedPage) -> None:
        with self._lock:
            for entry in page.entries:
                self._ends[entry.aggregate] = max(entry.last, self._ends.get(entry.aggregate, 0))
        self._noted = page.number

    def ends_recorded(self) -> int:
        return self._noted
