"""Rows of the read models: the routes of lists, of single rows, and of the rows within another."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response

from edge.caller import Caller
from edge.http.api import Parameter
from edge.queries.details import GET, conditional, detail, get_inner, get_row, inner
from edge.queries.kept import key_of
from edge.queries.lists import list_rows, list_within, of_another, parameters
from edge.queries.routes import Endpoint, OneBody, QueryPorts, Route, RowListBody, body_of
from edge.queries.search import search, search_parameters
from kernel.contents import Contents
from kernel.messages import Message
from kernel.operation import as_shown
from kernel.query import Detail, Inner, Listing, Query, Within

LISTING = """List your own rows, page by page.

Admin and Developers get everybody's rows of one status instead: of `{status}` unless `status` says
otherwise. Rows follow the commands shortly after; what is deleted is not listed.
"""
EVERYBODYS = """List the rows of one status, page by page: of `{status}`, or the one in `status`.

Rows follow the commands shortly after. Those who may read none of them get 403.
"""
DETAIL = """Get one row.

The row follows the commands shortly after: with `minVersion`, the answer waits for a version that a
command was answered with, and `meta.stale` says when the row, or what `include` shows with it, did
not reach it in time. What is deleted, or belongs to somebody else, is answered with 404.
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
WAITS = """
With `minVersion`, the answer waits until these rows and the other one have reached a version that a
command was answered with. `meta.stale` says when they did not in time.
"""
SEARCH = """Find your own rows by words in {fields}; Admin and Developers find everybody's.

All words must be there, each whole or by its beginning. The best come first: whole words before
beginnings, the first of the fields before others, then the newest. Rows follow the commands shortly
after. 503 when there are too many rows to look at.

Of everybody's rows, those of a page are ranked by all words, pages by the longest word alone, and
rows that have its beginnings in the order of the alphabet. A page may be shorter than `limit` and
have a `nextToken`. With `userId`, the rows of that user are searched.
"""
NEWEST_FIRST = "\nThe newest come first.\n"


def routes(contents: Contents) -> Iterator[Route]:
    for query in contents.queries:
        match query:
            case Listing():
                text = EVERYBODYS if query.own is None else LISTING
                text = text.format(status=query.statuses[0])
                yield route(query, list_rows, RowListBody, parameters(query, contents), text)
                if query.searched:
                    yield searching(query, contents)
            case Detail(head=head):
                text = DETAIL if head is None else HEADED.format(head=as_shown(head.path))
                yield route(query, get_row, OneBody, detail(query, contents), text)
            case Within():
                text = WITHIN + (WAITS if contents.can_follow(query) else "")
                text += NEWEST_FIRST if query.newest_first else ""
                yield route(query, list_within, RowListBody, of_another(query, contents), text)
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
    answered = partial(answer, query, endpoint)
    return Route(query.path, answered, body, parameters, summary, description, query.name)


def searching(query: Listing, contents: Contents) -> Route:
    name = query.name.replace("list_", "search_", 1)
    text = SEARCH.format(fields=" and ".join(f"`{field}`" for field in query.searched))
    given = search_parameters(query, contents)
    named = route(query, search, RowListBody, given, text)
    summary = name.replace("_", " ").capitalize()
    return replace(named, path=query.search_path, name=name, summary=summary)


def answer(
    query: Query,
    endpoint: Endpoint,
    ports: QueryPorts,
    who: Caller,
    *,
    cache_control: str | None,
    if_match: str | None = None,
    if_none_match: str | None = None,
    **given: Any,  # noqa: ANN401 - validated
) -> Response[Any]:
    """Answer as the endpoint does, or as it did a moment ago, where that will do."""
    min_version = given.get("min_version", 0)
    key = key_of(query.name, who, {n: v for n, v in given.items() if n != "min_version"})
    kept = ports.kept.find(key, min_version, cache_control)
    if kept:
        return conditional(kept.answer(), if_match, if_none_match)
    made = endpoint(query, ports, who, **given)
    body = body_of(made)
    if not body["meta"]["stale"]:
        ports.kept.keep(key, body, made.headers, reached(query, given, body))
    return conditional(made, if_match, if_none_match)


def reached(query: Query, given: Mapping[str, Any], body: Mapping[str, Any]) -> int:
    """Return the version that the whole answer has reached, as far as that is known."""
    alone = isinstance(query, Detail) and query.head is None and not given.get("include")
    version: int = body["meta"]["version"] if alone else given.get("min_version", 0)
    return version
