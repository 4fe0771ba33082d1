"""The rules of an analysis, one sentence each."""

import pytest

from domain.analysis.aggregate import AnalysisAlreadyExists, AnalysisHasEnded, analysis
from domain.analysis.commands import AnalysisCommand, AnalysisKind
from domain.analysis.events import (
    AnalysisCancelled,
    AnalysisCompleted,
    AnalysisEvent,
    AnalysisRequested,
    ReportedFinding,
)
from kernel.errors import AggregateNotFound
from kernel.personal import ForgetSubject, SubjectForgotten
from tests.domain.support.analysis_builders import (
    PROJECT,
    RULES,
    answer,
    answered,
    ask,
    cancel,
    fail,
    failed,
    requested,
    whole,
    wholly_answered,
)
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")
FORGET = ForgetSubject(subject="ada-sub")
ENDS = [
    (answer(), answered()),
    (fail(), failed()),
    (cancel(), AnalysisCancelled()),
]
ENDINGS = pytest.mark.parametrize(("end", "ended"), ENDS, ids=lambda message: message.type)


class TestRequesting:
    def test_an_analysis_is_recorded_with_the_owner_of_the_project(self) -> None:
        given(analysis).when(ask(AnalysisKind.SECURITY, "Does it leak?")).then(
            AnalysisRequested(
                owner=ACTOR, project_id=PROJECT, kind="SECURITY", question="Does it leak?"
            )
        )

    def test_without_a_question_of_ones_own_is_recorded(self) -> None:
        given(analysis).when(ask()).then(requested())

    def test_one_that_was_requested_is_refused(self) -> None:
        given(analysis, requested()).when(ask()).then_refused(AnalysisAlreadyExists)

    @pytest.mark.parametrize("ended", [event for _, event in ENDS], ids=lambda e: e.type)
    def test_one_that_has_ended_is_refused(self, ended: AnalysisEvent) -> None:
        given(analysis, requested(), ended).when(ask()).then_refused(AnalysisAlreadyExists)


class TestEnding:
    @ENDINGS
    def test_is_recorded(self, end: AnalysisCommand, ended: AnalysisEvent) -> None:
        given(analysis, requested()).when(end).then(ended)

    @ENDINGS
    def test_the_same_way_twice_records_nothing(
        self, end: AnalysisCommand, ended: AnalysisEvent
    ) -> None:
        given(analysis, requested(), ended).when(end).then_nothing()

    @pytest.mark.parametrize(
        ("end", "before"),
        [(end, before) for end, own in ENDS for _, before in ENDS if before != own],
        ids=lambda message: message.type,
    )
    def test_another_way_than_it_ended_is_refused(
        self, end: AnalysisCommand, before: AnalysisEvent
    ) -> None:
        given(analysis, requested(), before).when(end).then_refused(AnalysisHasEnded)

    @ENDINGS
    def test_what_was_never_requested_is_refused(
        self, end: AnalysisCommand, ended: AnalysisEvent
    ) -> None:
        given(analysis).when(end).then_refused(AggregateNotFound)

    def test_an_answer_is_recorded_with_its_findings_and_who_gave_it(self) -> None:
        given(analysis, requested()).when(answer("It leaks.", "spout", "lid")).then(
            AnalysisCompleted(
                summary="It leaks.",
                findings=(
                    ReportedFinding(kind="UNKNOWN", severity="WARNING", title="spout"),
                    ReportedFinding(kind="UNKNOWN", severity="WARNING", title="lid"),
                ),
                analyst=RULES,
            )
        )

    def test_all_that_an_answer_holds_is_recorded(self) -> None:
        given(analysis, requested()).when(whole()).then(wholly_answered())


@pytest.mark.feature("L10")
class TestForgettingAPerson:
    @pytest.mark.parametrize(
        "history",
        [[], *([event] for _, event in ENDS)],
        ids=["requested", "completed", "failed", "cancelled"],
    )
    def test_is_recorded_whatever_became_of_the_analysis(
        self, history: list[AnalysisEvent]
    ) -> None:
        given(analysis, requested(), *history).when(FORGET).then(
            SubjectForgotten(subject="ada-sub")
        )

    def test_twice_records_nothing_more(self) -> None:
        given(analysis, requested(), SubjectForgotten(subject="ada-sub")).when(
            FORGET
        ).then_nothing()

    def test_of_what_was_never_requested_is_refused(self) -> None:
        given(analysis).when(FORGET).then_refused(AggregateNotFound)


def test_a_refusal_says_how_the_analysis_ended() -> None:
    assert str(AnalysisHasEnded(status="CANCELLED")) == (
        "The analysis has ended already: CANCELLED."
    )


def test_the_owner_is_the_projects() -> None:
    assert analysis.owner_of(analysis.fold([requested(), answered()])) == ACTOR


def test_nobody_owns_what_was_not_requested() -> None:
    assert analysis.owner_of(analysis.initial) is None


@pytest.mark.parametrize(
    ("command", "begins"),
    [(ask(), True), (answer(), False), (fail(), False), (cancel(), False)],
    ids=lambda value: getattr(value, "type", str(value)),
)
def test_a_request_begins_a_stream_and_nothing_else_does(
    command: AnalysisCommand, begins: bool
) -> None:
    assert analysis.creates(command) is begins
