"""Events of an analysis: the stored contract (see domain/project/events.py)."""

from typing import Literal

from kernel.merging import LIFE, always
from kernel.messages import Event, Message


class ReportedFinding(Message):
    severity: str
    title: str
    detail: str = ""


class AnalysisRequested(Event):
    """`owner` is `<sub>::<username>`, the project's owner."""

    touches = always(LIFE)
    type: Literal["AnalysisRequested"] = "AnalysisRequested"
    owner: str
    project_id: str
    kind: str
    question: str | None = None


class AnalysisCompleted(Event):
    touches = always(LIFE)
    type: Literal["AnalysisCompleted"] = "AnalysisCompleted"
    summary: str
    findings: tuple[ReportedFinding, ...] = ()
    analyst: str


class AnalysisFailed(Event):
    touches = always(LIFE)
    type: Literal["AnalysisFailed"] = "AnalysisFailed"
    reason: str


class AnalysisCancelled(Event):
    touches = always(LIFE)
    type: Literal["AnalysisCancelled"] = "AnalysisCancelled"


AnalysisEvent = AnalysisRequested | AnalysisCompleted | AnalysisFailed | AnalysisCancelled
