"""Tickets of deferred commands on DynamoDB: GetItem and PutItem; they expire by themselves.

`statemachines/command.asl.yaml` reads the attributes, too.
"""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.commit import canonical_json
from application.writing.deferral import Status, Ticket, TicketConflict
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDbTickets:
    """Tickets, each an item."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, key: str) -> Ticket | None:
        answer = self._call("get_item", Key={"command": {"S": key}}, ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, ticket: Ticket, replaces: Ticket | None) -> None:
        try:
            self._call("put_item", Item=to_item(ticket), **condition(replaces))
        except self._client.exceptions.ConditionalCheckFailedException:
            raise TicketConflict(ticket.key) from None

    def _call(self, operation: str, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        try:
            return getattr(self._client, operation)(TableName=self._table, **given)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def condition(replaces: Ticket | None) -> dict[str, Any]:
    if replaces is None:
        return {"ConditionExpression": "attribute_not_exists(command)"}
    return {
        "ConditionExpression": "attempt = :attempt AND #status = :status",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":attempt": {"N": str(replaces.attempt)},
            ":status": {"S": replaces.status},
        },
    }


def to_item(ticket: Ticket) -> Item:
    item: Item = {
        "command": {"S": ticket.key},
        "commandId": {"S": ticket.command_id},
        "subject": {"S": ticket.subject},
        "fingerprint": {"S": ticket.fingerprint},
        "expires": {"N": str(ticket.expires)},
        "attempt": {"N": str(ticket.attempt)},
        "status": {"S": ticket.status},
        "outcome": {"S": canonical_json(ticket.outcome)},
    }
    if ticket.aggregate is not None:
        item["aggregateId"] = {"S": ticket.aggregate}
    return item if ticket.request is None else item | {"request": {"B": ticket.request}}


def from_item(item: Item) -> Ticket:
    request = item.get("request", {}).get("B")
    aggregate = item.get("aggregateId", {}).get("S")
    return Ticket(
        key=item["command"]["S"],
        command_id=item["commandId"]["S"],
        subject=item["subject"]["S"],
        fingerprint=item["fingerprint"]["S"],
        expires=int(item["expires"]["N"]),
        attempt=int(item["attempt"]["N"]),
        status=Status(item["status"]["S"]),
        request=None if request is None else bytes(request),
        outcome=json.loads(item["outcome"]["S"]),
        aggregate=None if aggregate is None else AggregateId(aggregate),
    )
