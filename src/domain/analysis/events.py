"""Events of an analysis: the stored contract (see domain/project/events.py)."""

from typing import Literal

from kernel.messages import Event, Message


class ReportedFinding(Message):
    severity: str
    title: str
    detail: str = ""


class AnalysisRequested(Event):
    """`owner` is `<sub>::<username>`, the project's owner."""

    type: Literal["AnalysisRequested"] = "AnalysisRequested"
    owner: str
    project_id: str
    kind: str
    question: str | None = None


class AnalysisCompleted(Event):
    type: Literal["AnalysisCompleted"] = "AnalysisCompleted"
    summary: str
    findings: tuple[ReportedFinding, ...] = ()
    analyst: str


class AnalysisFailed(Event):
    type: Literal["AnalysisFailed"] = "AnalysisFailed"
    reason: str


class AnalysisCancelled(Event):
    type: Literal["AnalysisCancelled"] = "AnalysisCancelled"


AnalysisEvent = AnalysisRequested | AnalysisCompleted | AnalysisFailed | AnalysisCancelled
