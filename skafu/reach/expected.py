"""Rows that are expected to catch up with what was sent back or published again."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from application.publishing.republish import CommitKey
from application.reading.verify import expected_rows, still_differs
from domain.contents import contents
from handlers import wiring
from kernel.messages import AggregateId
from skafu.reach.letters import Letter, Place
from skafu.terminal import progress

PAUSE = 0.5  # seconds between two looks at the rows


@dataclass
class Expected:
    """Rows that must catch up with what was redriven: each then equals the fold of its stream."""

    environment: str
    streams: set[tuple[str, AggregateId]] = field(default_factory=set)

    def expect(self, place: Place, letter: Letter) -> None:
        name = place.group(self.environment)
        if letter.aggregate_id is not None and name is not None and name in contents.projection:
            self.streams.add((name, AggregateId(letter.aggregate_id)))

    def expect_all(self, keys: Iterable[CommitKey]) -> None:
        """Expect every projection of the aggregate to reach what was published again."""
        for aggregate, _ in keys:
            kind = aggregate.partition("#")[0]
            self.streams |= {(p.name, aggregate) for p in contents.projections_of(kind)}

    def awaited(self, seconds: float) -> list[tuple[str, AggregateId]]:
        """Return the rows that did not catch up in time."""
        end = time.monotonic() + seconds
        left = sorted(self.streams)
        with progress("Rows", len(left)) as bar:
            (task,) = bar.task_ids
            while left := [each for each in left if not reached(*each)]:
                bar.update(task, completed=len(self.streams) - len(left))
                if time.monotonic() > end:
                    break
                time.sleep(PAUSE)
        return left


def reached(where: str, aggregate: AggregateId) -> bool:
    projection = contents.projection[where]
    rows, commits = wiring.read_models(), list(wiring.event_store().read(aggregate))
    try:
        expected = expected_rows(projection, commits)
    except (LookupError, ValueError):
        return False  # the projection cannot read it yet
    opener = wiring.row_opener(projection)
    found = ((key, row, rows.get(key)) for key, row in expected.items())
    return all(still_differs(row, stored, key, opener) is None for key, row, stored in found)
