"""How many rows a list has in all, from the counts of each owner. Rather not told than wrong."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from application.ports import NotAllowed, RowPage, RowQueries, RowUnreadable, Unavailable
from kernel.query import Counts

MOST_OWNERS = 1000
"""The counts of so many owners are added up: as many rows as AppSync gives in one page."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of a list: those of one owner, or of all, with one of these statuses."""

    counts: Counts
    whose: str | None
    statuses: tuple[str, ...]

    def rows(self, queries: RowQueries, token: str) -> int | None:
        """Return how many rows are counted by now, if that can be told."""
        with suppress(NotAllowed, RowUnreadable, Unavailable):
            if self.whose is not None:
                row = queries.row(token, self.counts.document, self.whose)
                return self._sum([] if row is None else [row])
            return self._of_all(queries, token)
        return None

    def _of_all(self, queries: RowQueries, token: str) -> int | None:
        asked, fields = {"limit": MOST_OWNERS}, ("id", *self._fields())
        page = queries.page(token, self.counts.every, asked, fields=fields)
        whole = page["nextToken"] is None and not page.get("unreadable")
        return self._sum(page["items"]) if whole else None

    def _fields(self) -> tuple[str, ...]:
        return tuple(name for status, name in self.counts.fields if status in self.statuses)

    def _sum(self, rows: Iterable[Mapping[str, Any]]) -> int:
        return sum(row[name] for row in rows for name in self._fields())


def total(
    counted: Counted, queries: RowQueries, token: str, page: RowPage, before: int | None
) -> int | None:
    """Return the rows of the list of which this page is a part, behind so many.

    The last page tells it by itself. Counts that say less than was seen are behind the rows. A
    token says nothing: behind a page that ends with the list, DynamoDB gives one, too.
    """
    seen = len(page["items"]) + len(page.get("unreadable", ()))
    if page["nextToken"] is None and before is not None and (seen or not before):
        return before + seen
    found = counted.rows(queries, token)
    return found if found is not None and found >= (before or 0) + seen else None
