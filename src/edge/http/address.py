"""The address under which a client has reached an API."""

import re
from collections.abc import Mapping
from typing import Any

ADDRESS = re.compile(r"https?://[\w.:\[\]-]+(/[\w.~/-]*)?")


def address(event: Mapping[str, Any]) -> str | None:
    """Return scheme, host, and whatever goes before the paths of the API: a stage or a base path.

    Returns `None` for an event that does not say it.
    """
    context = event.get("requestContext") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    host = context.get("domainName") or headers.get("host")
    before = (context.get("path") or "").rstrip("/").removesuffix(event.get("resource") or "")
    found = f"{headers.get('x-forwarded-proto', 'http')}://{host}{before}"
    return found if host and ADDRESS.fullmatch(found) else None
