"""Queries: which rows the query API shows, and under which paths.

`name` is the operation's id in the OpenAPI document; `document` is a generated GraphQL document.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Detail:
    """One row by its id: `GET /projects/<id>`. It is the main row of aggregates of this type."""

    name: str
    path: str
    aggregate_type: str
    document: str


@dataclass(frozen=True, slots=True)
class Index:
    """A list through an index: a document, and the variable that holds the index's key."""

    document: str
    key: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of the caller, or for those who may read all the rows of one status.

    The first of `statuses` is the one that is shown unless another is asked for.
    """

    name: str
    path: str
    own: Index
    every: Index
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that lie within another: `GET /projects/<id>/services`."""

    name: str
    path: str
    parent: Detail
    index: Index


Query = Detail | Listing | Within
