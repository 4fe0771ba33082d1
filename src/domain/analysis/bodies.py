"""The data of each command of an analysis."""

from typing import Annotated

from pydantic import Field

from domain.analysis.commands import (
    MAX_FINDINGS,
    AnalysisCommand,
    AnalysisKind,
    CancelAnalysis,
    CompleteAnalysis,
    FailAnalysis,
    Finding,
    Question,
    RequestAnalysis,
    Severity,
    Text,
)
from edge.commands.bodies import Body, Context, PlainId
from kernel.values import Name, Reason


class RequestAnalysisBody(Body):
    """Of a project of one's own."""

    project_id: PlainId
    kind: AnalysisKind
    question: Question | None = None

    def command(self, context: Context) -> AnalysisCommand:
        owner = context.catalog.project_owner(self.project_id, context.actor)
        return RequestAnalysis(owner=owner, **dict(self))


class FindingBody(Body):
    severity: Severity
    title: Name
    detail: Text = ""


class CompleteAnalysisBody(Body):
    """`analyst` names the model, or the rules, that gave the answer."""

    summary: Text
    findings: Annotated[tuple[FindingBody, ...], Field(max_length=MAX_FINDINGS)] = ()
    analyst: Name

    def command(self, _: Context) -> AnalysisCommand:
        return CompleteAnalysis(
            summary=self.summary,
            findings=tuple(Finding(**dict(finding)) for finding in self.findings),
            analyst=self.analyst,
        )


class FailAnalysisBody(Body):
    reason: Reason

    def command(self, _: Context) -> AnalysisCommand:
        return FailAnalysis(reason=self.reason)


class CancelAnalysisBody(Body):
    def command(self, _: Context) -> AnalysisCommand:
        return CancelAnalysis()
