"""The index of words on DynamoDB: what a transaction that was cancelled means."""

from types import SimpleNamespace
from typing import Any

import pytest

from adapters.dynamodb.words import DynamoDbWords
from application.ports import RowConflict, Unavailable
from application.reading.words import Entry
from kernel.projection import RowKey
from skafu.simulation.dynamodb import TransactionCanceledException, canceled

pytestmark = pytest.mark.feature("R15")
ENTRY = Entry(status="ACTIVE", created_at="2026-01-01T12:00:00.000Z", terms=("0tea",), version=1)


class Cancelling:
    """A client whose transactions are cancelled for these reasons, one for each of their parts."""

    exceptions = SimpleNamespace(TransactionCanceledException=TransactionCanceledException)

    def __init__(self, *codes: str) -> None:
        self.reasons = [{"Code": code} for code in codes]

    def transact_write_items(self, **_: Any) -> None:  # noqa: ANN401 - boto3's own
        raise canceled(self.reasons)


def put(*codes: str) -> None:
    client: Any = Cancelling(*codes)
    DynamoDbWords(client, "words").put(RowKey("Teapot", "pot"), ENTRY, None)


def test_an_entry_that_was_changed_meanwhile_is_a_conflict() -> None:
    with pytest.raises(RowConflict):
        put("ConditionalCheckFailed", "None")


@pytest.mark.parametrize(
    "code", ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"]
)
def test_what_passes_is_tried_again(code: str) -> None:
    with pytest.raises(Unavailable):
        put("None", code)


def test_anything_else_is_an_error() -> None:
    with pytest.raises(TransactionCanceledException):
        put("None", "ValidationError")
