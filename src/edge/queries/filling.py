"""Pages of rows: filled although AppSync filters after it has read, and reached by number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from application.ports import RowPage
from application.reading.pages import MAX_PAGE_BYTES, size
from edge.http.refusals import InvalidRequest

MOST_READS = 20  # for one page
WIDEST = 140
"""Rows of one request: AppSync runs 150 resolvers at most, and the owner of each row is one."""
MOST_IDS = 1000  # ids of one read: AppSync returns no more items of a list

TOO_FAR = "This page lies too far behind the first one. Follow `nextToken` from page to page."

Json = Mapping[str, Any]
Read = Callable[[Json], RowPage]
Expired = Callable[[], bool]


def filled(read: Read, variables: Json, expired: Expired) -> RowPage:
    """Return a full page, as far as a few reads yield one, with few enough bytes for an answer.

    AppSync filters a page after it was read, so each read is wider than the last. A token leads
    from the end of a page only: one that holds too much cannot be cut, and its first half is read
    instead.
    """
    filling = Filling(variables["limit"], variables["nextToken"], width=variables["limit"])
    for _ in range(MOST_READS):
        page = read({**variables, "limit": filling.width, "nextToken": filling.token})
        filling.take(page)
        if filling.ended or expired():
            break
    return {"items": filling.rows, "nextToken": filling.token, "unreadable": filling.unreadable}


@dataclass
class Filling:
    """A page that is being filled; `width` rows are to be read next, from `token` on.

    Within the next `too_wide` rows there are known to be more than the page has room for.
    """

    limit: int
    token: str | None
    width: int
    too_wide: int | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    octets: int = 0
    ended: bool = False

    @property
    def entries(self) -> int:
        return len(self.rows) + len(self.unreadable)

    def take(self, page: RowPage) -> None:
        """Take a page that was read, or have a part of it read if it holds too much."""
        octets = size(page["items"])
        if self._holds_too_much(page, octets):
            self.too_wide, self.ended = self.width, self.width == 1
        else:
            self._add(page, octets)
        narrow = None if self.too_wide is None else max(1, self.too_wide // 2)
        self.width = narrow or min(WIDEST, 4 * self.width)

    def _holds_too_much(self, page: RowPage, octets: int) -> bool:
        """A row that is too large for any page would hold up all others; it is taken alone."""
        if self.entries == 0 and self.width == 1:
            return False
        too_many = self.entries + entries(page) > self.limit
        return too_many or self.octets + octets > MAX_PAGE_BYTES

    def _add(self, page: RowPage, octets: int) -> None:
        self.rows += page["items"]
        self.unreadable += page.get("unreadable", [])
        self.octets += octets
        self.token = page.get("nextToken")
        self.ended = self.token is None or self.entries >= self.limit
        if self.too_wide is not None:
            self.too_wide = max(1, self.too_wide - self.width)


def entries(page: RowPage) -> int:
    """Count what the page has: a row that cannot be shown is on it, too."""
    return len(page["items"]) + len(page.get("unreadable", []))


def token_after(count: int, read: Read, variables: Json, expired: Expired) -> str | None:
    """Return the token behind the first rows of a list; `None` if it has no more.

    `read` returns ids alone. A read that found too many is repeated with half its width, since a
    token leads from its end only; others are as wide as it takes to find the rest at one go, if
    filters leave as much as they did before. Raises `InvalidRequest`.
    """
    token, width = None, min(MOST_IDS, count)
    for _ in range(MOST_READS):
        page = read({**variables, "limit": width, "nextToken": token})
        found = len(page["items"])
        if found > count:
            width = max(1, width // 2)
            continue
        count, token = count - found, page.get("nextToken")
        if count == 0 or token is None:
            return token
        if expired():
            break
        width = min(MOST_IDS, ceil(count * width / found) if found else 4 * width)
    raise InvalidRequest(TOO_FAR, "page")
