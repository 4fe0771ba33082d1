"""The Project read model: one row for each project."""

from collections import Counter
from dataclasses import replace
from typing import cast, get_args
from uuid import uuid4

import pytest

from domain.project.aggregate import project
from domain.project.events import (
    Configuration,
    ConfigurationRemoved,
    DeploymentCompleted,
    DeploymentFailed,
    DeploymentStarted,
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectHandedOver,
    ProjectRenamed,
    ProjectRestored,
    RepositoryLinked,
    RepositoryUnlinked,
    ServiceRemoved,
    TemplateChosen,
    TemplateReleased,
)
from domain.project.values import RepositoryProvider
from kernel.personal import SealedValue, SubjectForgotten, Unopened
from kernel.projection import fold_rows
from projections.generated.rows import (
    DeploymentStatus,
    ProjectRow,
    ProjectStatus,
    ProvisioningStatus,
)
from projections.generated.rows import RepositoryProvider as RowProvider
from projections.projects import SHELVES, NotShown, projects, shelved
from tests.domain.support.builders import added, created, deployment_id, service_id
from tests.support.spec import ACTOR, STREAM, at, given, recorded
from tests.support.steps import occurrences

pytestmark = pytest.mark.feature("L3", "R4")
CREATED = ProjectRow(
    id="01980000-0000-7000-8000-000000000001",
    name="Teapot",
    description=None,
    status=ProjectStatus.ACTIVE,
    shelf="ACTIVE#3",
    user_id="ada-sub",
    owner=ACTOR,
    service_count=0,
    provisioning=ProvisioningStatus.NONE,
    provisioning_attempt=0,
    deployment_count=0,
    deployments_succeeded=0,
    deployments_failed=0,
    total_events=1,
    created_at=at(1),
    updated_at=at(1),
    version=1,
    projection_version=projects.version,
)


def test_projects_lie_evenly_on_the_shelves_of_their_status() -> None:
    rows = (replace(CREATED, id=str(uuid4())) for _ in range(1000))

    found = Counter(shelved(row).shelf for row in rows)

    # Of 250 expected, six standard deviations are 82.
    assert found.keys() == {f"ACTIVE#{number}" for number in range(SHELVES)}
    assert max(found.values()) < 340


@pytest.mark.feature("L8", "R37")
def test_a_project_created_is_a_row_of_its_owner() -> None:
    given(projects, *recorded(created("Teapot"))).then_row(CREATED)


def test_a_description_is_shown() -> None:
    given(projects, *recorded(created("Teapot", "Hot"))).then_row(
        replace(CREATED, description="Hot")
    )


def test_a_rename_is_shown() -> None:
    given(projects, *recorded(created(), ProjectRenamed(name="Samovar"))).then_row(
        replace(CREATED, name="Samovar", total_events=2, version=2, updated_at=at(2))
    )


def test_a_description_cleared_is_null() -> None:
    cleared = ProjectDescriptionChanged(description=None)

    given(projects, *recorded(created("Teapot", "Hot"), cleared)).then_row(
        replace(CREATED, description=None, total_events=2, version=2, updated_at=at(2))
    )


@pytest.mark.feature("R17")
def test_services_are_counted() -> None:
    given(projects, *recorded(created(), added("spout"), added("lid"))).then_row(
        replace(CREATED, service_count=2, total_events=3, version=3, updated_at=at(3))
    )


def test_an_archived_project_keeps_its_row() -> None:
    given(projects, *recorded(created(), ProjectArchived())).then_row(
        replace(
            CREATED,
            status=ProjectStatus.ARCHIVED,
            shelf="ARCHIVED#3",
            total_events=2,
            version=2,
            updated_at=at(2),
        )
    )


@pytest.mark.feature("E13")
def test_the_row_belongs_to_the_owner_whoever_commanded() -> None:
    given(projects, *recorded(created(), actor="root-sub::root")).then_row(CREATED)


@pytest.mark.feature("R17")
def test_services_removed_are_counted_no_more() -> None:
    removed = ServiceRemoved(service_id=service_id("spout"))

    given(projects, *recorded(created(), added("spout"), added("lid"), removed)).then_row(
        replace(CREATED, service_count=1, total_events=4, version=4, updated_at=at(4))
    )


def test_a_restored_project_is_active() -> None:
    given(projects, *recorded(created(), ProjectArchived(), ProjectRestored())).then_row(
        replace(CREATED, total_events=3, version=3, updated_at=at(3))
    )


@pytest.mark.parametrize("first", [[], [ProjectArchived()]], ids=["active", "archived"])
def test_a_deleted_project_keeps_its_row(first: list[ProjectEvent]) -> None:
    last = 2 + len(first)

    given(projects, *recorded(created(), *first, ProjectDeleted())).then_row(
        replace(
            CREATED,
            status=ProjectStatus.DELETED,
            shelf="DELETED#3",
            total_events=last,
            version=last,
            updated_at=at(last),
        )
    )


CONFIGURATION = Configuration(
    runtime="python3.13",
    region="eu-central-1",
    features=("auth", "storage"),
    environment={"LOG_LEVEL": "debug"},
)
CONFIGURED = replace(
    CREATED,
    runtime="python3.13",
    region="eu-central-1",
    features=("auth", "storage"),
    environment={"LOG_LEVEL": "debug"},
)
URL = "https://github.com/skafu/shop"
LINKED = RepositoryLinked(provider=RepositoryProvider.GITHUB, url=URL, default_branch="main")
CHOSEN = TemplateChosen(template_id="t-1", slug="sam-api-template", name="SAM API", revision=3)


def after(row: ProjectRow, sequence: int) -> ProjectRow:
    """Return the row as it is once that many events have been counted."""
    return replace(row, total_events=sequence, version=sequence, updated_at=at(sequence))


def started(number: int, environment: str = "prod") -> DeploymentStarted:
    return DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(number), environment=environment
    )


def completed(number: int, environment: str = "prod") -> DeploymentCompleted:
    return DeploymentCompleted(deployment_id=deployment_id(number), environment=environment)


def failed(number: int, environment: str = "prod") -> DeploymentFailed:
    return DeploymentFailed(
        deployment_id=deployment_id(number), environment=environment, reason="It leaks."
    )


def folded(*events: ProjectEvent | SubjectForgotten) -> ProjectRow:
    rows = fold_rows(projects, recorded(created("Teapot"), *events))
    return cast(ProjectRow, rows[projects.head(STREAM)])


def test_what_it_was_created_with_is_shown() -> None:
    begun = created("Teapot").model_copy(
        update={"template_id": "sam-api-template", "configuration": CONFIGURATION}
    )

    given(projects, *recorded(begun)).then_row(replace(CONFIGURED, template_id="sam-api-template"))


def test_a_configuration_is_shown_whole() -> None:
    configured = ProjectConfigured(configuration=CONFIGURATION)

    assert folded(configured) == after(CONFIGURED, 2)
    assert folded(configured, ConfigurationRemoved()) == after(CREATED, 3)


@pytest.mark.feature("R17")
def test_a_template_that_was_chosen_is_shown_as_it_was_then() -> None:
    assert folded(CHOSEN) == after(
        replace(CREATED, template_id="t-1", template_name="SAM API", template_revision=3), 2
    )
    assert folded(CHOSEN, TemplateReleased()) == after(CREATED, 3)


def test_a_repository_is_shown_until_it_is_unlinked() -> None:
    provider = RowProvider.GITHUB
    linked = replace(CREATED, repository_url=URL, repository_provider=provider)

    assert folded(LINKED) == after(linked, 2)
    assert folded(LINKED, RepositoryUnlinked()) == after(CREATED, 3)


def test_an_archive_is_shown_with_its_size_and_its_digest() -> None:
    archive = RepositoryLinked(
        provider=RepositoryProvider.ARCHIVE,
        url="s3://archives/shop.zip",
        default_branch="main",
        files=8,
        bytes=3652,
        sha256="f0" * 32,
    )
    shown = replace(
        CREATED,
        repository_url="s3://archives/shop.zip",
        repository_provider=RowProvider.ARCHIVE,
        repository_files=8,
        repository_bytes=3652,
        repository_sha256="f0" * 32,
    )

    assert folded(archive) == after(shown, 2)
    assert folded(archive, LINKED).repository_sha256 is None
    assert folded(archive, RepositoryUnlinked()) == after(CREATED, 3)


@pytest.mark.feature("L10")
def test_an_archive_is_shown_until_its_owner_is_forgotten_and_another_repository_beyond() -> None:
    archive = LINKED.model_copy(update={"provider": RepositoryProvider.ARCHIVE, "files": 8})
    ada, eve = SubjectForgotten(subject="ada-sub"), SubjectForgotten(subject="eve-sub")

    assert folded(archive, ada) == after(CREATED, 3)
    assert folded(archive, eve).repository_files == 8
    assert folded(archive, HEIR, ada).repository_files == 8
    assert folded(LINKED, ada).repository_url == LINKED.url


def test_there_is_no_rate_before_the_first_deployment_has_ended() -> None:
    running = replace(
        CREATED,
        deployment_count=1,
        last_deployment_status=DeploymentStatus.RUNNING,
        last_deployment_environment="prod",
    )

    assert folded(started(1)) == after(running, 2)
    assert (running.success_rate, running.last_deployed_at) == (None, None)


@pytest.mark.feature("R17")
def test_deployments_are_counted_and_rated() -> None:
    row = folded(*(started(1), completed(1)), *(started(2), failed(2)), started(3), completed(3))

    assert (row.deployment_count, row.deployments_succeeded, row.deployments_failed) == (3, 2, 1)
    assert row.success_rate == 2 / 3
    assert row.last_deployed_at == at(7)


def test_a_failure_is_no_deployment_of_what_runs() -> None:
    row = folded(started(1), completed(1), started(2), failed(2))

    assert row.last_deployed_at == at(3)
    assert row.success_rate == 0.5


def test_of_several_deployments_the_one_that_changed_last_is_shown() -> None:
    row = folded(started(1, "prod"), started(2, "staging"), failed(1, "prod"))

    assert (row.last_deployment_status, row.last_deployment_environment) == ("FAILED", "prod")


SEALED = SealedValue(f"s1:{'n' * 48}")
MAIL = SealedValue(f"s1:{'e' * 48}")
HEIR = ProjectHandedOver(owner="heir-sub::heir", owner_name=MAIL)


def of_ada() -> ProjectCreated:
    return created("Teapot").model_copy(update={"owner_name": SEALED, "owner_email": MAIL})


def of_people(*events: ProjectEvent | SubjectForgotten) -> tuple[str | None, str | None]:
    row = cast(ProjectRow, fold_rows(projects, recorded(of_ada(), *events))[projects.head(STREAM)])
    return row.user_name, row.user_email


@pytest.mark.feature("R17", "L10")
class TestTheOwnersNameAndMail:
    def test_are_sealed_until_the_row_is_written(self) -> None:
        name, mail = of_people()

        assert (name, mail) == (SEALED.text, MAIL.text)
        assert isinstance(name, Unopened)
        assert name.subject == "ada-sub"

    def test_are_those_of_the_owner_there_is_now(self) -> None:
        name, mail = of_people(HEIR)

        assert (name, mail) == (MAIL.text, None)
        assert isinstance(name, Unopened)
        assert name.subject == "heir-sub"

    def test_are_gone_when_the_owner_is_forgotten(self) -> None:
        assert of_people(SubjectForgotten(subject="ada-sub")) == (None, None)

    def test_stay_when_somebody_else_is(self) -> None:
        assert of_people(SubjectForgotten(subject="eve-sub")) == (SEALED.text, MAIL.text)
        assert of_people(HEIR, SubjectForgotten(subject="ada-sub"))[0] == MAIL.text

    def test_are_personal(self) -> None:
        assert projects.personal == {"Project": ("user_name", "user_email")}


@pytest.mark.feature("R17")
def test_every_event_is_counted() -> None:
    renames = [ProjectRenamed(name=f"Teapot {n}") for n in range(5)]

    assert [folded(*renames[:n]).total_events for n in range(6)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.feature("K6")
@pytest.mark.parametrize(
    "event",
    get_args(NotShown),
    ids=lambda event: event.__name__,
)
def test_what_is_not_shown_moves_the_version_all_the_same(event: type[ProjectEvent]) -> None:
    before, shown = next(o for o in occurrences(project) if isinstance(o[1], event))
    history = recorded(*before)
    row = cast(ProjectRow, fold_rows(projects, history)[projects.head(STREAM)])
    (happened,) = recorded(shown, first=len(history) + 1)

    assert projects.after(projects.head(STREAM), row, happened, row) == replace(
        row,
        total_events=happened.sequence,
        version=happened.sequence,
        updated_at=happened.timestamp,
    )
