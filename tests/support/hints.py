"""Messages of a queue, as a rule of the bus puts them there."""

import json
from typing import Any


def message(
    aggregate: str, sequence: int = 1, *, id: str = "m0", receives: int = 1, correlation: str = "c1"
) -> dict[str, Any]:
    """Return the record of a message that hints at an event."""
    detail = {"aggregateId": aggregate, "eventSequence": sequence, "correlationId": correlation}
    return record(json.dumps({"detail": detail}), id=id, receives=receives)


def record(body: str, *, id: str = "m0", receives: int = 1) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(receives), "SentTimestamp": "1767355200000"}
    return {"messageId": id, "body": body, "attributes": attributes}
