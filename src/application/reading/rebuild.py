"""The rebuild: the rows of some projections, folded anew in place while events arrive.

Rows are listed, streams are scanned and folded, and where a row differs from its fold, the rows of
that stream are brought up by the one rule that writes rows (`CatchUp`). So nobody sees an empty
table or a version that goes back, what is equal is not written, and a rebuild that was broken off
is begun again: it finds written what it has written.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby

from application.failures import reason
from application.reading.survey import STREAMS, Differing, Survey
from application.reading.words import is_of
from kernel.messages import AggregateId
from kernel.projection import Projection

BroughtUp = Callable[[Projection, AggregateId], int]
"""Fold the rows of a stream anew, and write those that differ; return how many."""
WAITING = 4  # streams for each worker that may wait for it

MISSING, UNREAD = "missing", "cannot be read"
OLDER = "of projection version {}"
BEHIND = "behind"
UNCOUNTED = "does not show a stream"


@dataclass(slots=True)
class Differences:
    """The rows that differ, counted by model and kind of difference, and their streams."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    streams: int = 0
    events: int = 0
    """The events of these streams, roughly: a rebuild reads them once more."""
    _last: AggregateId | None = None

    @property
    def rows(self) -> int:
        return self.kinds.total()

    def of_models(self) -> Counter[str]:
        found = Counter[str]()
        for (model, _), count in self.kinds.items():
            found[model] += count
        return found

    def add(self, one: Differing) -> None:
        """Count a row; those of one stream come one after the other."""
        self.kinds[one.key.model, kind_of(one)] += 1
        if one.stream != self._last:
            self._last = one.stream
            self.streams += 1
            self.events += one.folded["version"]

    def add_sums(self, stream: AggregateId, projection: Projection) -> None:
        """Count a stream whose contribution the sums do not show."""
        assert projection.summary is not None
        self.kinds[projection.summary.model, UNCOUNTED] += 1
        self.streams += stream != self._last
        self._last = stream


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild has found and done; `failed` are streams that could not be brought up."""

    differences: Differences = field(default_factory=Differences)
    written: int = 0
    failed: list[tuple[AggregateId, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild of the survey's projections; `going_on`, called often, ends it by raising."""

    survey: Survey
    going_on: Callable[[], None] = lambda: None
    done: Rebuilt = field(default_factory=Rebuilt)

    def compare(self) -> Differences:
        """Find the rows that differ; write nothing."""
        failed = self.survey.compared(lambda: self.survey.fold(self.going_on))
        self.done.failed.extend(failed.items())
        for one in self.survey.spool.differing():
            self.done.differences.add(one)
        for projection, stream in self.survey.wrong_sums():
            self.done.differences.add_sums(stream, projection)
        return self.done.differences

    def write(self, bring_up: BroughtUp) -> None:
        """Bring up the streams of the rows that differ."""
        with ThreadPoolExecutor(self.survey.at_once) as threads:
            working: dict[Future[int], tuple[Projection, AggregateId]] = {}
            try:
                for place in self._places():
                    self.going_on()
                    working[threads.submit(bring_up, *place)] = place
                    if len(working) >= self.survey.at_once * WAITING:
                        self._finished(working)
                while working:
                    self.going_on()
                    self._finished(working)
            finally:
                threads.shutdown(cancel_futures=True)

    def _places(self) -> Iterator[tuple[Projection, AggregateId]]:
        """Yield projections and streams of rows that differ, and of sums that do; each once."""
        differing, summed = self.survey.spool.differing(), set[AggregateId]()
        for stream, rows in groupby(differing, lambda one: one.stream):
            for projection in dict.fromkeys(map(self._projection, rows)):
                if projection.summary:
                    summed.add(stream)
                yield projection, stream
        yield from (place for place in self.survey.wrong_sums() if place[1] not in summed)

    def _projection(self, differing: Differing) -> Projection:
        return next(p for p in self.survey.projections if is_of(p, differing.key.model))

    def _finished(self, working: dict[Future[int], tuple[Projection, AggregateId]]) -> None:
        """Wait for one of the streams at least; one that fails holds up no other."""
        for future in wait(working, return_when=FIRST_COMPLETED).done:
            _, stream = working.pop(future)
            error = future.exception()
            if error is None:
                self.done.written += future.result()
            elif isinstance(error, Exception):
                self.done.failed.append((stream, reason(error)))
            else:
                raise error
            self.survey.seen(STREAMS, 1)


def kind_of(one: Differing) -> str:
    """Return the kind of a difference; there are few kinds."""
    if one.missing:
        return MISSING
    if one.stored is None:
        return UNREAD
    if one.stored["projection_version"] != one.folded["projection_version"]:
        return OLDER.format(one.stored["projection_version"])
    if one.stored["version"] < one.folded["version"]:
        return BEHIND
    names = [name for name, value in one.folded.items() if one.stored[name] != value]
    return f"differs in {', '.join(names)}"
