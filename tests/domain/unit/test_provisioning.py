"""The rules of a project's provisioning, one sentence each."""

import pytest

from domain.project.aggregate import project
from domain.project.commands import (
    CompleteProvisioning,
    CompleteProvisioningStep,
    FailProvisioning,
    ProjectCommand,
    ProvisioningStep,
    StartProvisioning,
)
from domain.project.events import (
    ProjectEvent,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
)
from domain.project.provisioning import ProvisioningIsNotRunning
from tests.domain.support.builders import created
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")


def started(attempt: int) -> ProvisioningStarted:
    return ProvisioningStarted(owner=ACTOR, attempt=attempt)


TEMPLATE, REPOSITORY = ProvisioningStep.TEMPLATE, ProvisioningStep.REPOSITORY
STARTED, STARTED_AGAIN = started(1), started(2)
COMPLETED = ProvisioningCompleted()
FAILED = ProvisioningFailed(reason="No water.", step=REPOSITORY)
START, COMPLETE = StartProvisioning(), CompleteProvisioning()
FAIL = FailProvisioning(reason="No water.", step=REPOSITORY)


def complete(step: ProvisioningStep) -> CompleteProvisioningStep:
    return CompleteProvisioningStep(step=step)


def done(step: ProvisioningStep) -> ProvisioningStepCompleted:
    return ProvisioningStepCompleted(step=step)


class TestStarting:
    @pytest.mark.feature("E13")
    def test_is_recorded_as_the_first_attempt_with_the_owner_of_the_project(self) -> None:
        given(project, created()).when(START).then(STARTED)

    def test_while_it_runs_records_nothing(self) -> None:
        given(project, created(), STARTED).when(START).then_nothing()

    def test_after_a_failure_is_recorded_as_the_next_attempt(self) -> None:
        given(project, created(), STARTED, FAILED).when(START).then(STARTED_AGAIN)

    def test_attempts_are_counted_on(self) -> None:
        given(project, created(), STARTED, FAILED, STARTED_AGAIN, FAILED).when(START).then(
            started(3)
        )

    def test_once_all_is_done_records_nothing(self) -> None:
        given(project, created(), STARTED, COMPLETED).when(START).then_nothing()


class TestAStep:
    @pytest.mark.parametrize("step", ProvisioningStep)
    def test_that_is_done_is_recorded(self, step: ProvisioningStep) -> None:
        given(project, created(), STARTED).when(complete(step)).then(done(step))

    def test_that_is_done_already_records_nothing(self) -> None:
        given(project, created(), STARTED, done(TEMPLATE), done(REPOSITORY)).when(
            complete(TEMPLATE)
        ).then_nothing()

    def test_of_an_earlier_attempt_is_to_be_done_anew(self) -> None:
        given(project, created(), STARTED, done(TEMPLATE), FAILED, STARTED_AGAIN).when(
            complete(TEMPLATE)
        ).then(done(TEMPLATE))


class TestEnding:
    def test_well_is_recorded(self) -> None:
        given(project, created(), STARTED, done(TEMPLATE)).when(COMPLETE).then(COMPLETED)

    def test_badly_is_recorded_with_step_and_reason(self) -> None:
        given(project, created(), STARTED).when(FAIL).then(FAILED)

    def test_badly_for_a_reason_of_no_step_is_recorded(self) -> None:
        given(project, created(), STARTED).when(FailProvisioning(reason="Too late.")).then(
            ProvisioningFailed(reason="Too late.")
        )

    @pytest.mark.parametrize(
        ("ended", "command"),
        [(COMPLETED, COMPLETE), (FAILED, FAIL)],
        ids=lambda message: message.type,
    )
    def test_the_same_way_twice_records_nothing(
        self, ended: ProjectEvent, command: ProjectCommand
    ) -> None:
        given(project, created(), STARTED, ended).when(command).then_nothing()

    @pytest.mark.parametrize(
        ("ended", "command"),
        [(COMPLETED, FAIL), (FAILED, COMPLETE)],
        ids=lambda message: message.type,
    )
    def test_the_other_way_is_refused(self, ended: ProjectEvent, command: ProjectCommand) -> None:
        given(project, created(), STARTED, ended).when(command).then_refused(
            ProvisioningIsNotRunning
        )


@pytest.mark.parametrize(
    "command", [complete(TEMPLATE), COMPLETE, FAIL], ids=lambda command: command.type
)
def test_what_was_not_started_neither_goes_on_nor_ends(command: ProjectCommand) -> None:
    given(project, created()).when(command).then_refused(ProvisioningIsNotRunning)


@pytest.mark.parametrize("ended", [COMPLETED, FAILED], ids=lambda event: event.type)
def test_what_has_ended_takes_no_further_step(ended: ProjectEvent) -> None:
    given(project, created(), STARTED, ended).when(complete(TEMPLATE)).then_refused(
        ProvisioningIsNotRunning
    )
