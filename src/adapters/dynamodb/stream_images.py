"""Images of the table's stream: binary attributes are base64 text there, and bytes in items."""

import base64
from typing import Any

from adapters.dynamodb.items import Item, from_item
from application.commit import Commit


def commit_of(image: dict[str, Any]) -> Commit:
    """Return the commit. Raises `KeyError`, `TypeError` or `ValueError` for what is none."""
    return from_item(from_stream_image(image))


def from_stream_image(image: dict[str, Any]) -> Item:
    """Return the item. Raises `ValueError` for text that is not base64."""
    return {name: _value(value) for name, value in image.items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    octets = value.get("B")
    return {"B": base64.b64decode(octets, validate=True)} if isinstance(octets, str) else value
