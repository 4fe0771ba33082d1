"""Events of an analysis: the stored contract (see domain/project/events.py)."""

from typing import ClassVar, Literal

from kernel.merging import LIFE, always
from kernel.messages import Event, Message


class ReportedFinding(Message):
    severity: str
    title: str
    detail: str = ""
    kind: str | None = None
    feature: str | None = None


class ReportedCostLine(Message):
    service: str
    what: str
    amount: float


class ReportedCost(Message):
    currency: str
    total: float
    lines: tuple[ReportedCostLine, ...] = ()


class AnalysisRequested(Event):
    """`owner` is `<sub>::<username>`, the project's owner."""

    touches = always(LIFE)
    type: Literal["AnalysisRequested"] = "AnalysisRequested"
    owner: str
    project_id: str
    kind: str
    question: str | None = None


class AnalysisCompleted(Event):
    """The result. 1.0 had neither cost nor limitations, and its findings had no kinds."""

    touches = always(LIFE)
    schema_version: ClassVar[str] = "1.1"
    type: Literal["AnalysisCompleted"] = "AnalysisCompleted"
    summary: str
    findings: tuple[ReportedFinding, ...] = ()
    analyst: str
    monthly_cost: ReportedCost | None = None
    not_judged: tuple[str, ...] = ()


class AnalysisFailed(Event):
    touches = always(LIFE)
    type: Literal["AnalysisFailed"] = "AnalysisFailed"
    reason: str


class AnalysisCancelled(Event):
    touches = always(LIFE)
    type: Literal["AnalysisCancelled"] = "AnalysisCancelled"


AnalysisEvent = AnalysisRequested | AnalysisCompleted | AnalysisFailed | AnalysisCancelled
