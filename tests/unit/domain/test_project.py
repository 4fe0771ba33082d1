"""The rules of a project, one sentence each."""

import pytest

from builders import add, added, archive, change, create, created, rename, service
from domain.errors import AggregateNotFound
from domain.project.aggregate import (
    MAX_SERVICES,
    ProjectAlreadyExists,
    ProjectIsArchived,
    ServiceNameTaken,
    TooManyServices,
    project,
)
from domain.project.commands import ProjectCommand, ServiceType
from domain.project.events import (
    ProjectArchived,
    ProjectCreated,
    ProjectDescriptionChanged,
    ProjectRenamed,
)
from spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")
FULL = [added(f"service {n}") for n in range(MAX_SERVICES)]


class TestCreating:
    def test_a_project_is_recorded_with_its_owner(self) -> None:
        given(project).when(create("Teapot", description="Short and stout")).then(
            ProjectCreated(owner=ACTOR, name="Teapot", description="Short and stout")
        )

    @pytest.mark.feature("E17")
    def test_with_services_records_an_event_for_each(self) -> None:
        given(project).when(
            create("Teapot", services=[service("spout"), service("lid", ServiceType.WORKER)])
        ).then(created("Teapot"), added("spout"), added("lid", ServiceType.WORKER))

    def test_with_two_services_of_one_name_is_refused(self) -> None:
        given(project).when(create(services=[service("spout"), service("Spout")])).then_refused(
            ServiceNameTaken
        )

    def test_a_project_that_exists_is_refused(self) -> None:
        given(project, created()).when(create()).then_refused(ProjectAlreadyExists)

    def test_a_project_that_was_archived_is_refused(self) -> None:
        given(project, created(), ProjectArchived()).when(create()).then_refused(
            ProjectAlreadyExists
        )


class TestChanging:
    def test_the_name_is_recorded(self) -> None:
        given(project, created("Teapot")).when(rename("Samovar")).then(
            ProjectRenamed(name="Samovar")
        )

    def test_the_description_is_recorded(self) -> None:
        given(project, created()).when(change(description="Hot")).then(
            ProjectDescriptionChanged(description="Hot")
        )

    def test_name_and_description_records_both(self) -> None:
        given(project, created()).when(change(name="Samovar", description="Hot")).then(
            ProjectRenamed(name="Samovar"), ProjectDescriptionChanged(description="Hot")
        )

    def test_a_description_given_as_null_clears_it(self) -> None:
        given(project, created(description="Hot")).when(change(description=None)).then(
            ProjectDescriptionChanged(description=None)
        )

    def test_a_description_not_given_stays(self) -> None:
        given(project, created(description="Hot")).when(rename("Samovar")).then(
            ProjectRenamed(name="Samovar")
        )

    def test_to_what_is_already_so_records_nothing(self) -> None:
        given(project, created("Teapot", "Hot")).when(
            change(name="Teapot", description="Hot")
        ).then_nothing()

    def test_records_only_what_differs(self) -> None:
        given(project, created("Teapot", "Hot")).when(
            change(name="Teapot", description="Cold")
        ).then(ProjectDescriptionChanged(description="Cold"))

    def test_back_to_an_earlier_name_is_recorded(self) -> None:
        given(project, created("Teapot"), ProjectRenamed(name="Samovar")).when(
            rename("Teapot")
        ).then(ProjectRenamed(name="Teapot"))


class TestAddingAService:
    @pytest.mark.feature("C9", "E13")
    def test_is_recorded_with_the_owner_of_the_project(self) -> None:
        given(project, created()).when(add("spout", ServiceType.FRONTEND, port=80)).then(
            added("spout", ServiceType.FRONTEND, port=80)
        )

    def test_of_a_name_that_is_taken_is_refused(self) -> None:
        given(project, created(), added("spout")).when(add("spout")).then_refused(ServiceNameTaken)

    def test_of_a_name_that_differs_in_case_alone_is_refused(self) -> None:
        given(project, created(), added("Straße")).when(add("STRASSE")).then_refused(
            ServiceNameTaken
        )

    def test_up_to_the_cap_is_recorded(self) -> None:
        given(project, created(), *FULL[:-1]).when(add("last")).then(added("last"))

    def test_beyond_the_cap_is_refused(self) -> None:
        given(project, created(), *FULL).when(add("one more")).then_refused(TooManyServices)


class TestArchiving:
    def test_is_recorded(self) -> None:
        given(project, created()).when(archive()).then(ProjectArchived())

    def test_twice_records_nothing_more(self) -> None:
        given(project, created(), ProjectArchived()).when(archive()).then_nothing()

    @pytest.mark.parametrize("command", [rename("Samovar"), add("spout")], ids=lambda c: c.type)
    def test_ends_every_change(self, command: ProjectCommand) -> None:
        given(project, created(), ProjectArchived()).when(command).then_refused(ProjectIsArchived)


@pytest.mark.parametrize(
    "command", [rename("Samovar"), add("spout"), archive()], ids=lambda c: c.type
)
def test_a_project_that_does_not_exist_takes_no_command(command: ProjectCommand) -> None:
    given(project).when(command).then_refused(AggregateNotFound)


def test_a_refusal_says_what_was_wrong() -> None:
    assert str(ServiceNameTaken(name="spout")) == (
        "The project has a service named 'spout' already."
    )


def test_the_owner_is_whoever_created_it() -> None:
    assert project.owner_of(project.fold([created()])) == ACTOR


def test_nobody_owns_what_does_not_exist() -> None:
    assert project.owner_of(project.initial) is None
