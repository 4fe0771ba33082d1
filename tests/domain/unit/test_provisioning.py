"""The rules of a project's provisioning, one sentence each."""

import pytest

from domain.project.aggregate import project
from domain.project.commands import ProjectCommand
from domain.project.events import (
    ConfigurationRemoved,
    ProjectConfigured,
    ProjectEvent,
    ProvisioningAbandoned,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    ProvisioningStepUndone,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceRemoved,
    TemplateChosen,
    TemplateReleased,
)
from domain.project.provisioning import (
    STEPS,
    AttemptIsNotNewest,
    NotOfThisStep,
    ProvisioningIsNotAbandoned,
    ProvisioningIsNotRunning,
    ProvisioningIsRunning,
    StepIsNotNext,
)
from domain.project.provisioning_commands import (
    ChosenTemplate,
    FailProvisioning,
    RepositoryLink,
    StartProvisioning,
)
from domain.project.services import ServiceNameTaken
from domain.project.values import ProvisioningStep, RepositoryProvider
from tests.domain.support import builders
from tests.domain.support.builders import added, configuration, configured, created
from tests.domain.support.provisioning_builders import (
    ANALYSIS_ID,
    FULL_STACK,
    URL,
    abandon,
    complete,
    do,
    fail,
    start,
    undo,
)
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")

TEMPLATE, ANALYSIS, REPOSITORY, CONFIGURATION = STEPS
WORKER = ChosenTemplate(template_id="worker", slug="worker", name="Worker", revision=2)

CHOSEN = TemplateChosen(**FULL_STACK.model_dump())
LINKED = RepositoryLinked(
    provider=RepositoryProvider.ARCHIVE,
    url=URL,
    default_branch="main",
    files=8,
    bytes=3652,
    sha256="f0" * 32,
)
CONFIGURED = ProjectConfigured(configuration=configured())
START = start()


def started(attempt: int = 1) -> ProvisioningStarted:
    return ProvisioningStarted(owner=ACTOR, attempt=attempt, template_id="full-stack")


def done(step: ProvisioningStep, attempt: int = 1) -> ProvisioningStepCompleted:
    analysis = ANALYSIS_ID if step is ANALYSIS else None
    return ProvisioningStepCompleted(step=step, attempt=attempt, analysis_id=analysis)


def undone(step: ProvisioningStep) -> ProvisioningStepUndone:
    return ProvisioningStepUndone(attempt=1, step=step)


COMPLETED = ProvisioningCompleted(attempt=1)
ABANDONED = ProvisioningAbandoned(attempt=1, reason="No water.", step=REPOSITORY)
FAILED = ProvisioningFailed(reason="No water.", step=REPOSITORY, attempt=1)
COMMITS: dict[ProvisioningStep, tuple[ProjectEvent, ...]] = {
    TEMPLATE: (CHOSEN, done(TEMPLATE)),
    ANALYSIS: (done(ANALYSIS),),
    REPOSITORY: (LINKED, done(REPOSITORY)),
    CONFIGURATION: (CONFIGURED, added("spout"), done(CONFIGURATION)),
}
"""What each step records."""
UNDONE: dict[ProvisioningStep, tuple[ProjectEvent, ...]] = {
    TEMPLATE: (TemplateReleased(), undone(TEMPLATE)),
    ANALYSIS: (undone(ANALYSIS),),
    REPOSITORY: (RepositoryUnlinked(), undone(REPOSITORY)),
    CONFIGURATION: (
        ServiceRemoved(service_id=builders.service_id("spout")),
        ConfigurationRemoved(),
        undone(CONFIGURATION),
    ),
}
"""What it records to undo each, when the project had nothing of the kind before."""


def before(step: ProvisioningStep) -> list[ProjectEvent]:
    """Return the history of a project whose next step is this one."""
    steps = STEPS[: STEPS.index(step)]
    return [created(), started(), *(event for one in steps for event in COMMITS[one])]


def after(step: ProvisioningStep) -> list[ProjectEvent]:
    return [*before(step), *COMMITS[step]]


ALL_DONE = after(CONFIGURATION)


WISHED = ProvisioningStarted(
    owner=ACTOR, attempt=1, template_id="full-stack", parameters={"leaf": "mint"}
)
CHOSEN_WORKER = TemplateChosen(**WORKER.model_dump())


@pytest.mark.feature("S1")
class TestWhatTheNextAttemptBeginsWith:
    @pytest.mark.parametrize(
        ("history", "template", "parameters"),
        [
            ((), "", {}),
            ((CHOSEN_WORKER,), "worker", {}),
            ((WISHED,), "full-stack", {"leaf": "mint"}),
            ((WISHED, ABANDONED, FAILED), "full-stack", {"leaf": "mint"}),
            ((WISHED, ABANDONED, FAILED, CHOSEN), "full-stack", {"leaf": "mint"}),
            ((WISHED, ABANDONED, FAILED, CHOSEN_WORKER), "worker", {}),
            ((CHOSEN_WORKER, WISHED), "full-stack", {"leaf": "mint"}),
            ((WISHED, CHOSEN, done(TEMPLATE)), "full-stack", {"leaf": "mint"}),
            ((WISHED, ABANDONED, CHOSEN_WORKER, undone(TEMPLATE)), "full-stack", {"leaf": "mint"}),
            ((CHOSEN_WORKER, ProvisioningStarted(owner=ACTOR, attempt=1)), "worker", {}),
            ((WISHED, *ALL_DONE[2:], COMPLETED), "full-stack", {}),
        ],
        ids=[
            "nothing is known",
            "chosen",
            "wished for",
            "after a failure",
            "the same chosen again",
            "another chosen after a failure",
            "wished for after a choice",
            "chosen by the attempt itself",
            "brought back by the attempt itself",
            "a start of the first release",
            "completed: no attempt follows",
        ],
    )
    def test_is_what_the_owner_wished_for_last(
        self, history: tuple[ProjectEvent, ...], template: str, parameters: dict[str, str]
    ) -> None:
        run = project.fold([created(), *history]).provisioning

        assert (run.template, run.parameters) == (template, parameters)

    def test_is_what_the_project_was_created_with_by_an_earlier_release(self) -> None:
        wished = created().model_copy(update={"template_id": "full-stack"})

        assert project.fold([wished]).provisioning.template == "full-stack"


class TestStarting:
    def test_without_anything_to_begin_records_nothing(self) -> None:
        given(project, created()).when(StartProvisioning()).then_nothing()

    @pytest.mark.feature("E13")
    def test_is_recorded_as_the_first_attempt_with_the_owner_of_the_project(self) -> None:
        given(project, created()).when(START).then(started())

    def test_while_it_runs_records_nothing(self) -> None:
        given(project, created(), started()).when(START).then_nothing()

    def test_while_it_is_undone_records_nothing(self) -> None:
        given(project, created(), started(), ABANDONED).when(START).then_nothing()

    def test_after_a_failure_is_recorded_as_the_next_attempt(self) -> None:
        given(project, created(), started(), ABANDONED, FAILED).when(START).then(started(2))

    def test_after_a_failure_of_the_first_release_is_recorded_as_the_next_attempt(self) -> None:
        old = (ProvisioningStepCompleted(step=TEMPLATE), ProvisioningFailed(reason="No water."))
        given(project, created(), started(), *old).when(START).then(started(2))

    def test_once_all_is_done_records_nothing(self) -> None:
        given(project, *ALL_DONE, COMPLETED).when(START).then_nothing()


class TestAStep:
    @pytest.mark.parametrize("step", STEPS)
    def test_is_recorded_with_its_effect(self, step: ProvisioningStep) -> None:
        given(project, *before(step)).when(do(step)).then(*COMMITS[step])

    @pytest.mark.parametrize("step", STEPS)
    def test_that_is_done_already_records_nothing(self, step: ProvisioningStep) -> None:
        given(project, *after(step)).when(do(step)).then_nothing()

    @pytest.mark.parametrize("step", STEPS)
    def test_out_of_order_is_refused(self, step: ProvisioningStep) -> None:
        for other in STEPS[STEPS.index(step) + 1 :]:
            given(project, *before(step)).when(do(other)).then_refused(StepIsNotNext)

    @pytest.mark.parametrize("step", STEPS)
    def test_of_another_attempt_is_refused(self, step: ProvisioningStep) -> None:
        for attempt in (1, 3):
            given(project, *before(TEMPLATE), ABANDONED, FAILED, started(2)).when(
                do(step, attempt)
            ).then_refused(AttemptIsNotNewest)

    @pytest.mark.parametrize("step", STEPS)
    def test_of_an_abandoned_attempt_is_refused(self, step: ProvisioningStep) -> None:
        given(project, *before(step), ABANDONED).when(do(step)).then_refused(
            ProvisioningIsNotRunning
        )

    def test_of_a_failed_attempt_is_refused(self) -> None:
        given(project, created(), started(), ABANDONED, FAILED).when(do(TEMPLATE)).then_refused(
            ProvisioningIsNotRunning
        )

    def test_that_the_next_attempt_does_anew_is_recorded(self) -> None:
        again = (ABANDONED, *UNDONE[TEMPLATE], FAILED, started(2))
        given(project, *after(TEMPLATE), *again).when(do(TEMPLATE, 2)).then(
            CHOSEN, done(TEMPLATE, 2)
        )

    def test_that_changes_nothing_is_done_nevertheless(self) -> None:
        given(project, created(), CHOSEN, started()).when(do(TEMPLATE)).then(done(TEMPLATE))

    def test_with_a_service_whose_name_is_taken_is_refused(self) -> None:
        given(project, created(), added("Spout"), *before(CONFIGURATION)[1:]).when(
            do(CONFIGURATION)
        ).then_refused(ServiceNameTaken)


class TestCompleting:
    def test_is_recorded_after_all_steps(self) -> None:
        given(project, *ALL_DONE).when(complete()).then(COMPLETED)

    @pytest.mark.parametrize("step", STEPS)
    def test_with_a_step_to_be_done_is_refused(self, step: ProvisioningStep) -> None:
        given(project, *before(step)).when(complete()).then_refused(StepIsNotNext)

    def test_twice_records_nothing(self) -> None:
        given(project, *ALL_DONE, COMPLETED).when(complete()).then_nothing()

    def test_an_abandoned_attempt_is_refused(self) -> None:
        given(project, *ALL_DONE, ABANDONED).when(complete()).then_refused(ProvisioningIsNotRunning)

    def test_another_attempt_is_refused(self) -> None:
        given(project, *ALL_DONE).when(complete(2)).then_refused(AttemptIsNotNewest)


class TestAbandoning:
    @pytest.mark.parametrize("step", STEPS)
    def test_is_recorded_with_step_and_reason(self, step: ProvisioningStep) -> None:
        given(project, *after(step)).when(abandon()).then(ABANDONED)

    @pytest.mark.parametrize("ending", [(ABANDONED,), (ABANDONED, FAILED)], ids=len)
    def test_twice_records_nothing(self, ending: tuple[ProjectEvent, ...]) -> None:
        given(project, created(), started(), *ending).when(abandon()).then_nothing()

    def test_a_completed_attempt_is_refused(self) -> None:
        given(project, *ALL_DONE, COMPLETED).when(abandon()).then_refused(ProvisioningIsNotRunning)

    def test_another_attempt_is_refused(self) -> None:
        given(project, created(), started()).when(abandon(2)).then_refused(AttemptIsNotNewest)


class TestUndoing:
    @pytest.mark.parametrize("step", STEPS)
    def test_leaves_nothing_where_there_was_nothing(self, step: ProvisioningStep) -> None:
        given(project, *after(step), ABANDONED).when(undo(step)).then(*UNDONE[step])

    def test_brings_back_the_template_of_before(self) -> None:
        earlier = TemplateChosen(**WORKER.model_dump())
        given(project, created(), earlier, *after(TEMPLATE)[1:], ABANDONED).when(
            undo(TEMPLATE, template=WORKER)
        ).then(earlier, undone(TEMPLATE))

    def test_brings_back_the_repository_of_before(self) -> None:
        link = RepositoryLink(
            provider=RepositoryProvider.GITHUB, url="https://example.org/teapot.git"
        )
        earlier = RepositoryLinked(**link.model_dump())
        given(project, created(), earlier, *after(REPOSITORY)[1:], ABANDONED).when(
            undo(REPOSITORY, repository=link)
        ).then(earlier, undone(REPOSITORY))

    def test_brings_back_the_configuration_of_before_and_leaves_other_services(self) -> None:
        earlier = (ProjectConfigured(configuration=configured("eu-west-1")), added("lid"))
        given(project, created(), *earlier, *after(CONFIGURATION)[1:], ABANDONED).when(
            undo(CONFIGURATION, configuration=configuration("eu-west-1"))
        ).then(UNDONE[CONFIGURATION][0], earlier[0], undone(CONFIGURATION))

    @pytest.mark.parametrize("step", STEPS)
    def test_twice_records_nothing(self, step: ProvisioningStep) -> None:
        history = (*after(step), ABANDONED, *UNDONE[step])
        given(project, *history).when(undo(step)).then_nothing()

    @pytest.mark.parametrize("step", [ANALYSIS, REPOSITORY, CONFIGURATION])
    def test_with_what_the_step_does_not_change_is_refused(self, step: ProvisioningStep) -> None:
        given(project, *after(step), ABANDONED).when(undo(step, template=WORKER)).then_refused(
            NotOfThisStep
        )

    @pytest.mark.parametrize("step", STEPS)
    def test_what_was_never_done_records_nothing(self, step: ProvisioningStep) -> None:
        given(project, *before(step), ABANDONED).when(undo(step)).then_nothing()

    @pytest.mark.parametrize("step", STEPS[:-1])
    def test_before_a_later_step_is_refused(self, step: ProvisioningStep) -> None:
        given(project, *ALL_DONE, ABANDONED).when(undo(step)).then_refused(StepIsNotNext)

    @pytest.mark.parametrize("step", STEPS)
    def test_what_was_not_abandoned_is_refused(self, step: ProvisioningStep) -> None:
        given(project, *after(step)).when(undo(step)).then_refused(ProvisioningIsNotAbandoned)

    def test_a_failed_attempt_records_nothing(self) -> None:
        given(project, created(), started(), ABANDONED, FAILED).when(undo(TEMPLATE)).then_nothing()

    def test_another_attempt_is_refused(self) -> None:
        given(project, *after(TEMPLATE), ABANDONED).when(undo(TEMPLATE, 2)).then_refused(
            AttemptIsNotNewest
        )


class TestFailing:
    def test_is_recorded_with_step_and_reason(self) -> None:
        given(project, created(), started(), ABANDONED).when(fail()).then(FAILED)

    def test_for_a_reason_of_no_step_is_recorded(self) -> None:
        late = FailProvisioning(attempt=1, reason="Too late.")
        given(project, created(), started(), ABANDONED).when(late).then(
            ProvisioningFailed(reason="Too late.", attempt=1)
        )

    def test_before_all_is_undone_is_refused(self) -> None:
        given(project, *after(TEMPLATE), ABANDONED).when(fail()).then_refused(StepIsNotNext)

    def test_before_it_is_abandoned_is_refused(self) -> None:
        given(project, created(), started()).when(fail()).then_refused(ProvisioningIsNotAbandoned)

    def test_twice_records_nothing(self) -> None:
        given(project, created(), started(), ABANDONED, FAILED).when(fail()).then_nothing()

    def test_another_attempt_is_refused(self) -> None:
        given(project, created(), started(), ABANDONED).when(fail(2)).then_refused(
            AttemptIsNotNewest
        )


CHANGES = [
    builders.configure("eu-west-1"),
    builders.add("lid"),
    builders.change_service("spout", service_name="beak"),
    builders.remove_service("spout"),
    builders.choose(),
    builders.link(),
    builders.unlink(),
    builders.hand_over(),
]


@pytest.mark.parametrize("command", CHANGES, ids=lambda command: command.type)
class TestWhatItChanges:
    def test_is_changed_by_nobody_else_while_it_runs(self, command: ProjectCommand) -> None:
        given(project, *ALL_DONE).when(command).then_refused(ProvisioningIsRunning)

    def test_is_changed_by_nobody_else_while_it_is_undone(self, command: ProjectCommand) -> None:
        given(project, *ALL_DONE, ABANDONED).when(command).then_refused(ProvisioningIsRunning)

    def test_can_be_changed_when_it_is_completed(self, command: ProjectCommand) -> None:
        given(project, *ALL_DONE, COMPLETED).when(command).then_recorded()


def test_name_and_deployments_are_the_owners_meanwhile() -> None:
    given(project, *ALL_DONE).when(builders.rename("Pot")).then_recorded()
    given(project, *ALL_DONE).when(builders.deploy()).then_recorded()


@pytest.mark.parametrize(
    "command", [do(TEMPLATE), complete(), abandon(), undo(TEMPLATE), fail()], ids=lambda c: c.type
)
def test_what_was_not_started_neither_goes_on_nor_ends(command: ProjectCommand) -> None:
    given(project, created()).when(command).then_refused(ProvisioningIsNotRunning)
