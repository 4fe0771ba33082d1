"""Services that were added at 1.0: what no row could hold is brought to what every row holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from application.commit import decode_event, encode_event
from domain.project.aggregate import project
from domain.project.events import ServiceAdded
from domain.project.upcasters import LEAST, MOST, held
from edge.http import strict_json

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text("ab_", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def added(version: str, configuration: JsonValue) -> ServiceAdded:
    stored = {
        "eventType": "ServiceAdded",
        "schemaVersion": version,
        "data": {
            "owner": "ada-sub::ada",
            "serviceId": "01980000-0000-7000-8000-000000000002",
            "serviceName": "spout",
            "serviceType": "API",
            "configuration": configuration,
        },
    }
    event = decode_event(project.events, stored)
    assert isinstance(event, ServiceAdded)
    return event


@pytest.mark.feature("V4")
class TestServiceAdded:
    @pytest.mark.parametrize(
        ("stored", "read"),
        [
            (MOST, MOST),
            (MOST + 1, "9007199254740992"),
            (-MOST, -MOST),
            (-MOST - 1, "-9007199254740992"),
            (1e300, "1e+300"),
            (LEAST, LEAST),
            (1e-131, "1e-131"),
            (0, 0),
            (0.0, 0.0),
            (True, True),
            (None, None),
            ("text", "text"),
        ],
    )
    def test_of_1_has_its_numbers_brought_into_range(
        self, stored: JsonValue, read: JsonValue
    ) -> None:
        assert added("1.0", {"size": [{"deep": stored}]}).configuration == {
            "size": [{"deep": read}]
        }

    def test_of_1_has_its_nameless_fields_named(self) -> None:
        assert added("1.0", {"": 1, "_": 2}).configuration == {"__": 1, "_": 2}

    def test_of_1_without_a_configuration_has_none(self) -> None:
        stored = encode_event(added("2.0", {}))

        assert decode_event(project.events, {**stored, "schemaVersion": "1.0"}) == added("2.0", {})

    def test_of_2_is_read_as_it_is(self) -> None:
        assert added("2.0", {"size": 2**60}).configuration == {"size": 2**60}

    def test_of_1_is_another_when_it_is_recorded_today(self) -> None:
        assert encode_event(added("1.0", {}))["schemaVersion"] == "2.0"

    @given(JSON)
    def test_of_1_holds_what_the_edge_would_take(self, value: JsonValue) -> None:
        configuration = added("1.0", {"any": value}).configuration

        assert strict_json.loads(json.dumps(configuration)) == configuration

    @given(JSON)
    def test_is_brought_forward_once_and_for_all(self, value: JsonValue) -> None:
        assert held(held(value)) == held(value)
