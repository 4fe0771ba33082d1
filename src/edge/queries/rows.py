"""Rows of the read models: lists, single rows, and the rows within another."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import Field, StringConstraints

from application.ports import BadPageToken, RowPage, RowUnreadable
from application.reading.pages import MAX_PAGE_BYTES, size
from edge.caller import Caller, Forbidden
from edge.http.api import REQUIRED, Parameter
from edge.http.entity_tags import precondition, row_tag
from edge.http.headers import IfNoneMatch, RowIfMatch
from edge.http.problems import InvalidRequest
from edge.http.refusals import AnotherRow
from edge.observability import logger
from edge.queries.routes import (
    ID,
    IN_DIGITS,
    LIMIT,
    NEXT,
    Limit,
    Meta,
    Number,
    OneBody,
    Pagination,
    QueryPorts,
    Route,
    RowListBody,
    json_response,
)
from kernel.contents import Contents
from kernel.errors import AggregateNotFound
from kernel.messages import Message, inner_id
from kernel.operation import PlainId
from kernel.query import Detail, Inner, Listing, Query, Within
from kernel.values import Expected

LISTING = """List your own rows, page by page.

Admin and Developers get everybody's rows of one status instead: of `{status}` unless `status` says
otherwise. Rows follow the commands shortly after; what is deleted is not listed.
"""
EVERYBODYS = """List the rows of one status, page by page: of `{status}`, or the one in `status`.

Rows follow the commands shortly after. Those who may read none of them get 403.
"""
DETAIL = """Get one row.

The row follows the commands shortly after: with `minVersion`, the answer waits for a version that a
command was answered with, and `meta.stale` says when the row did not reach it in time. What is
deleted, or belongs to somebody else, is answered with 404.
"""
HEADED = """Get one row.

Not every event changes the row. With `minVersion`, the answer waits until the row of `{head}`
has reached a version that a command was answered with: then this row has, too. `meta.stale` says
when it did not in time. Those who may not read the other row get 403 when they wait. What is not
there is answered with 404.
"""
INNER = """Get one row that belongs to another.

The rows follow the commands shortly after: with `minVersion`, the answer waits until the other row
has reached a version that a command was answered with, and `meta.stale` says when it did not in
time. When the other row does not exist, or belongs to somebody else, the answer is 404.
"""
WITHIN = """List the rows that belong to another, page by page.

Rows follow the commands shortly after; what is deleted is not listed. When the other row does not
exist, or belongs to somebody else, the answer is 404.
"""
NEWEST_FIRST = "\nThe newest come first.\n"
MOST_READS = 20  # for one page
WIDEST = 400  # rows of one read
LONGEST_WAIT = 2.0  # seconds to fill a page, and for `minVersion`, the calls themselves included
POLL = 0.1

Json = Mapping[str, Any]
Read = Callable[[Json], RowPage]
Sort = Literal["createdAt:asc", "createdAt:desc"]
NextToken = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    Expected("the `nextToken` of an earlier answer, of 1 to 4096 characters"),
]
MinVersion = Annotated[
    int, Field(ge=0, le=10**9), IN_DIGITS, Expected("a whole number from 0 to 1000000000")
]
PAGE: dict[str, Parameter] = {
    "limit": (Annotated[Limit, LIMIT], 20),
    "next_token": (Annotated[NextToken | None, NEXT], None),
}
GET: dict[str, Parameter] = {
    "id": ID,
    "min_version": (
        Annotated[
            MinVersion,
            QueryParameter(
                alias="minVersion",
                description="Wait for the row to reach this version, for 2 seconds at most.",
            ),
        ],
        0,
    ),
    "if_match": (RowIfMatch, None),
    "if_none_match": (IfNoneMatch, None),
}


def routes(contents: Contents) -> Iterator[Route]:
    for query in contents.queries:
        match query:
            case Listing():
                text = EVERYBODYS if query.own is None else LISTING
                text = text.format(status=query.statuses[0])
                yield route(query, list_rows, RowListBody, listing(query), text)
            case Detail(head=head):
                text = DETAIL if head is None else HEADED.format(head=as_shown(head.path))
                yield route(query, get_row, OneBody, GET, text)
            case Within():
                text = WITHIN + NEWEST_FIRST if query.newest_first else WITHIN
                yield route(query, list_within, RowListBody, {"id": ID, **PAGE}, text)
            case Inner():
                yield route(query, get_inner, OneBody, {query.part: inner(query), **GET}, INNER)


def route(
    query: Query,
    endpoint: Callable[..., Response[Any]],
    body: type[Message],
    parameters: dict[str, Parameter],
    description: str,
) -> Route:
    summary = query.name.replace("_", " ").capitalize()
    answered = partial(endpoint, query)
    return Route(query.path, answered, body, parameters, summary, description, query.name)


def listing(query: Listing) -> dict[str, Parameter]:
    status: Any = Literal.__getitem__(query.statuses)  # the statuses are known at run time only
    return {
        "status": (
            Annotated[status | None, QueryParameter(description="Only rows of this status.")],
            None,
        ),
        "sort": (
            Annotated[Sort, QueryParameter(description="The order of rows.")],
            "createdAt:desc",
        ),
        **PAGE,
    }


def list_rows(
    query: Listing,
    ports: QueryPorts,
    who: Caller,
    *,
    status: str | None,
    sort: Sort,
    limit: int,
    next_token: str | None,
) -> Response[Any]:
    """List the caller's own rows; the rows of one status for Admin and Developers.

    Where rows are nobody's own, everybody gets those of one status.
    """
    page = {"sortDirection": sort.split(":")[1].upper(), "limit": limit, "nextToken": next_token}
    if query.own is None or who.is_admin or who.is_developer:
        index, key, wanted = query.every, status or query.statuses[0], None
    else:
        index, key = query.own, who.sub
        wanted = shown(query) if status is None else {"status": {"eq": status}}
    variables = {index.key: key, "filter": wanted, **page}
    return page_of(ports, who, index.document, variables)


def get_row(
    query: Detail,
    ports: QueryPorts,
    who: Caller,
    *,
    id: str,
    min_version: int,
    if_match: str | None,
    if_none_match: str | None,
) -> Response[Any]:
    head = awaited_head(query, ports, who, id, min_version)
    row = awaited(query, ports, who, id, 0 if query.head else min_version)
    return one(row, (head or row)["version"] < min_version, if_match, if_none_match)


def awaited_head(
    query: Detail, ports: QueryPorts, who: Caller, id: str, min_version: int
) -> dict[str, Any] | None:
    """Return the row whose version counts for another one, if somebody waits for that.

    Raises `Forbidden` where only the other row is the caller's to read: the head is always written
    first, so it is there.
    """
    if query.head is None or min_version == 0:
        return None
    head, row = (ports.queries.row(who.token, q.document, id) for q in (query.head, query))
    if head is None and row is not None:
        raise Forbidden(NOT_YOURS.format(head=as_shown(query.head.path)))
    return awaited(query.head, ports, who, id, min_version)


def as_shown(path: str) -> str:
    """Return the path as the documents of the API have it."""
    return path.replace("<", "{").replace(">", "}")


NOT_YOURS = "`minVersion` waits for `{head}`, which you are not allowed to read. Leave it out."


def inner(query: Inner) -> Parameter:
    if query.numbered:
        return (Annotated[Number, Path(description=f"The number of the {query.noun}.")], REQUIRED)
    return (Annotated[PlainId, Path(description=f"The id of the {query.noun}.")], REQUIRED)


def get_inner(
    query: Inner,
    ports: QueryPorts,
    who: Caller,
    *,
    id: str,
    min_version: int,
    if_match: str | None,
    if_none_match: str | None,
    **ids: str | int,
) -> Response[Any]:
    parent = awaited(query.parent, ports, who, id, min_version)
    aggregate = ports.contents.aggregate[query.parent.aggregate_type].id(id)
    row = ports.queries.row(who.token, query.document, inner_id(aggregate, str(ids[query.part])))
    if row is None:
        raise AggregateNotFound(aggregate=f"The {query.noun}")
    return one(row, parent["version"] < min_version, if_match, if_none_match)


def one(
    row: dict[str, Any], stale: bool, if_match: str | None, if_none_match: str | None
) -> Response[Any]:
    tag = row_tag(row["version"], row["projectionVersion"])
    if if_match and not precondition(if_match).matches_strongly(tag):
        raise AnotherRow(f"The `ETag` of the row is {tag}.")
    etag = str(tag)
    # One that is stale says so in its body, which the client does not have.
    if if_none_match and not stale and precondition(if_none_match).matches_weakly(tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, body="", headers={"ETag": etag})
    meta = Meta(
        last_updated=row["updatedAt"],
        version=row["version"],
        stale=stale,
    )
    return json_response(OneBody(data=row, meta=meta), {"ETag": etag})


def awaited(
    query: Detail, ports: QueryPorts, who: Caller, id: str, min_version: int
) -> dict[str, Any]:
    """Return the row once it has reached `min_version`, or as it is after the longest wait.

    Raises `AggregateNotFound`.
    """
    deadline = ports.monotonic() + LONGEST_WAIT
    row = ports.queries.row(who.token, query.document, id)
    while not reached(row, min_version) and ports.monotonic() + POLL < deadline:
        ports.sleep(POLL)
        row = ports.queries.row(who.token, query.document, id)
    if row is None or (query.hidden is not None and row["status"] == query.hidden):
        raise ports.contents.aggregate[query.aggregate_type].not_found()
    return row


def reached(row: dict[str, Any] | None, min_version: int) -> bool:
    return min_version == 0 or (row is not None and row["version"] >= min_version)


def list_within(
    query: Within, ports: QueryPorts, who: Caller, *, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    with suppress(RowUnreadable):  # it is there: what belongs to it can be listed
        awaited(query.parent, ports, who, id, 0)  # another's is answered 404, not an empty list
    page = {query.index.key: id, "filter": shown(query), "limit": limit, "nextToken": next_token}
    direction = {"sortDirection": "DESC"} if query.newest_first else {}
    return page_of(ports, who, query.index.document, page | direction)


def shown(query: Listing | Within) -> dict[str, Any] | None:
    """Return the filter that leaves out what is hidden."""
    return None if query.hidden is None else {"status": {"ne": query.hidden}}


def page_of(ports: QueryPorts, who: Caller, document: str, variables: Json) -> Response[Any]:
    try:
        deadline = ports.monotonic() + LONGEST_WAIT
        read = partial(ports.queries.page, who.token, document)
        page = filled(read, variables, lambda: ports.monotonic() > deadline)
    except BadPageToken:
        raise InvalidRequest(
            "`nextToken` must come from an earlier answer of this list.", "nextToken"
        ) from None
    rows, unreadable = page["items"], page.get("unreadable", [])
    if unreadable:
        logger.warning("rows not read", extra={"ids": unreadable})
    meta = Meta(
        last_updated=max((row["updatedAt"] for row in rows), default=None),
        version=max((row["version"] for row in rows), default=0),
    )
    pagination = Pagination(limit=variables["limit"], next_token=page.get("nextToken"))
    body = RowListBody(data=rows, pagination=pagination, meta=meta, unreadable=unreadable)
    return json_response(body)


def filled(read: Read, variables: Json, expired: Callable[[], bool]) -> RowPage:
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
        if not self.rows and self.width == 1:
            return False
        too_many = len(self.rows) + len(page["items"]) > self.limit
        return too_many or self.octets + octets > MAX_PAGE_BYTES

    def _add(self, page: RowPage, octets: int) -> None:
        self.rows += page["items"]
        self.unreadable += page.get("unreadable", [])
        self.octets += octets
        self.token = page.get("nextToken")
        self.ended = self.token is None or len(self.rows) == self.limit
        if self.too_wide is not None:
            self.too_wide = max(1, self.too_wide - self.width)
