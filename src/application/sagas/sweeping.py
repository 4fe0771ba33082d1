"""The sweep: the search for runs that nobody works on, and for answers that were lost."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from application.commit import Commit
from application.ports import Clock, Unavailable
from application.publishing.feed import CommitRanges, Feed, FeedEntry, FeedPage
from application.sagas.answering import answer
from application.sagas.beginning import Beginnings
from application.sagas.ports import BegunRun, SagaTable, Tell, Waiting
from application.sagas.tasks import RunKey
from kernel.errors import AggregateNotFound
from kernel.messages import AggregateId, iso_milliseconds

T = TypeVar("T")

PATIENCE = timedelta(minutes=5)
"""The time after which a run without an execution is taken for lost."""
MOST_PAGES = 50
"""Pages of the feed in one sweep; the next goes on."""
RESERVE = 5.0
"""Seconds that a sweep leaves of its time: for what it is at, and to note its place."""
LOST = "The work on it came to an end before it was done."

Left = Callable[[], float]
"""Return the seconds that are left."""
Subject = tuple[AggregateId, int]
"""The event that something is about, by its aggregate and sequence."""
Work = Callable[[], bool | str]
"""Look after one step that waits, or one run; return what became of it."""


def for_ever() -> float:
    return math.inf


@dataclass(frozen=True, slots=True)
class NotSwept:
    """The event of a run, or the first of an entry of the feed, and why it is not looked after."""

    subject: Subject
    error: Exception


Failures = list[NotSwept]


@dataclass(frozen=True, slots=True)
class Swept:
    """Numbers of runs that a sweep has found, begun, had undone, and seen ended.

    `answered` are steps that waited for what has ended, `failures` what went wrong with single
    runs: the others were looked after all the same. One that has `stopped` had no time left.
    """

    found: int = 0
    answered: int = 0
    begun: int = 0
    undone: int = 0
    ended: int = 0
    stopped: bool = False
    failures: tuple[NotSwept, ...] = field(default=(), kw_only=True)


def tried(work: Callable[[], T], subject: Subject, failures: Failures) -> T | None:
    """Return what the work returns, or note why it failed. Raises `Unavailable`."""
    try:
        return work()
    except Unavailable:
        raise
    except Exception as error:  # whatever it is, the next run does not depend on it
        failures.append(NotSwept(subject, error))
        return None


@dataclass(frozen=True)
class Sweep:
    """Finds runs that nobody works on: the feed tells of every one, whatever else was lost.

    `tell` has the ends of aggregates heard once more, for the same reason. While sagas are paused
    it answers steps that wait, and leaves all runs alone.
    """

    beginnings: Beginnings
    table: SagaTable
    feed: Feed
    commits: CommitRanges
    clock: Clock
    tell: Tell
    patience: timedelta = PATIENCE

    def __call__(self, left: Left = for_ever) -> Swept:
        """Sweep as long as there is time: the next sweep goes on where this one has stopped.

        Raises `Unavailable`; no single run that cannot be read holds the others up. Half of the
        time is for the feed, so a long one does not keep known runs waiting.
        """
        failures: Failures = []
        half = (left() + RESERVE) / 2
        found = self.look(failures, lambda: left() >= half)
        outcomes = [*self.look_after(failures, lambda: left() >= RESERVE)]
        return Swept(
            found=found,
            answered=outcomes.count(True),
            begun=outcomes.count("begun"),
            undone=outcomes.count("undone"),
            ended=outcomes.count("ended"),
            stopped=left() < RESERVE,
            failures=tuple(failures),
        )

    def look(self, failures: Failures, has_time: Callable[[], bool]) -> int:
        """Note the runs of further entries of the feed; return their number.

        What cannot be read is noted as a failure, once: the next sweep goes on behind it.
        """
        place, number = self.table.place(), 0
        for page in self.pages(place.page):
            done = place.entries if page.number == place.page else 0
            for entries, entry in enumerate(page.entries[done:], done + 1):
                number += self.note(entry, failures)
                if not has_time():
                    self.table.keep(replace(place, page=page.number, entries=entries))
                    return number
            self.table.keep(replace(place, page=page.number + 1, entries=0))
        return number

    def pages(self, first: int) -> Iterator[FeedPage]:
        for page in self.feed.pages(first):
            if page.number >= first + MOST_PAGES:
                return
            yield page

    def note(self, entry: FeedEntry, failures: Failures) -> int:
        """Note what an entry holds; those of aggregates without a saga are not read."""
        kinds = {saga.aggregate_type for saga in self.beginnings.runs.contents.sagas}
        if entry.aggregate.partition("#")[0] not in kinds:
            return 0
        between = partial(self.commits.between, entry.aggregate, entry.first, entry.last)
        subject = (entry.aggregate, entry.first)
        commits = tried(lambda: [*between()], subject, failures) or []
        return sum(tried(partial(self.note_commit, one), subject, failures) or 0 for one in commits)

    def note_commit(self, commit: Commit) -> int:
        """Keep the runs that a commit has begun, and have its ends heard once more.

        Return the number of the runs.
        """
        begun = self.begun(commit)
        for one in begun:
            self.table.add(one)
        for sequence in self.ended(commit):
            self.tell(commit.aggregate_id, sequence, commit.correlation_id)
        return len(begun)

    def begun(self, commit: Commit) -> list[BegunRun]:
        return [BegunRun(run, commit.timestamp) for run in self.beginnings.runs.begun(commit)]

    def ended(self, commit: Commit) -> list[int]:
        return [one.sequence for *_, one in self.beginnings.runs.endings(commit)]

    def look_after(
        self, failures: Failures, has_time: Callable[[], bool]
    ) -> Iterator[bool | str | None]:
        """Yield what became of steps that wait, and of runs, one after the other."""
        place = self.table.place()
        due = self.due(place.after)
        for number, (name, run, work) in enumerate(due, 1):
            yield tried(work, self.beginnings.runs.subject(run), failures)
            if number < len(due) and not has_time():
                self.table.keep(replace(place, after=name))
                return
        if place.after:
            self.table.keep(replace(place, after=""))

    def due(self, after: str) -> list[tuple[str, RunKey, Work]]:
        """Return the work by its name, first what comes behind the place of the last sweep."""
        waits, begun = self.table.waits(), self.table.begun()
        found: list[tuple[str, RunKey, Work]] = [
            *((f"wait {one.asked}", one.run, partial(self.answer, one)) for one in waits),
            *((f"work {one.run.event_id}", one.run, partial(self.check, one)) for one in begun),
        ]
        return sorted(found, key=lambda one: (one[0] <= after, one[0]))

    def answer(self, waiting: Waiting) -> bool:
        """Answer a step whose answer was lost on its way; tell whether there was one.

        A step of a run that has ended waits no more.
        """
        if not self.goes_on(waiting.run):
            self.table.forget(waiting)
            return False
        found = self.beginnings
        return answer(found.runs, self.table, found.executions, waiting)

    def check(self, begun: BegunRun) -> str:
        """Begin or undo a run that nobody works on; return what became of it."""
        run, now = begun.run, self.clock()
        if self.beginnings.paused:
            return "paused"
        if begun.since > iso_milliseconds(now - self.patience):
            return "young"
        if not self.goes_on(run):
            self.table.remove(run)
            return "ended"
        execution = self.beginnings.executions.find(run.saga, run.event_id)
        if execution is not None and execution.is_running:
            return "going on"
        if execution is None and self.beginnings.begin(run):
            return "begun"
        return "undone" if self.beginnings.undo(run, LOST, now) else "going on"

    def goes_on(self, run: RunKey) -> bool:
        try:
            return self.beginnings.runs.goes_on(run)
        except AggregateNotFound:
            return False
