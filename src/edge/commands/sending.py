"""A command on its way from what was sent to what is executed, whichever way it came in."""

import re
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from http import HTTPStatus
from typing import Any, Protocol, Self, cast

import uuid6
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import JsonValue, ValidationError

from application.ports import Claims, Clock, EventStore
from application.privacy.sealing import Sealer
from application.reading.states import StoredStates
from application.writing.execute import Executor
from application.writing.heads import Head
from application.writing.identity import derived_id, nth_inner_id
from application.writing.requests import Accepted, OnConflict, Request
from edge.authorization import actor
from edge.caller import Caller
from edge.client import seal, sealed_client
from edge.commands.bodies import AcceptedBody, Envelope
from edge.http.api import CORRELATION_ID
from edge.http.problems import InvalidRequest
from edge.observability import logger
from kernel.contents import Contents
from kernel.errors import DomainError
from kernel.messages import AggregateId, aggregate_id, plain_id
from kernel.operation import Body, CommandBody, Context, Operation, snake

TEXT = {"schema": {"type": "string"}}
ACCEPTED_HEADERS: Mapping[str, Any] = {
    "ETag": {"description": 'The version of the aggregate after the command: `"3"`', **TEXT},
    "Location": {
        "description": "Where to read the aggregate, or the deferred command",
        **TEXT,
    },
    CORRELATION_ID: {
        "description": "The correlation id of the events",
        **TEXT,
    },
}
ACCEPTED: dict[int, Any] = {
    202: {
        "description": "Accepted: the events are stored",
        "headers": ACCEPTED_HEADERS,
        "content": {"application/json": {"model": AcceptedBody}},
    }
}
NO_HEADERS: Mapping[str, str] = {}
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class CommandStore(EventStore, Claims, Protocol):
    """Events, and the unique values that aggregates hold."""


@dataclass(frozen=True)
class Commands:
    """What commands need: the domain, an executor for each aggregate type, and look-ups.

    Without a sealer nothing is recorded of the person who commands but their id.
    """

    contents: Contents
    executors: Mapping[str, Executor[Any, Any, Any]]
    look_ups: Any
    sealer: Sealer | None = None

    @classmethod
    def over(
        cls,
        contents: Contents,
        store: CommandStore,
        clock: Clock,
        warm: MutableMapping[AggregateId, Head[Any]],
        sleep: Callable[[float], None] = time.sleep,
        sealer: Sealer | None = None,
    ) -> Self:
        """Run commands on one store; `warm` is what the process remembers of streams."""
        executors = {
            kind.aggregate_type: Executor(store, kind, clock, warm, sleep)
            for kind in contents.aggregates
        }
        return cls(contents, executors, contents.look_ups(StoredStates(store, store)), sealer)


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
    traceparent: str | None = None


def from_envelope(
    operation: Operation, envelope: Envelope[Any], traceparent: str | None = None
) -> Sent:
    """Raises `InvalidRequest` when it does not say which aggregate it is for."""
    if envelope.aggregate_id is None and not operation.creates:
        noun = operation.aggregate_type.lower()
        raise InvalidRequest(
            f"`aggregateId` must name the {noun} that the command is for.", "aggregateId"
        )
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
        traceparent=traceparent,
    )


def from_item(
    contents: Contents, item: Mapping[str, JsonValue], traceparent: str | None = None
) -> Sent:
    """Return the command of an envelope that names it as `type`: `{type, data}`.

    Raises `InvalidRequest` and `RequestValidationError`.
    """
    operation = contents.operation.get(str(item.get("type")))
    if operation is None:
        raise InvalidRequest("`type` must name a command, as in `POST /commands/{type}`.", "type")
    envelope = {name: value for name, value in item.items() if name != "type"}
    try:
        return from_envelope(
            operation, _envelope_class(operation).model_validate(envelope), traceparent
        )
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None


@cache
def _envelope_class(operation: Operation) -> type[Envelope[Any]]:
    return Envelope[operation.data]  # type: ignore[name-defined] # made at run time


def perform(commands: Commands, who: Caller, sent: Sent) -> Accepted:
    """Raises what `Executor.execute` raises, and what the caller may not, or cannot, ask.

    What a command looks up may be gone when it is sent again: its answer is the same all the same.
    """
    executor = commands.executors[sent.operation.aggregate_type]
    try:
        request = request_of(commands, who, sent)
    except DomainError:
        accepted = executor.answered(
            request_of(replace(commands, look_ups=commands.contents.no_look_ups), who, sent)
        )
        if accepted is None:
            raise
    else:
        accepted = executor.execute(request)
    extra = {"aggregate_id": plain_id(accepted.aggregate_id), "version": accepted.version}
    logger.info("accepted", extra=extra)
    return accepted


def request_of(commands: Commands, who: Caller, sent: Sent) -> Request[Any]:
    """The command with what surrounds it. Raises what the caller may not, or cannot, ask."""
    acting = actor(who, sent.operation.who)
    check_user(who, sent)
    check_person(commands, who)
    plain = sent.target or derived_id(who.owner, sent.command_id)
    aggregate = aggregate_id(sent.operation.aggregate_type, plain)
    new_id = partial(nth_inner_id, aggregate, who.owner, sent.command_id)
    sealed = partial(seal, commands.sealer, who.sub)
    context = Context(
        acting, new_id, commands.look_ups, sent.ids, sealed, name=who.name, email=who.email
    )
    return Request(
        aggregate_id=aggregate,
        command=cast(CommandBody, sent.body).command(context),
        command_id=sent.command_id,
        actor=acting,
        correlation_id=correlation_of(sent),
        expected_version=sent.expected_version,
        on_conflict=sent.on_conflict,
        traceparent=sent.traceparent,
        client=sealed_client(commands.sealer, who.sub, who.client),
    )


def check_user(who: Caller, sent: Sent) -> None:
    """Raises `InvalidRequest`."""
    if sent.user_id not in (None, who.person):
        raise InvalidRequest("`userId` must be that of the token; it may be left out.", "userId")


def check_person(commands: Commands, who: Caller) -> None:
    """Whoever was forgotten commands through no machine either. Raises `SubjectIsForgotten`."""
    if who.on_behalf_of and commands.sealer:
        commands.sealer.keys.check(who.person)


def correlation_of(sent: Sent) -> str:
    """Without one of the client's, the command itself is what its consequences have in common."""
    return sent.correlation_id or sent.command_id


def accepted_body(accepted: Accepted) -> AcceptedBody:
    return AcceptedBody(
        command_id=accepted.command_id,
        aggregate_id=plain_id(accepted.aggregate_id),
        version=accepted.version,
        timestamp=accepted.timestamp,
    )


def answer(
    body: AcceptedBody, sent: Sent, headers: Mapping[str, str] = NO_HEADERS
) -> Response[dict[str, Any]]:
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type="application/json",
        body=body.model_dump(by_alias=True, mode="json", exclude_none=True),
        headers={
            "ETag": f'"{body.version}"',
            "Location": f"{sent.operation.collection}/{body.aggregate_id}",
            CORRELATION_ID: correlation_of(sent),
            **headers,
        },
    )


def new_key() -> str:
    """For a client that sends no key: then a second sending is another command."""
    return str(uuid6.uuid7())


def traceparent(header: str | None) -> str | None:
    """W3C trace context, kept only when it is well formed."""
    return header if header and TRACEPARENT.fullmatch(header) else None
