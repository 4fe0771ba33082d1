"""What clients send becomes a command of a project, or a fault with its path."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.project.bodies import (
    AddServiceBody,
    ChangeProjectBody,
    CreateProjectBody,
)
from domain.project.commands import ArchiveProject, CreateProject
from domain.project.values import ServiceType
from edge.authorization import actor
from edge.caller import Caller
from kernel.operation import Body, CommandBody, Context, Who, body_of
from tests.domain.support.builders import archive, change

ADA = Caller(sub="ada-sub", username="ada", groups=frozenset(), token="")
ArchiveProjectBody = body_of(ArchiveProject)
SPOUT = {"serviceName": "spout", "serviceType": "API"}


def new_id(number: int) -> str:
    return f"id-{number}"


def command(body: CommandBody) -> object:
    nothing: Any = None  # these look nothing up
    return body.command(Context(actor(ADA, Who.OWNER), new_id, nothing))


@pytest.mark.feature("C8", "C9")
def test_a_creation_carries_its_owner_and_ids_for_its_services() -> None:
    body = CreateProjectBody.model_validate({"name": " Teapot ", "services": [SPOUT, SPOUT]})

    created = command(body)

    assert isinstance(created, CreateProject)
    assert (created.owner, created.name, created.description) == ("ada-sub::ada", "Teapot", None)
    assert [service.service_id for service in created.services] == ["id-0", "id-1"]


def test_a_change_carries_only_what_was_given() -> None:
    assert command(ChangeProjectBody.model_validate({"name": "Urn"})) == change(name="Urn")
    cleared = command(ChangeProjectBody.model_validate({"description": None}))
    assert getattr(cleared, "model_fields_set", None) == {"description"}


def test_a_service_carries_its_configuration() -> None:
    body = AddServiceBody.model_validate(SPOUT | {"configuration": {"cups": [1, {"a": None}]}})

    service = command(body).service  # type: ignore[attr-defined] # AddService

    assert (service.service_type, service.configuration) == (
        ServiceType.API,
        {"cups": [1, {"a": None}]},
    )


def test_an_archiving_needs_nothing() -> None:
    assert command(ArchiveProjectBody()) == archive()


@pytest.mark.feature("C10")
@pytest.mark.parametrize(
    ("body", "data", "where"),
    [
        (CreateProjectBody, {}, ("name",)),
        (CreateProjectBody, {"name": ""}, ("name",)),
        (CreateProjectBody, {"name": "   "}, ("name",)),
        (CreateProjectBody, {"name": "x" * 101}, ("name",)),
        (CreateProjectBody, {"name": "line\nbreak"}, ("name",)),
        (CreateProjectBody, {"name": 7}, ("name",)),
        (CreateProjectBody, {"name": None}, ("name",)),
        (CreateProjectBody, {"name": "a", "description": "x" * 2001}, ("description",)),
        (CreateProjectBody, {"name": "a", "description": "a\0b"}, ("description",)),
        (CreateProjectBody, {"name": "a", "owner": "eve"}, ("owner",)),
        (CreateProjectBody, {"name": "a", "services": [SPOUT] * 21}, ("services",)),
        (
            CreateProjectBody,
            {"name": "a", "services": [{"serviceType": "API"}]},
            ("services", 0, "serviceName"),
        ),
        (ChangeProjectBody, {}, ()),
        (ChangeProjectBody, {"name": None}, ("name",)),
        (AddServiceBody, SPOUT | {"serviceType": "TEA"}, ("serviceType",)),
        (AddServiceBody, SPOUT | {"serviceType": "api"}, ("serviceType",)),
        (AddServiceBody, SPOUT | {"serviceName": "x" * 101}, ("serviceName",)),
        (AddServiceBody, SPOUT | {"configuration": []}, ("configuration",)),
        (AddServiceBody, SPOUT | {"configuration": None}, ("configuration",)),
        (AddServiceBody, SPOUT | {"serviceId": "x"}, ("serviceId",)),
        (ArchiveProjectBody, {"reason": "tea time"}, ("reason",)),
    ],
)
def test_a_fault_is_named_by_its_path(
    body: type[Body], data: dict[str, Any], where: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        body.model_validate(data)

    assert [error["loc"] for error in refusal.value.errors()] == [where]


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x" * 100},
        {"name": "🫖", "description": "x" * 2000},
        {"name": "a", "description": None},
        {"name": "a", "services": [SPOUT] * 20},
    ],
)
def test_what_is_at_a_limit_is_taken(data: dict[str, Any]) -> None:
    CreateProjectBody.model_validate(data)
