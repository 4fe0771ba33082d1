"""The index of words on DynamoDB: an entry and its postings in one transaction.

Attribute names and forms are the storage format. `scope` of an entry is its model and one of
sixteen numbers, of a posting its model, a status and the first letter of its term.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.ports import RowConflict, Unavailable
from application.reading.words import SEPARATOR, Entry, Posting, PostingPage, postings_of
from kernel.projection import RowKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTS = 16
"""The partitions among which entries are spread."""
FAILED = "ConditionalCheckFailed"
PASSING = {"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}


class DynamoDbWords:
    """Entries and postings in one table: at most 81 items in a transaction, of 100."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def entry(self, key: RowKey) -> Entry | None:
        answer = self._call(
            "get_item", TableName=self._table, Key=entry_key(key), ConsistentRead=True
        )
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        before = postings_of(key, replaces) if replaces else {}
        after = postings_of(key, entry)
        first = {"Item": {**entry_key(key), **to_item(entry)}, **condition(replaces)}
        puts = [{"Item": posting_item(*place, terms)} for place, terms in after.items()]
        gone = [{"Key": posting_key(*place)} for place in before if place not in after]
        changes = [*({"Put": one} for one in (first, *puts)), *({"Delete": one} for one in gone)]
        for change in changes:
            for asked in change.values():
                asked["TableName"] = self._table
        try:
            self._call("transact_write_items", TransactItems=changes)
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response["CancellationReasons"]}
            if FAILED in codes:
                raise RowConflict(key) from None
            if PASSING & codes:
                raise Unavailable(str(error)) from error
            raise

    def entries(self, model: str) -> Iterator[Sequence[tuple[RowKey, Entry]]]:
        for part in range(PARTS):
            pages = self._pages(
                KeyConditionExpression="#scope = :scope",
                ExpressionAttributeNames={"#scope": "scope"},
                ExpressionAttributeValues={":scope": {"S": entry_scope(model, part)}},
            )
            for items in pages:
                yield [(RowKey(model, item["place"]["S"]), from_item(item)) for item in items]

    def postings(self, scope: str, beginning: str, after: str | None, limit: int) -> PostingPage:
        start = {} if after is None else {"ExclusiveStartKey": posting_key(scope, after)}
        page = self._call(
            "query",
            TableName=self._table,
            KeyConditionExpression="#scope = :scope AND begins_with(place, :beginning)",
            ExpressionAttributeNames={"#scope": "scope"},
            ExpressionAttributeValues={":scope": {"S": scope}, ":beginning": {"S": beginning}},
            Limit=limit,
            **start,
        )
        found = [Posting(item["place"]["S"], terms_of(item)) for item in page["Items"]]
        return PostingPage(found, more="LastEvaluatedKey" in page)

    def _pages(self, **given: Any) -> Iterator[Sequence[Item]]:  # noqa: ANN401 - boto3's own
        start: dict[str, Any] = {}
        while True:
            page = self._call("query", TableName=self._table, **given, **start)
            yield page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _call(self, operation: str, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        try:
            return getattr(self._client, operation)(**given)
        except self._client.exceptions.TransactionCanceledException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def entry_scope(model: str, part: int) -> str:
    """Return the scope of entries, which no posting has: its status is never empty."""
    return SEPARATOR.join((model, "", f"{part:x}"))


def entry_key(key: RowKey) -> Item:
    scope = entry_scope(key.model, crc32(key.id.encode()) % PARTS)
    return {"scope": {"S": scope}, "place": {"S": key.id}}


def posting_key(scope: str, place: str) -> Item:
    return {"scope": {"S": scope}, "place": {"S": place}}


def posting_item(scope: str, place: str, terms: Sequence[str]) -> Item:
    return {**posting_key(scope, place), "terms": {"S": " ".join(terms)}}


def condition(replaces: Entry | None) -> dict[str, Any]:
    if replaces is None:
        return {
            "ConditionExpression": "attribute_not_exists(#scope)",
            "ExpressionAttributeNames": {"#scope": "scope"},
        }
    return {
        "ConditionExpression": "#version = :version AND form = :form AND terms = :terms",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {
            ":version": {"N": str(replaces.version)},
            ":form": {"N": str(replaces.projection_version)},
            ":terms": {"S": " ".join(replaces.terms)},
        },
    }


def to_item(entry: Entry) -> Item:
    return {
        "version": {"N": str(entry.version)},
        "form": {"N": str(entry.projection_version)},
        "status": {"S": entry.status},
        "createdAt": {"S": entry.created_at},
        "terms": {"S": " ".join(entry.terms)},
    }


def from_item(item: Item) -> Entry:
    return Entry(
        status=item["status"]["S"],
        created_at=item["createdAt"]["S"],
        terms=terms_of(item),
        version=int(item["version"]["N"]),
        projection_version=int(item["form"]["N"]),
    )


def terms_of(item: Item) -> tuple[str, ...]:
    return tuple(item["terms"]["S"].split())
