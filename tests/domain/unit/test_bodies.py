"""What clients send becomes a command of a project, or a fault with its path."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from domain.contents import contents
from domain.project.bodies import (
    AddServiceBody,
    ChangeProjectBody,
    CreateProjectBody,
)
from domain.project.commands import ArchiveProject, CreateProject
from domain.project.provisioning_commands import ProvisionRepository, UndoProvisioningStep
from domain.project.values import ServiceType
from edge.authorization import actor
from edge.caller import Caller
from kernel.operation import Body, CommandBody, Context, Operation, Who, body_of
from tests.domain.support.builders import archive, change
from tests.support.wrong_values import Path, Schema, Wrong, put, resolved

ADA = Caller(sub="ada-sub", username="ada", groups=frozenset(), token="")
ArchiveProjectBody = body_of(ArchiveProject)
RepositoryBody = body_of(ProvisionRepository)
UndoBody = body_of(UndoProvisioningStep)
ARCHIVE = {"provider": "ARCHIVE", "url": "s3://archives/teapot.zip"}
DIGEST = "f0" * 32
LINK = {"attempt": 1, **ARCHIVE}
UNDO = {"attempt": 1, "step": "REPOSITORY"}
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
        (RepositoryBody, LINK | {"files": 8}, ("sha256",)),
        (RepositoryBody, LINK | {"bytes": 9, "sha256": DIGEST}, ("sha256",)),
        (RepositoryBody, LINK | {"files": 0, "sha256": DIGEST}, ("files",)),
        (UndoBody, UNDO | {"repository": ARCHIVE | {"files": 8}}, ("repository", "sha256")),
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


@pytest.mark.parametrize("facts", [{}, {"files": 8, "bytes": 9, "sha256": DIGEST}], ids=str)
def test_the_facts_of_an_archive_are_taken_together(facts: dict[str, Any]) -> None:
    RepositoryBody.model_validate(LINK | facts)
    UndoBody.model_validate(UNDO | {"repository": ARCHIVE | facts})


OF_OTHER_TYPES = {
    "integer": ("1", True, [1]),
    "number": ("1", True, [1]),
    "boolean": ("true", "yes", 1, 0),
}


def leaves(document: Schema, schema: Schema, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the place and the type of each number and truth value."""
    found = resolved(document, schema)
    if found.get("type") in OF_OTHER_TYPES:
        yield at, found["type"]
    if "items" in found:
        yield from leaves(document, found["items"], (*at, 0))
    for name, part in found.get("properties", {}).items():
        yield from leaves(document, part, (*at, name))


@pytest.mark.feature("C8", "C9")
@pytest.mark.parametrize("operation", contents.operations, ids=lambda found: found.name)
def test_nothing_is_taken_for_a_number_or_a_truth_value_but_what_is_one(
    operation: Operation,
) -> None:
    """The validator would read `"1"`, `true` and `"yes"`: something else than what was sent."""
    schema = operation.data.model_json_schema()

    for place, kind in leaves(schema, schema):
        for value in OF_OTHER_TYPES[kind]:
            with pytest.raises(ValidationError) as refused:
                operation.data.model_validate(put({}, Wrong(place, value)))
            assert place in [error["loc"] for error in refused.value.errors()], (place, value)


def test_there_are_numbers_and_truth_values_in_bodies() -> None:
    schemas = [operation.data.model_json_schema() for operation in contents.operations]
    kinds = {kind for schema in schemas for _, kind in leaves(schema, schema)}

    assert kinds == {*OF_OTHER_TYPES}
