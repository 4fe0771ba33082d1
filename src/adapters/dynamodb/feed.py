"""The feed on DynamoDB: pages and ends of streams as items of one table."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.batches import MAX_KEYS, items_of
from adapters.dynamodb.items import Item
from application.commit import canonical_json
from application.publishing.feed import FeedEntry, FeedPage, PageTaken
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGES = "PAGES"
"""The partition of the pages; its sort key is the number of the page."""
NOTED = "NOTED"
"""The item that holds the last page of which the ends of streams have been noted."""
END = 0
"""The sort key of the end of a stream, which has a partition of its own."""
AT_ONCE = 8
# Pages of the feed in a query: that of the cursor, and its successor. Whoever reads on needs more,
# and has a megabyte at most of them.
FIRST_PAGES = (2, 8, 32)
MOST_PAGES = 100


class DynamoDbFeed:
    """The feed, with PutItem, GetItem and Query on one table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def append(self, page: FeedPage) -> None:
        if not self._put(to_item(page), "attribute_not_exists(feed)"):
            raise PageTaken(page.number)

    def newest(self) -> FeedPage | None:
        pages = self._query(0, ScanIndexForward=False, Limit=1)
        return next(map(from_item, pages["Items"]), None)

    def pages(self, first: int) -> Iterator[FeedPage]:
        start: Item | None = None
        for limit in chain(FIRST_PAGES, repeat(MOST_PAGES)):
            more = {} if start is None else {"ExclusiveStartKey": start}
            found = self._query(first, Limit=limit, **more)
            yield from map(from_item, found["Items"])
            start = found.get("LastEvaluatedKey")
            if start is None:
                return

    def ends(self, streams: Sequence[AggregateId]) -> dict[AggregateId, int]:
        """Look up the ends, a hundred in a request."""
        found: dict[AggregateId, int] = dict.fromkeys(streams, 0)
        for first in range(0, len(streams), MAX_KEYS):
            keys = [end_key(name) for name in streams[first : first + MAX_KEYS]]
            for item in items_of(self._client, self._table, keys):
                found[AggregateId(item["feed"]["S"])] = int(item["end"]["N"])
        return found

    def ends_recorded(self) -> int:
        return self._number(NOTED)

    def record_ends(self, page: FeedPage) -> None:
        ends = {entry.aggregate: entry.last for entry in page.entries}
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(self._note, ends, ends.values()))
        self._note(NOTED, page.number)

    def _number(self, name: str) -> int:
        try:
            found = self._client.get_item(
                TableName=self._table, Key=end_key(name), ConsistentRead=True
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return int(found["Item"]["end"]["N"]) if "Item" in found else 0

    def _note(self, name: str, end: int) -> None:
        item = {**end_key(name), "end": {"N": str(end)}}
        self._put(item, "attribute_not_exists(feed) OR #end < :end", end)

    def _put(self, item: Item, condition: str, end: int | None = None) -> bool:
        """Put an item; tell whether its condition held."""
        values: Any = {
            "ExpressionAttributeNames": {"#end": "end"},
            "ExpressionAttributeValues": {":end": {"N": str(end)}},
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=condition,
                **({} if end is None else values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return True

    def _query(self, first: int, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own
        try:
            found = self._client.query(
                TableName=self._table,
                KeyConditionExpression="feed = :f AND #page >= :n",
                ExpressionAttributeNames={"#page": "page"},
                ExpressionAttributeValues={":f": {"S": PAGES}, ":n": {"N": str(first)}},
                ConsistentRead=True,
                **parameters,
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return dict(found)


def end_key(name: str) -> Item:
    return {"feed": {"S": name}, "page": {"N": str(END)}}


def to_item(page: FeedPage) -> Item:
    return {
        "feed": {"S": PAGES},
        "page": {"N": str(page.number)},
        "entries": {"S": canonical_json(page.entries)},
        "previousHash": {"B": page.previous_hash},
        "timestamp": {"S": page.timestamp},
    }


def from_item(item: Item) -> FeedPage:
    return FeedPage(
        number=int(item["page"]["N"]),
        entries=tuple(
            FeedEntry(AggregateId(aggregate), first, last, digest)
            for aggregate, first, last, digest in json.loads(item["entries"]["S"])
        ),
        previous_hash=bytes(item["previousHash"]["B"]),
        timestamp=item["timestamp"]["S"],
    )
