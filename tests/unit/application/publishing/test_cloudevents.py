"""Our events as CloudEvents 1.0."""

import re
from dataclasses import replace
from typing import Any

import pytest

from application.publishing.cloudevents import to_cloudevent
from application.publishing.envelopes import envelopes
from kernel.messages import event_id
from tests.support.desk import Desk
from tests.support.kitchen.builders import make, part
from tests.support.spec import ACTOR, STREAM

REQUIRED = {"specversion", "id", "source", "type"}
OPTIONAL = {"subject", "time", "datacontenttype", "dataschema"}


@pytest.fixture
def cloudevents() -> list[dict[str, Any]]:
    desk = Desk()
    desk.send(make("Teapot", parts=[part("spout", holes=7)]), key="k")
    (commit,) = desk.commits()
    return [to_cloudevent(e) for e in envelopes(replace(commit, traceparent="00-1-2-01"))]


@pytest.mark.feature("V5")
class TestCloudEvent:
    def test_is_the_event_under_the_names_of_the_specification(
        self, cloudevents: list[dict[str, Any]]
    ) -> None:
        created, _ = cloudevents

        assert created == {
            "specversion": "1.0",
            "id": event_id(STREAM, 1),
            "source": "skafu.teapot",
            "type": "skafu.teapot.TeapotMade",
            "subject": STREAM,
            "time": "2026-01-02T12:00:00.000Z",
            "datacontenttype": "application/json",
            "dataschema": "urn:skafu:event:TeapotMade:1.1",
            "sequence": "000000000001",
            "correlationid": "k",
            "causationid": "k",
            "userid": "ada-sub",
            "traceparent": "00-1-2-01",
            "data": {"owner": ACTOR, "name": "Teapot"},
        }

    def test_has_attributes_as_the_specification_allows(
        self, cloudevents: list[dict[str, Any]]
    ) -> None:
        """Names of lower-case letters and digits, and text that is not empty."""
        for event in cloudevents:
            attributes = {name: value for name, value in event.items() if name != "data"}

            assert attributes.keys() >= REQUIRED | OPTIONAL
            assert [n for n in attributes if not re.fullmatch("[a-z0-9]{1,20}", n)] == []
            assert [n for n, v in attributes.items() if not (isinstance(v, str) and v)] == []

    def test_is_in_the_order_of_its_sequence_as_text(
        self, cloudevents: list[dict[str, Any]]
    ) -> None:
        sequences = [event["sequence"] for event in cloudevents]

        assert sequences == sorted(sequences) == ["000000000001", "000000000002"]
