"""Beginnings of runs: one execution for each, however often the event is delivered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from application.ports import Clock, Unavailable
from application.publishing.feed import CommitRanges, Feed, FeedEntry, FeedPage
from application.sagas.answering import answer
from application.sagas.ports import RUNNING, BegunRun, Executions, SagaTable, Waiting
from application.sagas.runs import Runs
from application.sagas.tasks import RunKey, beginning, given_up, sentence
from kernel import saga as sagas
from kernel.errors import AggregateNotFound
from kernel.messages import iso_milliseconds

T = TypeVar("T")

PATIENCE = timedelta(minutes=5)
"""The time after which a run without an execution is taken for lost."""
MOST_PAGES = 50
"""Pages of the feed in one sweep; the next goes on."""
LOST = "The work on it came to an end before it was done."


@dataclass(frozen=True)
class Beginnings:
    """Begins executions; each has the id of the event that began its run as its name."""

    runs: Runs
    executions: Executions
    table: SagaTable

    def begin(self, run: RunKey) -> bool:
        """Begin the run if it still waits for that; tell whether this has begun it."""
        progress = self.runs.progress(run)
        if (progress.attempt, progress.status) != (run.attempt, sagas.RUNNING):
            return False
        return self.executions.start(run.saga, run.event_id, beginning(run))

    def undo(self, run: RunKey, reason: str, now: datetime, *, by_hand: bool = False) -> bool:
        """Begin an execution that undoes the run; tell whether this has begun one.

        Its name tells the hour, and by hand the second: one that could not undo the run is
        followed by another.
        """
        before = self.executions.find(run.saga, undoing_name(run, now - timedelta(hours=1)))
        if before is not None and before.status == RUNNING:
            return False
        name = undoing_name(run, now, "%Y%m%dT%H%M%S" if by_hand else HOUR)
        self.table.note(run, None, sentence(reason))
        return self.executions.start(run.saga, name, given_up(run))


HOUR = "%Y%m%dT%H"


def undoing_name(run: RunKey, now: datetime, form: str = HOUR) -> str:
    return f"{run.event_id}-undo-{now:{form}}"


@dataclass(frozen=True, slots=True)
class Swept:
    """Numbers of runs that a sweep has found, begun, had undone, and seen ended.

    `answered` are steps that waited for what has ended, `failures` what went wrong with single
    runs: the others were looked after all the same.
    """

    found: int = 0
    answered: int = 0
    begun: int = 0
    undone: int = 0
    ended: int = 0
    failures: tuple[Exception, ...] = field(default=(), kw_only=True)


def tried(work: Callable[[], T], failures: list[Exception]) -> T | None:
    """Return what the work returns, or note why it failed. Raises `Unavailable`."""
    try:
        return work()
    except Unavailable:
        raise
    except Exception as error:  # whatever it is, the next run does not depend on it
        failures.append(error)
        return None


@dataclass(frozen=True)
class Sweep:
    """Finds runs that nobody works on: the feed tells of every one, whatever else was lost."""

    beginnings: Beginnings
    table: SagaTable
    feed: Feed
    commits: CommitRanges
    clock: Clock
    patience: timedelta = PATIENCE

    def __call__(self) -> Swept:
        """Sweep. Raises `Unavailable`; no single run that cannot be read holds the others up."""
        failures: list[Exception] = []
        found = self.look(failures)
        answers = [tried(partial(self.answer, one), failures) for one in self.table.waits()]
        outcomes = [tried(partial(self.check, one), failures) for one in self.table.begun()]
        return Swept(
            found,
            answers.count(True),
            *(outcomes.count(what) for what in ("begun", "undone", "ended")),
            failures=tuple(failures),
        )

    def answer(self, waiting: Waiting) -> bool:
        """Answer a step whose answer was lost on its way; tell whether there was one.

        A step of a run that has ended waits no more.
        """
        if not self.goes_on(waiting.run):
            self.table.forget(waiting)
            return False
        found = self.beginnings
        return answer(found.runs, self.table, found.executions, waiting)

    def look(self, failures: list[Exception]) -> int:
        """Note the runs of further pages of the feed; return their number.

        What cannot be read is noted as a failure, once: the next sweep goes on behind it.
        """
        first, number = self.table.page() + 1, 0
        for page in self.pages(first):
            for begun in self.begun(page, failures):
                self.table.add(begun)
                number += 1
            self.table.turn_to(page.number)
        return number

    def pages(self, first: int) -> Iterator[FeedPage]:
        for page in self.feed.pages(first):
            if page.number >= first + MOST_PAGES:
                return
            yield page

    def begun(self, page: FeedPage, failures: list[Exception]) -> Iterator[BegunRun]:
        """Yield the runs of a page; entries of aggregates without a saga are not looked up."""
        runs = self.beginnings.runs
        kinds = {saga.aggregate_type for saga in runs.contents.sagas}
        for entry in page.entries:
            if entry.aggregate.partition("#")[0] in kinds:
                yield from tried(partial(list, self.runs_of(entry)), failures) or ()

    def runs_of(self, entry: FeedEntry) -> Iterator[BegunRun]:
        for commit in self.commits.between(entry.aggregate, entry.first, entry.last):
            for run in self.beginnings.runs.begun(commit):
                yield BegunRun(run, commit.timestamp)

    def check(self, begun: BegunRun) -> str:
        """Begin or undo a run that nobody works on; return what became of it."""
        run, now = begun.run, self.clock()
        if begun.since > iso_milliseconds(now - self.patience):
            return "young"
        if not self.goes_on(run):
            self.table.remove(run)
            return "ended"
        execution = self.beginnings.executions.find(run.saga, run.event_id)
        if execution is not None and execution.status == RUNNING:
            return "going on"
        if execution is None and self.beginnings.begin(run):
            return "begun"
        return "undone" if self.beginnings.undo(run, LOST, now) else "going on"

    def goes_on(self, run: RunKey) -> bool:
        try:
            return self.beginnings.runs.goes_on(run)
        except AggregateNotFound:
            return False
