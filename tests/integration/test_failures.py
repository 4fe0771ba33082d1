"""Records that cannot be published or projected are parked and listed; the others go on."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from tests.support.api_client import eventually
from tests.support.owner import Owner, stream_of

pytestmark = pytest.mark.feature("P9", "O5")


@contextmanager
def by_hand(stack: dict[str, Any], item: dict[str, Any]) -> Iterator[None]:
    """An item that no code of ours writes; taken away again, since others share the table."""
    dynamodb = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    key = {name: item[name] for name in ("aggregateId", "eventSequence")}
    dynamodb.put_item(TableName=stack["eventsTable"], Item=item)
    try:
        yield
    finally:
        dynamodb.delete_item(TableName=stack["eventsTable"], Key=key)


def doctor(outputs: Path) -> list[dict[str, Any]]:
    answer = CliRunner().invoke(app, ["doctor", "--json", "--outputs", str(outputs)])
    return [json.loads(line) for line in answer.stdout.splitlines()]


def listed(outputs: Path, what: str, stream: str) -> bool:
    def found() -> bool:
        return any(
            failure["what"] == what and failure["key"].get("aggregateId") == stream_of(stream)
            for failure in doctor(outputs)
        )

    return bool(eventually(found, 120, pause=0.5))


def test_a_record_that_is_no_commit_is_listed_and_the_others_are_published(
    stack: dict[str, Any], stack_outputs: Path
) -> None:
    owner = Owner(stack, "owner@skafu.dev")
    stranger = str(uuid.uuid4())
    item = {"aggregateId": {"S": stream_of(stranger)}, "eventSequence": {"N": "1"}}
    with by_hand(stack, item):
        plain = owner.begin()
        assert owner.row(plain, 1)
        assert listed(stack_outputs, "RecordNotPublished", stranger)


def test_an_event_that_no_projection_knows_is_listed_and_the_others_go_on(
    stack: dict[str, Any], stack_outputs: Path
) -> None:
    owner = Owner(stack, "owner@skafu.dev")
    stranger = str(uuid.uuid4())
    teleported = {"eventType": "Teleported", "schemaVersion": "1.0", "data": {}}
    item = {
        "aggregateId": {"S": stream_of(stranger)},
        "eventSequence": {"N": "1"},
        "eventCount": {"N": "1"},
        "events": {"S": json.dumps([teleported])},
        "commandId": {"S": "by-hand"},
        "fingerprint": {"B": bytes(32)},
        "actor": {"S": "somebody::somebody"},
        "timestamp": {"S": "2026-01-18T10:30:00.123Z"},
        "previousHash": {"B": bytes(32)},
    }
    with by_hand(stack, item):
        plain = owner.begin()
        assert owner.row(plain, 1)
        assert listed(stack_outputs, "EventNotProjected", stranger)
