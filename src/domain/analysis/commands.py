"""Commands of an analysis."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints

from kernel.messages import Command, Message
from kernel.values import NO_NUL, Name, Reason

MAX_FINDINGS = 100

Question = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class AnalysisKind(StrEnum):
    ARCHITECTURE = "ARCHITECTURE"
    SECURITY = "SECURITY"
    COST = "COST"


class Severity(StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class Finding(Message):
    """One thing that the analyst noticed."""

    model_config = ConfigDict(extra="forbid")

    severity: Severity
    title: Name
    detail: Text = ""


class RequestAnalysis(Command):
    """Ask for an analysis of one's own project; `owner` is the project's, looked up."""

    looked_up: ClassVar[frozenset[str]] = frozenset({"owner"})
    type: Literal["RequestAnalysis"] = "RequestAnalysis"
    owner: str
    project_id: str
    kind: AnalysisKind
    question: Question | None = None


class CompleteAnalysis(Command):
    """The analyst's answer; `analyst` names the model or the rules that gave it."""

    type: Literal["CompleteAnalysis"] = "CompleteAnalysis"
    summary: Text
    findings: Annotated[tuple[Finding, ...], Field(max_length=MAX_FINDINGS)] = ()
    analyst: Name


class FailAnalysis(Command):
    type: Literal["FailAnalysis"] = "FailAnalysis"
    reason: Reason


class CancelAnalysis(Command):
    type: Literal["CancelAnalysis"] = "CancelAnalysis"


AnalysisCommand = RequestAnalysis | CompleteAnalysis | FailAnalysis | CancelAnalysis
