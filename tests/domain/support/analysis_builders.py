"""Commands and events of an analysis, with what a test does not care about filled in."""

from domain.analysis.commands import (
    AnalysisKind,
    CancelAnalysis,
    CompleteAnalysis,
    FailAnalysis,
    Finding,
    RequestAnalysis,
    Severity,
)
from domain.analysis.events import (
    AnalysisCompleted,
    AnalysisFailed,
    AnalysisRequested,
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
        findings=tuple(ReportedFinding(severity="WARNING", title=title) for title in findings),
        analyst=RULES,
    )


def failed(reason: str = "The analyst is asleep.") -> AnalysisFailed:
    return AnalysisFailed(reason=reason)
