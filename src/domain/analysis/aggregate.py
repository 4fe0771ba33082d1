"""The rules of an analysis: state, decide, evolve."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.analysis.commands import (
    AnalysisCommand,
    CancelAnalysis,
    CompleteAnalysis,
    FailAnalysis,
    RequestAnalysis,
)
from domain.analysis.events import (
    AnalysisCancelled,
    AnalysisCompleted,
    AnalysisEvent,
    AnalysisFailed,
    AnalysisRequested,
    ReportedFinding,
    SubjectForgotten,
)
from kernel.decider import LIFE, Aspects, Decider
from kernel.errors import AggregateNotFound, DomainError
from kernel.event_types import event_types
from kernel.personal import ForgetSubject, Subject


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
        case RequestAnalysis():
            return request(state, command)
        case _ if state.status is Status.NONE:
            raise AggregateNotFound(aggregate="The analysis")
        case ForgetSubject(subject=subject):
            return [] if subject in state.forgotten else [SubjectForgotten(subject=subject)]
        case CompleteAnalysis():
            return end(state, Status.COMPLETED, completed(command))
        case FailAnalysis(reason=reason):
            return end(state, Status.FAILED, AnalysisFailed(reason=reason))
        case CancelAnalysis():
            return end(state, Status.CANCELLED, AnalysisCancelled())
        case _:
            assert_never(command)


def request(state: Analysis, command: RequestAnalysis) -> list[AnalysisEvent]:
    if state.status is not Status.NONE:
        raise AnalysisAlreadyExists
    return [AnalysisRequested(**command.model_dump(mode="json", exclude={"type"}))]


def completed(command: CompleteAnalysis) -> AnalysisCompleted:
    findings = tuple(
        ReportedFinding(**finding.model_dump(mode="json")) for finding in command.findings
    )
    return AnalysisCompleted(summary=command.summary, findings=findings, analyst=command.analyst)


def end(state: Analysis, status: Status, event: AnalysisEvent) -> list[AnalysisEvent]:
    """Once, and in one way: an answer that comes after a cancellation is refused."""
    if state.status is status:
        return []
    if state.status is not Status.REQUESTED:
        raise AnalysisHasEnded(status=state.status)
    return [event]


def evolve(state: Analysis, event: AnalysisEvent) -> Analysis:
    match event:
        case AnalysisRequested(owner=owner):
            return Analysis(Status.REQUESTED, owner)
        case AnalysisCompleted():
            return replace(state, status=Status.COMPLETED)
        case AnalysisFailed():
            return replace(state, status=Status.FAILED)
        case AnalysisCancelled():
            return replace(state, status=Status.CANCELLED)
        case SubjectForgotten(subject=subject):
            return replace(state, forgotten=(*state.forgotten, subject))
        case _:
            assert_never(event)


def touched_by_command(_: AnalysisCommand) -> Aspects:
    """Each command that people send begins or ends the analysis, so none is ever merged."""
    return frozenset({LIFE})


def touched_by_event(_: AnalysisEvent) -> Aspects:
    return frozenset({LIFE})


analysis: Decider[Analysis, AnalysisCommand, AnalysisEvent] = Decider(
    aggregate_type="ANALYSIS",
    initial=Analysis(),
    decide=decide,
    evolve=evolve,
    state_version=1,
    states=TypeAdapter(Analysis),
    events=event_types(AnalysisEvent),
    owner_of=lambda state: state.owner or None,
    creates=lambda command: isinstance(command, RequestAnalysis),
    touched_by_command=touched_by_command,
    touched_by_event=touched_by_event,
)
