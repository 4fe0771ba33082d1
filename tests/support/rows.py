"""A GraphQL session that answers every query of a domain with one row."""

from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse

from kernel.contents import Contents
from kernel.query import Detail, Inner, Listing, Within
from tests.support.graphql_session import Session

ROW: dict[str, Any] = {
    "id": "0198f2a0-0000-7000-8000-000000000001",
    "status": "ACTIVE",
    "version": 3,
    "projectionVersion": 1,
    "createdAt": "2026-01-02T11:00:00.000Z",
    "updatedAt": "2026-01-02T12:00:00.000Z",
}


def rows_of(contents: Contents, **fields: object) -> Session:
    """Return a session in which every list has one page with one row, and a token for more.

    Only the counts of all owners are whole: one row, and no more.
    """
    row = ROW | fields
    page = {"items": [row], "nextToken": "more"}
    answers = {name: row if alone else page for name, alone in queried(contents)}
    return Session(answers | dict(counted(contents)))


def counted(contents: Contents) -> Iterator[tuple[str, Any]]:
    """Yield the fields that the counts of lists ask for, each with its answer."""
    for query in contents.queries:
        if isinstance(query, Listing) and (counts := query.counts):
            row = {"id": ROW["id"], **dict.fromkeys((name for _, name in counts.fields), 1)}
            yield field_of(counts.document), row
            yield field_of(counts.every), {"items": [row], "nextToken": None}


def queried(contents: Contents) -> Iterator[tuple[str, bool]]:
    """Yield the field that each query asks for, and whether that is a row alone."""
    for query in contents.queries:
        match query:
            case Detail(document=document) | Inner(document=document):
                yield field_of(document), True
            case Listing(own=own, every=every):
                yield from ((field_of(index.document), False) for index in (own, every) if index)
            case Within(index=index):
                yield field_of(index.document), False


def field_of(document: str) -> str:
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return field.name.value
