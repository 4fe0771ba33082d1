"""QueryApi: a thin facade on AppSync with the caller's own token, and history from the store."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import StringConstraints

from adapters.appsync.queries import NOT_DELETED, BadPageToken, Page
from edge.caller import Caller
from edge.http.api import NOWHERE, Parameter, Surroundings, build_app
from edge.http.headers import IfNoneMatch
from edge.http.problems import InvalidRequest
from edge.queries import feed as feed_routes
from edge.queries import history as history_routes
from edge.queries.routes import (
    ID,
    Limit,
    ListBody,
    Meta,
    OneBody,
    Pagination,
    Route,
    json_response,
)
from edge.queries.routes import QueryPorts as QueryPorts
from edge.queries.status import ROUTE as DEFERRED
from kernel.errors import AggregateNotFound

LONGEST_WAIT = 2.0  # seconds for `minVersion`, the calls themselves included
POLL = 0.1

Status = Literal["ACTIVE", "ARCHIVED"]
Sort = Literal["createdAt:asc", "createdAt:desc"]
NextToken = Annotated[str, StringConstraints(min_length=1, max_length=4096)]

PAGE: dict[str, Parameter] = {
    "limit": (Annotated[Limit, Query()], 20),
    "next_token": (Annotated[NextToken | None, Query(alias="nextToken")], None),
}
LIST_PROJECTS: dict[str, Parameter] = {
    "status": (Annotated[Status | None, Query()], None),
    "sort": (Annotated[Sort, Query()], "createdAt:desc"),
    **PAGE,
}
GET_PROJECT: dict[str, Parameter] = {
    "id": ID,
    "min_version": (Annotated[int, Query(alias="minVersion", ge=0, le=10**9)], 0),
    "if_none_match": (IfNoneMatch, None),
}
LIST_SERVICES: dict[str, Parameter] = {"id": ID, **PAGE}


def build(ports: QueryPorts, surroundings: Surroundings = NOWHERE) -> APIGatewayRestResolver:
    app = build_app(surroundings)
    for route in (*ROWS, DEFERRED, *history_routes.routes(), feed_routes.FEED):
        route.register(app, ports)
    return app


def list_projects(
    ports: QueryPorts,
    who: Caller,
    status: Status | None,
    sort: Sort,
    limit: int,
    next_token: str | None,
) -> Response[Any]:
    """One's own; those who may read all list by status (ACTIVE unless another is asked for)."""
    page = {"sortDirection": sort.split(":")[1].upper(), "limit": limit, "nextToken": next_token}
    queries = ports.queries
    if who.is_admin or who.is_developer:
        return page_of(
            lambda: queries.projects_by_status(who.token, status or "ACTIVE", **page), limit
        )
    wanted = NOT_DELETED if status is None else {"status": {"eq": status}}
    return page_of(
        lambda: queries.projects_of_user(who.token, who.sub, filter=wanted, **page), limit
    )


def get_project(
    ports: QueryPorts, who: Caller, id: str, min_version: int, if_none_match: str | None
) -> Response[Any]:
    row = awaited(ports, who, id, min_version)
    etag = f'"{row["version"]}"'
    if if_none_match == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, body="", headers={"ETag": etag})
    meta = Meta(
        last_updated=row["updatedAt"],
        version=row["version"],
        stale=row["version"] < min_version,
    )
    return json_response(OneBody(data=row, meta=meta), {"ETag": etag})


def awaited(ports: QueryPorts, who: Caller, project_id: str, min_version: int) -> dict[str, Any]:
    """The row once it has reached `min_version`, or as it is after the longest wait."""
    deadline = ports.monotonic() + LONGEST_WAIT
    row = ports.queries.project(who.token, project_id)
    while not reached(row, min_version) and ports.monotonic() + POLL < deadline:
        ports.sleep(POLL)
        row = ports.queries.project(who.token, project_id)
    if row is None or row["status"] == "DELETED":
        raise AggregateNotFound(aggregate="The project")
    return row


def reached(row: dict[str, Any] | None, min_version: int) -> bool:
    return min_version == 0 or (row is not None and row["version"] >= min_version)


def list_services(
    ports: QueryPorts, who: Caller, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    awaited(ports, who, id, 0)  # a foreign project answers 404, not an empty list
    page = {"limit": limit, "nextToken": next_token}
    return page_of(lambda: ports.queries.services(who.token, id, **page), limit)


def page_of(read: Callable[[], Page], limit: int) -> Response[Any]:
    try:
        page = read()
    except BadPageToken:
        raise InvalidRequest("This is no token of this list.", "nextToken") from None
    rows = page["items"]
    meta = Meta(
        last_updated=max((row["updatedAt"] for row in rows), default=None),
        version=max((row["version"] for row in rows), default=0),
    )
    pagination = Pagination(limit=limit, next_token=page.get("nextToken"))
    return json_response(ListBody(data=rows, pagination=pagination, meta=meta))


ROWS = (
    Route("/projects", list_projects, ListBody, LIST_PROJECTS),
    Route("/projects/<id>", get_project, OneBody, GET_PROJECT),
    Route("/projects/<id>/services", list_services, ListBody, LIST_SERVICES),
)
