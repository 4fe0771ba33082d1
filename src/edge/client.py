"""Personal data of a request: its sender and its client, sealed before they go any further."""

from collections.abc import Mapping
from typing import Any

from application.privacy.client import packed
from application.privacy.sealing import Sealer
from kernel.personal import SealedValue

LONGEST = 256
"""Characters kept of a value: real user agents need half of that, forged ones may be endless."""


def seal(sealer: Sealer | None, subject: str, value: str | None) -> SealedValue | None:
    """Seal a value. Raises `SubjectIsForgotten` and `Unavailable`."""
    return None if sealer is None or not value else sealer.seal(subject, storable(value))


def sealed_client(sealer: Sealer | None, subject: str, client: Mapping[str, str]) -> bytes | None:
    """Seal the client as one value. Raises what `seal` raises."""
    if sealer is None or not client:
        return None
    return sealer.seal_octets(subject, packed(client))


def client(event: Mapping[str, Any]) -> dict[str, str]:
    """Return `sourceIp` and `userAgent` as the gateway saw them."""
    identity = (event.get("requestContext") or {}).get("identity") or {}
    found = {name: identity.get(name) for name in ("sourceIp", "userAgent")}
    return {name: storable(str(value)) for name, value in found.items() if value}


def storable(value: str) -> str:
    """Return a text that UTF-8 can encode: a header may contain half of a character."""
    return value[:LONGEST].encode(errors="replace").decode()
