"""Commands and events of an analysis, with what a test does not care about filled in."""

from domain.analysis.commands import (
    AnalysisKind,
    CancelAnalysis,
    CompleteAnalysis,
    CostLine,
    FailAnalysis,
    Finding,
    FindingKind,
    MonthlyCost,
    RequestAnalysis,
    Severity,
)
from domain.analysis.events import (
    AnalysisCompleted,
    AnalysisFailed,
    AnalysisRequested,
    ReportedCost,
    ReportedCostLine,
    ReportedFinding,
)
from tests.support.spec import ACTOR

PROJECT = "01980000-0000-7000-8000-000000000001"
RULES = "rules-1"
"""Who answers, in these tests."""


def ask(
    kind: AnalysisKind = AnalysisKind.ARCHITECTURE, question: str | None = None
) -> RequestAnalysis:
    return RequestAnalysis(owner=ACTOR, project_id=PROJECT, kind=kind, question=question)


def answer(summary: str = "It pours.", *findings: str) -> CompleteAnalysis:
    return CompleteAnalysis(
        summary=summary,
        findings=tuple(Finding(severity=Severity.WARNING, title=title) for title in findings),
        analyst=RULES,
    )


def whole() -> CompleteAnalysis:
    """Return an answer with all that one can hold."""
    finding = Finding(
        kind=FindingKind.MISSING_FEATURE,
        severity=Severity.INFO,
        title="No lid",
        detail="Heat is lost.",
        feature="lid",
    )
    water = CostLine(service="spout", what="Water", amount=1.499)
    cost = MonthlyCost(total=1.5, lines=(water,))
    return answer().model_copy(
        update={"findings": (finding,), "monthly_cost": cost, "not_judged": ("The taste.",)}
    )


def fail(reason: str = "The analyst is asleep.") -> FailAnalysis:
    return FailAnalysis(reason=reason)


def cancel() -> CancelAnalysis:
    return CancelAnalysis()


def requested(question: str | None = None) -> AnalysisRequested:
    return AnalysisRequested(
        owner=ACTOR, project_id=PROJECT, kind="ARCHITECTURE", question=question
    )


def answered(summary: str = "It pours.", *findings: str) -> AnalysisCompleted:
    return AnalysisCompleted(
        summary=summary,
        findings=tuple(
            ReportedFinding(kind="UNKNOWN", severity="WARNING", title=title) for title in findings
        ),
        analyst=RULES,
    )


def wholly_answered() -> AnalysisCompleted:
    finding = ReportedFinding(
        kind="MISSING_FEATURE",
        severity="INFO",
        title="No lid",
        detail="Heat is lost.",
        feature="lid",
    )
    water = ReportedCostLine(service="spout", what="Water", amount=1.5)
    return AnalysisCompleted(
        summary="It pours.",
        findings=(finding,),
        analyst=RULES,
        monthly_cost=ReportedCost(currency="USD", total=1.5, lines=(water,)),
        not_judged=("The taste.",),
    )


def failed(reason: str = "The analyst is asleep.") -> AnalysisFailed:
    return AnalysisFailed(reason=reason)
