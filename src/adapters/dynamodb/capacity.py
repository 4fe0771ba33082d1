"""Consumed capacity: every call of a client asks DynamoDB for it, and reports the answer.

A condition that fails takes units, too, but DynamoDB does not say how many.
"""

from collections.abc import Mapping
from typing import Any

from application.capacity import consumed

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


def reporting(client: Any) -> Any:  # noqa: ANN401 - boto3 makes clients by name
    """Let the client report what its calls consume, and return it."""
    for operation in READS | WRITES:
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", asking)
        client.meta.events.register(f"after-call.dynamodb.{operation}", report)
    return client


def asking(params: Mapping[str, Any], **_: object) -> dict[str, Any]:
    return {"ReturnConsumedCapacity": "TOTAL", **params}


def report(parsed: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
    found = parsed.get("ConsumedCapacity") or ()
    tables = [found] if isinstance(found, Mapping) else found
    units = sum(table.get("CapacityUnits", 0) for table in tables)
    consumed(**{"read" if model.name in READS else "write": units})
