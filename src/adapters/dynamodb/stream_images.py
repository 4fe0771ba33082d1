"""Stream records carry binary attributes as base64 text; items of the table carry bytes."""

import base64
from typing import Any

from adapters.dynamodb.items import Item


def from_stream_image(image: dict[str, Any]) -> Item:
    """Raises `ValueError` for text that is not base64."""
    return {name: _value(value) for name, value in image.items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    octets = value.get("B")
    return {"B": base64.b64decode(octets, validate=True)} if isinstance(octets, str) else value
