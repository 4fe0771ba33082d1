"""The streams of a user, from a scan of the events table. For operators: no function may scan."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.privacy.forgetting import StreamsPage, owner_field, sender_prefix
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SCAN_PAGE = 1000  # items: about the megabyte that a page has at most


class DynamoDbSubjectStreams:
    """The streams of a user. A position is the key of the last commit examined, as JSON.

    Read units are charged for every commit that is examined.
    """

    def __init__(self, client: "DynamoDBClient", table: str, page: int = SCAN_PAGE) -> None:
        self._client = client
        self._table = table
        self._page = page

    def pages(self, subject: str, position: str | None) -> Iterator[StreamsPage]:
        more = True
        while more:
            answer = self._scan(subject, position)
            last = answer.get("LastEvaluatedKey")
            position, more = json.dumps(last) if last else None, last is not None
            streams = (AggregateId(item["aggregateId"]["S"]) for item in answer["Items"])
            yield StreamsPage(tuple(dict.fromkeys(streams)), answer["ScannedCount"], position)

    def size(self) -> int:
        """Return the number of commits, which DynamoDB counts every few hours."""
        return self._client.describe_table(TableName=self._table)["Table"].get("ItemCount", 0)

    def _scan(self, subject: str, position: str | None) -> dict[str, Any]:
        start = {} if position is None else {"ExclusiveStartKey": json.loads(position)}
        try:
            answer = self._client.scan(
                TableName=self._table,
                FilterExpression="begins_with(#actor, :actor) OR contains(#events, :owner)",
                ProjectionExpression="aggregateId",
                ExpressionAttributeNames={"#actor": "actor", "#events": "events"},
                ExpressionAttributeValues={
                    ":actor": {"S": sender_prefix(subject)},
                    ":owner": {"S": owner_field(subject)},
                },
                ConsistentRead=True,
                Limit=self._page,
                **start,
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return dict(answer)
