"""The schemas of events say what consumers have to know of defaults."""

import json

from skafu.generate import schemas


def test_defaults_that_are_made_by_a_function_are_said() -> None:
    schema = json.loads(schemas.files()["schemas/events/ServiceAdded/1.0.json"])

    assert schema["properties"]["configuration"]["default"] == {}
    assert "configuration" not in schema["required"]
