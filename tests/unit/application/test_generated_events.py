"""Whatever a version's schema allows is read by today's code: more than anybody has stored."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode

from application.commit import decode_event, encode_event
from domain.contents import contents
from kernel.event_types import EventTypes
from skafu.generate.schemas import ROOT, moved

FILES = sorted((ROOT / "schemas" / "events").glob("*/*.json"))


def data_of(file: Path) -> st.SearchStrategy[Any]:
    """Values of a schema, by way of an API that takes them."""
    schema = json.loads(file.read_text())
    definitions = {f"x.{name}": moved(part, "x") for name, part in schema.get("$defs", {}).items()}
    content = {"application/json": {"schema": {"type": "object", **moved(schema, "x")}}}
    body = {"required": True, "content": content}
    document = {
        "openapi": "3.1.0",
        "info": {"title": file.stem, "version": "1"},
        "paths": {"/": {"post": {"requestBody": body, "responses": {"200": {"description": ""}}}}},
        "components": {"schemas": definitions},
    }
    operation = schemathesis.openapi.from_dict(document)["/"]["POST"]
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return cases.map(lambda case: case.body)


def vocabulary_of(event_type: str) -> EventTypes[Any]:
    return next(events for events in contents.events.values() if event_type in events.versions)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.stem}")
@pytest.mark.feature("V1", "V2", "V4", "E15")
def test_every_version_is_read_and_is_todays_when_it_is_stored_again(file: Path) -> None:
    event_type, version = file.parent.name, file.stem
    events = vocabulary_of(event_type)
    today = file.parent / f"{events.versions[event_type]}.json"
    validator = Draft202012Validator(json.loads(today.read_text()))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data_of(file))
    def is_read(data: dict[str, Any]) -> None:
        stored = {"eventType": event_type, "schemaVersion": version, "data": data}
        event = decode_event(events, stored)
        again = encode_event(event)

        assert list(validator.iter_errors(again["data"])) == []
        assert decode_event(events, again) == event

    is_read()
