"""The rules of a project's services, one sentence each."""

import pytest

from domain.project.aggregate import project
from domain.project.commands import AddService, ProjectCommand
from domain.project.events import ServiceChanged, ServiceRemoved
from domain.project.services import (
    MAX_SERVICES,
    ServiceAlreadyExists,
    ServiceNameTaken,
    ServiceNotFound,
    TooManyServices,
)
from domain.project.values import ServiceType
from tests.domain.support.builders import (
    add,
    added,
    change_service,
    created,
    remove_service,
    service_id,
)
from tests.support.spec import given

pytestmark = pytest.mark.feature("C9", "C13", "L3", "L4")
FULL = [added(f"service {n}") for n in range(MAX_SERVICES)]
SPOUT = service_id("spout")


def renamed(name: str) -> ServiceChanged:
    return ServiceChanged(service_id=SPOUT, service_name=name)


def removed(name: str) -> ServiceRemoved:
    return ServiceRemoved(service_id=service_id(name))


class TestAdding:
    @pytest.mark.feature("E13")
    def test_is_recorded_with_the_owner_of_the_project(self) -> None:
        given(project, created()).when(add("spout", ServiceType.FRONTEND, port=80)).then(
            added("spout", ServiceType.FRONTEND, port=80)
        )

    def test_a_name_that_is_taken_is_refused(self) -> None:
        given(project, created(), added("spout")).when(add("spout")).then_refused(ServiceNameTaken)

    def test_a_name_that_differs_in_case_alone_is_refused(self) -> None:
        given(project, created(), added("Straße")).when(add("STRASSE")).then_refused(
            ServiceNameTaken
        )

    @pytest.mark.parametrize("same", ["Cafe\u0301", "CAFÉ", "Ca\u200bfé", "café\ufe0f"])
    def test_a_name_that_looks_the_same_is_refused(self, same: str) -> None:
        given(project, created(), added("Café")).when(add(same)).then_refused(ServiceNameTaken)
        given(project, created(), added(same)).when(add("Café")).then_refused(ServiceNameTaken)

    def test_a_name_that_another_gave_up_is_recorded(self) -> None:
        given(project, created(), added("spout"), renamed("beak")).when(
            AddService(service=add("lid").service.model_copy(update={"service_name": "spout"}))
        ).then(added("lid").model_copy(update={"service_name": "spout"}))

    def test_one_that_was_renamed_since_is_refused(self) -> None:
        given(project, created(), added("spout"), renamed("beak")).when(add("spout")).then_refused(
            ServiceAlreadyExists
        )

    def test_one_that_was_removed_is_recorded(self) -> None:
        given(project, created(), added("spout"), removed("spout")).when(add("spout")).then(
            added("spout")
        )

    def test_up_to_the_cap_is_recorded(self) -> None:
        given(project, created(), *FULL[:-1]).when(add("last")).then(added("last"))

    def test_beyond_the_cap_is_refused(self) -> None:
        given(project, created(), *FULL).when(add("one more")).then_refused(TooManyServices)

    def test_in_the_place_of_one_that_was_removed_is_recorded(self) -> None:
        given(project, created(), *FULL, removed("service 7")).when(add("last")).then(added("last"))


class TestChanging:
    def test_the_name_is_recorded(self) -> None:
        given(project, created(), added("spout")).when(
            change_service("spout", service_name="beak")
        ).then(renamed("beak"))

    def test_the_case_of_the_name_is_recorded(self) -> None:
        given(project, created(), added("spout")).when(
            change_service("spout", service_name="Spout")
        ).then(renamed("Spout"))

    def test_the_kind_is_recorded(self) -> None:
        given(project, created(), added("spout")).when(
            change_service("spout", service_type=ServiceType.WORKER)
        ).then(ServiceChanged(service_id=SPOUT, service_type=ServiceType.WORKER))

    def test_the_configuration_is_recorded_as_a_whole(self) -> None:
        given(project, created(), added("spout", size=1, port=80)).when(
            change_service("spout", configuration={"size": 2})
        ).then(ServiceChanged(service_id=SPOUT, configuration={"size": 2}))

    def test_to_an_empty_configuration_is_recorded(self) -> None:
        given(project, created(), added("spout", size=1)).when(
            change_service("spout", configuration={})
        ).then(ServiceChanged(service_id=SPOUT, configuration={}))

    def test_several_things_is_recorded_in_one_event_that_says_what_differs(self) -> None:
        given(project, created(), added("spout", size=1)).when(
            change_service(
                "spout",
                service_name="beak",
                service_type=ServiceType.API,
                configuration={"size": 2},
            )
        ).then(
            ServiceChanged(service_id=SPOUT, service_name="beak", configuration={"size": 2}),
        )

    def test_to_what_is_already_so_records_nothing(self) -> None:
        given(project, created(), added("spout", size=1, port=80)).when(
            change_service(
                "spout",
                service_name="spout",
                service_type=ServiceType.API,
                configuration={"port": 80, "size": 1},
            )
        ).then_nothing()

    def test_back_to_what_was_before_is_recorded(self) -> None:
        given(project, created(), added("spout"), renamed("beak")).when(
            change_service("spout", service_name="spout")
        ).then(renamed("spout"))

    def test_to_a_name_that_another_has_is_refused(self) -> None:
        given(project, created(), added("spout"), added("lid")).when(
            change_service("spout", service_name="LID")
        ).then_refused(ServiceNameTaken)

    def test_to_a_name_that_a_removed_one_had_is_recorded(self) -> None:
        given(project, created(), added("spout"), added("lid"), removed("lid")).when(
            change_service("spout", service_name="lid")
        ).then(renamed("lid"))


class TestRemoving:
    def test_is_recorded(self) -> None:
        given(project, created(), added("spout"), added("lid")).when(remove_service("spout")).then(
            removed("spout")
        )


@pytest.mark.parametrize(
    "command",
    [change_service("spout", service_name="beak"), remove_service("spout")],
    ids=lambda c: c.type,
)
class TestAServiceThatIsNotThere:
    def test_is_not_found_when_it_never_was(self, command: ProjectCommand) -> None:
        given(project, created(), added("lid")).when(command).then_refused(ServiceNotFound)

    def test_is_not_found_once_it_was_removed(self, command: ProjectCommand) -> None:
        given(project, created(), added("spout"), removed("spout")).when(command).then_refused(
            ServiceNotFound
        )


def test_a_refusal_says_which_name_is_taken() -> None:
    assert str(ServiceNameTaken(name="spout")) == (
        "The project has a service named 'spout' already."
    )


def test_a_refusal_says_how_many_services_a_project_holds() -> None:
    assert str(TooManyServices(limit=MAX_SERVICES)) == "A project holds at most 100 services."
