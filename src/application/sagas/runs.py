"""Runs of sagas, read from the store: whatever delivers an event, it is only a hint."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from application.commit import Commit
from application.ports import EventStore
from application.reading.history import state_at_version
from application.sagas.tasks import PRINCIPAL, RunKey, asking, command_id
from application.writing.identity import nth_inner_id
from kernel.aggregate import AnyAggregate
from kernel.contents import Contents
from kernel.messages import AggregateId, Event, Recorded, event_id
from kernel.saga import (
    ABANDONED,
    RUNNING,
    Offered,
    Progress,
    Question,
    Remains,
    Run,
    Saga,
    Step,
)


@dataclass(frozen=True)
class Runs:
    """Reads what has become of runs, strongly."""

    contents: Contents
    store: EventStore

    def saga(self, run: RunKey) -> Saga:
        return self.contents.saga[run.saga]

    def kind(self, run: RunKey) -> AnyAggregate:
        return self.contents.aggregate[self.saga(run).aggregate_type]

    def aggregate(self, run: RunKey) -> AggregateId:
        return self.kind(run).id(run.id)

    def subject(self, run: RunKey) -> tuple[AggregateId, int]:
        """Return the event that began the run; of a saga that is not known, with a plain id."""
        known = run.saga in self.contents.saga
        return self.aggregate(run) if known else AggregateId(run.id), run.sequence

    def begun_by(self, aggregate: AggregateId, sequence: int) -> RunKey | None:
        """Return the run that the event began, if it is one that begins a saga."""
        for commit in self.store.back_from(aggregate, sequence):
            return next((run for run in self.begun(commit) if run.sequence == sequence), None)
        return None

    def begun(self, commit: Commit) -> Iterator[RunKey]:
        """Yield the runs that events of the commit began."""
        kind, _, id = commit.aggregate_id.partition("#")
        sagas = [saga for saga in self.contents.sagas if saga.aggregate_type == kind]
        for recorded in commit.recorded(self.contents.events[kind]) if sagas else ():
            for saga in sagas:
                if isinstance(recorded.event, saga.started_by):
                    yield run_of(saga, recorded, id)

    def endings(self, commit: Commit) -> Iterator[tuple[Saga, Remains, Recorded[Any]]]:
        """Yield the events of the commit after which what runs have made may have to go."""
        left = self._remains(commit.aggregate_id)
        kind = commit.aggregate_id.partition("#")[0]
        for recorded in commit.recorded(self.contents.events[kind]) if left else ():
            for saga, remains in left:
                if isinstance(recorded.event, remains.after):
                    yield saga, remains, recorded

    def leave_something(self, aggregate: AggregateId) -> bool:
        """Tell whether runs of such an aggregate make something elsewhere that stays."""
        return bool(self._remains(aggregate))

    def correlation_id(self, run: RunKey) -> str | None:
        """Return the correlation id of the command that began the run."""
        begun = next(self.store.back_from(self.aggregate(run), run.sequence), None)
        return None if begun is None else begun.correlation_id

    def progress(self, run: RunKey) -> Progress:
        """Return the newest attempt's progress. Raises `AggregateNotFound`."""
        return self.saga(run).progress(self.state(run))

    def goes_on(self, run: RunKey) -> bool:
        """Tell whether the run has neither been completed nor been undone."""
        progress = self.progress(run)
        return progress.attempt == run.attempt and progress.status in (RUNNING, ABANDONED)

    def state(self, run: RunKey) -> Any:  # noqa: ANN401 - any state
        kind = self.kind(run)
        return state_at_version(self.store, kind, self.aggregate(run)).state

    def opened(self, run: RunKey, offered: Offered) -> Run:
        """Return the run as its steps see it. Raises `LookupError` if nothing began it."""
        kind, saga = self.kind(run), self.saga(run)
        aggregate = self.aggregate(run)
        past = _newest_first(kind, self.store.back_from(aggregate, run.sequence))
        started = next((one for one in past if one.sequence == run.sequence), None)
        if started is None:
            raise LookupError(f"{aggregate} has no event {run.sequence}")
        return Run(
            id=run.id,
            event_id=run.event_id,
            attempt=run.attempt,
            state=self.state(run),
            started=started,
            earlier=self._earlier(kind, aggregate, run.sequence),
            later=self._later(kind, aggregate, run.sequence),
            new_id=lambda step, n: nth_inner_id(aggregate, PRINCIPAL, command_id(run, step), n),
            tools=saga.tools(offered),
        )

    def answer(self, question: Question, asked: str) -> type[Event] | None:
        """Return the event that has ended what was asked, if one has."""
        kind = self.contents.aggregate[question.aggregate_type]
        commits = self.store.newest_first(kind.id(asked), consistent=True)
        for recorded in _newest_first(kind, commits):
            if type(recorded.event) in question.answers:
                return type(recorded.event)
        return None

    def has_asked(self, run: RunKey, step: Step, asked: str) -> bool:
        """Tell whether the run has asked the step's question, and nobody else in its place.

        Whoever knows the run's event can work out the id of what is asked, and that of the command.
        """
        kind = self.contents.aggregate[question_of(step).aggregate_type]
        first = next(self.store.read(kind.id(asked)), None)
        return first is not None and first.identity == (PRINCIPAL, command_id(run, asking(step)))

    def events(self, kind: AnyAggregate, plain_id: str) -> Iterator[Recorded[Any]]:
        for commit in self.store.read(kind.id(plain_id)):
            yield from commit.recorded(kind.events)

    def _remains(self, aggregate: AggregateId) -> list[tuple[Saga, Remains]]:
        kind = aggregate.partition("#")[0]
        sagas = (saga for saga in self.contents.sagas if saga.aggregate_type == kind)
        return [(saga, saga.remains) for saga in sagas if saga.remains is not None]

    def _earlier(
        self, kind: AnyAggregate, aggregate: AggregateId, sequence: int
    ) -> Callable[[], Iterator[Recorded[Any]]]:
        def earlier() -> Iterator[Recorded[Any]]:
            found = _newest_first(kind, self.store.back_from(aggregate, sequence))
            return (one for one in found if one.sequence < sequence)

        return earlier

    def _later(
        self, kind: AnyAggregate, aggregate: AggregateId, sequence: int
    ) -> Callable[[], Iterator[Recorded[Any]]]:
        def later() -> Iterator[Recorded[Any]]:
            for one in _newest_first(kind, self.store.newest_first(aggregate, consistent=True)):
                if one.sequence <= sequence:
                    return
                yield one

        return later


def run_of(saga: Saga, started: Recorded[Any], id: str) -> RunKey:
    return RunKey(
        saga=saga.name,
        id=id,
        attempt=started.event.attempt,
        event_id=event_id(started.aggregate_id, started.sequence),
        sequence=started.sequence,
    )


def _newest_first(kind: AnyAggregate, commits: Iterator[Commit]) -> Iterator[Recorded[Any]]:
    for commit in commits:
        yield from reversed([*commit.recorded(kind.events)])


def question_of(step: Step) -> Question:
    if step.question is None:
        raise AssertionError(f"{step.name} asks nothing")
    return step.question
