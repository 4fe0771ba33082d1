"""Translations: from an event of another domain to the command that it causes."""

from collections.abc import Callable, Mapping
from typing import Any

from kernel.actor import Actor
from kernel.operation import NamedEnvelope

Translation = Callable[[Mapping[str, Any], Any, Actor], NamedEnvelope | None]
"""Translate the detail of an event, with the domain's look-ups and the reader.

It returns `None` for an event that means nothing here. The `commandId` of an item is the same each
time the event is delivered. Raises `KeyError`, `TypeError` or `ValueError` for a malformed detail.
"""
