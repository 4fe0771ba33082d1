"""The reads of the event store, as DynamoDB is asked for them."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from adapters.dynamodb.event_store import PAGES, PAST_PAGES, DynamoDbEventStore
from adapters.dynamodb.items import to_item
from application.commit import Commit
from application.ports import Unavailable
from tests.support.commits import STREAM, commit

FIRST, SECOND, THIRD = commit(1), commit(2), commit(3)
KEY = {"aggregateId": {"S": STREAM}}


class Pages:
    """A client that answers with these pages, one after the other, and keeps what was asked.

    With `more`, each page but the last says that another one follows.
    """

    def __init__(self, *pages: list[Commit], more: bool = True) -> None:
        self.left, self.more = list(pages), more
        self.asked: list[dict[str, Any]] = []

    def query(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        self.asked.append(parameters)
        page: dict[str, Any] = {"Items": [to_item(each) for each in self.left.pop(0)]}
        return page | ({"LastEvaluatedKey": KEY} if self.left and self.more else {})

    def get_paginator(self, _: str) -> "Pages":
        return self

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as above
        self.asked.append(parameters)
        yield {"Items": []}

    @property
    def store(self) -> DynamoDbEventStore:
        return DynamoDbEventStore(cast(Any, self), "events", "claims")

    def of_each(self, name: str) -> list[Any]:
        return [parameters.get(name) for parameters in self.asked]


@pytest.mark.parametrize("consistent", [True, False])
def test_a_load_reads_as_strongly_as_it_is_asked_to(consistent: bool) -> None:
    client = Pages([SECOND], [FIRST])

    assert list(client.store.newest_first(STREAM, consistent=consistent)) == [SECOND, FIRST]
    assert client.of_each("ConsistentRead") == [consistent, consistent]


def test_a_load_takes_small_pages_first_and_goes_on_where_the_last_one_ended() -> None:
    client = Pages([THIRD], [SECOND], [FIRST])
    list(client.store.newest_first(STREAM, consistent=False))

    assert client.of_each("Limit")[: len(PAGES)] == list(PAGES)[:3]
    assert client.of_each("ExclusiveStartKey") == [None, KEY, KEY]


def test_the_past_is_read_strongly_in_pages_of_its_own() -> None:
    client = Pages([SECOND], [FIRST])

    assert list(client.store.back_from(STREAM, 2)) == [SECOND, FIRST]
    assert client.of_each("ConsistentRead") == [True, True]
    assert client.of_each("Limit")[:1] == list(PAST_PAGES)[:1]


def test_reading_on_is_strong_and_goes_on_where_the_last_page_ended() -> None:
    client = Pages([FIRST], [SECOND])

    assert list(client.store.read(STREAM)) == [FIRST, SECOND]
    assert client.of_each("ConsistentRead") == [True, True]
    assert client.of_each("ExclusiveStartKey") == [None, KEY]


def test_reading_an_empty_stream_from_its_start_is_one_query() -> None:
    client = Pages([])

    assert list(client.store.read(STREAM)) == []
    assert len(client.asked) == 1


def test_one_commit_is_read_to_find_that_in_which_a_gap_begins() -> None:
    containing = commit(1, events=3)
    client = Pages([], [containing], more=False)

    assert list(client.store.read(STREAM, 2)) == [containing]
    assert client.of_each("Limit") == [None, 1]


def test_heads_are_read_strongly_and_without_what_the_commits_hold() -> None:
    client = Pages()

    assert list(client.store.heads()) == []
    assert client.of_each("ConsistentRead") == [True]
    assert client.of_each("ProjectionExpression") == ["aggregateId, eventSequence, eventCount"]


class Claimed:
    """A client whose eventually consistent reads do not see a claim yet."""

    def __init__(self, holder: str | None) -> None:
        self.holder, self.reads = holder, list[bool]()

    def get_item(self, ConsistentRead: bool, **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's own
        self.reads.append(ConsistentRead)
        seen = self.holder is not None and ConsistentRead
        return {"Item": {"aggregateId": {"S": self.holder}}} if seen else {}


@pytest.mark.parametrize("holder", ["TEA#1", None])
def test_that_nobody_holds_a_claim_is_proven_by_a_consistent_read(holder: str | None) -> None:
    client = Claimed(holder)
    store = DynamoDbEventStore(cast(Any, client), "events", "claims")

    assert store.holder("TEA-SLUG#assam") == holder
    assert client.reads == [False, True]


class Throttled:
    """A client of which every read is throttled."""

    def get_item(self, **_: object) -> None:
        error: Any = {
            "Error": {"Code": "ThrottlingException", "Message": "slower"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        raise ClientError(error, "GetItem")


def test_who_holds_a_claim_may_be_asked_again_when_the_table_did_not_answer() -> None:
    store = DynamoDbEventStore(cast(Any, Throttled()), "events", "claims")

    with pytest.raises(Unavailable):
        store.holder("TEA-SLUG#assam")
