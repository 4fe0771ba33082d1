"""The documents for consumers of events say what is really stored and published."""

import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic import ValidationError

from application.commit import encode_event
from application.publishing.envelopes import envelopes, source
from domain.contents import contents
from skafu.generate import schemas
from skafu.generate.schemas import ROOT
from tests.support import corpus
from tests.support.kitchen.events import TeapotRenamed
from tests.support.steps import Step, law
from tests.support.strategies import decided

FILES = schemas.files()
ASYNCAPI: dict[str, Any] = json.loads(FILES["schemas/asyncapi.json"])
OFFICIAL = ROOT / "node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
DESCRIBED = [*schemas.todays(), *schemas.earlier()]


def name(described: schemas.Described) -> str:
    return f"{described.aggregate_type}.{described.name}"


@pytest.mark.feature("E8", "V1")
@pytest.mark.parametrize("described", DESCRIBED, ids=name)
def test_every_version_of_an_event_has_a_schema_of_its_own(described: schemas.Described) -> None:
    schema = json.loads(FILES[f"schemas/events/{described.event_type}/{described.version}.json"])

    Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"{described.event_type} {described.version}"


def test_events_of_one_name_have_one_schema_whatever_their_aggregate() -> None:
    by_name: dict[str, Any] = {}

    assert [d.name for d in DESCRIBED if by_name.setdefault(d.name, d.schema) != d.schema] == []


SCHEMAS = {(d.aggregate_type, d.event_type): d.schema for d in schemas.todays()}


@pytest.mark.feature("E14")
@law
def test_whatever_a_command_records_is_what_its_schema_says(step: Step) -> None:
    for event in chain(*step.stream, decided(step.decider, step.state, step.command)):
        schema = SCHEMAS[step.decider.aggregate_type, type(event).__name__]
        Draft202012Validator(schema).validate(encode_event(event)["data"])


@pytest.mark.feature("E14")
def test_no_event_can_be_made_that_its_class_forbids() -> None:
    with pytest.raises(ValidationError, match="name"):
        TeapotRenamed(name=None)  # what a defect would do


class TestAsyncApi:
    def test_is_what_the_specification_asks_for(self) -> None:
        faults = Draft7Validator(json.loads(OFFICIAL.read_text())).iter_errors(ASYNCAPI)

        assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []

    def test_has_a_message_for_every_event_in_every_version(self) -> None:
        listed = {
            (channel, message)
            for channel, described in ASYNCAPI["channels"].items()
            for message in described["messages"]
        }

        assert listed == {(d.aggregate_type, d.name) for d in DESCRIBED}

    def test_has_a_channel_for_every_source(self) -> None:
        addresses = {channel["address"] for channel in ASYNCAPI["channels"].values()}

        assert addresses == {f"skafu.{name.lower()}" for name in contents.events}

    def test_every_reference_leads_somewhere(self) -> None:
        for reference in references(ASYNCAPI):
            found: Any = ASYNCAPI
            for step in reference.removeprefix("#/").split("/"):
                found = found[step]

    @pytest.mark.feature("E14", "E15")
    def test_describes_what_is_published(self) -> None:
        for envelope in published():
            channel = next(
                c for c in ASYNCAPI["channels"].values() if c["address"] == source(envelope)
            )
            message = channel["messages"][f"{envelope['eventType']}-{envelope['schemaVersion']}"]
            key = message["$ref"].removeprefix("#/components/messages/")
            payload = ASYNCAPI["components"]["messages"][key]["payload"]

            validator = Draft202012Validator({"components": ASYNCAPI["components"], **payload})
            assert list(validator.iter_errors(envelope)) == []
            assert not validator.is_valid({**envelope, "schemaVersion": "9.9"})


def published() -> list[dict[str, Any]]:
    """Return what was published of every stream of the corpus."""
    return [
        envelope
        for stream in corpus.streams().values()
        for commit in stream.commits
        for envelope in envelopes(commit)
    ]


def references(value: object) -> list[str]:
    match value:
        case {"$ref": str(reference)}:
            return [reference]
        case Mapping():
            return [found for item in value.values() for found in references(item)]
        case list():
            return [found for item in value for found in references(item)]
        case _:
            return []
