"""Leases on DynamoDB, in the table of tickets: each is an item that expires by itself."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.reading.leases import Lease, LeaseHeld

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PREFIX = "LEASE#"
"""No command has such an id: ids of commands are kept under a principal's."""
KEPT = timedelta(days=1)
"""The time after its end until DynamoDB removes what nobody has given back."""


class DynamoDbLeases:
    """Leases, with conditional writes on one table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def take(self, lease: Lease, now: datetime) -> None:
        try:
            self._call(
                "put_item",
                Item=to_item(lease),
                ConditionExpression="attribute_not_exists(command) OR #holder = :holder "
                "OR #until <= :now",
                ExpressionAttributeNames={"#holder": "holder", "#until": "until"},
                ExpressionAttributeValues={
                    ":holder": {"S": lease.holder},
                    ":now": {"S": moment(now)},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            raise LeaseHeld(from_item(answer["Item"])) from None

    def give_back(self, lease: Lease) -> None:
        try:
            self._call(
                "delete_item",
                Key=key(lease.work),
                ConditionExpression="#holder = :holder",
                ExpressionAttributeNames={"#holder": "holder"},
                ExpressionAttributeValues={":holder": {"S": lease.holder}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another has it by now

    def _call(self, operation: str, **given: Any) -> None:  # noqa: ANN401 - boto3's own
        try:
            getattr(self._client, operation)(TableName=self._table, **given)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def key(work: str) -> Item:
    return {"command": {"S": PREFIX + work}}


def to_item(lease: Lease) -> Item:
    expires = int((lease.until + KEPT).timestamp())
    return {
        **key(lease.work),
        "holder": {"S": lease.holder},
        "since": {"S": moment(lease.since)},
        "until": {"S": moment(lease.until)},
        "expires": {"N": str(expires)},
    }


def from_item(item: Item) -> Lease:
    return Lease(
        work=item["command"]["S"].removeprefix(PREFIX),
        holder=item["holder"]["S"],
        since=datetime.fromisoformat(item["since"]["S"]),
        until=datetime.fromisoformat(item["until"]["S"]),
    )


def moment(time: datetime) -> str:
    """Return a text that sorts as the time does."""
    return time.isoformat(timespec="microseconds")
