"""QueryApi: a thin facade on AppSync with the caller's own token, and the audit trail."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from pydantic import Field, JsonValue, StringConstraints

from adapters.appsync_queries import NOT_DELETED, AppSyncQueries, Page
from application.history import owner_of, trail
from application.ports import EventStore
from domain.errors import AggregateNotFound
from domain.messages import Message, aggregate_id
from domain.project.aggregate import project
from handlers import wiring
from handlers.api import REQUIRED, Parameter, build_app, problem_responses, resolve, with_signature
from handlers.bodies import PlainId
from handlers.caller import Caller, Forbidden, caller

LONGEST_WAIT = 2.0  # seconds for `minVersion`
POLL = 0.1

Status = Literal["ACTIVE", "ARCHIVED"]
Sort = Literal["createdAt:asc", "createdAt:desc"]
Limit = Annotated[int, Field(ge=1, le=100)]
NextToken = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Sequence = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")]


class Meta(Message):
    """`version` is the row's (the greatest of a list); `stale`: `minVersion` was not reached."""

    last_updated: str | None
    version: int
    stale: bool = False
    cached: bool = False


class Pagination(Message):
    limit: int
    next_token: str | None


class OneBody(Message):
    data: dict[str, JsonValue]
    meta: Meta


class ListBody(Message):
    data: list[dict[str, JsonValue]]
    pagination: Pagination
    meta: Meta


@dataclass(frozen=True)
class QueryPorts:
    """What queries need: the read models as people see them, and the store for history."""

    queries: AppSyncQueries
    store: EventStore
    sleep: Callable[[float], None] = time.sleep


def build(ports: QueryPorts) -> APIGatewayRestResolver:
    app = build_app()
    # Each endpoint is given who calls besides its own, validated parameters.
    for path, endpoint, body, parameters in (
        ("/projects", list_projects, ListBody, LIST_PROJECTS),
        ("/projects/<id>", get_project, OneBody, GET_PROJECT),
        ("/projects/<id>/services", list_services, ListBody, LIST_SERVICES),
        ("/projects/<id>/events", list_events, ListBody, LIST_EVENTS),
    ):
        _register(app, ports, path, endpoint, body, parameters)
    return app


def _register(
    app: APIGatewayRestResolver,
    ports: QueryPorts,
    path: str,
    endpoint: Callable[..., Response[Any]],
    body: type[Message],
    parameters: dict[str, Parameter],
) -> None:
    def routed(**given: Any) -> Response[Any]:  # noqa: ANN401 - validated by the signature
        return endpoint(ports, caller(app.current_event.raw_event), **given)

    name = endpoint.__name__
    answers: dict[int, Any] = {
        200: {"description": "OK", "content": {"application/json": {"model": body}}},
        **problem_responses(400, 401, 403, 404, 429, 503),
    }
    if "if_none_match" in parameters:
        answers[304] = {"description": "Not modified"}
    app.get(
        path,
        summary=name.replace("_", " ").capitalize(),
        tags=["Queries"],
        operation_id=name,
        responses=answers,
    )(with_signature(routed, name, **parameters))


ID: Parameter = (Annotated[PlainId, Path()], REQUIRED)
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
    "if_none_match": (Annotated[str | None, Header(alias="If-None-Match")], None),
}
LIST_SERVICES: dict[str, Parameter] = {"id": ID, **PAGE}
LIST_EVENTS: dict[str, Parameter] = {
    "id": ID,
    "limit": (Annotated[Limit, Query()], 100),
    "next_token": (Annotated[Sequence | None, Query(alias="nextToken")], None),
}


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
    if who.is_admin or who.is_developer:
        found = ports.queries.projects_by_status(who.token, status or "ACTIVE", **page)
    else:
        wanted = NOT_DELETED if status is None else {"status": {"eq": status}}
        found = ports.queries.projects_of_user(who.token, who.sub, filter=wanted, **page)
    return page_of(found, limit)


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
    row = None
    for _ in range(round(LONGEST_WAIT / POLL)):
        row = ports.queries.project(who.token, project_id)
        if min_version == 0 or (row is not None and row["version"] >= min_version):
            break
        ports.sleep(POLL)
    if row is None or row["status"] == "DELETED":
        raise AggregateNotFound(aggregate="The project")
    return row


def list_services(
    ports: QueryPorts, who: Caller, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    awaited(ports, who, id, 0)  # a foreign project answers 404, not an empty list
    found = ports.queries.services(who.token, id, limit=limit, nextToken=next_token)
    return page_of(found, limit)


def list_events(
    ports: QueryPorts, who: Caller, id: str, limit: int, next_token: str | None
) -> Response[Any]:
    """The audit trail, for the owner and for Admin."""
    aggregate = aggregate_id(project.aggregate_type, id)
    if not who.is_admin and owner_of(ports.store, project, aggregate) != who.owner:
        if who.is_developer:
            raise Forbidden("The audit trail is for the owner and for Admin.")
        raise AggregateNotFound(aggregate="The project")
    page = trail(ports.store, aggregate, int(next_token or 1), limit)
    if not page.events and next_token is None:
        raise AggregateNotFound(aggregate="The project")
    following = None if page.next_sequence is None else str(page.next_sequence)
    last = page.events[-1] if page.events else {"timestamp": None, "eventSequence": 0}
    return json_response(
        ListBody(
            data=page.events,
            pagination=Pagination(limit=limit, next_token=following),
            meta=Meta(last_updated=last["timestamp"], version=last["eventSequence"]),
        )
    )


def page_of(page: Page, limit: int) -> Response[Any]:
    rows = page["items"]
    meta = Meta(
        last_updated=max((row["updatedAt"] for row in rows), default=None),
        version=max((row["version"] for row in rows), default=0),
    )
    pagination = Pagination(limit=limit, next_token=page.get("nextToken"))
    return json_response(ListBody(data=rows, pagination=pagination, meta=meta))


def json_response(body: Message, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(
        status_code=HTTPStatus.OK,
        content_type="application/json",
        body=body.model_dump(by_alias=True, mode="json"),
        headers=dict(headers or {}),
    )


@cache
def _app() -> APIGatewayRestResolver:
    return build(QueryPorts(wiring.queries(), wiring.event_store()))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resolve(_app(), event, context)


wiring.at_init(_app)
