"""A command as it was sent: in an envelope, in headers and path, or as one of several."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import uuid6
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import JsonValue, ValidationError

from application.writing.identity import derived_id
from application.writing.requests import NO_VERSION, CommandMetadata, OnConflict
from edge.authorization import actor
from edge.caller import Caller
from edge.commands.bodies import Envelope
from edge.commands.controls import ANY_VERSION, NO_CONTROLS, Controls, Versions
from edge.http.problems import InvalidRequest
from kernel.contents import Contents
from kernel.messages import AggregateId, aggregate_id
from kernel.operation import Body, Operation, snake
from kernel.saga import Sending

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class SentCommand:
    """A command of a caller who may send it.

    `target` is the plain id of its aggregate; a creation may leave it out. `ids` name what lies
    within the aggregate: `line_id`. `place` leads to its data within the request's body.
    """

    who: Caller
    operation: Operation
    body: Body
    target: str | None
    metadata: CommandMetadata
    ids: Mapping[str, str] = field(default_factory=dict)
    place: tuple[str, ...] = ()

    @property
    def aggregate_id(self) -> AggregateId:
        plain = self.target or derived_id(self.who.owner, self.metadata.command_id)
        return aggregate_id(self.operation.aggregate_type, plain)


def from_envelope(
    who: Caller,
    operation: Operation,
    envelope: Envelope[Any],
    traceparent: str | None = None,
    headers: Controls = NO_CONTROLS,
) -> SentCommand:
    """Raises `InvalidRequest`, also where headers and envelope differ, and `Forbidden`."""
    if envelope.aggregate_id is None and not operation.creates:
        noun = operation.aggregate_type.lower()
        raise InvalidRequest(
            f"`aggregateId` must name the {noun} that the command is for.", "aggregateId"
        )
    controls = Controls.of_envelope(envelope).with_headers(headers)
    metadata = metadata_of(who, operation, controls, traceparent)
    check_user(who, envelope.user_id)
    ids = {name: getattr(envelope.data, name) for name in map(snake, operation.ids)}
    target, place = envelope.aggregate_id, ("data",)
    return SentCommand(who, operation, envelope.data, target, metadata, ids, place)


def from_named_envelope(
    who: Caller,
    contents: Contents,
    envelope: Mapping[str, JsonValue],
    traceparent: str | None = None,
    headers: Controls = NO_CONTROLS,
) -> SentCommand:
    """Take an envelope that names its command as `type`: `{type, data}`.

    Raises `InvalidRequest`, `RequestValidationError` and `Forbidden`.
    """
    operation = contents.operation.get(str(envelope.get("type")))
    if operation is None:
        raise InvalidRequest("`type` must name a command, as in `POST /commands/{type}`.", "type")
    given = {name: value for name, value in envelope.items() if name != "type"}
    try:
        validated = _envelope_class(operation).model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    return from_envelope(who, operation, validated, traceparent, headers)


def from_sending(
    who: Caller, contents: Contents, sending: Sending, command_id: str, correlation_id: str
) -> SentCommand:
    """Take a command of a saga or a reaction. Raises what `from_named_envelope` does."""
    envelope: dict[str, JsonValue] = {
        "type": sending.command,
        "commandId": command_id,
        "aggregateId": sending.target,
        "correlationId": correlation_id,
        "data": dict(sending.data),
    }
    return from_named_envelope(who, contents, envelope)


@cache
def _envelope_class(operation: Operation) -> type[Envelope[Any]]:
    return Envelope[operation.data]  # type: ignore[name-defined] # made at run time


def metadata_of(
    who: Caller, operation: Operation, controls: Controls, traceparent: str | None
) -> CommandMetadata:
    """Return the metadata of a command that the caller may send. Raises `Forbidden`.

    Without a correlation id of the client's, the events share the command's own id.
    """
    key = controls.command_id or new_key()
    versions = expected(operation, controls.versions)
    return CommandMetadata(
        command_id=key,
        actor=actor(who, operation.who),
        correlation_id=controls.correlation_id or key,
        expected_version=versions and versions.expected,
        other_versions=versions.others if versions else (),
        on_conflict=controls.on_conflict or OnConflict.REJECT,
        traceparent=traceparent,
    )


def expected(operation: Operation, versions: Versions | None) -> Versions | None:
    """Return the versions to compare with; a change has nothing to compare with `*`.

    It is for an aggregate that exists in any case.
    """
    if versions is None or versions.expected != ANY_VERSION:
        return versions
    return Versions(NO_VERSION) if operation.creates else None


def check_user(who: Caller, user_id: str | None) -> None:
    """Raises `InvalidRequest`."""
    if user_id not in (None, who.person):
        raise InvalidRequest("`userId` must be that of the token; it may be left out.", "userId")


def new_key() -> str:
    """Return the key of a command that came without one; sent again, it is another command."""
    return str(uuid6.uuid7())


def traceparent(header: str | None) -> str | None:
    """Return the W3C trace context if it is well formed."""
    return header if header and TRACEPARENT.fullmatch(header) else None
