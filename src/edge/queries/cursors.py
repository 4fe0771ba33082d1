"""Cursors: the page tokens of lists, bound to one query and one caller, for a day.

A cursor protects nothing: AppSync shows each caller what it may see, whatever token is sent. It is
bound so that a mistaken one is refused rather than answered with some other page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from application.ports import Clock
from edge.caller import Caller
from edge.http.problems import InvalidRequest
from kernel.digest import digest

LIFETIME = timedelta(hours=24)
FORM = re.compile(r"(?P<mark>[0-9a-f]{16})\.(?P<seconds>[0-9a-f]{1,10})\.(?P<token>.+)", re.DOTALL)
NOT_OURS = (
    "`nextToken` must come from an earlier answer to you, of this list with the same parameters."
)
EXPIRED = "`nextToken` is more than 24 hours old. Begin with the first page again."


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one query of one caller, which `mark` stands for."""

    mark: str
    clock: Clock

    @classmethod
    def of(cls, name: str, asked: Mapping[str, Any], who: Caller, clock: Clock) -> "Cursors":
        """`asked` is what decides which rows are listed, and in which order."""
        return cls(digest([name, who.sub, dict(asked)]), clock)

    def given(self, token: str | None) -> str | None:
        """Return the client's form of a page token."""
        return token and f"{self.mark}.{self._now():x}.{token}"

    def taken(self, cursor: str | None) -> str | None:
        """Return the page token. Raises `InvalidRequest`."""
        if cursor is None:
            return None
        found = FORM.fullmatch(cursor)
        if found is None or found["mark"] != self.mark:
            raise InvalidRequest(NOT_OURS, "nextToken")
        age = self._now() - int(found["seconds"], 16)
        if age > LIFETIME.total_seconds():
            raise InvalidRequest(EXPIRED, "nextToken")
        return found["token"]

    def _now(self) -> int:
        return int(self.clock().timestamp())
