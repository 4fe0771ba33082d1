"""Commands of an analysis."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kernel.merging import LIFE, always
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
from kernel.values import NO_NUL, Expected, Name, Reason

MAX_FINDINGS = 100

Question = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=NO_NUL),
    Expected("text of at most 2000 characters, without NUL characters"),
]
Text = Annotated[
    str,
    StringConstraints(max_length=4000, pattern=NO_NUL),
    Expected("text of at most 4000 characters, without NUL characters"),
]


class AnalysisKind(StrEnum):
    ARCHITECTURE = "ARCHITECTURE"
    SECURITY = "SECURITY"
    COST = "COST"


class Severity(StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class Finding(Message):
    """A finding of the analysis."""

    model_config = ConfigDict(extra="forbid")

    severity: Severity
    title: Name
    detail: Text = ""


POT = "🫖"  # four bytes in UTF-8

ANALYSED = ("create-project", "request-analysis")


@operation(
    "POST /analyses",
    Who.OWNER,
    always(LIFE),
    Example(
        {"projectId": "{project}", "kind": "COST", "question": "What will it cost a month?"},
        {"projectId": "{project}", "kind": "ARCHITECTURE", "question": POT * 2000},
        ("create-project",),
    ),
    creates=True,
)
class RequestAnalysis(Command):
    """Request an analysis of a project.

    Refused when there is no such project (`aggregate-not-found`), when its owner was forgotten
    (`owner-is-forgotten`), or when the analysis exists already (`analysis-already-exists`).
    """

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner"})
    type: Literal["RequestAnalysis"] = "RequestAnalysis"
    owner: str
    project_id: str
    kind: AnalysisKind
    question: Question | None = None


@operation(
    "POST /analyses/<id>/complete",
    Who.WORKER,
    always(LIFE),
    Example(
        {
            "summary": "About 12 dollars a month, most of it for the database.",
            "findings": [{"severity": "INFO", "title": "The database is idle at night."}],
            "analyst": "rules-1",
        },
        {
            "summary": POT * 4000,
            "findings": [
                {"severity": "CRITICAL", "title": POT * 25, "detail": "d" * 310} for _ in range(100)
            ],
            "analyst": POT * 100,
        },
        ANALYSED,
    ),
)
class CompleteAnalysis(Command):
    """Record the result of an analysis: a summary, and what was found.

    `analyst` names the model or the rules that made it. Refused when the analysis has failed or was
    cancelled (`analysis-has-ended`).
    """

    type: Literal["CompleteAnalysis"] = "CompleteAnalysis"
    summary: Text
    findings: Annotated[tuple[Finding, ...], Field(max_length=MAX_FINDINGS)] = ()
    analyst: Name


@operation(
    "POST /analyses/<id>/fail",
    Who.WORKER,
    always(LIFE),
    Example({"reason": "The model did not answer."}, {"reason": POT * 1000}, ANALYSED),
)
class FailAnalysis(Command):
    """Record that an analysis has failed, and why.

    Refused when the analysis is complete or was cancelled (`analysis-has-ended`).
    """

    type: Literal["FailAnalysis"] = "FailAnalysis"
    reason: Reason


@operation("POST /analyses/<id>/cancel", Who.OWNER, always(LIFE), Example(given=ANALYSED))
class CancelAnalysis(Command):
    """Cancel an analysis that has been requested.

    Refused when the analysis is complete or has failed (`analysis-has-ended`).
    """

    type: Literal["CancelAnalysis"] = "CancelAnalysis"


AnalysisCommand = RequestAnalysis | CompleteAnalysis | FailAnalysis | CancelAnalysis
