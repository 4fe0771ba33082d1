"""Parts: rows that are shown with the row to which they belong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from application.ports import RowPage
from application.reading.pages import MAX_PAGE_BYTES, size
from edge.caller import Caller
from edge.queries.cursors import Cursors
from edge.queries.days import EVER, Days
from edge.queries.filters import all_of
from edge.queries.routes import QueryPorts
from kernel.digest import digest
from kernel.query import Detail, Listing, Within

PART_LIMIT = 20
"""Rows of each part; the list of the part goes on with its `nextToken`."""
Json = Mapping[str, Any]


def within(query: Within, id: str, days: Days = EVER) -> dict[str, Any]:
    """Return what decides which rows of a part are listed, and in which order."""
    direction = {"sortDirection": "DESC"} if query.newest_first else {}
    bounds = days.condition
    bounded = {query.day: bounds} if query.day and bounds else {}
    return {query.index.key: id, "filter": all_of(shown(query)), **bounded, **direction}


def shown(query: Listing | Within) -> list[dict[str, Any]]:
    """Return the condition that leaves out what is hidden, if anything is."""
    return [] if query.hidden is None else [{"status": {"ne": query.hidden}}]


def is_hidden(row: Json, hidden: str | None) -> bool:
    return hidden is not None and row["status"] == hidden


def with_parts(
    ports: QueryPorts,
    who: Caller,
    detail: Detail | None,
    names: Sequence[str],
    rows: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the rows with the first page of each part; `null` where the answer has no room."""
    parts, whole = ports.contents.parts_of(detail), [dict(row) for row in rows]
    if not names:
        return whole
    room = MAX_PAGE_BYTES - size(whole)
    for name in names:
        for row, part in zip(whole, parts_in(ports, who, parts[name], whole), strict=True):
            room -= size(part)
            row[name] = part if room >= 0 else None
    return whole


def parts_in(ports: QueryPorts, who: Caller, query: Within, rows: Sequence[Json]) -> list["Part"]:
    asked = [within(query, row["id"]) for row in rows]
    pages = ports.queries.pages(
        who.token, query.index.document, [{**one, "limit": PART_LIMIT} for one in asked]
    )
    cursors = [Cursors.of(query.name, one, who, ports.clock) for one in asked]
    return [part(page, cursor) for page, cursor in zip(pages, cursors, strict=True)]


def part(page: RowPage, cursors: Cursors) -> "Part":
    unreadable = page.get("unreadable")
    return Part(
        items=page["items"],
        nextToken=cursors.given(page.get("nextToken")),
        **({"unreadable": unreadable} if unreadable else {}),
    )


def newest(rows: Iterable[Json]) -> str | None:
    """Return when the newest of the rows and their parts was updated."""
    return max((moment for row in rows for moment in moments(row)), default=None)


def digest_of_parts(row: Json) -> str:
    """Return a digest of what is shown with the row; it is empty when nothing is."""
    return digest({name: part for name, part in row.items() if isinstance(part, Part)})


def moments(row: Json) -> Iterator[str]:
    yield row["updatedAt"]
    for part in row.values():
        if isinstance(part, Part):
            yield from (inner["updatedAt"] for inner in part["items"])


class Part(dict[str, Any]):
    """A page of rows within another row."""
