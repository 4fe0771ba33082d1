"""What a translation is: from an event of another domain to the command that it causes."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import JsonValue

Item = Mapping[str, JsonValue]
"""A command as machines send it: `{type, commandId, aggregateId, onBehalfOf?, data}`.

Its `commandId` is the same whenever the event is delivered again.
"""

OwnerOf = Callable[[str], str]
"""The owner of a project, for whom the command is then sent. Raises `AggregateNotFound`."""

Translation = Callable[[Mapping[str, Any], OwnerOf], Item | None]
"""From an event's detail; `None` for what means nothing here.

Raises `KeyError`, `TypeError` or `ValueError` for a detail that is not as it should be.
"""
