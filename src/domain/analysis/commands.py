"""Commands of an analysis."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from domain.project.values import Feature
from kernel.merging import LIFE, always
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
from kernel.texts import honest, visible
from kernel.values import AS_NUMBER, NO_NUL, Expected, Name, Reason

MAX_FINDINGS = 100
MAX_COST_LINES = 50
MAX_NOT_JUDGED = 20

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
Amount = Annotated[
    float,
    Field(ge=0, le=10**9, allow_inf_nan=False),
    AfterValidator(lambda amount: round(amount, 2)),
    AS_NUMBER,
    Expected("a number from 0 to 1000000000"),
]
"""Dollars, rounded to cents."""
LONGEST_LIMITATION = 300
Limitation = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_LIMITATION, pattern=NO_NUL
    ),
    AfterValidator(honest),
    AfterValidator(visible),
    Expected(
        f"text of at most {LONGEST_LIMITATION} characters, not blank and without NUL characters, "
        "C1 controls or characters that turn the direction of writing"
    ),
]


class AnalysisKind(StrEnum):
    ARCHITECTURE = "ARCHITECTURE"
    SECURITY = "SECURITY"
    COST = "COST"


class Severity(StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class FindingKind(StrEnum):
    RISK = "RISK"
    MISSING_FEATURE = "MISSING_FEATURE"
    COST = "COST"
    RUNTIME = "RUNTIME"
    UNKNOWN = "UNKNOWN"


class Finding(Message):
    """A finding of the analysis; `feature` is the one that a project should have."""

    model_config = ConfigDict(extra="forbid")

    kind: FindingKind = FindingKind.UNKNOWN
    severity: Severity
    title: Name
    detail: Text = ""
    feature: Feature | None = None


class CostLine(Message):
    """A line of the monthly cost: a service of the project, or of AWS, and what it is paid for."""

    model_config = ConfigDict(extra="forbid")

    service: Name
    what: Name
    amount: Amount


class MonthlyCost(Message):
    """An estimate of a month's cost, in dollars."""

    model_config = ConfigDict(extra="forbid")

    currency: Literal["USD"] = "USD"
    total: Amount
    lines: Annotated[tuple[CostLine, ...], Field(max_length=MAX_COST_LINES)] = ()


Findings = Annotated[tuple[Finding, ...], Field(max_length=MAX_FINDINGS)]
Limitations = Annotated[tuple[Limitation, ...], Field(max_length=MAX_NOT_JUDGED)]


class Report(Message):
    """The result of an analysis; `not_judged` is what the analyst can say nothing about."""

    model_config = ConfigDict(extra="forbid")

    summary: Text
    findings: Findings = ()
    monthly_cost: MonthlyCost | None = None
    not_judged: Limitations = ()


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
    (`project-owner-forgotten`), or when the analysis exists already (`analysis-already-exists`).
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
            "findings": [
                {"kind": "COST", "severity": "INFO", "title": "The database is idle at night."}
            ],
            "monthlyCost": {
                "total": 12.4,
                "lines": [
                    {"service": "orders-api", "what": "Requests", "amount": 0.9},
                    {"service": "orders-db", "what": "Instance hours", "amount": 11.5},
                ],
            },
            "notJudged": ["The code of the services was not read."],
            "analyst": "rules-1",
        },
        {
            "summary": POT * 2000,
            "findings": [
                {
                    "kind": "MISSING_FEATURE",
                    "severity": "CRITICAL",
                    "title": POT * 25,
                    "detail": "d" * 150,
                    "feature": "f" * 64,
                }
                for _ in range(100)
            ],
            "monthlyCost": {
                "total": 10**9,
                "lines": [
                    {"service": POT * 25, "what": "w" * 50, "amount": 999_999.99} for _ in range(50)
                ],
            },
            "notJudged": ["n" * 200] * 20,
            "analyst": POT * 100,
        },
        ANALYSED,
    ),
)
class CompleteAnalysis(Command):
    """Record the result of an analysis: a summary, what was found, and what a month costs.

    `notJudged` is what the analyst can say nothing about; `analyst` names the model or the rules
    that made the result. Texts are data: nothing in them is ever followed or rendered. Refused when
    the analysis has failed or was cancelled (`analysis-has-ended`).
    """

    type: Literal["CompleteAnalysis"] = "CompleteAnalysis"
    summary: Text
    findings: Findings = ()
    monthly_cost: MonthlyCost | None = None
    not_judged: Limitations = ()
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
