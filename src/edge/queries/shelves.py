"""Lists whose rows lie on several shelves, partitions of one index, read as one list.

Each shelf is in the order of creation. A place in the list is a time and an id, so a page is read
from a time on, on every shelf, and its token is the place of its last row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from application.ports import BadPageToken, RowPage, RowQueries
from edge.queries.filling import WIDEST
from kernel.query import Index

TIES = 10
"""Rows of one shelf with the same time, which a page does not part."""
TOKEN = re.compile(r"([0-9T:.Z-]{20,30})#(.*)")
PLACE = ("id", "createdAt")

Json = Mapping[str, Any]


class Place(NamedTuple):
    created: str
    id: str


@dataclass(frozen=True)
class Shelves:
    """The shelves of one list, for one caller."""

    queries: RowQueries
    token: str
    index: Index

    def page(self, variables: Json, *, fields: tuple[str, ...] = ()) -> RowPage:
        """Return the rows that fit among the next ones, with the token of the next page.

        Rows that cannot be read are named in the page where they have their place.
        """
        behind, backwards = behind_of(variables["nextToken"]), backwards_of(variables)
        pages = self._read(variables, behind, fields)
        entries, frontier = placed(pages), end_of(pages, backwards)
        following = sorted(
            (
                place
                for place in entries
                if (behind is None or before(behind, place, backwards))
                and (frontier is None or before(place.created, frontier, backwards))
            ),
            reverse=backwards,
        )
        limit = variables["limit"]
        shown = following[:limit]
        more = frontier is not None or len(following) > limit
        last = shown[-1] if shown else Place(frontier or "", "~" if backwards else "")
        rows = [row for place in shown if (row := entries[place]) is not None]
        return {
            "items": [row for row in rows if fits(row, variables.get("filter"))],
            "unreadable": [place.id for place in shown if entries[place] is None],
            "nextToken": "#".join(last) if more else None,
        }

    def _read(
        self, variables: Json, behind: Place | None, fields: tuple[str, ...]
    ) -> list["ShelfPage"]:
        asked = list(self._asked(variables, behind, whole=not fields))
        wanted = tuple(dict.fromkeys((*PLACE, *fields, *names(variables.get("filter")))))
        document = self.index.document
        found = self.queries.pages(self.token, document, asked, fields=wanted if fields else ())
        if any(page.get("unreadable") for page in found):
            places = self.queries.pages(self.token, document, asked, fields=PLACE)
        else:
            places = found
        return [ShelfPage(*both) for both in zip(found, places, strict=True)]

    def _asked(self, variables: Json, behind: Place | None, *, whole: bool) -> Iterator[Json]:
        """Yield what is asked of each shelf: whole rows, in all no more than one request has."""
        bound = "le" if backwards_of(variables) else "ge"
        since = {} if behind is None else {"createdAt": {bound: behind.created}}
        each = variables["limit"] // 2 + TIES
        for number in range(self.index.shelves):
            yield {
                self.index.key: f"{variables[self.index.key]}#{number}",
                "sortDirection": variables["sortDirection"],
                "limit": min(each, WIDEST // self.index.shelves) if whole else each,
                **since,
            }


class ShelfPage(NamedTuple):
    """A page of a shelf, and the places of all of its rows."""

    rows: RowPage
    places: RowPage


def placed(pages: Iterable[ShelfPage]) -> dict[Place, Json | None]:
    """Return every row by its place; `None` for one that cannot be read."""
    rows = {row["id"]: row for page in pages for row in page.rows["items"]}
    entries = (row for page in pages for row in page.places["items"])
    return {Place(row["createdAt"], row["id"]): rows.get(row["id"]) for row in entries}


def end_of(pages: Iterable[ShelfPage], backwards: bool) -> str | None:
    """Return the time before which every shelf was read; `None` if all were read to their ends."""
    last = [page.places["items"][-1]["createdAt"] for page in pages if goes_on(page.places)]
    return (max if backwards else min)(last, default=None)


def goes_on(page: RowPage) -> bool:
    return page.get("nextToken") is not None and bool(page["items"])


def before(one: Any, other: Any, backwards: bool) -> bool:  # noqa: ANN401 - two places, or two times
    return bool(one > other if backwards else one < other)


def backwards_of(variables: Json) -> bool:
    return bool(variables["sortDirection"] == "DESC")


def behind_of(token: str | None) -> Place | None:
    """Return the place that a page begins behind. Raises `BadPageToken`."""
    if token is None:
        return None
    found = TOKEN.fullmatch(token)
    if not found:
        raise BadPageToken(token)
    return Place(*found.groups())


def conditions(limits: Json | None) -> Sequence[Json]:
    return limits.get("and", [limits]) if limits else []


def names(limits: Json | None) -> Iterator[str]:
    for condition in conditions(limits):
        yield from condition


def fits(row: Json, limits: Json | None) -> bool:
    """Tell whether a row has the values of all conditions, which are `{field: {"eq": value}}`."""
    return all(
        row.get(name) == limit["eq"]
        for condition in conditions(limits)
        for name, limit in condition.items()
    )
