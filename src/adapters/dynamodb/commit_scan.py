"""Scans of the events table, whole or by segments. For operators and those who mend alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import from_item
from application.publishing.republish import Position, ScannedPage
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SCAN_PAGE = 1000  # items: about the megabyte that a page has at most
SEGMENT_PAGE = 200  # items: what is done with their streams takes seconds


class DynamoDbCommitScan:
    """Commits in a span of time. Read units are charged for every commit that is examined."""

    def __init__(self, client: "DynamoDBClient", table: str, page: int = SCAN_PAGE) -> None:
        self._client = client
        self._table = table
        self._page = page

    def recorded_between(
        self, since: str, until: str, after: Position | None = None
    ) -> Iterator[ScannedPage]:
        yield from self._pages(after, within(since, until))

    def every(self) -> Iterator[ScannedPage]:
        """Yield all commits; DynamoDB keeps those of a stream beside one another, in order."""
        yield from self._pages(None, {})

    def size(self) -> tuple[int, int]:
        """Return the number of items and bytes, which DynamoDB counts every few hours."""
        table = self._client.describe_table(TableName=self._table)["Table"]
        return table.get("ItemCount", 0), table.get("TableSizeBytes", 0)

    def _pages(self, after: Position | None, condition: dict[str, Any]) -> Iterator[ScannedPage]:
        more = True
        while more:
            page = scanned(self.read(after, condition))
            yield page
            after, more = page.after, page.after is not None

    def read(self, after: Position | None, condition: dict[str, Any]) -> dict[str, Any]:
        """Return one answer of DynamoDB. Raises `Unavailable`."""
        start: Any = {} if after is None else {"ExclusiveStartKey": after}
        try:
            answer = self._client.scan(
                TableName=self._table, ConsistentRead=True, Limit=self._page, **condition, **start
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return dict(answer)


@dataclass(frozen=True, slots=True)
class DynamoDbSegment:
    """One of the segments of a parallel scan: all commits of the streams that belong to it.

    DynamoDB divides a table by the hash of the partition key, so that no stream is in two segments.
    """

    client: "DynamoDBClient"
    table: str
    number: int
    of: int
    items: int = SEGMENT_PAGE

    def page(self, after: Position | None) -> ScannedPage:
        scan = DynamoDbCommitScan(self.client, self.table, self.items)
        return scanned(scan.read(after, {"Segment": self.number, "TotalSegments": self.of}))

    def ended_in(self, after: Position) -> AggregateId:
        return AggregateId(after["aggregateId"]["S"])


def within(since: str, until: str) -> dict[str, Any]:
    """Return the condition of a scan for commits of this time; both ends belong to it."""
    return {
        "FilterExpression": "#time BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#time": "timestamp"},
        "ExpressionAttributeValues": {":since": {"S": since}, ":until": {"S": until}},
    }


def scanned(answer: dict[str, Any]) -> ScannedPage:
    commits, unreadable = [], []
    for item in answer["Items"]:
        try:
            commits.append(from_item(item))
        except (KeyError, TypeError, ValueError):
            key = AggregateId(item["aggregateId"]["S"]), int(item["eventSequence"]["N"])
            unreadable.append(key)
    return ScannedPage(commits, unreadable, answer["ScannedCount"], answer.get("LastEvaluatedKey"))
