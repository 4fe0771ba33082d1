"""The translation: from an event of another domain to the command that it causes."""

from collections.abc import Callable, Mapping
from typing import Any

from kernel.actor import Actor
from kernel.operation import Item

Translation = Callable[[Mapping[str, Any], Any, Actor], Item | None]
"""From an event's detail, the domain's look-ups, and who reads; `None` for what means nothing here.

The `commandId` of the item is the same whenever the event is delivered again.
Raises `KeyError`, `TypeError` or `ValueError` for a detail that is not as it should be.
"""
