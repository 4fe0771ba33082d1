"""Parts of all routes of the query API: ports, bodies of answers, registration."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BeforeValidator, Field, JsonValue

from application.archives import Archives
from application.metrics import UNMEASURED, Metrics
from application.ports import Clock, EventStore, RowQueries, utc_now
from application.privacy.sealing import Sealer
from application.publishing.feed import FeedReader
from application.reading.words import WordIndex
from application.tracing import HEADER, span
from application.writing.deferral import Tickets
from edge.caller import Caller, caller
from edge.http.api import REQUIRED, Parameter, prefix, problem_responses, with_signature
from edge.queries.kept import KeptAnswers
from edge.queries.measuring import measuring
from kernel.contents import Contents
from kernel.messages import Message
from kernel.operation import PlainId
from kernel.values import Expected


def in_digits(value: object) -> object:
    """Return a number of an address. Raises `ValueError` for ` 1`, `+1`, `1_0`, `1.0` and `01`."""
    if isinstance(value, str) and not re.fullmatch(r"0|[1-9][0-9]*", value):
        raise ValueError("is not written in digits alone")
    return value


IN_DIGITS = BeforeValidator(in_digits)
Limit = Annotated[int, Field(ge=1, le=100), IN_DIGITS, Expected("a whole number from 1 to 100")]
Number = Annotated[
    int, Field(ge=1, le=10**9), IN_DIGITS, Expected("a whole number from 1 to 1000000000")
]
ID: Parameter = (Annotated[PlainId, Path(description="The id of the aggregate.")], REQUIRED)
LIMIT = Query(description="How many entries a page has at most.")
NEXT = Query(
    alias="nextToken", description="The `nextToken` of the page before; the first page if left out."
)


class Meta(Message):
    """About the data: the greatest version in it; `stale` when `minVersion` was not reached."""

    last_updated: str | None
    version: int
    stale: bool = False
    cached: bool = False


class Pagination(Message):
    """Where a page stands. `page` is its number if it was counted from the first one.

    `total` counts the rows of the whole list. It is left out where that is not known: with filters
    other than the status and the user, and where it has not been counted yet.
    """

    page: int | None = Field(default=None, exclude_if=lambda number: number is None)
    limit: int
    total: int | None = Field(default=None, exclude_if=lambda count: count is None)
    next_token: str | None


class OneBody(Message):
    data: dict[str, JsonValue]
    meta: Meta


class ListBody(Message):
    data: list[dict[str, JsonValue]]
    pagination: Pagination
    meta: Meta


class RowListBody(ListBody):
    """A page of rows. `unreadable` holds the ids of rows on it that cannot be shown at present.

    It is left out when all rows are shown.
    """

    unreadable: list[str] = Field(default=[], exclude_if=lambda ids: not ids)


@dataclass(frozen=True)
class QueryPorts:
    """Ports of the queries: rows as callers may see them, the store and the feed for history.

    `clock` tells the time of day, `monotonic` measures spans of time. Without a sealer, sealed
    values are shown as they are stored; without tickets, no command has been deferred, and without
    archives there is no file. Without `words`, nobody searches in everybody's rows.
    """

    contents: Contents
    queries: RowQueries
    store: EventStore
    feed: FeedReader
    sleep: Callable[[float], None] = time.sleep
    clock: Clock = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sealer: Sealer | None = None
    tickets: Tickets | None = None
    archives: Archives | None = None
    words: WordIndex | None = None
    metrics: Metrics = UNMEASURED

    @cached_property
    def kept(self) -> KeptAnswers:
        """Return the answers that this process keeps."""
        return KeptAnswers(self.monotonic)


Endpoint = Callable[..., Response[Any]]


@dataclass(frozen=True)
class Route:
    """A path, the function that answers it (`endpoint(ports, who, **parameters)`), its documents.

    The operation has the endpoint's name unless it is given another. An endpoint that is `rooted`
    is given the path of the API itself as `root`.
    """

    path: str
    endpoint: Endpoint
    body: type[Message]
    parameters: dict[str, Parameter]
    summary: str
    description: str
    name: str = ""
    tag: str = "Queries"
    rooted: bool = False

    @property
    def operation(self) -> str:
        return self.name or self.endpoint.__name__

    def register(self, app: APIGatewayRestResolver, ports: QueryPorts) -> None:
        def routed(**given: Any) -> Response[Any]:  # noqa: ANN401 - validated by the signature
            root = {"root": prefix(app)} if self.rooted else {}
            cause = app.current_event.headers.get(HEADER)
            with (
                span(f"query {self.operation}", cause),
                measuring(ports.metrics, self.tag, self.operation) as answered,
            ):
                response = self.endpoint(ports, who(app), **given, **root)
                answered.append(response)
            return response

        app.get(
            self.path,
            summary=self.summary,
            description=self.description,
            tags=[self.tag],
            operation_id=self.operation,
            responses=self._answers(),
        )(with_signature(routed, self.operation, **self.parameters))

    def _answers(self) -> dict[int, Any]:
        answers: dict[int, Any] = {
            200: {"description": "OK", "content": {"application/json": {"model": self.body}}},
            **problem_responses(400, 401, 403, 404, 429, 503),
        }
        if "if_match" in self.parameters:
            answers |= problem_responses(412)
        if "if_none_match" in self.parameters:
            answers[304] = {
                "description": "The row has not changed since the `ETag` was given",
                "content": {},
            }
        return answers


def who(app: APIGatewayRestResolver) -> Caller:
    return caller(app.current_event.raw_event)


def json_response(
    body: Message, headers: dict[str, str] | None = None, *, whole: bool = True
) -> Response[Any]:
    """Answer with the body; without `whole`, fields that are null are left out."""
    return Response(
        status_code=HTTPStatus.OK,
        content_type="application/json",
        body=body.model_dump(by_alias=True, mode="json", exclude_none=not whole),
        headers=dict(headers or {}),
    )


def body_of(answer: Response[Any]) -> dict[str, Any]:
    """Return the body of an answer that was made by `json_response`."""
    body: Any = answer.body
    found: dict[str, Any] = body
    return found
