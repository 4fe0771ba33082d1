"""Images of the table's stream: binary attributes are base64 text there, and bytes in items."""

import base64
from typing import Any

from adapters.dynamodb.items import Item, from_item
from application.commit import Commit


def commit_of(image: dict[str, Any]) -> Commit:
    """Return the commit. Raises `KeyError`, `TypeError` or `ValueError` for what is none."""
    return from_item(from_stream_image(image))


def from_stream_image(image: dict[str, Any]) -> Item:
    """Return the item. Raises `ValueError` for what is not text, and for text that is not base64.

    Types that no commit has may hold anything: a newer writer may use them.
    """
    return {name: _value(value) for name, value in image.items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    if not all(isinstance(value[kind], str) for kind in ("S", "N", "B") if kind in value):
        raise ValueError("an attribute holds no text")
    octets = value.get("B")
    return value if octets is None else {"B": base64.b64decode(octets, validate=True)}
