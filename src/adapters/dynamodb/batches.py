"""Items by their keys, many in a request."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from adapters.dynamodb.items import Item
from application.ports import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_KEYS = 100  # of BatchGetItem
ATTEMPTS = 6  # for what a request leaves out, since it is throttled or 16 MB are full
BACKOFF = 0.05  # seconds, doubled with each attempt, with full jitter

Sleep = Callable[[float], None]


def items_of(
    client: "DynamoDBClient", table: str, keys: Sequence[Item], sleep: Sleep = time.sleep
) -> Iterator[Item]:
    """Yield the items with these keys, in any order, read strongly; at most `MAX_KEYS`, each once.

    There is nothing for a key without an item. Raises `Unavailable` when some keys are never
    answered.
    """
    asked: Any = {table: {"Keys": keys, "ConsistentRead": True}}
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(random.uniform(0, BACKOFF * 2**attempt))
        try:
            answer: Any = client.batch_get_item(RequestItems=asked)
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        yield from answer["Responses"].get(table, ())
        asked = answer.get("UnprocessedKeys")
        if not asked:
            return
    raise Unavailable("a read of many items was throttled")
