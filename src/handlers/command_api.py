"""CommandApi: every command, in task style and in REST style, from one table."""

import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cache, partial
from http import HTTPStatus
from typing import Annotated, Any, Protocol, Self, cast

import uuid6
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Body as BodyParameter
from aws_lambda_powertools.event_handler.openapi.params import Header, Path
from pydantic import StringConstraints

from application.catalog import Catalog
from application.execute import Accepted, Executor, Head, OnConflict, Request
from application.identity import derived_id
from application.ports import Claims, Clock, EventStore
from application.sealing import Sealer
from application.warm import Bounded
from domain.aggregates import DECIDERS
from domain.messages import AggregateId, aggregate_id, plain_id
from handlers import wiring
from handlers.api import (
    CORRELATION_ID,
    REQUIRED,
    Parameter,
    build_app,
    problem_responses,
    resolve,
    with_signature,
)
from handlers.authorization import actor
from handlers.bodies import (
    AcceptedBody,
    Body,
    CommandBody,
    CommandId,
    Context,
    CorrelationId,
    Envelope,
    PlainId,
)
from handlers.caller import caller
from handlers.client import seal, sealed_client
from handlers.observability import logger
from handlers.operations import OPERATIONS, Operation, snake
from handlers.problems import InvalidRequest

WARM_STREAMS = 256
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
IfMatch = Annotated[str, StringConstraints(pattern=r'^"(0|[1-9][0-9]{0,8})"$')]
ANSWERS: dict[int, Any] = {
    202: {
        "description": "Accepted: the events are durable",
        "content": {"application/json": {"model": AcceptedBody}},
    },
    **problem_responses(400, 401, 403, 404, 409, 412, 413, 422, 429, 503),
}


class CommandStore(EventStore, Claims, Protocol):
    """Events, and what aggregates are alone to have."""


@dataclass(frozen=True)
class Commands:
    """What commands need: an executor for each aggregate type, and what they look up.

    Without a sealer nothing is recorded of the person who commands but their id.
    """

    executors: Mapping[str, Executor[Any, Any, Any]]
    catalog: Catalog
    sealer: Sealer | None = None

    @classmethod
    def over(
        cls,
        store: CommandStore,
        clock: Clock,
        warm: MutableMapping[AggregateId, Head[Any]],
        sleep: Callable[[float], None] = time.sleep,
        sealer: Sealer | None = None,
    ) -> Self:
        """On one store; `warm` is what the process remembers of streams."""
        executors = {
            decider.aggregate_type: Executor(store, decider, clock, warm, sleep)
            for decider in DECIDERS
        }
        return cls(executors, Catalog(store, store), sealer)


@dataclass(frozen=True)
class Sent:
    """A command as it came, whichever style it came in."""

    operation: Operation
    body: Body
    target: str | None
    command_id: str
    expected_version: int | None
    correlation_id: str | None
    on_conflict: OnConflict = OnConflict.REJECT
    ids: Mapping[str, str] = field(default_factory=dict)
    user_id: str | None = None


def build(commands: Commands) -> APIGatewayRestResolver:
    """The command API; tests and the simulator hand in their own executors."""
    app = build_app()
    for operation in OPERATIONS:
        _task_route(app, commands, operation)
        _rest_route(app, commands, operation)
    return app


def _task_route(app: APIGatewayRestResolver, commands: Commands, operation: Operation) -> None:
    def endpoint(envelope: Envelope[Any]) -> Response[dict[str, Any]]:
        return _handle(app, commands, from_envelope(operation, envelope))

    body = Annotated[Envelope[operation.data], BodyParameter()]  # type: ignore[name-defined] # made at run time
    routed = with_signature(endpoint, operation.name, envelope=(body, REQUIRED))
    _register(app, routed, operation, "POST", f"/commands/{operation.name}")


def from_envelope(operation: Operation, envelope: Envelope[Any]) -> Sent:
    """Raises `InvalidRequest` when it does not say which aggregate it is for."""
    if envelope.aggregate_id is None and not operation.creates:
        noun = operation.aggregate_type.lower()
        raise InvalidRequest(f"name the {noun} that the command is for", "aggregateId")
    return Sent(
        operation,
        envelope.data,
        target=envelope.aggregate_id,
        command_id=envelope.command_id or new_key(),
        expected_version=envelope.expected_version,
        correlation_id=envelope.correlation_id,
        on_conflict=envelope.on_conflict,
        ids={name: getattr(envelope.data, name) for name in map(snake, operation.ids)},
        user_id=envelope.user_id,
    )


def _rest_route(app: APIGatewayRestResolver, commands: Commands, operation: Operation) -> None:
    def endpoint(
        body: Body,
        idempotency_key: str | None,
        if_match: str | None,
        x_on_conflict: OnConflict,
        x_correlation_id: str | None,
        **path: str,
    ) -> Response[dict[str, Any]]:
        sent = Sent(
            operation,
            body,
            target=path.get("id"),
            command_id=idempotency_key or new_key(),
            expected_version=None if if_match is None else int(if_match.strip('"')),
            correlation_id=x_correlation_id,
            on_conflict=x_on_conflict,
            ids={snake(name): path[name] for name in operation.ids},
        )
        return _handle(app, commands, sent)

    routed = with_signature(endpoint, f"{operation.name}-rest", **_rest_parameters(operation))
    _register(app, routed, operation, operation.method, operation.path)


def _rest_parameters(operation: Operation) -> dict[str, Parameter]:
    names = (*(() if operation.creates else ("id",)), *operation.ids)
    path = {name: (Annotated[PlainId, Path()], REQUIRED) for name in names}
    # A command without data needs no body.
    empty = REQUIRED if operation.needs_data else operation.body()
    return path | {
        "body": (Annotated[operation.body, BodyParameter()], empty),
        "idempotency_key": (Annotated[CommandId | None, Header(alias="Idempotency-Key")], None),
        "if_match": (Annotated[IfMatch | None, Header(alias="If-Match")], None),
        "x_on_conflict": (
            Annotated[OnConflict, Header(alias="X-On-Conflict")],
            OnConflict.REJECT,
        ),
        "x_correlation_id": (Annotated[CorrelationId | None, Header(alias=CORRELATION_ID)], None),
    }


def _register(
    app: APIGatewayRestResolver,
    endpoint: Callable[..., Any],
    operation: Operation,
    method: str,
    path: str,
) -> None:
    app.route(
        path,
        method,
        summary=operation.name.replace("-", " ").capitalize(),
        tags=[operation.collection.strip("/").capitalize()],
        operation_id=endpoint.__name__,
        status_code=HTTPStatus.ACCEPTED,
        responses=ANSWERS,
    )(endpoint)


def _handle(
    app: APIGatewayRestResolver, commands: Commands, sent: Sent
) -> Response[dict[str, Any]]:
    """Parse is done; call, and answer."""
    request = _request(app, commands, sent)
    accepted = commands.executors[sent.operation.aggregate_type].execute(request)
    return answer(accepted, sent.operation, request.correlation_id)


def _request(app: APIGatewayRestResolver, commands: Commands, sent: Sent) -> Request[Any]:
    """The command with what surrounds it. Raises what the caller may not, or cannot, ask."""
    who = caller(app.current_event.raw_event)
    acting = actor(who, sent.operation.who)
    if sent.user_id not in (None, who.sub):
        raise InvalidRequest("is taken from the token; leave it out", "userId")
    new_id = partial(derived_id, who.owner, sent.command_id)
    sealed = partial(seal, commands.sealer, who.sub)
    context = Context(who, acting, new_id, commands.catalog, sent.ids, sealed)
    return Request(
        aggregate_id=aggregate_id(sent.operation.aggregate_type, sent.target or new_id(None)),
        command=cast(CommandBody, sent.body).command(context),
        command_id=sent.command_id,
        actor=acting,
        # Without one of the client's, the command itself is what its consequences have in common.
        correlation_id=sent.correlation_id or sent.command_id,
        expected_version=sent.expected_version,
        on_conflict=sent.on_conflict,
        traceparent=traceparent(app.current_event.headers.get("traceparent")),
        client=sealed_client(commands.sealer, who.sub, who.client),
    )


def answer(accepted: Accepted, operation: Operation, correlation: str) -> Response[dict[str, Any]]:
    plain = plain_id(accepted.aggregate_id)
    body = AcceptedBody(
        command_id=accepted.command_id,
        aggregate_id=plain,
        version=accepted.version,
        timestamp=accepted.timestamp,
    )
    logger.info("accepted", extra={"aggregate_id": plain, "version": accepted.version})
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type="application/json",
        body=body.model_dump(by_alias=True),
        headers={
            "ETag": f'"{accepted.version}"',
            "Location": f"{operation.collection}/{plain}",
            CORRELATION_ID: correlation,
        },
    )


def new_key() -> str:
    """For a client that sends no key: then a second sending is another command."""
    return str(uuid6.uuid7())


def traceparent(header: str | None) -> str | None:
    """W3C trace context, kept only when it is well formed."""
    return header if header and TRACEPARENT.fullmatch(header) else None


@cache
def _app() -> APIGatewayRestResolver:
    warm: Bounded[AggregateId, Head[Any]] = Bounded(WARM_STREAMS)
    sealer = wiring.sealer()
    return build(Commands.over(wiring.event_store(), wiring.now, warm, sealer=sealer))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resolve(_app(), event, context)


wiring.at_init(_app)
