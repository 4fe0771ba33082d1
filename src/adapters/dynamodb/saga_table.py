"""The table of sagas on DynamoDB: few items, each gone when what it is about has ended.

`Scan` reads them all: as many as there are runs at the moment.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.sagas.ports import BegunRun, Noted, Place, Waiting
from application.sagas.tasks import RunKey
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WAITS, RUN, WHY, PLACE = "WAITS#", "RUN#", "WHY#", "PLACE"
KEPT = timedelta(days=7)
"""The time after a deadline until DynamoDB removes what nobody has removed."""


class DynamoDbSagaTable:
    """What sagas wait for, runs that the sweep looks after, and reasons, each an item."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def wait(self, waiting: Waiting) -> None:
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._call(
                "put_item",
                Item=to_item(waiting),
                ConditionExpression="attribute_not_exists(saga) OR deadline <= :deadline",
                ExpressionAttributeValues={":deadline": {"S": waiting.deadline}},
            )

    def waiting(self, asked: AggregateId) -> Waiting | None:
        found = self._get(WAITS + asked)
        return None if found is None else from_item(found)

    def forget(self, waiting: Waiting) -> None:
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._call(
                "delete_item",
                Key=key(WAITS + waiting.asked),
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues={":token": {"S": waiting.token}},
            )

    def waits(self) -> Iterator[Waiting]:
        yield from map(from_item, self._all(WAITS))

    def add(self, begun: BegunRun) -> None:
        run = {"run": {"S": json.dumps(begun.run.to_json())}, "since": {"S": begun.since}}
        self._call("put_item", Item={**key(RUN + begun.run.event_id), **run})

    def remove(self, run: RunKey) -> None:
        # The run last: what is left of a removal is removed by the next sweep.
        for prefix in (WHY, RUN):
            self._call("delete_item", Key=key(prefix + run.event_id))

    def begun(self) -> Iterator[BegunRun]:
        for item in self._all(RUN):
            yield BegunRun(run_of(item), item["since"]["S"])

    def note(self, run: RunKey, step: str | None, reason: str) -> None:
        why = {"step": {"S": step or ""}, "reason": {"S": reason}}
        self._call("put_item", Item={**key(WHY + run.event_id), **why})

    def noted(self, run: RunKey) -> Noted | None:
        found = self._get(WHY + run.event_id)
        return None if found is None else Noted(found["step"]["S"] or None, found["reason"]["S"])

    def place(self) -> Place:
        found = self._get(PLACE)
        if found is None:
            return Place()
        page, entries = int(found["page"]["N"]), int(found["entries"]["N"])
        return Place(page, entries, found["after"]["S"])

    def keep(self, place: Place) -> None:
        feed = {"page": {"N": str(place.page)}, "entries": {"N": str(place.entries)}}
        self._call("put_item", Item={**key(PLACE), **feed, "after": {"S": place.after}})

    def _get(self, name: str) -> Item | None:
        found: Item | None = self._call("get_item", Key=key(name), ConsistentRead=True).get("Item")
        return found

    def _all(self, prefix: str) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            found = self._call("scan", ConsistentRead=True, **start)
            yield from (item for item in found["Items"] if item["saga"]["S"].startswith(prefix))
            if "LastEvaluatedKey" not in found:
                return
            start = {"ExclusiveStartKey": found["LastEvaluatedKey"]}

    def _call(self, operation: str, **given: Any) -> Any:  # noqa: ANN401 - boto3's own
        try:
            return getattr(self._client, operation)(TableName=self._table, **given)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def key(name: str) -> Item:
    return {"saga": {"S": name}}


def to_item(waiting: Waiting) -> Item:
    expires = datetime.fromisoformat(waiting.deadline) + KEPT
    return {
        **key(WAITS + waiting.asked),
        "run": {"S": json.dumps(waiting.run.to_json())},
        "step": {"S": waiting.step},
        "deadline": {"S": waiting.deadline},
        "token": {"S": waiting.token},
        "expires": {"N": str(int(expires.timestamp()))},
    }


def from_item(item: Item) -> Waiting:
    return Waiting(
        asked=AggregateId(item["saga"]["S"].removeprefix(WAITS)),
        run=run_of(item),
        step=item["step"]["S"],
        deadline=item["deadline"]["S"],
        token=item["token"]["S"],
    )


def run_of(item: Item) -> RunKey:
    return RunKey.from_json(json.loads(item["run"]["S"]))
