"""CommandApi: every command, in task style, in REST style and in batches, from one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Body as BodyParameter
from aws_lambda_powertools.event_handler.openapi.params import Path

from application.writing.deferral import Deferral
from edge.caller import Caller, caller
from edge.commands import batch, integration
from edge.commands.answers import ACCEPTED_HEADERS, accepted_body, answer
from edge.commands.bodies import (
    AcceptedBody,
    DeferredBody,
    Envelope,
    RowProgress,
)
from edge.commands.controls import CONTROL_HEADERS, CREATION_HEADERS, Controls
from edge.commands.deferred import DEFERRED, DeferredCommands
from edge.commands.descriptions import description, named
from edge.commands.examples import rest_example, task_example
from edge.commands.sending import Commands as Commands
from edge.commands.sending import CommandStore as CommandStore
from edge.commands.sending import perform
from edge.commands.sent import SentCommand, from_envelope, metadata_of, traceparent
from edge.commands.waiting import Waiter
from edge.http.api import (
    NOWHERE,
    REQUIRED,
    Parameter,
    Surroundings,
    build_app,
    prefix,
    problem_responses,
    with_signature,
)
from edge.http.preferences import PREFER, Preferences, preferences
from edge.http.reading_order import section
from edge.observability import correlate
from kernel.contents import Contents
from kernel.operation import Body, Operation, PlainId, as_shown, snake

WAITED = (RowProgress.REACHED, RowProgress.PENDING)
ANSWERS: dict[int, Any] = {
    202: {
        "description": "Accepted: the events are stored, or the command was deferred as preferred",
        "headers": ACCEPTED_HEADERS,
        "content": {
            "application/json": {"model": AcceptedBody},
            DEFERRED: {"model": DeferredBody},
        },
    },
    **problem_responses(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503),
}


@dataclass(frozen=True)
class CommandPorts:
    """The parts that answer a command.

    Without a waiter no aggregate has a row to wait for; without a deferral every command is run
    at once, whatever the client prefers.
    """

    commands: Commands
    waiter: Waiter
    deferred: DeferredCommands | None

    @classmethod
    def of(cls, commands: Commands, waiter: Waiter | None, deferral: Deferral | None) -> Self:
        deferred = None if deferral is None else DeferredCommands(commands, deferral)
        return cls(commands, waiter or Waiter(), deferred)


def build(
    commands: Commands,
    waiter: Waiter | None = None,
    deferral: Deferral | None = None,
    surroundings: Surroundings = NOWHERE,
) -> APIGatewayRestResolver:
    """Build the command API."""
    app = build_app(surroundings, commands.contents)
    ports = CommandPorts.of(commands, waiter, deferral)
    for operation in commands.contents.operations:
        _task_route(app, ports, operation)
        _rest_route(app, ports, operation)
    batch.route(app, commands, surroundings.failures)
    integration.route(app, commands, surroundings.failures)
    return app


def _task_route(app: APIGatewayRestResolver, ports: CommandPorts, operation: Operation) -> None:
    def endpoint(
        envelope: Envelope[Any],
        prefer: str | None,
        **headers: Any,  # noqa: ANN401 - validated by the signature
    ) -> Response[dict[str, Any]]:
        controls = Controls.of_headers(**headers)
        sent = from_envelope(_caller(app), operation, envelope, _trace(app), controls)
        return handle(ports, sent, preferences(prefer), prefix(app))

    example = BodyParameter(openapi_examples=task_example(ports.commands.contents, operation))
    body = Annotated[Envelope[operation.data], example]  # type: ignore[name-defined] # made at run time
    routed = with_signature(
        endpoint, operation.name, envelope=(body, REQUIRED), **_headers(operation)
    )
    rest = f"`{operation.method} {as_shown(operation.path)}`"
    _register(app, routed, operation, "POST", f"/commands/{operation.name}", rest)


def _rest_route(app: APIGatewayRestResolver, ports: CommandPorts, operation: Operation) -> None:
    def endpoint(
        body: Body,
        prefer: str | None,
        **given: Any,  # noqa: ANN401 - validated by the signature
    ) -> Response[dict[str, Any]]:
        who = _caller(app)
        path = {name: given.pop(name) for name in _path_ids(operation)}
        metadata = metadata_of(who, operation, Controls.of_headers(**given), _trace(app))
        ids = {snake(name): path[name] for name in operation.ids}
        sent = SentCommand(who, operation, body, path.get("id"), metadata, ids)
        return handle(ports, sent, preferences(prefer), prefix(app))

    routed = with_signature(
        endpoint, f"{operation.name}-rest", **_rest_parameters(ports.commands.contents, operation)
    )
    task = f"`POST /commands/{operation.name}`"
    _register(app, routed, operation, operation.method, operation.path, task)


def _headers(operation: Operation) -> dict[str, Parameter]:
    creation = CREATION_HEADERS if operation.creates else {}
    return {**CONTROL_HEADERS, **creation, "prefer": PREFER}


def _path_ids(operation: Operation) -> tuple[str, ...]:
    return (*(() if operation.creates else ("id",)), *operation.ids)


def _rest_parameters(contents: Contents, operation: Operation) -> dict[str, Parameter]:
    names = _path_ids(operation)
    path = {n: (Annotated[PlainId, Path(description=named(n, operation))], REQUIRED) for n in names}
    # A command without data needs no body.
    empty = REQUIRED if operation.needs_data else operation.body()
    return path | {
        "body": (
            Annotated[
                operation.body, BodyParameter(openapi_examples=rest_example(contents, operation))
            ],
            empty,
        ),
        **_headers(operation),
    }


def _register(
    app: APIGatewayRestResolver,
    endpoint: Callable[..., Any],
    operation: Operation,
    method: str,
    path: str,
    other_style: str,
) -> None:
    app.route(
        path,
        method,
        summary=operation.name.replace("-", " ").capitalize(),
        description=description(operation, other_style),
        tags=[section(operation, path)],
        operation_id=endpoint.__name__,
        responses=ANSWERS,
    )(endpoint)


def handle(
    ports: CommandPorts, sent: SentCommand, preferred: Preferences, root: str
) -> Response[dict[str, Any]]:
    """Defer the command, or perform it and answer, perhaps when its row has caught up."""
    correlate(sent.metadata.correlation_id)
    if preferred.respond_async and ports.deferred:
        return ports.deferred.defer(sent, root)
    accepted = perform(ports.commands, sent)
    if not preferred.wait:
        return answer(accepted_body(accepted), sent, root)
    projection = ports.waiter.wait(sent.who, accepted, preferred.wait)
    applied = f"wait={preferred.wait}" if projection in WAITED else None
    body = accepted_body(accepted).model_copy(update={"projection": projection})
    return answer(body, sent, root, {"Preference-Applied": applied} if applied else {})


def _caller(app: APIGatewayRestResolver) -> Caller:
    return caller(app.current_event.raw_event)


def _trace(app: APIGatewayRestResolver) -> str | None:
    return traceparent(app.current_event.headers.get("traceparent"))
