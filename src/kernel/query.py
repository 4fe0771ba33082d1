"""Queries: the rows that the query API shows, and their paths.

`name` is the operation's id in the OpenAPI document; `document` is a generated GraphQL document.
`hidden` is the status of rows that are treated as if they were not there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """A row by its id: `GET /orders/<id>`. It is the main row of aggregates of this type."""

    name: str
    path: str
    aggregate_type: str
    document: str
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A list through an index: a document, and the variable for the key of the index."""

    document: str
    key: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of the caller; for callers who may read all rows, the rows of one status.

    These are shown the first of `statuses` unless they ask for another.
    """

    name: str
    path: str
    own: Index
    every: Index
    statuses: tuple[str, ...]
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that belong to another: `GET /orders/<id>/lines`."""

    name: str
    path: str
    parent: Detail
    index: Index
    hidden: str | None = None


Query = Detail | Listing | Within
