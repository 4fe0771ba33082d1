"""CommandApi: every command, in task style and in REST style, from one table."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import Annotated, Any

import uuid6
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path
from pydantic import StringConstraints

from application.execute import Accepted, Executor, Request
from application.identity import derived_id
from domain.messages import aggregate_id, plain_id
from domain.project.aggregate import Project, project
from domain.project.commands import ProjectCommand
from domain.project.events import ProjectEvent
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
from handlers.bodies import (
    AcceptedBody,
    AddServiceBody,
    ArchiveProjectBody,
    ChangeProjectBody,
    CommandBody,
    CommandId,
    CorrelationId,
    CreateProjectBody,
    Envelope,
    PlainId,
)
from handlers.caller import caller
from handlers.observability import logger
from handlers.problems import InvalidRequest

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
IfMatch = Annotated[str, StringConstraints(pattern=r'^"(0|[1-9][0-9]{0,8})"$')]
ProjectExecutor = Executor[Project, ProjectCommand, ProjectEvent]
ANSWERS: dict[int, Any] = {
    202: {
        "description": "Accepted: the events are durable",
        "content": {"application/json": {"model": AcceptedBody}},
    },
    **problem_responses(400, 401, 403, 404, 409, 412, 413, 422, 429, 503),
}


@dataclass(frozen=True)
class Operation:
    """One command and its two routes; `creates` begins a stream under a derived id."""

    name: str
    body: type[CommandBody]
    method: str
    path: str
    creates: bool = False


OPERATIONS = (
    Operation("create-project", CreateProjectBody, "POST", "/projects", creates=True),
    Operation("change-project", ChangeProjectBody, "PATCH", "/projects/<id>"),
    Operation("add-service", AddServiceBody, "POST", "/projects/<id>/services"),
    Operation("archive-project", ArchiveProjectBody, "POST", "/projects/<id>/archive"),
)


@dataclass(frozen=True)
class Sent:
    """A command as it came, whichever style it came in."""

    body: CommandBody
    target: str | None
    command_id: str
    expected_version: int | None
    correlation_id: str | None
    user_id: str | None = None


def build(executor: ProjectExecutor) -> APIGatewayRestResolver:
    """The command API over one executor; tests and the simulator hand in their own."""
    app = build_app()
    for operation in OPERATIONS:
        _task_route(app, executor, operation)
        _rest_route(app, executor, operation)
    return app


def _task_route(
    app: APIGatewayRestResolver, executor: ProjectExecutor, operation: Operation
) -> None:
    def endpoint(envelope: Envelope[Any]) -> Response[dict[str, Any]]:
        if envelope.aggregate_id is None and not operation.creates:
            raise InvalidRequest("name the project that the command is for", "aggregateId")
        sent = Sent(
            envelope.data,
            target=envelope.aggregate_id,
            command_id=envelope.command_id or new_key(),
            expected_version=envelope.expected_version,
            correlation_id=envelope.correlation_id,
            user_id=envelope.user_id,
        )
        return _handle(app, executor, sent)

    body = Annotated[Envelope[operation.body], Body()]  # type: ignore[name-defined] # made at run time
    routed = with_signature(endpoint, operation.name, envelope=(body, REQUIRED))
    _register(app, routed, operation, "POST", f"/commands/{operation.name}")


def _rest_route(
    app: APIGatewayRestResolver, executor: ProjectExecutor, operation: Operation
) -> None:
    def endpoint(
        body: CommandBody,
        idempotency_key: str | None,
        if_match: str | None,
        x_correlation_id: str | None,
        id: str | None = None,
    ) -> Response[dict[str, Any]]:
        sent = Sent(
            body,
            target=id,
            command_id=idempotency_key or new_key(),
            expected_version=None if if_match is None else int(if_match.strip('"')),
            correlation_id=x_correlation_id,
        )
        return _handle(app, executor, sent)

    routed = with_signature(endpoint, f"{operation.name}-rest", **_rest_parameters(operation))
    _register(app, routed, operation, operation.method, operation.path)


def _rest_parameters(operation: Operation) -> dict[str, Parameter]:
    path = {"id": (Annotated[PlainId, Path()], REQUIRED)} if "<id>" in operation.path else {}
    # A command without data needs no body.
    empty = operation.body() if operation.body is ArchiveProjectBody else REQUIRED
    return path | {
        "body": (Annotated[operation.body, Body()], empty),
        "idempotency_key": (Annotated[CommandId | None, Header(alias="Idempotency-Key")], None),
        "if_match": (Annotated[IfMatch | None, Header(alias="If-Match")], None),
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
        tags=["Commands"],
        operation_id=endpoint.__name__,
        status_code=HTTPStatus.ACCEPTED,
        responses=ANSWERS,
    )(endpoint)


def _handle(
    app: APIGatewayRestResolver, executor: ProjectExecutor, sent: Sent
) -> Response[dict[str, Any]]:
    """Parse is done; call, and answer."""
    event = app.current_event.raw_event
    who = caller(event)
    actor = who.actor()
    if sent.user_id not in (None, who.sub):
        raise InvalidRequest("is taken from the token; leave it out", "userId")
    new_id = partial(derived_id, who.owner, sent.command_id)
    # Without one of the client's, the command itself is what its consequences have in common.
    correlation = sent.correlation_id or sent.command_id
    accepted = executor.execute(
        Request(
            aggregate_id=aggregate_id(project.aggregate_type, sent.target or new_id(None)),
            command=sent.body.command(who, new_id),
            command_id=sent.command_id,
            actor=actor,
            correlation_id=correlation,
            expected_version=sent.expected_version,
            traceparent=traceparent(app.current_event.headers.get("traceparent")),
        )
    )
    return answer(accepted, correlation)


def answer(accepted: Accepted, correlation: str) -> Response[dict[str, Any]]:
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
            "Location": f"/projects/{plain}",
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
    return build(wiring.project_executor())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resolve(_app(), event, context)


wiring.at_init(_app)
