"""The rules of a project, one sentence each."""

from collections.abc import Sequence

import pytest

from domain.project.aggregate import ProjectAlreadyExists, project
from domain.project.commands import UnlinkRepository
from domain.project.events import (
    ProjectArchived,
    ProjectConfigured,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescriptionChanged,
    ProjectEvent,
    ProjectRenamed,
    ProvisioningStarted,
    RepositoryLinked,
    RepositoryUnlinked,
    TemplateChosen,
)
from domain.project.services import ServiceNameTaken
from domain.project.values import RepositoryProvider, ServiceType
from tests.domain.support.builders import (
    added,
    change,
    choose,
    configuration,
    configure,
    configured,
    create,
    created,
    link,
    rename,
    service,
)
from tests.support.spec import ACTOR, given

pytestmark = pytest.mark.feature("C13", "L3", "L4")


def configured_event(
    region: str, features: Sequence[str] = (), environment: dict[str, str] | None = None
) -> ProjectConfigured:
    given_ = {"features": tuple(features), "environment": environment or {}}
    return ProjectConfigured(configuration=configured(region, **given_))


def chosen(slug: str = "full-stack", revision: int = 1) -> TemplateChosen:
    return TemplateChosen(template_id=slug, slug=slug, name=slug.title(), revision=revision)


def linked() -> RepositoryLinked:
    return RepositoryLinked(
        provider=RepositoryProvider.GITHUB,
        url="https://example.org/teapot.git",
        default_branch="main",
    )


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

    def test_with_a_configuration_records_it(self) -> None:
        given(project).when(
            create().model_copy(update={"configuration": configuration("eu-west-1")})
        ).then(created().model_copy(update={"configuration": configured("eu-west-1")}))

    @pytest.mark.feature("C8", "S1")
    def test_with_a_template_begins_its_provisioning_in_the_same_commit(self) -> None:
        wished = {
            "template_id": "tea-service",
            "template_parameters": {"leaf": "mint", "pot": None},
        }
        given(project).when(create(services=[service("spout")]).model_copy(update=wished)).then(
            created().model_copy(update={"template_id": "tea-service"}),
            added("spout"),
            ProvisioningStarted(
                owner=ACTOR,
                attempt=1,
                template_id="tea-service",
                parameters={"leaf": "mint"},
            ),
        )

    def test_with_two_services_of_one_name_is_refused(self) -> None:
        given(project).when(create(services=[service("spout"), service("Spout")])).then_refused(
            ServiceNameTaken
        )

    def test_a_project_that_exists_is_refused(self) -> None:
        given(project, created()).when(create()).then_refused(ProjectAlreadyExists)

    @pytest.mark.parametrize("end", [ProjectArchived(), ProjectDeleted()], ids=lambda e: e.type)
    def test_a_project_that_has_ended_is_refused(self, end: ProjectEvent) -> None:
        given(project, created(), end).when(create()).then_refused(ProjectAlreadyExists)


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


class TestConfiguring:
    def test_a_project_is_recorded_as_a_whole(self) -> None:
        given(project, created()).when(
            configure("eu-west-1", features=("auth",), environment={"STAGE": "dev"})
        ).then(configured_event("eu-west-1", features=("auth",), environment={"STAGE": "dev"}))

    def test_to_what_is_already_so_records_nothing(self) -> None:
        given(project, created(), configured_event("eu-west-1", features=("auth",))).when(
            configure("eu-west-1", features=("auth",))
        ).then_nothing()

    def test_to_what_it_was_created_with_records_nothing(self) -> None:
        born = created().model_copy(update={"configuration": configured("eu-west-1")})

        given(project, born).when(configure("eu-west-1")).then_nothing()

    def test_without_a_feature_that_it_had_is_recorded(self) -> None:
        given(project, created(), configured_event("eu-west-1", features=("auth",))).when(
            configure("eu-west-1")
        ).then(configured_event("eu-west-1"))

    def test_back_to_what_it_was_before_is_recorded(self) -> None:
        given(
            project, created(), configured_event("eu-west-1"), configured_event("us-east-1")
        ).when(configure("eu-west-1")).then(configured_event("eu-west-1"))


class TestChoosingATemplate:
    @pytest.mark.feature("E13")
    def test_is_recorded_with_the_names_that_it_has(self) -> None:
        given(project, created()).when(choose("tea-service", revision=3)).then(
            TemplateChosen(
                template_id="tea-service", slug="tea-service", name="Tea-Service", revision=3
            )
        )

    def test_that_is_chosen_already_records_nothing(self) -> None:
        given(project, created(), chosen(revision=3)).when(choose(revision=3)).then_nothing()

    def test_of_another_revision_is_recorded(self) -> None:
        given(project, created(), chosen(revision=3)).when(choose(revision=4)).then(
            chosen(revision=4)
        )

    def test_instead_of_another_is_recorded(self) -> None:
        given(project, created(), chosen("tea")).when(choose("coffee")).then(chosen("coffee"))


class TestLinkingARepository:
    def test_is_recorded(self) -> None:
        given(project, created()).when(link("https://example.org/teapot.git")).then(
            RepositoryLinked(
                provider=RepositoryProvider.GITHUB,
                url="https://example.org/teapot.git",
                default_branch="main",
            )
        )

    def test_that_is_linked_already_records_nothing(self) -> None:
        given(project, created(), linked()).when(link()).then_nothing()

    @pytest.mark.parametrize(
        "other",
        [
            {"url": "https://example.org/samovar.git"},
            {"provider": RepositoryProvider.GITLAB},
            {"default_branch": "trunk"},
        ],
        ids=lambda field: next(iter(field)),
    )
    def test_in_the_place_of_another_is_recorded(self, other: dict[str, str]) -> None:
        given(project, created(), linked()).when(link().model_copy(update=other)).then(
            linked().model_copy(update=other)
        )

    def test_that_was_unlinked_is_recorded(self) -> None:
        given(project, created(), linked(), RepositoryUnlinked()).when(link()).then(linked())


class TestAStateOfAnEarlierRelease:
    def test_knows_the_repository_that_it_has_linked(self) -> None:
        state = project.states.validate_python(
            {"status": "ACTIVE", "owner": ACTOR, "name": "Teapot", "repository": "43be8ed6c38ce5f5"}
        )

        assert project.decider.decide(state, link()) == []


class TestUnlinkingTheRepository:
    def test_is_recorded(self) -> None:
        given(project, created(), linked()).when(UnlinkRepository()).then(RepositoryUnlinked())

    @pytest.mark.parametrize("history", [(), (linked(), RepositoryUnlinked())], ids=len)
    def test_when_there_is_none_records_nothing(self, history: Sequence[ProjectEvent]) -> None:
        given(project, created(), *history).when(UnlinkRepository()).then_nothing()
