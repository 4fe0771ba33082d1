"""The replay of one segment: a piece of a replay by workflow, in order within each stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from application.commit import Commit
from application.failures import reason
from application.ports import Streams
from application.publishing.envelopes import replayed
from application.publishing.replay import Envelope, Selection, in_batches, of_stream
from application.publishing.republish import Publication, ScannedPage
from application.reading.segments import HasTime, Piece, Place, Segment, whole_streams
from application.reading.survey import Held
from application.reading.verify import UNREADABLE
from kernel.messages import AggregateId

BATCH = 10  # events of one request


@dataclass(frozen=True, slots=True)
class SegmentReplay:
    """Publishes the selected events of a segment once more; without `publication` it counts them.

    A piece that is done again publishes its events again. Each stream comes in its order.
    """

    segment: Segment
    store: Streams
    selection: Selection
    id: str
    to: str
    publication: Publication | None

    def piece(self, place: Place | None, has_time: HasTime) -> Piece:
        """Publish at least one batch or read a page. Raises `Unavailable` if it has to be again."""
        start = {"page": None, "stream": None, "sequence": 1} if place is None else place
        done = Piece(start)
        while done.after is not None:
            self._page(done, has_time)
            if not has_time():
                break
        return done

    def _page(self, done: Piece, has_time: HasTime) -> None:
        """Work on the page of `done.after`, from its stream and sequence on, and move that."""
        assert done.after is not None
        position, resumed, sequence = (done.after[k] for k in ("page", "stream", "sequence"))
        page = self.segment.page(position)
        for stream, commits in self._streams(position, page):
            if resumed is not None and stream != resumed:
                continue
            done.counts["streams"] += resumed is None
            next_one = self._stream(stream, commits, sequence, has_time, done)
            resumed, sequence = None, 1
            if next_one is not None:
                done.after = {"page": position, "stream": stream, "sequence": next_one}
                return
        rest = {"page": page.after, "stream": resumed, "sequence": sequence}
        done.after = None if page.after is None else rest

    def _streams(
        self, position: Place | None, page: ScannedPage
    ) -> Iterator[tuple[AggregateId, Sequence[Commit] | None]]:
        found = whole_streams(self.segment, position, page)
        return ((s, commits) for s, commits in found if self.selection.takes_stream(s))

    def _stream(
        self,
        stream: AggregateId,
        commits: Sequence[Commit] | None,
        first: int,
        has_time: HasTime,
        done: Piece,
    ) -> int | None:
        """Publish a stream; return the sequence to go on with if the time was up before its end."""
        store = self.store if commits is None else Held(commits)
        found = of_stream(store, stream, first, self.selection)
        try:
            for batch in in_batches(found, BATCH):
                self._publish(batch)
                done.counts["events"] += len(batch)
                if not has_time():
                    return int(batch[-1]["eventSequence"]) + 1
        except UNREADABLE as error:
            done.leave(f"{stream}: {reason(error)}")
        return None

    def _publish(self, batch: Sequence[Envelope]) -> None:
        if self.publication is not None:
            self.publication.put([replayed(one, self.id, self.to) for one in batch])
