"""The event store on DynamoDB: PutItem, Query and BatchGetItem on one table."""

import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.batches import Sleep, items_of
from adapters.dynamodb.commit_ranges import MAX_RANGES, together
from adapters.dynamodb.items import Item, from_item, keeps_state, to_item
from application.commit import Commit
from application.ports import PAST_PAGE, ClaimTaken, CommitConflict, CommitRange, Unavailable
from application.tracing import span
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Commits: four of one write unit each are half a read unit together, as one alone is. A state is
# met within eight commits; whoever reads on looks for a command, and may have far to go.
PAGES = (4, 4, 64)
# Into the past, a page may begin with a commit whose end, and state, lie beyond what was asked for.
PAST_PAGES = (PAST_PAGE, PAST_PAGE, 64)
LARGEST_PAGE = 512
FAILED = "ConditionalCheckFailed"
PASSING = {"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}


class DynamoDbEventStore:
    """Commits, each an item keyed by its first sequence.

    The client may retry a Put that has succeeded: the second collides with the first, and the
    winner of the conflict is then the same commit.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        claims_table: str = "",
        sleep: Sleep = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._claims_table = claims_table
        self._items = partial(items_of, client, table, sleep=sleep)

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        item = to_item(commit)
        if not keeps_state(commit, state_due):
            item = {k: v for k, v in item.items() if k not in ("state", "stateVersion")}
        put: Any = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(aggregateId)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        with span("store events", attributes={"events": commit.count}):
            try:
                self._put(put) if claim is None else self._put_with_claim(put, claim)
            except (ClientError, BotoCoreError) as error:
                raise unavailable(error) from error
        return from_item(item)

    def holder(self, claim: str) -> AggregateId | None:
        """Return the holder. Claims are never given up, so one that is seen is true.

        Only a consistent read proves that there is none: a claim of a moment ago may not be seen.
        """
        return self._holder(claim, consistent=False) or self._holder(claim, consistent=True)

    def _holder(self, claim: str, *, consistent: bool) -> AggregateId | None:
        try:
            answer = self._client.get_item(
                TableName=self._claims_table,
                Key={"claim": {"S": claim}},
                ConsistentRead=consistent,
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return AggregateId(answer["Item"]["aggregateId"]["S"]) if "Item" in answer else None

    def _put(self, put: Any) -> None:  # noqa: ANN401 - boto3's own arguments
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            raise CommitConflict(from_item(answer["Item"])) from error

    def _put_with_claim(self, put: Any, claim: str) -> None:  # noqa: ANN401 - boto3's own arguments
        claimed: Any = {
            "TableName": self._claims_table,
            "Item": {"claim": {"S": claim}, "aggregateId": put["Item"]["aggregateId"]},
            "ConditionExpression": "attribute_not_exists(claim)",
        }
        try:
            self._client.transact_write_items(TransactItems=[{"Put": put}, {"Put": claimed}])
        except self._client.exceptions.TransactionCanceledException as error:
            # The commit's reason first: this very command, sent twice, has made the claim, too.
            ours, theirs = error.response["CancellationReasons"]
            if ours.get("Code") == FAILED:
                raise CommitConflict(from_item(cast(Item, ours["Item"]))) from error
            if theirs.get("Code") == FAILED:
                raise ClaimTaken(claim) from error
            if PASSING & {ours.get("Code"), theirs.get("Code")}:
                raise Unavailable(str(error)) from error
            raise

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return self._backward(
            PAGES,
            KeyConditionExpression="aggregateId = :a",
            ExpressionAttributeValues={":a": {"S": aggregate}},
            ConsistentRead=consistent,
        )

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self._backward(
            PAST_PAGES,
            KeyConditionExpression="aggregateId = :a AND eventSequence <= :s",
            ExpressionAttributeValues={":a": {"S": aggregate}, ":s": {"N": str(sequence)}},
            ConsistentRead=True,
        )

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        onward = self._forward(aggregate, from_sequence)
        first = next(onward, None)
        # Most readers go on where a commit begins: they need one query.
        if from_sequence > 1 and (first is None or first.first_sequence > from_sequence):
            containing = self._containing(aggregate, from_sequence)
            if containing is not None:
                yield containing
        if first is not None:
            yield first
            yield from onward

    def between(self, aggregate: AggregateId, first: int, last: int) -> Iterator[Commit]:
        bounds = {":s": {"N": str(first)}, ":e": {"N": str(last)}}
        return self._onward(
            KeyConditionExpression="aggregateId = :a AND eventSequence BETWEEN :s AND :e",
            ExpressionAttributeValues={":a": {"S": aggregate}, **bounds},
        )

    def of_ranges(self, ranges: Iterable[CommitRange]) -> Iterator[Iterator[Commit]]:
        rest = iter(ranges)
        while some := list(islice(rest, MAX_RANGES)):
            for found in together(some, self._items):
                yield found.commits(self.between)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        """Yield the heads, from keys alone: the last commit has the greatest first sequence."""
        last: dict[AggregateId, int] = {}
        for page in self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ProjectionExpression="aggregateId, eventSequence, eventCount",
            ConsistentRead=True,
        ):
            for item in page["Items"]:
                aggregate = AggregateId(item["aggregateId"]["S"])
                # An item that is no commit is found by whoever reads its stream.
                count = int(item.get("eventCount", {"N": "1"})["N"])
                end = int(item["eventSequence"]["N"]) + count - 1
                last[aggregate] = max(end, last.get(aggregate, 0))
        yield from last.items()

    def _containing(self, aggregate: AggregateId, sequence: int) -> Commit | None:
        """Return the commit that contains `sequence`: the greatest first sequence up to it."""
        page = self._query(
            KeyConditionExpression="aggregateId = :a AND eventSequence <= :s",
            ExpressionAttributeValues={":a": {"S": aggregate}, ":s": {"N": str(sequence)}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=1,
        )
        commits = [from_item(item) for item in page["Items"]]
        return next((c for c in commits if c.last_sequence >= sequence), None)

    def _backward(self, pages: Iterable[int], **parameters: Any) -> Iterator[Commit]:  # noqa: ANN401 - boto3's own arguments
        start = None
        for limit in chain(pages, repeat(LARGEST_PAGE)):
            page = self._query(
                **parameters,
                ScanIndexForward=False,
                Limit=limit,
                **({} if start is None else {"ExclusiveStartKey": start}),
            )
            yield from map(from_item, page["Items"])
            start = page.get("LastEvaluatedKey")
            if start is None:
                return

    def _forward(self, aggregate: AggregateId, first: int) -> Iterator[Commit]:
        return self._onward(
            KeyConditionExpression="aggregateId = :a AND eventSequence >= :s",
            ExpressionAttributeValues={":a": {"S": aggregate}, ":s": {"N": str(first)}},
        )

    def _onward(self, **parameters: Any) -> Iterator[Commit]:  # noqa: ANN401 - boto3's own arguments
        start: Item | None = None
        while True:
            page = self._query(
                **parameters,
                ConsistentRead=True,
                **({} if start is None else {"ExclusiveStartKey": start}),
            )
            yield from map(from_item, page["Items"])
            start = page.get("LastEvaluatedKey")
            if start is None:
                return

    def _query(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        try:
            return dict(self._client.query(TableName=self._table, **parameters))
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
