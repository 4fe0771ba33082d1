"""Sagas: each run ends in one of two ways, with all of its effects or with none."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, cast

from application.sagas.ports import ExecutionStatus
from application.sagas.runs import Runs
from application.sagas.tasks import RunKey
from domain.contents import contents
from kernel.saga import ABANDONED, COMPLETED, FAILED, RUNNING, Progress, Saga
from skafu.simulation.divergence import Divergence
from skafu.simulation.history import History
from skafu.simulation.machines import Execution, GaveUp
from skafu.simulation.saga_stores import ARCHIVES
from skafu.simulation.sagas import EVERY, Sagas
from skafu.simulation.world import EPOCH

Histories = Mapping[str, History]
ADDRESS = re.compile(rf"s3://{ARCHIVES}/[^\"]+")
SLACK = 120_000  # milliseconds: clocks differ by a minute, and a sweep takes its time
RUNS = Runs(contents, cast(Any, None))  # nothing is read from its store
ANSWERS = {
    event
    for saga in contents.sagas
    for step in saga.steps
    if step.question
    for event in step.question.answers
}


class Place(NamedTuple):
    """A run's place: its stream, and the commit that began it."""

    stream: History
    commit: int


def check_sagas(sagas: Sagas, streams: Histories) -> None:
    """Check what became of each run, and that nothing is left behind."""
    runs = {run: place for stream in streams.values() for run, place in runs_of(stream)}
    for saga in contents.sagas:
        for stream in streams.values():
            if stream.kind == saga.aggregate_type:
                check_course(saga, stream)
    for run in runs:
        check_ended(run, runs[run].stream)
    check_executions(sagas, runs)
    check_archives(sagas, runs)
    check_questions(sagas, streams)
    if sagas.items.is_busy:
        raise Divergence("saga", f"{[*sagas.items.items]} are waited for, or looked after")


def runs_of(stream: History) -> Iterator[tuple[RunKey, Place]]:
    for number, commit in enumerate(stream.commits):
        for run in RUNS.begun(commit):
            yield run, Place(stream, number)


def check_course(saga: Saga, stream: History) -> None:
    """Check that steps were done in their order, and undone in reverse, each one once."""
    known = [saga.progress(state) for state in stream.states]
    for before, after in pairwise(known):
        if seen(after) not in [seen(before), *following(saga, before)]:
            raise Divergence("saga", f"{stream.aggregate} went from {before} to {after}")


def seen(progress: Progress) -> tuple[int, str, tuple[str, ...]]:
    return progress.attempt, str(progress.status), tuple(map(str, progress.steps))


def following(saga: Saga, progress: Progress) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield what may come next."""
    attempt, status, steps = seen(progress)
    names = [step.name for step in saga.steps][:-1]
    if status == RUNNING:
        yield attempt, ABANDONED, steps
        done = len(steps) == len(names)
        yield (
            (attempt, COMPLETED, steps) if done else (attempt, RUNNING, (*steps, names[len(steps)]))
        )
    elif status == ABANDONED:
        yield (attempt, ABANDONED, steps[:-1]) if steps else (attempt, FAILED, ())
    elif status != COMPLETED:
        yield attempt + 1, RUNNING, ()


def progress_of(run: RunKey, stream: History, commits: int = -1) -> Progress:
    return contents.saga[run.saga].progress(stream.states[commits])


def check_ended(run: RunKey, stream: History) -> None:
    progress = progress_of(run, stream)
    if progress.attempt == run.attempt and progress.status not in (COMPLETED, FAILED):
        raise Divergence("saga", f"{stream.aggregate} has not ended: {progress}")


def check_executions(sagas: Sagas, runs: Mapping[RunKey, Place]) -> None:
    """Check that each run had one execution that did it, begun while it waited for that."""
    begun = Counter[RunKey]()
    for execution in sagas.machines.all:
        if execution.status == ExecutionStatus.RUNNING:
            raise Divergence("saga", f"{execution} still runs")
        begun[execution.run] += not execution.undoes
        if not execution.undoes and not waited(execution, runs[execution.run].stream):
            raise Divergence("saga", f"{execution} was begun for nothing")
    for run, times in begun.items():
        if times > 1:
            raise Divergence("saga", f"{run} was begun {times} times")


def waited(execution: Execution, stream: History) -> bool:
    """Tell whether the run waited to be begun at any moment until it was."""
    run = execution.run
    found = (progress_of(run, stream, n) for n in stream.during(execution))
    return any((p.attempt, p.status) == (run.attempt, RUNNING) for p in found)


def check_archives(sagas: Sagas, runs: Mapping[RunKey, Place]) -> None:
    """Check that the archives which are left are those of runs that were completed, and no more.

    None is left of what has come to its end since.
    """
    last = ((run, place) for run, place in runs.items() if not is_over(run, place.stream))
    linked = {url for run, place in last for url in urls_of(run, place)}
    kept = {f"s3://{ARCHIVES}/{key}" for key in sagas.bucket.objects}
    if kept - linked:
        raise Divergence("saga", f"{kept - linked} are left behind")
    if linked - kept:
        raise Divergence("saga", f"{linked - kept} are gone")


def is_over(run: RunKey, stream: History) -> bool:
    """Tell whether what the run has made went with an end of its aggregate."""
    remains = contents.saga[run.saga].remains
    states = zip(stream.states[1:], stream.commits, strict=True)
    return remains is not None and any(
        remains.are_over(state, ended.event)
        for state, commit in states
        for *_, ended in RUNS.endings(commit)
        if ended.sequence > run.sequence
    )


def urls_of(run: RunKey, place: Place) -> Iterator[str]:
    progress = progress_of(run, place.stream)
    if progress.attempt == run.attempt and progress.status == COMPLETED:
        for commit in place.stream.commits[place.commit :]:
            yield from ADDRESS.findall(commit.events)


def check_questions(sagas: Sagas, streams: Histories) -> None:
    """Check that each question has an end, and that nobody waited in vain for one that had."""
    ended = {
        asked: answered_at(streams[asked])
        for asked in sagas.items.asked.values()
        if asked in streams
    }
    for asked, moment in ended.items():
        if moment is None:
            raise Divergence("saga", f"{asked} was asked, and nobody waits for it")
    for one in sagas.machines.gave_up:
        moment = ended.get(sagas.items.asked.get(one.token, ""))
        if moment is not None and in_time(moment, one, sagas.calm):
            raise Divergence("saga", f"{one} although the answer came at {moment}")


def answered_at(stream: History) -> int | None:
    """Return the milliseconds from the beginning until the answer."""
    for recorded in stream.all_recorded():
        if type(recorded.event) in ANSWERS:
            since = datetime.fromisoformat(recorded.timestamp) - EPOCH
            return int(since.total_seconds() * 1000)
    return None


def in_time(moment: int, one: GaveUp, calm: int) -> bool:
    """Tell whether a sweep would have had to find the answer, after all faults had ceased."""
    return max(moment, calm) + EVERY + SLACK < one.deadline
