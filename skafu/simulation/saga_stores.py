"""The stores of sagas: the table of what they wait for, and the bucket with their archives."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from adapters.dynamodb.items import Item
from adapters.dynamodb.saga_table import RUN, WAITS
from skafu.simulation.dynamodb import EXCEPTIONS, client_error, condition_failed, put, throttle
from skafu.simulation.faults import Fault
from skafu.simulation.world import World

SCANNED = 2  # items on a page of a scan
LISTED = 2  # keys on a page of a list
ARCHIVES = "archives"
"""The name of the bucket."""


class SagaItems:
    """PutItem, GetItem and Scan, strongly consistent, and DeleteItem, on a condition or not."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World) -> None:
        self.items: dict[str, Item] = {}
        self.asked: dict[str, str] = {}
        """Everything that steps have ever waited for, by token."""
        self._world = world

    @property
    def is_busy(self) -> bool:
        """Tell whether a step waits, or a run is looked after."""
        return any(name.startswith((WAITS, RUN)) for name in self.items)

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        store = partial(self._store, given)
        return self._world.call("PutItem of sagas", put, self._world, store)

    def delete_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        remove = partial(self._remove, given)
        return self._world.call("DeleteItem of sagas", put, self._world, remove)

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("GetItem of sagas", self._get, given["Key"]["saga"]["S"])

    def scan(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        start = given.get("ExclusiveStartKey", {"saga": {"S": ""}})["saga"]["S"]
        return self._world.call("Scan of sagas", self._scan, start)

    def _store(self, given: dict[str, Any]) -> None:
        item, name = given["Item"], given["Item"]["saga"]["S"]
        if name.startswith(WAITS):
            held = self.items.get(name, item)
            if not self.holds(held, given):
                raise condition_failed()
            self.asked[item["token"]["S"]] = name.removeprefix(WAITS)
        self.items[name] = item

    def holds(self, held: Item, given: dict[str, Any]) -> bool:
        """Tell whether the condition holds: none waits with a later deadline."""
        deadline: str = given["ExpressionAttributeValues"][":deadline"]["S"]
        return bool(held["deadline"]["S"] <= deadline)

    def _remove(self, given: dict[str, Any]) -> None:
        name = given["Key"]["saga"]["S"]
        token = given.get("ExpressionAttributeValues", {}).get(":token")
        if token is not None and self.items.get(name, {}).get("token") != token:
            raise condition_failed()
        self.items.pop(name, None)

    def _get(self, name: str) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "GetItem")
        found = self.items.get(name)
        return {} if found is None else {"Item": found}

    def _scan(self, start: str) -> dict[str, Any]:
        throttle(self._world, Fault.QUERY_THROTTLED, "Scan")
        names = sorted(name for name in self.items if name > start)
        taken = names[:SCANNED]
        more = {"LastEvaluatedKey": {"saga": {"S": taken[-1]}}} if len(names) > SCANNED else {}
        return {"Items": [self.items[name] for name in taken], **more}


class Bucket:
    """PutObject on the condition that nothing is there, DeleteObject, and ListObjectsV2."""

    exceptions = SimpleNamespace()

    def __init__(self, world: World) -> None:
        self.objects: dict[str, bytes] = {}
        self._world = world

    def put_object(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("PutObject", self._put, given["Key"], given["Body"])

    def delete_object(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("DeleteObject", self._delete, given["Key"])

    def list_objects_v2(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("ListObjectsV2", self._list, given["Prefix"])

    def _put(self, key: str, content: bytes) -> dict[str, Any]:
        self._may_be_down("PutObject")
        if key in self.objects:
            raise ClientError(client_error("", "PreconditionFailed").response, "PutObject")
        self.objects[key] = content
        self._may_lose_answer()
        return {}

    def _delete(self, key: str) -> dict[str, Any]:
        self._may_be_down("DeleteObject")
        self.objects.pop(key, None)
        self._may_lose_answer()
        return {}

    def _list(self, prefix: str) -> dict[str, Any]:
        self._may_be_down("ListObjectsV2")
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        return {"Contents": [{"Key": key} for key in keys[:LISTED]]}

    def _may_be_down(self, operation: str) -> None:
        if self._world.strikes(Fault.ARCHIVES_DOWN):
            raise client_error(operation, "SlowDown")

    def _may_lose_answer(self) -> None:
        if self._world.strikes(Fault.ARCHIVES_UNANSWERED):
            raise ReadTimeoutError(endpoint_url="s3")
