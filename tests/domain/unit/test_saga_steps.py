"""What each step of a project's creation sends, and what undoes it, one sentence each."""

import uuid

import pytest

from domain.project.events import (
    ProjectConfigured,
    ProjectEvent,
    ProvisioningAbandoned,
    ProvisioningStarted,
    RepositoryLinked,
    RepositoryUnlinked,
    TemplateChosen,
)
from domain.project.values import ProvisioningStep, RepositoryProvider
from domain.project_creation import NOBODY_WAITS, PROJECT_CREATION
from kernel.messages import event_id
from tests.domain.support.builders import STREAM, configured, created
from tests.support.spec import ACTOR, ID, Followed, given

pytestmark = pytest.mark.feature("S1", "L4")

TEMPLATE, ANALYSIS, REPOSITORY, CONFIGURATION = ProvisioningStep
BEFORE = TemplateChosen(template_id="old", slug="old", name="Old", revision=2)
LINKED = RepositoryLinked(
    provider=RepositoryProvider.GITHUB, url="https://github.com/ada/shop", default_branch="trunk"
)


def started(template: str | None = "full-stack", attempt: int = 1) -> ProvisioningStarted:
    return ProvisioningStarted(owner=ACTOR, attempt=attempt, template_id=template)


def creation(*before: ProjectEvent, template: str | None = "full-stack") -> Followed:
    return given(PROJECT_CREATION, created(), *before, started(template))


def analysis_of(sequence: int) -> str:
    return str(uuid.uuid5(uuid.UUID(event_id(STREAM, sequence)), "analysis"))


class TestDoing:
    def test_the_template_that_was_wished_for_is_chosen(self) -> None:
        creation().doing(TEMPLATE).then_sends(
            "provision-template", attempt=1, templateId="full-stack"
        )

    def test_a_start_without_a_template_cannot_go_on(self) -> None:
        creation(template=None).doing(TEMPLATE).then_fails("No template was wished for.")

    def test_an_analysis_is_asked_for_whose_id_is_that_of_the_attempt(self) -> None:
        creation().asking(ANALYSIS).then_sends(
            "request-analysis", analysis_of(2), projectId=ID, kind="ARCHITECTURE"
        )

    def test_the_answer_is_noted_under_the_same_id(self) -> None:
        creation().doing(ANALYSIS).then_sends(
            "provision-analysis", attempt=1, analysisId=analysis_of(2)
        )

    def test_the_second_attempt_asks_anew(self) -> None:
        again = given(PROJECT_CREATION, created(), started(), started(attempt=2))

        again.doing(ANALYSIS).then_sends("provision-analysis", attempt=2, analysisId=analysis_of(3))

    def test_nothing_is_told_at_the_end_but_that_it_is_reached(self) -> None:
        creation().doing("COMPLETION").then_sends("complete-provisioning", attempt=1)


class TestUndoing:
    def test_a_project_that_had_no_template_has_none_again(self) -> None:
        creation().undoing(TEMPLATE).then_sends(
            "undo-provisioning-step", attempt=1, step="TEMPLATE"
        )

    def test_the_template_of_before_comes_back(self) -> None:
        creation(BEFORE).undoing(TEMPLATE).then_sends(
            "undo-provisioning-step",
            attempt=1,
            step="TEMPLATE",
            template={"templateId": "old", "slug": "old", "name": "Old", "revision": 2},
        )

    def test_the_repository_of_before_comes_back(self) -> None:
        creation(LINKED).undoing(REPOSITORY).then_sends(
            "undo-provisioning-step",
            attempt=1,
            step="REPOSITORY",
            repository={"provider": "GITHUB", "url": LINKED.url, "defaultBranch": "trunk"},
        )

    def test_a_repository_that_was_unlinked_before_does_not(self) -> None:
        creation(LINKED, RepositoryUnlinked()).undoing(REPOSITORY).then_sends(
            "undo-provisioning-step", attempt=1, step="REPOSITORY"
        )

    def test_the_configuration_of_before_comes_back(self) -> None:
        own = configured()
        held = own.model_dump(mode="json", by_alias=True, exclude={"type"}, exclude_none=True)

        creation(ProjectConfigured(configuration=own)).undoing(CONFIGURATION).then_sends(
            "undo-provisioning-step", attempt=1, step="CONFIGURATION", configuration=held
        )

    def test_an_analysis_leaves_nothing_to_bring_back(self) -> None:
        creation().undoing(ANALYSIS).then_sends(
            "undo-provisioning-step", attempt=1, step="ANALYSIS"
        )

    def test_the_end_is_not_undone(self) -> None:
        assert PROJECT_CREATION.step["COMPLETION"].undoes is None


class TestEnding:
    def test_the_attempt_is_abandoned_for_a_reason_at_a_step(self) -> None:
        creation().abandoned("No water.", REPOSITORY).then_sends(
            "abandon-provisioning", attempt=1, reason="No water.", step="REPOSITORY"
        )

    def test_a_step_that_no_project_knows_is_not_named(self) -> None:
        creation().abandoned("No water.", "COMPLETION").then_sends(
            "abandon-provisioning", attempt=1, reason="No water."
        )

    def test_it_fails_with_the_reason_for_which_it_was_abandoned(self) -> None:
        abandoned = ProvisioningAbandoned(attempt=1, reason="No water.", step=REPOSITORY)

        given(PROJECT_CREATION, created(), started(), abandoned).failed().then_sends(
            "fail-provisioning", attempt=1, reason="No water.", step="REPOSITORY"
        )

    def test_nobody_waits_for_an_answer_any_more(self) -> None:
        creation().withdrawing(ANALYSIS).then_sends(
            "fail-analysis", analysis_of(2), reason=NOBODY_WAITS
        )
