"""The key table on DynamoDB: GetItem and PutItem; UpdateItem only for destroying keys.

Attribute names and forms are the storage format. The table has neither point-in-time recovery nor
a stream, so that no copy of a destroyed key is left.
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.privacy.subject_keys import KeyRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDbKeyTable:
    """Keys, an item per subject: `wrappedKey` and `createdAt`, or `forgottenAt` of a tombstone."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, subject: str) -> KeyRecord | None:
        answer = self._call("get_item", Key={"subject": {"S": subject}}, ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        item: Item = {
            "subject": {"S": subject},
            "wrappedKey": {"B": wrapped},
            "createdAt": {"S": created_at},
        }
        try:
            self._call(
                "put_item",
                Item=item,
                ConditionExpression="attribute_not_exists(subject)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            return from_item(answer["Item"])
        return from_item(item)

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        answer = self._call(
            "update_item",
            Key={"subject": {"S": subject}},
            UpdateExpression="SET forgottenAt = if_not_exists(forgottenAt, :now) "
            "REMOVE wrappedKey, createdAt",
            ExpressionAttributeValues={":now": {"S": forgotten_at}},
            ReturnValues="ALL_NEW",
        )
        return from_item(answer["Attributes"])

    def record_progress(self, subject: str, position: str | None, notified_at: str | None) -> None:
        given = {"position": position, "toldAt": notified_at}
        kept = {name: value for name, value in given.items() if value is not None}
        sets = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
        gone = [f"#{name}" for name in given if name not in kept]
        removes = "REMOVE " + ", ".join(gone) if gone else ""
        self._call(
            "update_item",
            Key={"subject": {"S": subject}},
            UpdateExpression=f"{sets} {removes}".strip(),
            ConditionExpression="attribute_exists(forgottenAt)",
            ExpressionAttributeNames={f"#{name}": name for name in given},
            **({"ExpressionAttributeValues": values(kept)} if kept else {}),
        )

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        try:
            return dict(getattr(self._client, operation)(TableName=self._table, **parameters))
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def values(texts: dict[str, str]) -> dict[str, dict[str, str]]:
    return {f":{name}": {"S": text} for name, text in texts.items()}


def from_item(item: Item) -> KeyRecord:
    wrapped = item.get("wrappedKey")
    return KeyRecord(
        wrapped=None if wrapped is None else bytes(wrapped["B"]),
        forgotten_at=item.get("forgottenAt", {}).get("S"),
        position=item.get("position", {}).get("S"),
        notified_at=item.get("toldAt", {}).get("S"),
    )
