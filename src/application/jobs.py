"""Jobs on the whole store, by workflow: what was asked for, in parts, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from application.publishing.envelopes import NOBODY
from application.publishing.replay import LATEST, Selection
from application.reading.segments import NAMED, Piece

REBUILD, REPLAY = "rebuild", "replay"
SEGMENTS, CONCURRENCY = 32, 8
RATE = 100.0  # events a second of a replay
MOST_SEGMENTS, MOST_AT_ONCE = 200, 40
"""What all parts of a job answer must fit into the 256 KB that a state may have."""
LONGEST = 300  # characters of a line on what needs a person


class InvalidJob(ValueError):
    """The job asks for what the domain or the workflow does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job on the whole store, in `segments`, of which `concurrency` are worked on at a time.

    `name` is that of its execution, `since` its start in ISO 8601. A rebuild is of `projections`. A
    replay is of the selected events, at `rate` events a second in all, marked with its name, for
    the projection `to` if there is one.
    """

    work: str
    name: str
    since: str
    segments: int = SEGMENTS
    concurrency: int = CONCURRENCY
    dry_run: bool = False
    projections: tuple[str, ...] = ()
    to: str = NOBODY
    kinds: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    first: str = ""
    last: str = LATEST
    rate: float = RATE

    @property
    def selection(self) -> Selection:
        return Selection(
            None if self.kinds is None else frozenset(self.kinds),
            None if self.types is None else frozenset(self.types),
            self.first,
            self.last,
        )

    @property
    def share(self) -> float:
        """Return the events a second of each of the parts that are worked on at a time."""
        return self.rate / min(self.concurrency, self.segments)

    @property
    def leases(self) -> list[str]:
        """Return the names of work that nobody else may do meanwhile."""
        if self.work != REBUILD or self.dry_run:
            return []
        return [lease_of(projection) for projection in self.projections]

    @property
    def holder(self) -> str:
        return holder_of(self.name)


def holder_of(job: str) -> str:
    """Return the name under which a job, by its own name, holds leases."""
    return f"workflow {job}"


def lease_of(projection: str) -> str:
    return f"rebuild of {projection}"


def results(parts: Iterable[Mapping[str, Any]]) -> Piece:
    """Add up what parts have answered: `counts`, and the first of what needs a person."""
    total = Piece()
    for part in parts:
        total.counts += Counter(part["counts"])
        total.left += part["left"]
    return total


def named(left: Iterable[str]) -> list[str]:
    """Return the first lines on what needs a person, none too long."""
    return [line[:LONGEST] for line in list(left)[:NAMED]]
