"""Publish commits again whose first publication may have been lost.

The events are not marked. Consumers treat an event as a hint or know its id, so a second
publication harms none of them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from application.commit import Commit
from application.ports import EventBus, EventStore, Unavailable
from application.publishing.envelopes import envelopes
from application.writing.identity import earliest_of, latest_of
from kernel.messages import AggregateId, iso_milliseconds

Position = dict[str, Any]
"""The place at which a scan continues; JSON, so that it can be stored."""
CommitKey = tuple[AggregateId, int]
"""The key of a commit: its stream and its first sequence."""
AT_ONCE = 100  # events between two looks at the rate


class CommitMissing(LookupError):
    """The store has no commit with the key of a record that the stream once delivered."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """The commits on one page of a scan, and the number of items that it `examined`.

    `unreadable` holds the keys of items that are no commits. `after` is `None` on the last page.
    """

    commits: Sequence[Commit]
    unreadable: Sequence[CommitKey]
    examined: int
    after: Position | None


class CommitScan(Protocol):
    """Commits by time. There is no index for it: it would cost a write unit with each commit."""

    def recorded_between(
        self, since: str, until: str, after: Position | None = None
    ) -> Iterator[ScannedPage]:
        """Scan the whole store, strongly consistent; both times are part of the span."""
        ...


@dataclass
class Publication:
    """Publishes commits, no faster than `rate` events a second."""

    bus: EventBus
    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    events: int = 0
    _next: float = field(default=0.0, init=False)

    def publish(self, commits: Sequence[Commit]) -> None:
        """Publish the events of these commits. After an error, some may have been published.

        Raises `Unavailable` when the bus does not take all of them, and `ValueError` or `KeyError`
        for a commit that cannot be read.
        """
        entries = [envelope for commit in commits for envelope in envelopes(commit)]
        for first in range(0, len(entries), AT_ONCE):
            self.put(entries[first : first + AT_ONCE])

    def put(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Publish these events when the rate allows it. Raises `Unavailable` as `publish` does."""
        self._pace(len(batch))
        if failed := self.bus.put(batch):
            raise Unavailable(f"the bus did not take {len(failed)} of {len(batch)} events")
        self.events += len(batch)

    def _pace(self, events: int) -> None:
        now = self.clock()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(self._next, now) + events / self.rate


def republish(
    scan: CommitScan,
    publish: Callable[[Sequence[Commit]], None],
    since: datetime,
    until: datetime,
    after: Position | None = None,
) -> Iterator[ScannedPage]:
    """Publish the commits recorded from `since` to `until`, page by page, beginning at `after`.

    A page is yielded once it is published: its `after` is the place from which to continue. The
    span is widened by as much as the clocks of writers may differ.
    """
    first, last = iso_milliseconds(earliest_of(since)), iso_milliseconds(latest_of(until))
    for page in scan.recorded_between(first, last, after):
        publish(page.commits)
        yield page


def publish_recorded(store: EventStore, publication: Publication, key: CommitKey) -> None:
    """Publish one commit from the store. Raises `CommitMissing`."""
    aggregate, sequence = key
    found = next(iter(store.read(aggregate, sequence)), None)
    if found is None or found.first_sequence != sequence:
        raise CommitMissing(f"{aggregate} {sequence}")
    publication.publish([found])
