"""The rules of an analysis: state, decide, evolve."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.analysis import commands, events
from domain.analysis.bodies import BODIES
from domain.analysis.commands import AnalysisCommand
from domain.analysis.events import AnalysisEvent
from kernel.aggregate import Aggregate
from kernel.decider import Decider
from kernel.errors import DomainError
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject


class AnalysisAlreadyExists(DomainError):
    text = "The analysis exists already."


class AnalysisHasEnded(DomainError):
    text = "The analysis has ended already: {status}."


class Status(StrEnum):
    NONE = ""  # not requested yet
    REQUESTED = "REQUESTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Analysis:
    status: Status = Status.NONE
    owner: str = ""
    forgotten: tuple[Subject, ...] = ()


def decide(state: Analysis, command: AnalysisCommand) -> list[AnalysisEvent]:
    match command:
        case commands.RequestAnalysis():
            return request(state, command)
        case commands.CompleteAnalysis():
            return end(state, Status.COMPLETED, completed(command))
        case commands.FailAnalysis(reason=reason):
            return end(state, Status.FAILED, events.AnalysisFailed(reason=reason))
        case commands.CancelAnalysis():
            return end(state, Status.CANCELLED, events.AnalysisCancelled())
        case _:
            assert_never(command)


def request(state: Analysis, command: commands.RequestAnalysis) -> list[AnalysisEvent]:
    if state.status is not Status.NONE:
        raise AnalysisAlreadyExists
    return [events.AnalysisRequested(**command.model_dump(mode="json", exclude={"type"}))]


def completed(command: commands.CompleteAnalysis) -> events.AnalysisCompleted:
    return events.AnalysisCompleted(**command.model_dump(mode="json", exclude={"type"}))


def end(state: Analysis, status: Status, event: AnalysisEvent) -> list[AnalysisEvent]:
    """Once, and in one way: an answer that comes after a cancellation is refused."""
    if state.status is status:
        return []
    if state.status is not Status.REQUESTED:
        raise AnalysisHasEnded(status=state.status)
    return [event]


def evolve(state: Analysis, event: AnalysisEvent) -> Analysis:
    match event:
        case events.AnalysisRequested(owner=owner):
            return Analysis(Status.REQUESTED, owner)
        case events.AnalysisCompleted():
            return replace(state, status=Status.COMPLETED)
        case events.AnalysisFailed():
            return replace(state, status=Status.FAILED)
        case events.AnalysisCancelled():
            return replace(state, status=Status.CANCELLED)
        case _:
            assert_never(event)


analysis: Aggregate[Analysis, AnalysisCommand, AnalysisEvent] = Aggregate(
    aggregate_type="ANALYSIS",
    decider=Decider(Analysis(), decide, evolve),
    states=TypeAdapter(Analysis),
    state_version=1,
    events=event_types(AnalysisEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("ANALYSIS", AnalysisCommand, BODIES),
)
