"""The task style's envelope: what is around a command's data."""

from typing import Any

import pytest
from pydantic import ValidationError

from edge.commands.bodies import Envelope
from kernel.operation import Body
from tests.support.kitchen.bodies import MakeTeapotBody

ENVELOPE: dict[str, Any] = {"data": {}}


@pytest.mark.feature("C7")
class TestEnvelope:
    def test_of_the_first_seed_is_taken(self) -> None:
        envelope = Envelope[MakeTeapotBody].model_validate(
            {
                "commandId": "cmd-123",
                "userId": "user-456",
                "correlationId": "req-789",
                "timestamp": "2025-01-18T10:30:00.123Z",
                "data": {"name": "E-commerce Platform"},
            }
        )

        assert (envelope.command_id, envelope.correlation_id) == ("cmd-123", "req-789")

    @pytest.mark.parametrize(
        "field",
        [
            {"commandId": ""},
            {"commandId": "x" * 129},
            {"commandId": "a b"},
            {"commandId": 7},
            {"correlationId": "tea\n"},
            {"timestamp": "yesterday"},
            {"timestamp": "2025-01-18T10:30:00"},
            {"aggregateId": "../../etc"},
            {"aggregateId": "TEAPOT#01980000-0000-7000-8000-000000000001"},
            {"expectedVersion": -1},
            {"expectedVersion": "1"},
            {"expectedVersion": 1.0},
            {"expectedVersion": True},
            {"surprise": 1},
        ],
        ids=str,
    )
    def test_with_a_faulty_field_is_refused(self, field: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as refusal:
            Envelope[Body].model_validate(ENVELOPE | field)

        assert [error["loc"][0] for error in refusal.value.errors()] == list(field)

    def test_takes_an_aggregate_id_in_capitals(self) -> None:
        capitals = {"aggregateId": "01980000-ABCD-7000-8000-000000000001"}

        envelope = Envelope[Body].model_validate(ENVELOPE | capitals)

        assert envelope.aggregate_id == "01980000-abcd-7000-8000-000000000001"
