"""Search in the rows of one user, by words of their texts; or in everybody's, by an index of words.

All rows of the user are read through their index, with the few fields that are searched, and
compared here: no row carries a folded text, and no write pays for it. The rows that are shown are
then read whole, with the caller's own token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import AfterValidator, StringConstraints

from application.ports import BadPageToken, RowPage, Unavailable
from application.reading.search_text import rank, words
from edge.caller import Caller, Forbidden
from edge.http.api import REQUIRED, Parameter
from edge.http.problems import InvalidRequest
from edge.queries import everybody
from edge.queries.cursors import NOT_OURS, Cursors
from edge.queries.details import LONGEST_WAIT
from edge.queries.filling import MOST_IDS
from edge.queries.filters import all_of, conditions
from edge.queries.kept import CACHE_CONTROL
from edge.queries.lists import (
    NEXT_TOKEN,
    NOT_YOURS,
    ROWS,
    Found,
    List,
    list_of,
    of_status,
    parameters,
    place,
    reads_all,
    status_parameter,
)
from edge.queries.parts import is_hidden
from edge.queries.routes import LIMIT, Limit, Pagination, QueryPorts
from kernel.contents import Contents
from kernel.query import Listing
from kernel.values import Expected

MOST_FOUND = 1000
"""Hits that are ranked and paged; of more, the best are shown."""
MOST_WORDS = 10


def searchable(text: str) -> str:
    """Return the text if it can be searched for. Raises `ValueError`."""
    if not 0 < len(words(text)) <= MOST_WORDS:
        raise ValueError("has no words, or too many")
    return text


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(searchable),
    Expected(f"text of at most 200 characters, with 1 to {MOST_WORDS} words of letters or digits"),
]
WORDS = "Words, or their beginnings, which must all be there. Case and accents do not count."
SWITCHED_OFF = (
    "Everybody's rows cannot be searched here: `EverybodySearch` is off. Name a user in `userId`."
)


def search_parameters(query: Listing, contents: Contents) -> dict[str, Parameter]:
    shared = parameters(query, contents)
    return {
        "q": (Annotated[Words, QueryParameter(description=WORDS)], REQUIRED),
        "status": status_parameter(
            query, f"Only rows of this status: {query.statuses[0]} if left out."
        ),
        **{name: shared[name] for name in ("filters", "user_id") if name in shared},
        "limit": (Annotated[Limit, LIMIT], ROWS),
        "next_token": NEXT_TOKEN,
        "cache_control": CACHE_CONTROL,
    }


@dataclass(frozen=True, kw_only=True)
class Question:
    """A search, as the client sent it."""

    q: str
    status: str | None = None
    filters: str | None = None
    user_id: str | None = None
    limit: int
    next_token: str | None


def search(query: Listing, ports: QueryPorts, who: Caller, **given: Any) -> Response[Any]:  # noqa: ANN401 - validated
    """Find rows of the caller; for those who may read all rows, of everybody, or of a user."""
    asked = Question(**given)
    if asked.user_id not in (None, who.sub) and not reads_all(who):
        raise Forbidden(NOT_YOURS)
    of_everybody = query.own is None or (reads_all(who) and asked.user_id is None)
    page = (in_everybodys if of_everybody else in_users)(query, ports, who, asked)
    rows = [row for row in page["items"] if not is_hidden(row, query.hidden)]
    pagination = Pagination(limit=asked.limit, next_token=page["nextToken"])
    return list_of(Found(page | {"items": rows}, pagination), rows)


def in_users(query: Listing, ports: QueryPorts, who: Caller, asked: Question) -> RowPage:
    assert query.own is not None  # otherwise nobody has rows of their own
    limits = limits_of(query, asked)
    of_user = {query.own.key: asked.user_id or who.sub, "filter": limits, "sortDirection": "DESC"}
    wanted = words(asked.q)
    cursors = Cursors.of(f"search {query.name}", {"q": wanted, **of_user}, who, ports.clock)
    begin = place(cursors.taken(asked.next_token), MOST_FOUND)
    ids = hits(query, List(ports, who, query.name, query.own, of_user), wanted)
    shown = ids[begin : begin + asked.limit]
    page = ports.queries.rows(who.token, document_of(query, ports), shown)
    end = begin + asked.limit
    return page | {"nextToken": cursors.given(str(end)) if end < len(ids) else None}


def in_everybodys(query: Listing, ports: QueryPorts, who: Caller, asked: Question) -> RowPage:
    """Search by the index of words. Raises `InvalidRequest` if there is none."""
    if ports.words is None:
        raise InvalidRequest(SWITCHED_OFF, "userId")
    document, deadline = document_of(query, ports), ports.monotonic() + LONGEST_WAIT
    question = everybody.Question(
        model=ports.contents.read_models.models[query.every.document],
        status=status_of(query, asked),
        words=words(asked.q),
        searched=query.searched,
        limits=limits_of(query, asked),
    )
    decides = {"q": question.words, "filter": question.limits}
    cursors = Cursors.of(f"search every {query.name}", decides, who, ports.clock)
    search = everybody.Search(
        ports.words,
        question,
        read=lambda ids: ports.queries.rows(who.token, document, ids),
        expired=lambda: ports.monotonic() > deadline,
    )
    try:
        page = search.page(asked.limit, cursors.taken(asked.next_token))
    except BadPageToken:
        raise InvalidRequest(NOT_OURS, "nextToken") from None
    return page | {"nextToken": cursors.given(page["nextToken"])}


def status_of(query: Listing, asked: Question) -> str:
    return asked.status or query.statuses[0]


def limits_of(query: Listing, asked: Question) -> Mapping[str, Any] | None:
    return all_of([*of_status(query, status_of(query, asked)), *conditions(asked.filters)])


def document_of(query: Listing, ports: QueryPorts) -> str:
    detail = ports.contents.detail_of(query)
    assert detail is not None  # otherwise there is no such route
    return detail.document


def hits(query: Listing, rows: List, wanted: list[str]) -> list[str]:
    """Return the ids of the rows that match, the best first, and of equal ones the newest.

    Raises `Unavailable` if the rows cannot all be looked at in time.
    """
    deadline, token = rows.ports.monotonic() + LONGEST_WAIT, None
    found: list[tuple[tuple[int, ...], int, str]] = []
    read = partial(rows.ports.queries.page, rows.who.token, rows.index.document)
    while True:
        given = {**rows.asked, "limit": MOST_IDS, "nextToken": token}
        page = read(given, fields=("id", *query.searched))
        for row in page["items"]:
            place = rank(wanted, [row.get(name) for name in query.searched])
            if place is not None:
                found.append((place, len(found), row["id"]))
        token = page.get("nextToken")
        if token is None:
            return [id for _, _, id in sorted(found)[:MOST_FOUND]]
        if rows.ports.monotonic() > deadline:
            raise Unavailable("too many rows to search in time")
