"""Single rows of the read models, by their ids, once they have reached a version."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.openapi.params import Query as QueryParameter
from pydantic import Field

from edge.caller import Caller, Forbidden
from edge.http.api import REQUIRED, Parameter
from edge.http.entity_tags import EntityTag, precondition, row_tag
from edge.http.headers import IfNoneMatch, RowIfMatch
from edge.http.refusals import AnotherRow, InvalidRequest
from edge.queries.filters import include_of, listed
from edge.queries.following import Following
from edge.queries.kept import CACHE_CONTROL
from edge.queries.parts import digest_of_parts, is_hidden, newest, with_parts
from edge.queries.routes import (
    ID,
    IN_DIGITS,
    Meta,
    Number,
    OneBody,
    QueryPorts,
    body_of,
    json_response,
)
from kernel.contents import Contents
from kernel.errors import AggregateNotFound
from kernel.messages import inner_id
from kernel.operation import PlainId, as_shown
from kernel.query import Detail, Inner
from kernel.values import Expected

T = TypeVar("T")
LONGEST_WAIT = 2.0  # seconds to fill a page, and for `minVersion`, the calls themselves included
POLL = 0.1

MinVersion = Annotated[
    int, Field(ge=0, le=10**9), IN_DIGITS, Expected("a whole number from 0 to 1000000000")
]
MIN_VERSION: Parameter = (
    Annotated[
        MinVersion,
        QueryParameter(
            alias="minVersion",
            description="Wait for the row to reach this version, for 2 seconds at most.",
        ),
    ],
    0,
)
GET: dict[str, Parameter] = {
    "id": ID,
    "min_version": MIN_VERSION,
    "if_match": (RowIfMatch, None),
    "if_none_match": (IfNoneMatch, None),
    "cache_control": CACHE_CONTROL,
}


def detail(query: Detail, contents: Contents) -> dict[str, Parameter]:
    parts = tuple(contents.parts_of(query))
    return {**GET, **({"include": include_of(parts)} if parts else {})}


def get_row(
    query: Detail,
    ports: QueryPorts,
    who: Caller,
    *,
    id: str,
    min_version: int,
    include: str | None = None,
) -> Response[Any]:
    names, deadline = listed(include), deadline_of(ports)
    if min_version:
        only_of_the_stream(ports, query, names)
    head = awaited_head(query, ports, who, id, min_version, deadline)
    row = awaited(query, ports, who, id, 0 if query.head else min_version, deadline)
    wanted = min_version if (head or row)["version"] >= min_version else 0
    parts = ports.contents.parts_of(query)
    following = {name: Following.of(parts[name], ports, id, wanted) for name in names}
    (whole,), follow = until(
        ports,
        lambda: with_parts(ports, who, query, names, [row]),
        lambda rows: all(each.is_shown(rows[0][name]) for name, each in following.items()),
        deadline,
    )
    return one(whole, wanted < min_version or not follow)


def only_of_the_stream(ports: QueryPorts, query: Detail, names: Sequence[str]) -> None:
    """Raise `InvalidRequest` for parts of other streams, which have versions of their own."""
    parts = ports.contents.parts_of(query)
    for name in names:
        if not ports.contents.can_follow(parts[name]):
            raise InvalidRequest(ON_THEIR_OWN.format(name=name), "include")


ON_THEIR_OWN = "`minVersion` cannot wait for `{name}`, which has versions of its own: ask for one."


def awaited_head(
    query: Detail, ports: QueryPorts, who: Caller, id: str, min_version: int, deadline: float
) -> dict[str, Any] | None:
    """Return the row whose version counts for another one, if somebody waits for that.

    The head is written after the other row, so it may come a little later. Raises `Forbidden` where
    it does not come: then only the other row is the caller's to read.
    """
    if query.head is None or min_version == 0:
        return None
    head = polled(query.head, ports, who, id, min_version, deadline)
    if head is None and ports.queries.row(who.token, query.document, id) is not None:
        raise Forbidden(NOT_YOURS.format(head=as_shown(query.head.path)))
    return found(query.head, ports, head)


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
    **ids: str | int,
) -> Response[Any]:
    parent = awaited(query.parent, ports, who, id, min_version, deadline_of(ports))
    aggregate = ports.contents.aggregate[query.parent.aggregate_type].id(id)
    row = ports.queries.row(who.token, query.document, inner_id(aggregate, str(ids[query.part])))
    if row is None:
        raise AggregateNotFound(aggregate=f"The {query.noun}")
    return one(row, parent["version"] < min_version)


def one(row: dict[str, Any], stale: bool) -> Response[Any]:
    tag = row_tag(row["version"], row["projectionVersion"], digest_of_parts(row))
    meta = Meta(last_updated=newest([row]), version=row["version"], stale=stale)
    return json_response(OneBody(data=row, meta=meta), {"ETag": str(tag)})


def conditional(
    answer: Response[Any], if_match: str | None, if_none_match: str | None
) -> Response[Any]:
    """Return the answer, or that the client has it already. Raises `AnotherRow`."""
    etag = str((answer.headers or {}).get("ETag", ""))
    tag = EntityTag(etag.strip('"'))
    if if_match and not precondition(if_match).matches_strongly(tag):
        raise AnotherRow(f"The `ETag` of the row is {tag}.")
    # One that is stale says so in its body, which the client does not have.
    stale = body_of(answer)["meta"]["stale"]
    if if_none_match and not stale and precondition(if_none_match).matches_weakly(tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, body="", headers={"ETag": etag})
    return answer


def awaited(
    query: Detail, ports: QueryPorts, who: Caller, id: str, min_version: int, deadline: float
) -> dict[str, Any]:
    """Return the row once it has reached `min_version`, or as it is at the deadline.

    Raises `AggregateNotFound`.
    """
    return found(query, ports, polled(query, ports, who, id, min_version, deadline))


def polled(
    query: Detail, ports: QueryPorts, who: Caller, id: str, min_version: int, deadline: float
) -> dict[str, Any] | None:
    """Read the row until it has reached `min_version`, or the wait is over."""
    row, _ = until(
        ports,
        lambda: ports.queries.row(who.token, query.document, id),
        lambda row: reached(row, min_version),
        deadline,
    )
    return row


def deadline_of(ports: QueryPorts) -> float:
    """Return when the wait of a request that has just come is over."""
    return ports.monotonic() + LONGEST_WAIT


def until(
    ports: QueryPorts, read: Callable[[], T], is_reached: Callable[[T], bool], deadline: float
) -> tuple[T, bool]:
    """Read until something is reached, or the wait is over; tell whether it is."""
    found = read()
    while not (done := is_reached(found)) and ports.monotonic() + POLL < deadline:
        ports.sleep(POLL)
        found = read()
    return found, done


def found(query: Detail, ports: QueryPorts, row: dict[str, Any] | None) -> dict[str, Any]:
    """Return the row. Raises `AggregateNotFound` for one that is not there or is hidden."""
    if row is None or is_hidden(row, query.hidden):
        raise ports.contents.aggregate[query.aggregate_type].not_found()
    return row


def reached(row: dict[str, Any] | None, min_version: int) -> bool:
    return min_version == 0 or (row is not None and row["version"] >= min_version)
