"""Lists of rows: a caller's own or everybody's, by filters, by their ids, or within another row."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import Field, StringConstraints

from application.ports import BadPageToken, RowPage, RowUnreadable
from application.reading.pages import cut
from edge.caller import Caller, Forbidden
from edge.http.api import Parameter
from edge.http.problems import InvalidRequest
from edge.observability import logger
from edge.queries.cursors import NOT_OURS, Cursors
from edge.queries.days import DAYS, Days
from edge.queries.details import LONGEST_WAIT, MIN_VERSION, awaited, deadline_of, until
from edge.queries.filling import Expired, filled, token_after
from edge.queries.filters import all_of, conditions, filters_of, include_of, listed
from edge.queries.following import Following
from edge.queries.kept import CACHE_CONTROL
from edge.queries.parts import is_hidden, newest, shown, with_parts, within
from edge.queries.routes import (
    ID,
    IN_DIGITS,
    LIMIT,
    NEXT,
    Limit,
    Meta,
    Pagination,
    QueryPorts,
    RowListBody,
    json_response,
)
from edge.queries.shelves import Shelves
from edge.queries.totals import Counted, total
from kernel.contents import Contents
from kernel.operation import UUID_PATTERN
from kernel.query import Index, Listing, Within
from kernel.values import Expected

ROWS = 20
"""Rows of a page if the client does not say how many."""
MOST_IDS = 100
NEWEST_FIRST = "createdAt:desc"
NOT_YOURS = "You may list your own rows only: leave `userId` out."
ALONE = "`ids` can be combined with `include` and `nextToken` only."
EITHER = "Give either `page` or `nextToken`, not both."

Json = Mapping[str, Any]
Sort = Literal["createdAt:asc", "createdAt:desc"]
NextToken = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    Expected("the `nextToken` of an earlier answer, of 1 to 4096 characters"),
]
Page = Annotated[int, Field(ge=1, le=50), IN_DIGITS, Expected("a whole number from 1 to 50")]
User = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$"),
    Expected("the `userId` of a row, of 1 to 128 characters"),
]
_ID = UUID_PATTERN.strip("^$")
Ids = Annotated[
    str,
    StringConstraints(to_lower=True, pattern=f"^{_ID}(?:,{_ID}){{0,{MOST_IDS - 1}}}$"),
    Expected(f"1 to {MOST_IDS} ids of rows, separated by commas"),
]
NEXT_TOKEN: Parameter = (Annotated[NextToken | None, NEXT], None)
OF_ANOTHER: dict[str, Parameter] = {
    "id": ID,
    "min_version": MIN_VERSION,
    "limit": (Annotated[Limit, LIMIT], ROWS),
    "next_token": NEXT_TOKEN,
    "cache_control": CACHE_CONTROL,
}


def of_another(query: Within, contents: Contents) -> dict[str, Parameter]:
    """Return the parameters of a list; rows of another stream reach no version of the other row."""
    unknown = set() if contents.can_follow(query) else {"min_version"}
    known = {name: kind for name, kind in OF_ANOTHER.items() if name not in unknown}
    return {**known, **(DAYS if query.day else {})}


def optional(kind: Any, description: str, alias: str | None = None) -> Parameter:  # noqa: ANN401 - a type
    return (Annotated[kind | None, QueryParameter(alias=alias, description=description)], None)


def status_parameter(query: Listing, description: str) -> Parameter:
    status: Any = Literal.__getitem__(query.statuses)  # the statuses are known at run time only
    return optional(status, description)


def parameters(query: Listing, contents: Contents) -> dict[str, Parameter]:
    detail = contents.detail_of(query)
    parts = contents.parts_of(detail)
    return {
        "status": status_parameter(query, "Only rows of this status."),
        **({"filters": filters_of(query, contents.read_models)} if query.filters else {}),
        **({"user_id": optional(User, USER, "userId")} if query.own else {}),
        "sort": optional(Sort, f"The order of rows: `{NEWEST_FIRST}` if left out."),
        "page": optional(Page, "The page of this number; 1 is the first."),
        "limit": optional(Limit, f"How many entries a page has at most: {ROWS} if left out."),
        "next_token": NEXT_TOKEN,
        **({"ids": optional(Ids, IDS)} if detail else {}),
        **({"include": include_of(tuple(parts))} if parts else {}),
        "cache_control": CACHE_CONTROL,
    }


IDS = "The rows with these ids, in this order, as far as you may see them."
USER = "Only rows of this user: for those who may read everybody's."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A request for a list, as the client sent it."""

    status: str | None = None
    filters: str | None = None
    user_id: str | None = None
    sort: Sort | None = None
    page: int | None = None
    limit: int | None = None
    next_token: str | None = None
    ids: str | None = None
    include: str | None = None

    @property
    def by_filters(self) -> bool:
        given = (self.status, self.filters, self.user_id, self.sort, self.page, self.limit)
        return any(one is not None for one in given)


def list_rows(query: Listing, ports: QueryPorts, who: Caller, **given: Any) -> Response[Any]:  # noqa: ANN401 - validated
    """List the caller's own rows; the rows of one status for Admin and Developers.

    Where rows are nobody's own, everybody gets those of one status.
    """
    wanted = Wanted(**given)
    page = (numbered if wanted.ids is None else by_ids)(query, ports, who, wanted)
    detail, names = ports.contents.detail_of(query), listed(wanted.include)
    return list_of(page, with_parts(ports, who, detail, names, page.rows))


def numbered(query: Listing, ports: QueryPorts, who: Caller, wanted: Wanted) -> "Found":
    """Find the rows of a page, by its number or behind the page before."""
    if wanted.page is not None and wanted.next_token is not None:
        raise InvalidRequest(EITHER, "page")
    index, asked = chosen(query, who, wanted)
    number = None if wanted.next_token else wanted.page or 1
    limit, rows = wanted.limit or ROWS, List(ports, who, query.name, index, asked)
    page = rows.page(limit, wanted.next_token, number or 1)
    before = None if number is None else (number - 1) * limit
    counted = counted_by(query, who, wanted)
    count = counted and total(counted, ports.queries, who.token, page, before)
    token = page["nextToken"]
    return Found(page, Pagination(page=number, limit=limit, total=count, next_token=token))


def counted_by(query: Listing, who: Caller, wanted: Wanted) -> Counted | None:
    """Return what counts the rows of the list, if anything does."""
    if query.counts is None or wanted.filters is not None:
        return None
    if reads_all(who) and wanted.user_id is None:
        return Counted(query.counts, None, (wanted.status or query.statuses[0],))
    statuses = query.statuses if wanted.status is None else (wanted.status,)
    return Counted(query.counts, wanted.user_id or who.sub, statuses)


def chosen(query: Listing, who: Caller, wanted: Wanted) -> tuple[Index, dict[str, Any]]:
    """Return the index, and what decides which rows are listed, and in which order.

    Raises `Forbidden`.
    """
    order = {"sortDirection": (wanted.sort or NEWEST_FIRST).split(":")[1].upper()}
    given = list(conditions(wanted.filters))
    if wanted.user_id not in (None, who.sub) and not reads_all(who):
        raise Forbidden(NOT_YOURS)
    if query.own is None or (reads_all(who) and wanted.user_id is None):
        status = wanted.status or query.statuses[0]
        return query.every, {query.every.key: status, "filter": all_of(given), **order}
    key = {query.own.key: wanted.user_id or who.sub}
    return query.own, {**key, "filter": all_of([*of_status(query, wanted.status), *given]), **order}


def reads_all(who: Caller) -> bool:
    return who.is_admin or who.is_developer


def of_status(query: Listing, status: str | None) -> list[dict[str, Any]]:
    """Return the condition on the status of rows; without one, only what is hidden is left out."""
    return shown(query) if status is None else [{"status": {"eq": status}}]


def by_ids(query: Listing, ports: QueryPorts, who: Caller, wanted: Wanted) -> "Found":
    """Find rows by their ids: as many as one answer has room for."""
    if wanted.by_filters:
        raise InvalidRequest(ALONE, "ids")
    detail, ids = ports.contents.detail_of(query), listed(wanted.ids)
    cursors = Cursors.of(query.name, {"ids": ids}, who, ports.clock)
    begin = place(cursors.taken(wanted.next_token), len(ids))
    assert detail is not None  # otherwise the operation has no such parameter
    page = ports.queries.rows(who.token, detail.document, ids[begin:])
    visible = [row for row in page["items"] if not is_hidden(row, query.hidden)]
    rows, more = cut(visible, MOST_IDS)
    token = cursors.given(str(ids.index(visible[len(rows)]["id"]))) if more else None
    return Found(page | {"items": rows}, Pagination(limit=len(ids), next_token=token))


def place(token: str | None, count: int) -> int:
    """Return the number of ids before those that are wanted. Raises `InvalidRequest`."""
    if token is not None and not (token.isascii() and token.isdigit() and int(token) < count):
        raise InvalidRequest(NOT_OURS, "nextToken")
    return int(token or 0)


def list_within(
    query: Within,
    ports: QueryPorts,
    who: Caller,
    *,
    id: str,
    limit: int,
    next_token: str | None,
    min_version: int = 0,
    **days: str | None,
) -> Response[Any]:
    asked, deadline = within(query, id, Days(**days)), deadline_of(ports)
    wanted = 0
    with suppress(RowUnreadable):  # it is there: what belongs to it can be listed
        # Another's is answered 404, not an empty list.
        parent = awaited(query.parent, ports, who, id, min_version, deadline)
        wanted = min_version if parent["version"] >= min_version else 0
    following = Following.of(query, ports, id, wanted)
    page, follow = until(
        ports,
        lambda: List(ports, who, query.name, query.index, asked).page(limit, next_token),
        lambda page: following.is_shown(page, first=not next_token),
        deadline,
    )
    found = Found(page, Pagination(limit=limit, next_token=page["nextToken"]))
    return list_of(found, found.rows, wanted < min_version or not follow)


@dataclass(frozen=True)
class Found:
    """A page of rows as it was read, and where it stands."""

    page: RowPage
    pagination: Pagination

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.page["items"]
        return rows

    @property
    def unreadable(self) -> list[str]:
        return list(self.page.get("unreadable", ()))


@dataclass(frozen=True)
class List:
    """A list through an index, for one caller; `asked` decides on its rows and their order."""

    ports: QueryPorts
    who: Caller
    name: str
    index: Index
    asked: Json

    def page(self, limit: int, next_token: str | None, number: int = 1) -> RowPage:
        """Return the page of this number behind the token, with the client's form of the next.

        Raises `InvalidRequest`.
        """
        cursors = Cursors.of(self.name, self.asked, self.who, self.ports.clock)
        token, deadline = cursors.taken(next_token), self.ports.monotonic() + LONGEST_WAIT
        try:
            page = self._read(limit, token, number, lambda: self.ports.monotonic() > deadline)
        except BadPageToken:
            raise InvalidRequest(NOT_OURS, "nextToken") from None
        return page | {"nextToken": cursors.given(page["nextToken"])}

    def _read(self, limit: int, token: str | None, number: int, expired: Expired) -> RowPage:
        read = self._reader()
        if number > 1:
            ids_of = partial(read, fields=("id",))
            token = token_after((number - 1) * limit, ids_of, self.asked, expired)
            if token is None:
                return {"items": [], "nextToken": None}
        return filled(read, {**self.asked, "limit": limit, "nextToken": token}, expired)

    def _reader(self) -> Callable[..., RowPage]:
        queries, token = self.ports.queries, self.who.token
        if self.index.shelves:
            return Shelves(queries, token, self.index).page
        return partial(queries.page, token, self.index.document)


def list_of(found: "Found", rows: list[dict[str, Any]], stale: bool = False) -> Response[Any]:
    """Answer with the rows that were found, which may have parts by now."""
    if found.unreadable:
        logger.warning("rows not read", extra={"ids": found.unreadable})
    meta = Meta(
        last_updated=newest(rows),
        version=max((row["version"] for row in rows), default=0),
        stale=stale,
    )
    return json_response(
        RowListBody(data=rows, pagination=found.pagination, meta=meta, unreadable=found.unreadable)
    )
