"""A commit with a claim, of which DynamoDB cancels the transaction."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.items import to_item
from application.ports import ClaimTaken, CommitConflict, Unavailable
from skafu.simulation.dynamodb import ConditionalCheckFailedException, TransactionCanceledException
from tests.support.commits import commit

NONE, FAILED = {"Code": "None"}, {"Code": "ConditionalCheckFailed"}
OURS = commit()
TAKEN = {**FAILED, "Item": to_item(OURS)}
PASSING = ("TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError")


class Cancelling:
    """A client whose transactions are cancelled for these reasons."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
    )

    def __init__(self, *reasons: dict[str, Any]) -> None:
        self.reasons = reasons

    def transact_write_items(self, **_: object) -> None:
        response: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
            "CancellationReasons": list(self.reasons),
        }
        raise TransactionCanceledException(response, "TransactWriteItems")


def claim(*reasons: dict[str, Any]) -> None:
    store = DynamoDbEventStore(cast(Any, Cancelling(*reasons)), "events", "claims")
    store.append(OURS, state_due=False, claim="TEA-SLUG#assam")


@pytest.mark.feature("S4", "O7")
@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize("place", [0, 1], ids=["the commit", "the claim"])
def test_what_others_are_writing_may_be_tried_again(code: str, place: int) -> None:
    """So it is answered 503, and not as an error of ours."""
    reasons = [NONE, NONE]
    reasons[place] = {"Code": code}

    with pytest.raises(Unavailable):
        claim(*reasons)


@pytest.mark.feature("S4")
@pytest.mark.parametrize("claimed", [NONE, FAILED, {"Code": PASSING[0]}])
def test_a_commit_that_is_taken_comes_first(claimed: dict[str, Any]) -> None:
    with pytest.raises(CommitConflict) as conflict:
        claim(TAKEN, claimed)

    assert conflict.value.winner == OURS


@pytest.mark.feature("S4")
@pytest.mark.parametrize("ours", [NONE, {"Code": PASSING[0]}])
def test_a_claim_that_is_taken_comes_next(ours: dict[str, Any]) -> None:
    with pytest.raises(ClaimTaken):
        claim(ours, FAILED)


def test_another_reason_is_not_hidden() -> None:
    with pytest.raises(TransactionCanceledException):
        claim({"Code": "ValidationError"}, NONE)
