"""Answers of DynamoDB, parsed at once: botocore tries ten types for each attribute of each item.

That is a third of the CPU of whoever reads many items.
"""

import json
from base64 import b64decode
from collections.abc import MutableMapping
from typing import Any

from adapters.dynamodb.capacity import READS


def parsing(client: Any) -> Any:  # noqa: ANN401 - boto3 makes clients by name
    """Let the client parse the answers of its reads so, and return it."""
    for operation in READS:
        client.meta.events.register(f"before-parse.dynamodb.{operation}", parse)
    return client


def parse(
    response_dict: MutableMapping[str, Any],
    customized_response_dict: MutableMapping[str, Any],
    **_: object,
) -> None:
    """Parse an answer in the place of botocore, which takes an empty body for an empty answer.

    Errors are left to botocore.
    """
    if response_dict["status_code"] != 200:
        return
    try:
        answer = json.loads(response_dict["body"], object_hook=without_base64)
    except ValueError:
        return
    customized_response_dict.update(answer)
    response_dict["body"] = b""


def without_base64(value: dict[str, Any]) -> dict[str, Any]:
    """Decode a binary attribute, the only object that has text, or a list, as its `B`, or `BS`."""
    match value:
        case {"B": str(octets)}:
            return {"B": b64decode(octets)}
        case {"BS": [str(), *_] as several}:
            return {"BS": [b64decode(octets) for octets in several]}
        case _:
            return value
