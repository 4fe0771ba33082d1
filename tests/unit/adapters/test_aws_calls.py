"""What the adapters of AWS have in common: how they ask, and which errors pass."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from adapters.cognito.user_pool import CognitoUserPool
from adapters.dynamodb.batches import ATTEMPTS
from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.dynamodb.feed import FIRST_PAGES, MOST_PAGES, DynamoDbFeed
from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.leases import DynamoDbLeases
from adapters.dynamodb.saga_table import DynamoDbSagaTable
from adapters.dynamodb.subject_streams import SCAN_PAGE, DynamoDbSubjectStreams
from adapters.dynamodb.tickets import DynamoDbTickets
from adapters.dynamodb.words import DynamoDbWords
from adapters.kms.key_wrapper import KmsKeyWrapper
from adapters.step_functions.workflow import StepFunctionsWorkflow
from application.commit import GENESIS
from application.ports import Unavailable
from application.publishing.feed import FeedEntry, FeedPage
from application.reading.leases import Lease
from application.reading.words import Entry
from application.sagas.ports import BegunRun, Place, Waiting
from application.sagas.tasks import RunKey
from application.writing.deferral import Ticket
from kernel.projection import RowKey
from skafu.simulation.dynamodb import (
    ConditionalCheckFailedException,
    TransactionCanceledException,
    answer,
    client_error,
)
from tests.support.commits import OTHER, STREAM
from tests.support.fakes import NOW

NOON = "2026-01-01T12:00:00.000Z"
PAGE = FeedPage(1, (FeedEntry(STREAM, 1, 1, "ab" * 32),), GENESIS, NOON)
TICKET = Ticket("a-key", "an-id", "ada-sub", "mark", 1_900_000_000)
LEASE = Lease("rebuild", "ada", NOW, NOW)
RUN = RunKey("tea", "1", 1, "event-1", 3)
WAITING = Waiting(STREAM, RUN, "STEEP", NOON, "a token")
POT = RowKey("Teapot", "pot")
WORDS = Entry(status="ACTIVE", created_at=NOON, terms=("0tea",), version=1)
Call = Callable[[Any], object]
READS: dict[str, Call] = {
    "newest page": lambda client: DynamoDbFeed(client, "t").newest(),
    "pages": lambda client: list(DynamoDbFeed(client, "t").pages(1)),
    "ends": lambda client: DynamoDbFeed(client, "t").ends([STREAM]),
    "ends recorded": lambda client: DynamoDbFeed(client, "t").ends_recorded(),
    "key": lambda client: DynamoDbKeyTable(client, "t").get("ann"),
    "ticket": lambda client: DynamoDbTickets(client, "t").get("a-key"),
    "streams": lambda client: list(DynamoDbSubjectStreams(client, "t").pages("ann", None)),
    "commits": lambda client: list(DynamoDbCommitScan(client, "t").recorded_between(NOON, NOON)),
    "step that waits": lambda client: DynamoDbSagaTable(client, "t").waiting(STREAM),
    "steps that wait": lambda client: list(DynamoDbSagaTable(client, "t").waits()),
    "runs of sagas": lambda client: list(DynamoDbSagaTable(client, "t").begun()),
    "reason of a run": lambda client: DynamoDbSagaTable(client, "t").noted(RUN),
    "entry of words": lambda client: DynamoDbWords(client, "t").entry(POT),
    "place of the sweep": lambda client: DynamoDbSagaTable(client, "t").place(),
}
WRITES: dict[str, Call] = {
    "page": lambda client: DynamoDbFeed(client, "t").append(PAGE),
    "end": lambda client: DynamoDbFeed(client, "t").record_ends(PAGE),
    "new key": lambda client: DynamoDbKeyTable(client, "t").add("ann", b"wrapped", NOON),
    "destroyed key": lambda client: DynamoDbKeyTable(client, "t").destroy("ann", NOON),
    "progress": lambda client: DynamoDbKeyTable(client, "t").record_progress("ann", None, NOON),
    "new ticket": lambda client: DynamoDbTickets(client, "t").put(TICKET, None),
    "lease": lambda client: DynamoDbLeases(client, "t").take(LEASE, NOW),
    "end of a lease": lambda client: DynamoDbLeases(client, "t").give_back(LEASE),
    "new step that waits": lambda client: DynamoDbSagaTable(client, "t").wait(WAITING),
    "forgotten step": lambda client: DynamoDbSagaTable(client, "t").forget(WAITING),
    "new run": lambda client: DynamoDbSagaTable(client, "t").add(BegunRun(RUN, NOON)),
    "removed run": lambda client: DynamoDbSagaTable(client, "t").remove(RUN),
    "new reason": lambda client: DynamoDbSagaTable(client, "t").note(RUN, None, "Lost."),
    "new words": lambda client: DynamoDbWords(client, "t").put(POT, WORDS, None),
    "new place": lambda client: DynamoDbSagaTable(client, "t").keep(Place(7)),
}
OTHERS: dict[str, Call] = {
    "account": lambda client: CognitoUserPool(lambda: client, "arn:pool/x").account("ann"),
    "new data key": lambda client: KmsKeyWrapper(lambda: client, "k").new_key("ann"),
    "unwrapped key": lambda client: KmsKeyWrapper(lambda: client, "k").unwrap("ann", b"wrapped"),
    "execution": lambda client: StepFunctionsWorkflow(client, "s").start(TICKET),
}
CALLS = READS | WRITES | OTHERS
LEFT: dict[str, Any] = {"t": {"Keys": [{"feed": {"S": OTHER}}]}}
NOTHING: dict[str, Any] = {"Items": [], "ScannedCount": 0, "Responses": {}, "Users": []}


class ExecutionAlreadyExists(ClientError):
    """The error that botocore makes at run time."""


class Client:
    """A client that gives these answers in turn, then the last again, and keeps what was asked."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        ExecutionAlreadyExists=ExecutionAlreadyExists,
        TransactionCanceledException=TransactionCanceledException,
    )

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, _: str) -> Callable[..., dict[str, Any]]:
        return self.answer

    def answer(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own
        self.asked.append(asked)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_all_reads_are_strong(read: Call) -> None:
    client = Client(NOTHING)
    read(client)

    (asked,) = client.asked
    assert asked.get("RequestItems", {"t": asked})["t"]["ConsistentRead"] is True


@pytest.mark.parametrize(
    ("read", "limit"),
    [
        ("newest page", 1),
        ("pages", FIRST_PAGES[0]),
        ("streams", SCAN_PAGE),
        ("commits", SCAN_PAGE),
        ("account", 1),
    ],
)
def test_no_page_is_larger_than_it_should_be(read: str, limit: int) -> None:
    client = Client(NOTHING)
    CALLS[read](client)

    assert [asked["Limit"] for asked in client.asked] == [limit]


def test_whoever_reads_many_pages_of_the_feed_takes_more_in_each_query() -> None:
    several = [{"Items": [], "LastEvaluatedKey": {"page": {"N": str(n)}}} for n in range(5)]
    client = Client(*several, NOTHING)
    READS["pages"](client)

    assert [a["Limit"] for a in client.asked] == [*FIRST_PAGES, *[MOST_PAGES] * 3]
    starts = [a.get("ExclusiveStartKey") for a in client.asked]
    assert starts == [None, *[answer["LastEvaluatedKey"] for answer in several]]


def test_a_search_for_streams_takes_nothing_else_out_of_the_table() -> None:
    client = Client(NOTHING)
    READS["streams"](client)

    assert client.asked[0]["ProjectionExpression"] == "aggregateId"


@pytest.mark.parametrize(
    ("table", "items", "size"),
    [({"ItemCount": 3, "TableSizeBytes": 70}, 3, 70), ({}, 0, 0)],
    ids=["counted", "too new to be counted"],
)
def test_a_size_is_what_dynamodb_says_of_the_table(
    table: dict[str, int], items: int, size: int
) -> None:
    client: Any = Client({"Table": table})

    assert DynamoDbCommitScan(client, "t").size() == (items, size)
    assert DynamoDbSubjectStreams(client, "t").size() == items
    assert client.asked == [{"TableName": "t"}] * 2


@pytest.mark.feature("C26")
class TestAnExecution:
    def test_is_named_by_the_ticket_and_knows_nothing_else(self) -> None:
        client = Client(NOTHING)
        OTHERS["execution"](client)

        (asked,) = client.asked
        assert (asked["stateMachineArn"], asked["name"]) == ("s", "a-key-1")
        assert json.loads(asked["input"]) == {"key": "a-key", "attempt": 1}

    def test_that_has_been_started_already_is_not_a_failure(self) -> None:
        error = ExecutionAlreadyExists(answer("ExecutionAlreadyExists"), "StartExecution")

        OTHERS["execution"](Client(error))


@pytest.mark.feature("O7")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "error",
    [
        client_error("Any", "ProvisionedThroughputExceededException"),
        ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
    ],
    ids=["throttled", "no answer"],
)
def test_an_error_that_passes_is_told_as_such(call: Call, error: Exception) -> None:
    with pytest.raises(Unavailable):
        call(Client(error))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_any_other_error_stays_what_it_is(call: Call) -> None:
    error = client_error("Any", "AccessDeniedException")
    with pytest.raises(ClientError) as raised:
        call(Client(error))

    assert raised.value is error


class TestEndsThatAreNotAllAnswered:
    """DynamoDB answers a part of a request when it is throttled."""

    def part(self, stream: str, end: int) -> dict[str, Any]:
        item = {"feed": {"S": stream}, "end": {"N": str(end)}}
        return {"Responses": {"t": [item]}, "UnprocessedKeys": LEFT}

    def test_are_asked_for_again(self) -> None:
        client = Client(self.part(STREAM, 3), self.part(OTHER, 4) | {"UnprocessedKeys": {}})

        assert DynamoDbFeed(client, "t").ends([STREAM, OTHER]) == {STREAM: 3, OTHER: 4}  # type: ignore[arg-type] # stands for boto3's
        assert client.asked[1:] == [{"RequestItems": LEFT}]

    def test_for_long_are_not_taken_for_none(self) -> None:
        client = Client(self.part(STREAM, 3))

        with pytest.raises(Unavailable, match="throttled"):
            DynamoDbFeed(client, "t").ends([STREAM, OTHER])  # type: ignore[arg-type] # as above
        assert len(client.asked) == ATTEMPTS
