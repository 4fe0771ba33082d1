"""Queries: the rows that the query API shows, and their paths.

`name` is the operation's id in the OpenAPI document; `document` is a generated GraphQL document.
`hidden` is the status of rows that are treated as if they were not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Detail:
    """A row by its id: `GET /orders/<id>`.

    The first one of an aggregate type is that of its main row, which every event moves on. Where
    this row is another of its group, `head` is that one, and `minVersion` is its version: whoever
    may not read it cannot wait.
    """

    name: str
    path: str
    aggregate_type: str
    document: str
    hidden: str | None = None
    head: "Detail | None" = None


@dataclass(frozen=True, slots=True)
class Index:
    """A list through an index: a document, and the variable for the key of the index.

    With `shelves`, the rows of a key lie in so many partitions of the index: those of `ACTIVE` in
    `ACTIVE#0`, `ACTIVE#1` and so on, each in the order of creation.
    """

    document: str
    key: str
    shelves: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Where it stands how many rows a list has: in a row for each owner, by the owner's id.

    `document` asks for the row of one owner, `every` lists those of all. `fields` pairs each status
    with the field that counts its rows.
    """

    document: str
    every: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of the caller; for callers who may read all rows, the rows of one status.

    These are shown the first of `statuses` unless they ask for another. So is everybody where rows
    are nobody's own: `own` is `None`. `filters` are fields of the rows by which clients may filter,
    `searched` texts in which they may search, the one that counts most first. With `counts`,
    answers say how many rows the list has.
    """

    name: str
    path: str
    own: Index | None
    every: Index
    statuses: tuple[str, ...]
    hidden: str | None = None
    filters: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    counts: Counts | None = None

    @property
    def search_path(self) -> str:
        return f"{self.path}/search"


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that belong to another: `GET /orders/<id>/lines`.

    Where there is a row for each day, `day` is the field that the index sorts them by; `from` and
    `to` bound it.
    """

    name: str
    path: str
    parent: Detail
    index: Index
    hidden: str | None = None
    newest_first: bool = False
    day: str | None = None

    @property
    def part(self) -> str:
        """Return the name of these rows as a part of the other: `lines`."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Inner:
    """A row within another, by an id within it: `GET /orders/<id>/lines/<lineId>`.

    The id of the row is made of the aggregate's id and that one, by `kernel.messages.inner_id`. The
    parent is the head of the row's group: `minVersion` is that of the parent. `noun` is for texts.
    Rows that are `numbered` have a number there, from 1 on.
    """

    name: str
    path: str
    parent: Detail
    document: str
    noun: str
    numbered: bool = False

    @property
    def part(self) -> str:
        """Return the name of the id within the parent, as the path has it."""
        return self.path.rpartition("<")[2].rstrip(">")


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be downloaded: its address in the archives, and the name to save it under."""

    url: str
    name: str
    bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """The file of a row: `GET /orders/<id>/invoice` answers with a link that expires.

    Whoever may read the row may download it. `file` finds it in the row, and returns `None` if
    there is none, or none that is the row's own: whoever may write an address into a row must not
    get another's file by it. `noun` is for texts.
    """

    name: str
    path: str
    parent: Detail
    noun: str
    file: Callable[[Mapping[str, Any]], File | None]


Query = Detail | Listing | Within | Inner | Download
