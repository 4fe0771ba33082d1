"""The streams of a user in memory: the twin of the DynamoDB one, under the same contract."""

from collections.abc import Iterator

from application.ports import EventStore
from application.privacy.forgetting import StreamsPage, concerns


class MemorySubjectStreams:
    """The streams of a user; a position is the number of streams that have been examined."""

    def __init__(self, store: EventStore, page: int = 2) -> None:
        self._store = store
        self._page = page

    def pages(self, subject: str, position: str | None) -> Iterator[StreamsPage]:
        streams = sorted(stream for stream, _ in self._store.heads())
        for first in range(int(position or 0), max(len(streams), 1), self._page):
            end = first + self._page
            commits = [c for s in streams[first:end] for c in self._store.read(s)]
            found = [c.aggregate_id for c in commits if concerns(subject, c.actor, c.events)]
            following = str(end) if end < len(streams) else None
            yield StreamsPage(tuple(dict.fromkeys(found)), len(commits), following)

    def size(self) -> int:
        return sum(len(list(self._store.read(stream))) for stream, _ in self._store.heads())
