"""Segments of the store: pieces of work on its streams, each done within the time of a function.

A segment holds whole streams. The next piece begins where one has ended, so whatever was killed is
done again from the beginning of its piece.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from application.commit import Commit
from application.publishing.republish import Position, ScannedPage
from application.reading.scans import follow_one_another, streams
from kernel.messages import AggregateId

HasTime = Callable[[], bool]
"""Tell whether there is time to begin something that takes seconds."""
NAMED = 3  # things that need a person, of each part; the log has all of them
Place = dict[str, Any]
"""Where the next piece begins; JSON."""


@dataclass(slots=True)
class Piece:
    """What was done: counts by their names, and where to go on; `None` if there is nothing left.

    `left` describes the first of what needs a person; `counts["left"]` counts all of it.
    """

    after: Place | None = None
    counts: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)

    def leave(self, what: str) -> None:
        self.counts["left"] += 1
        self.left.append(what)

    def add(self, other: "Piece") -> None:
        self.counts += other.counts
        self.left += other.left


class Segment(Protocol):
    """One segment of a scan of the store."""

    def page(self, after: Position | None) -> ScannedPage:
        """Return the next page, strongly consistent. Raises `Unavailable`."""
        ...

    def ended_in(self, after: Position) -> AggregateId:
        """Return the stream to which the last commit belongs of the page that ended there."""
        ...


def whole_streams(
    segment: Segment, after: Position | None, page: ScannedPage
) -> Iterator[tuple[AggregateId, Sequence[Commit] | None]]:
    """Yield the streams that begin on a page, so that each stream of a segment is yielded once.

    The commits come with a stream if the page holds all of it; else it has to be read.
    """
    before = None if after is None else segment.ended_in(after)
    cut = None if page.after is None else segment.ended_in(page.after)
    for stream, commits in streams([page]):
        if stream != before:
            whole = stream != cut and commits is not None and follow_one_another(commits)
            yield stream, commits if whole else None
