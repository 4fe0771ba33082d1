"""Where a command came from, and who sent it: personal data, sealed before it goes any further."""

from collections.abc import Mapping
from typing import Any

from application.privacy.client import packed
from application.privacy.sealing import Sealer
from kernel.personal import SealedValue

LONGEST = 256
"""Characters kept of a value: browsers name themselves in half of that, a lie may be endless."""


def seal(sealer: Sealer | None, subject: str, value: str | None) -> SealedValue | None:
    """Raises `SubjectIsForgotten` and `Unavailable`."""
    return None if sealer is None or not value else sealer.seal(subject, storable(value))


def sealed_client(sealer: Sealer | None, subject: str, client: Mapping[str, str]) -> bytes | None:
    """As one value. Raises as `seal` does."""
    if sealer is None or not client:
        return None
    return sealer.seal_octets(subject, packed(client))


def client(event: Mapping[str, Any]) -> dict[str, str]:
    """`sourceIp` and `userAgent`, as the gateway saw them."""
    identity = (event.get("requestContext") or {}).get("identity") or {}
    found = {name: identity.get(name) for name in ("sourceIp", "userAgent")}
    return {name: storable(str(value)) for name, value in found.items() if value}


def storable(value: str) -> str:
    """A header may hold half of a character, which no UTF-8 has."""
    return value[:LONGEST].encode(errors="replace").decode()
