"""Replay: events published once more, in order, marked, for those who ask for them.

A replayed event has the source `skafu.replay.<context>`, and `replayId` and `replayTo` in its
metadata. Rules name their sources exactly, so neither sagas nor other domains hear of a replay
unless they ask for one; a projection of ours hears of those to itself alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.ports import Streams
from application.publishing.envelopes import envelopes
from application.publishing.feed import Cursor, FeedReader
from application.writing.identity import earliest_of
from kernel.messages import AggregateId, iso_milliseconds

Envelope = dict[str, Any]
LATEST = "9999"
"""A time after all others."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The events of a replay; `None` selects all. Both ends of the time belong to it.

    `kinds` are aggregate types, `types` are names of events.
    """

    kinds: frozenset[str] | None = None
    types: frozenset[str] | None = None
    since: str = ""
    until: str = LATEST

    def takes(self, envelope: Envelope) -> bool:
        return (
            self.takes_stream(envelope["aggregateId"])
            and (self.types is None or envelope["eventType"] in self.types)
            and self.since <= envelope["timestamp"] <= self.until
        )

    def takes_stream(self, stream: str) -> bool:
        return self.kinds is None or stream.partition("#")[0] in self.kinds

    @property
    def earliest(self) -> str:
        """Return the time before which no page of the feed was made that holds such an event."""
        if not self.since:
            return self.since
        return iso_milliseconds(earliest_of(datetime.fromisoformat(self.since)))


def of_stream(
    store: Streams, stream: AggregateId, first: int, selection: Selection
) -> Iterator[Envelope]:
    """Yield the selected events of one stream, from this sequence on."""
    for commit in store.read(stream, first):
        for envelope in envelopes(commit):
            if envelope["eventSequence"] >= first and selection.takes(envelope):
                yield envelope


def of_feed(
    reader: FeedReader, after: Cursor, selection: Selection
) -> Iterator[tuple[Cursor, list[Envelope]]]:
    """Yield the selected events of all streams, page by page of the feed, in its order.

    Each comes with the place behind it. Streams that are not selected are not read.
    """
    for page in reader.feed.pages(after.page):
        skipped = after.events if page.number == after.page else 0
        early = page.timestamp < selection.earliest
        found = () if early else reader.of_page(page, skipped, selection.takes_stream)
        yield Cursor(page.number + 1), [one for one, _ in found if selection.takes(one)]


def in_batches(envelopes: Iterable[Envelope], size: int) -> Iterator[Sequence[Envelope]]:
    batch: list[Envelope] = []
    for envelope in envelopes:
        batch.append(envelope)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
