"""The Analysis read model: a row for each analysis."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from domain.analysis.events import (
    AnalysisCancelled,
    AnalysisCompleted,
    AnalysisEvent,
    ReportedFinding,
)
from kernel.personal import SubjectForgotten
from kernel.projection import RowMissing
from projections.analyses import analyses
from projections.generated.rows import AnalysisRow, AnalysisStatus
from tests.domain.support.analysis_builders import (
    PROJECT,
    RULES,
    answered,
    failed,
    requested,
    wholly_answered,
)
from tests.support.spec import ACTOR, ID, STREAM, at, given, recorded

pytestmark = pytest.mark.feature("L3", "R5")
REQUESTED = AnalysisRow(
    id=ID,
    project_id=PROJECT,
    kind="ARCHITECTURE",
    question="Will it pour?",
    status=AnalysisStatus.REQUESTED,
    summary=None,
    findings=None,
    analyst=None,
    monthly_cost=None,
    not_judged=None,
    reason=None,
    user_id="ada-sub",
    owner=ACTOR,
    created_at=at(1),
    updated_at=at(1),
    version=1,
    projection_version=analyses.version,
)
ENDED = replace(REQUESTED, version=2, updated_at=at(2))
ASKED = requested("Will it pour?")
ENDS = [answered(), failed(), AnalysisCancelled()]


def test_an_analysis_requested_is_a_row_of_the_projects_owner() -> None:
    given(analyses, *recorded(ASKED)).then_rows(REQUESTED)


def test_a_result_is_shown_with_its_findings_and_who_made_it() -> None:
    finding: JsonValue = {
        "kind": "MISSING_FEATURE",
        "severity": "INFO",
        "title": "No lid",
        "detail": "Heat is lost.",
        "feature": "lid",
    }
    line: JsonValue = {"service": "spout", "what": "Water", "amount": 1.5}

    given(analyses, *recorded(ASKED, wholly_answered())).then_rows(
        replace(
            ENDED,
            status=AnalysisStatus.COMPLETED,
            summary="It pours.",
            findings=[finding],
            analyst=RULES,
            monthly_cost={"currency": "USD", "total": 1.5, "lines": [line]},
            not_judged=("The taste.",),
        )
    )


def test_a_result_of_an_earlier_release_has_neither_kinds_nor_cost() -> None:
    earlier = AnalysisCompleted(
        summary="It pours.",
        findings=(ReportedFinding(severity="WARNING", title="Lid"),),
        analyst=RULES,
    )
    finding: JsonValue = {
        "kind": None,
        "severity": "WARNING",
        "title": "Lid",
        "detail": "",
        "feature": None,
    }

    given(analyses, *recorded(ASKED, earlier)).then_rows(
        replace(
            ENDED,
            status=AnalysisStatus.COMPLETED,
            summary="It pours.",
            findings=[finding],
            analyst=RULES,
            not_judged=(),
        )
    )


def test_a_result_without_findings_has_an_empty_list() -> None:
    given(analyses, *recorded(ASKED, answered())).then_row(
        replace(
            ENDED,
            status=AnalysisStatus.COMPLETED,
            summary="It pours.",
            findings=[],
            analyst=RULES,
            not_judged=(),
        )
    )


def test_a_failure_is_shown_with_its_reason() -> None:
    given(analyses, *recorded(ASKED, failed("Asleep."))).then_row(
        replace(ENDED, status=AnalysisStatus.FAILED, reason="Asleep.")
    )


def test_one_that_was_cancelled_is_cancelled() -> None:
    given(analyses, *recorded(ASKED, AnalysisCancelled())).then_row(
        replace(ENDED, status=AnalysisStatus.CANCELLED)
    )


def test_a_person_forgotten_changes_nothing_that_it_shows() -> None:
    given(analyses, *recorded(ASKED, SubjectForgotten(subject="ada-sub"))).then_rows(REQUESTED)


@pytest.mark.parametrize("event", ENDS, ids=lambda event: event.type)
def test_the_end_of_one_that_is_not_there_yet_is_not_guessed(event: AnalysisEvent) -> None:
    (end,) = recorded(event, first=2)

    with pytest.raises(RowMissing, match=r"#.* 2: Analysis"):
        analyses.project(analyses.head(STREAM), None, end)
