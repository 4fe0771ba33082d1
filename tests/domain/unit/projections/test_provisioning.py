"""The ProvisioningRun read model: a row for each attempt, written with the project's row."""

from typing import Any, cast

import pytest

from domain.project.events import (
    ProjectEvent,
    ProjectHandedOver,
    ProvisioningAbandoned,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningStarted,
    ProvisioningStepCompleted,
    ProvisioningStepUndone,
    RepositoryLinked,
    TemplateChosen,
    TemplateReleased,
)
from domain.project.provisioning import COMPLETION, STEPS
from domain.project.values import ProvisioningStep, RepositoryProvider
from domain.project_creation import PROJECT_CREATION
from kernel.messages import inner_id
from kernel.projection import RowKey, RowMissing, fold_rows
from projections.generated.rows import ProjectRow, ProvisioningRunRow, ProvisioningStatus
from projections.projects import projects
from projections.provisioning_steps import LIMITS
from tests.domain.support.builders import added, created
from tests.support.spec import ACTOR, STREAM, at, recorded

pytestmark = pytest.mark.feature("L3", "S6")
TEMPLATE, ANALYSIS, REPOSITORY, CONFIGURATION = STEPS
ANALYSIS_ID = "01980000-0000-7000-8000-00000000000b"
REASON, URL = "The archive storage did not answer.", "s3://archives/teapot.zip"
CHOSEN = TemplateChosen(template_id="t-1", slug="full-stack", name="Full stack", revision=4)
LINKED = RepositoryLinked(provider=RepositoryProvider.ARCHIVE, url=URL, default_branch="main")
COMPLETED = ProvisioningCompleted(attempt=1)


def started(attempt: int = 1) -> ProvisioningStarted:
    return ProvisioningStarted(
        owner=ACTOR, attempt=attempt, template_id="worker", parameters={"queue": "jobs"}
    )


def done(step: ProvisioningStep, attempt: int | None = 1) -> ProvisioningStepCompleted:
    analysis = ANALYSIS_ID if step is ANALYSIS else None
    return ProvisioningStepCompleted(step=step, attempt=attempt, analysis_id=analysis)


def undone(step: ProvisioningStep) -> ProvisioningStepUndone:
    return ProvisioningStepUndone(attempt=1, step=step)


def abandoned(step: ProvisioningStep | None = REPOSITORY) -> ProvisioningAbandoned:
    return ProvisioningAbandoned(attempt=1, reason=REASON, step=step)


def failed(step: ProvisioningStep | None = REPOSITORY) -> ProvisioningFailed:
    return ProvisioningFailed(attempt=1, reason=REASON, step=step)


def rows(*events: ProjectEvent) -> dict[RowKey, Any]:
    return fold_rows(projects, recorded(created(), *events))


def run(*events: ProjectEvent, attempt: int = 1) -> ProvisioningRunRow:
    key = RowKey("ProvisioningRun", inner_id(STREAM, str(attempt)))
    return cast(ProvisioningRunRow, rows(*events)[key])


def head(*events: ProjectEvent) -> ProjectRow:
    return cast(ProjectRow, rows(*events)[projects.head(STREAM)])


def steps(*events: ProjectEvent) -> list[Any]:
    return cast(list[Any], run(*events).steps)


def statuses(*events: ProjectEvent) -> list[str]:
    return [step["status"] for step in steps(*events)]


def of_step(name: str, *events: ProjectEvent) -> dict[str, Any]:
    """Return what is shown of a step, without what is not known."""
    step = next(step for step in steps(*events) if step["step"] == name)
    return {key: value for key, value in step.items() if value is not None and key != "step"}


ALL_DONE = tuple(done(step) for step in STEPS)
DONE_BEFORE = (done(TEMPLATE), done(ANALYSIS))
GIVEN_UP = (started(), done(TEMPLATE), done(ANALYSIS), abandoned())
UNDONE = (*GIVEN_UP, undone(ANALYSIS), undone(TEMPLATE))


def test_an_attempt_begins_with_its_first_step() -> None:
    assert run(started()) == ProvisioningRunRow(
        id=inner_id(STREAM, "1"),
        project_id=head().id,
        attempt=1,
        status=ProvisioningStatus.RUNNING,
        template_id="worker",
        parameters={"queue": "jobs"},
        steps=steps(started()),
        started_at=at(2),
        user_id="ada-sub",
        owner=ACTOR,
        created_at=at(2),
        updated_at=at(2),
        version=2,
        projection_version=projects.version,
    )
    assert [step["step"] for step in steps(started())] == [*STEPS, COMPLETION]
    assert statuses(started()) == ["RUNNING", "WAITING", "WAITING", "WAITING", "WAITING"]
    assert of_step(TEMPLATE, started())["startedAt"] == at(2)


def test_an_attempt_shows_the_template_and_the_values_that_were_wished_for() -> None:
    """Lists are lists, as rows that were read have them: else rows would be written for ever."""
    values = {"leaf": "mint", "cups": 2, "names": ("ada", "eve")}
    row = run(started().model_copy(update={"template_id": "tea", "parameters": values}))

    assert row.template_id == "tea"
    assert row.parameters == {"leaf": "mint", "cups": 2, "names": ["ada", "eve"]}


def test_the_steps_and_their_limits_are_those_of_the_saga() -> None:
    """A rebuild of rows by this version shows the same ones, whatever the saga is by then.

    Where the saga has changed, change the steps of the projection as well, and raise its version.
    """
    assert {step.name: step.limit for step in PROJECT_CREATION.steps} == LIMITS
    assert [step.name for step in PROJECT_CREATION.steps] == [*LIMITS]


def test_a_step_fails_by_itself_once_its_time_is_over() -> None:
    """The first has a minute from the second second on, the analysis ten."""
    assert of_step(TEMPLATE, started())["deadline"] == at(62)
    assert of_step(ANALYSIS, started(), done(TEMPLATE))["deadline"] == at(603)


@pytest.mark.parametrize("event", [done(TEMPLATE), abandoned(TEMPLATE)], ids=lambda e: e.type)
def test_a_step_that_has_ended_has_no_deadline(event: ProjectEvent) -> None:
    assert "deadline" not in of_step(TEMPLATE, started(), event)


def test_a_step_that_is_done_begins_the_next() -> None:
    events = (started(), done(TEMPLATE))

    assert statuses(*events) == ["DONE", "RUNNING", "WAITING", "WAITING", "WAITING"]
    assert of_step(TEMPLATE, *events) == {"status": "DONE", "startedAt": at(2), "endedAt": at(3)}
    assert of_step(ANALYSIS, *events)["startedAt"] == at(3)


def test_steps_say_what_they_have_yielded() -> None:
    repository = (started(), CHOSEN, done(TEMPLATE), done(ANALYSIS), LINKED, done(REPOSITORY))
    events = (*repository, added("spout"), added("lid"), done(CONFIGURATION))

    assert [step["detail"] for step in steps(*events)] == [
        *("Full stack, revision 4", None, URL, "spout, lid", None)
    ]
    assert run(*events).analysis_id == ANALYSIS_ID


@pytest.mark.parametrize("facts", [{"files": 8}, {"bytes": 3652}, {"sha256": "f0" * 32}], ids=str)
def test_an_archive_of_which_not_all_is_known_shows_its_address(facts: dict[str, Any]) -> None:
    """Whatever was recorded can be shown: one event must not hold up the rows of its project."""
    linked = LINKED.model_copy(update=facts)

    assert of_step(REPOSITORY, started(), *DONE_BEFORE, linked)["detail"] == URL


def test_an_archive_shows_what_it_holds() -> None:
    linked = LINKED.model_copy(update={"files": 8, "bytes": 3652, "sha256": "f0" * 32})

    detail = of_step(REPOSITORY, started(), *DONE_BEFORE, linked)["detail"]

    assert detail == "8 files, 3,652 bytes"


def test_what_others_do_meanwhile_is_not_what_a_step_has_yielded() -> None:
    events = (CHOSEN, started(), added("spout"), done(TEMPLATE), CHOSEN, LINKED)

    assert [step["detail"] for step in steps(*events)] == [None] * 5


def test_a_provisioned_project_has_all_steps_done() -> None:
    events: tuple[ProjectEvent, ...] = (started(), *ALL_DONE, COMPLETED)

    assert statuses(*events) == ["DONE"] * 5
    assert of_step(COMPLETION, *events) == {"status": "DONE", "startedAt": at(6), "endedAt": at(7)}
    row = run(*events)
    assert (row.status, row.ended_at, row.reason) == (ProvisioningStatus.COMPLETED, at(7), None)


def test_an_abandoned_attempt_shows_which_step_failed_and_undoes_the_one_before() -> None:
    assert statuses(*GIVEN_UP) == ["DONE", "UNDOING", "FAILED", "WAITING", "WAITING"]
    failure = of_step(REPOSITORY, *GIVEN_UP)
    assert failure == {"status": "FAILED", "startedAt": at(4), "endedAt": at(5), "detail": REASON}
    row = run(*GIVEN_UP)
    assert (row.status, row.reason, row.failed_step) == ("ABANDONED", REASON, "REPOSITORY")
    assert row.ended_at is None


def test_steps_are_undone_from_the_last_to_the_first() -> None:
    assert statuses(*GIVEN_UP, undone(ANALYSIS))[:3] == ["UNDOING", "UNDONE", "FAILED"]
    assert statuses(*UNDONE)[:3] == ["UNDONE", "UNDONE", "FAILED"]
    assert of_step(ANALYSIS, *UNDONE)["undoneAt"] == at(6)


def test_a_step_that_was_undone_keeps_what_it_says() -> None:
    events = (started(), CHOSEN, done(TEMPLATE), abandoned(), TemplateReleased(), undone(TEMPLATE))

    assert of_step(TEMPLATE, *events) == {
        "status": "UNDONE",
        "startedAt": at(2),
        "endedAt": at(4),
        "undoneAt": at(7),
        "detail": "Full stack, revision 4",
    }


def test_an_attempt_that_has_failed_has_ended() -> None:
    row = run(*UNDONE, failed())

    assert (row.status, row.ended_at, row.reason) == (ProvisioningStatus.FAILED, at(8), REASON)
    assert row.steps == run(*UNDONE).steps


@pytest.mark.parametrize(("given_up", "named"), [(None, "REPOSITORY"), (ANALYSIS, "ANALYSIS")])
def test_the_step_that_ran_has_failed_unless_another_is_named(
    given_up: ProvisioningStep | None, named: str
) -> None:
    events = (*GIVEN_UP[:-1], abandoned(given_up))

    assert run(*events).failed_step == named
    assert run(*events, undone(ANALYSIS), undone(TEMPLATE), failed(None)).failed_step == named


def test_what_fails_at_its_end_has_failed_at_no_step_that_is_reported() -> None:
    assert run(started(), *ALL_DONE, abandoned(None)).failed_step == COMPLETION


def test_each_attempt_has_a_row_and_the_project_shows_the_newest() -> None:
    events = (*UNDONE, failed(), started(2))

    assert run(*events) == run(*UNDONE, failed())
    assert run(*events, attempt=2).started_at == at(9)
    row = head(*events)
    assert (row.provisioning, row.provisioning_attempt) == (ProvisioningStatus.RUNNING, 2)


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ((), "NONE"),
        ((started(),), "RUNNING"),
        ((started(), *ALL_DONE), "RUNNING"),
        ((started(), *ALL_DONE, COMPLETED), "COMPLETED"),
        (GIVEN_UP, "ABANDONED"),
        ((*UNDONE, failed()), "FAILED"),
    ],
    ids=["not begun", "begun", "steps done", "completed", "abandoned", "failed"],
)
def test_the_project_shows_how_far_it_is(events: tuple[ProjectEvent, ...], shown: str) -> None:
    assert head(*events).provisioning == shown


def test_events_that_were_recorded_without_an_attempt_are_of_the_newest() -> None:
    old = (done(TEMPLATE, None), ProvisioningFailed(reason=REASON))
    first = run(started(), *old)

    assert run(started(), *old, started(2), done(TEMPLATE, None), attempt=2).version == 6
    assert (first.status, first.failed_step, first.ended_at) == ("FAILED", "ANALYSIS", at(4))
    assert [step["status"] for step in cast(list[Any], first.steps)][:2] == ["DONE", "FAILED"]


@pytest.mark.feature("R22")
def test_it_follows_the_project_to_another_owner() -> None:
    row = run(started(), ProjectHandedOver(owner="heir-sub::heir"))

    assert (row.owner, row.user_id) == ("heir-sub::heir", "heir-sub")


@pytest.mark.parametrize(
    "event", [done(TEMPLATE), abandoned(), failed(), COMPLETED], ids=lambda event: event.type
)
def test_what_happens_to_an_attempt_that_is_not_there_yet_is_not_guessed(
    event: ProjectEvent,
) -> None:
    (happened,) = recorded(event, first=3)
    key = RowKey("ProvisioningRun", inner_id(STREAM, "1"))

    touched = projects.touches(None, happened)

    assert (touched[0], touched[-1]) == (key, projects.head(STREAM))
    with pytest.raises(RowMissing, match=r"#.* 3: Provisioning"):
        projects.project(key, None, happened, None)


def test_an_archive_shows_what_it_holds_and_not_an_address_that_nobody_can_open() -> None:
    held = {"files": 31, "bytes": 60_819, "sha256": "a" * 64}
    archive = RepositoryLinked(**LINKED.model_dump(exclude=set(held)), **held)
    before = (started(), CHOSEN, done(TEMPLATE), done(ANALYSIS))

    assert steps(*before, archive, done(REPOSITORY))[2]["detail"] == "31 files, 60,819 bytes"
