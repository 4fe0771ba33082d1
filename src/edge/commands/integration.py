"""Commands of machines, which sign their requests with IAM, and may act on behalf of a person."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Body as BodyParameter
from pydantic import (
    JsonValue,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from application.ports import FailureSink
from edge.caller import Caller, machine
from edge.commands import batch as batches
from edge.commands.answers import ACCEPTED, accepted_body, answer
from edge.commands.batch import ITEM_SCHEMA, MAX_COMMANDS, Batch, BatchBody, BatchRunner
from edge.commands.controls import Controls
from edge.commands.descriptions import MACHINE
from edge.commands.examples import machine_example
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from edge.http.api import prefix, problem_responses
from edge.http.headers import Correlation, IdempotencyKey, IfAbsent, IfMatch, OnConflictHeader
from edge.http.problems import InvalidRequest, reported
from kernel.actor import Owner
from kernel.operation import NamedEnvelope

PATH = "/integration/commands"
SIGNED = "signature"
"""The security scheme's name in the OpenAPI document."""
ON_BEHALF_OF = {
    "onBehalfOf": {
        "description": (
            "The user for whom the machine acts: `<sub>`, or `<sub>::<username>` where the user "
            "name differs from the `sub`. If left out, the machine reports on its own work."
        )
    }
}
COMMAND_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "IntegrationCommand",
    "description": "One command, or several as `commands`; then `onBehalfOf` applies to all.",
    "properties": {
        **ITEM_SCHEMA["properties"],  # type: ignore[dict-item] # a dictionary, as written there
        **ON_BEHALF_OF,
        "commands": {"description": f"Up to {MAX_COMMANDS} commands."},
    },
}
IntegrationBody = Annotated[dict[str, JsonValue], WithJsonSchema(COMMAND_SCHEMA)]
ANSWERS: dict[int, Any] = {
    **batches.ANSWERS,
    **ACCEPTED,
    **problem_responses(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503),
}
# A machine acts for people only: no machine's id is an owner, as it contains a colon.
_owners = TypeAdapter(Owner)


def on_behalf(who: Caller, item: NamedEnvelope) -> tuple[Caller, NamedEnvelope]:
    """Return the machine, acting for the user whom the item names, and the rest of the item."""
    rest = {name: value for name, value in item.items() if name != "onBehalfOf"}
    if (person := item.get("onBehalfOf")) is None:
        return who, rest
    return replace(who, on_behalf_of=owner(person)), rest


def owner(person: JsonValue) -> str:
    """Return `<sub>::<username>`. Users who sign in by e-mail have their `sub` as user name."""
    try:
        return _owners.validate_python(person)
    except ValidationError:
        raise InvalidRequest(
            "`onBehalfOf` must identify a user: `<sub>` or `<sub>::<username>`.", "onBehalfOf"
        ) from None


def route(
    app: APIGatewayRestResolver,
    commands: Commands,
    failures: Callable[[], FailureSink],
) -> None:
    runner = BatchRunner(
        commands,
        lambda error: reported(error, app.current_event.raw_event, failures),
        sender_of=on_behalf,
    )
    example = BodyParameter(openapi_examples=machine_example(commands.contents))

    @app.post(
        PATH,
        summary="Send commands as a machine",
        description=MACHINE,
        tags=["Commands"],
        operation_id="send_commands_as_a_machine",
        responses=ANSWERS,
        security=[{SIGNED: []}],
    )
    def send(
        body: Annotated[IntegrationBody, example],
        idempotency_key: IdempotencyKey = None,
        if_match: IfMatch = None,
        if_none_match: IfAbsent = None,
        x_on_conflict: OnConflictHeader = None,
        x_correlation_id: Correlation = None,
    ) -> Response[dict[str, Any]]:
        who = machine(app.current_event.raw_event)
        batch = Batch.of(app, who, idempotency_key, x_correlation_id)
        if "commands" in body:
            check_for_several(app.current_event.headers)
            return send_several(runner, batch, body)
        controls = Controls.of_headers(
            idempotency_key=idempotency_key,
            if_match=if_match,
            if_none_match=if_none_match,
            x_on_conflict=x_on_conflict,
            x_correlation_id=x_correlation_id,
        )
        return send_one(commands, batch, body, controls, prefix(app))


def check_for_several(headers: Mapping[str, str]) -> None:
    """Raises `InvalidRequest` for headers that say something of one command."""
    for name in ("if-match", "if-none-match", "x-on-conflict"):
        if name in headers:
            raise InvalidRequest(
                "Several commands do not take this header: say it of each, in its envelope.",
                "header",
                name,
            )


def send_one(
    commands: Commands, batch: Batch, body: NamedEnvelope, controls: Controls, root: str
) -> Response[dict[str, Any]]:
    who, item = on_behalf(batch.who, body)
    sent = from_named_envelope(who, commands.contents, item, batch.traceparent, controls)
    return answer(accepted_body(perform(commands, sent)), sent, root)


def send_several(
    runner: BatchRunner, batch: Batch, body: Mapping[str, JsonValue]
) -> Response[dict[str, Any]]:
    """Run the commands; an item's own `onBehalfOf` takes precedence over that of the batch."""
    who, rest = on_behalf(batch.who, body)
    try:
        items = BatchBody.model_validate(rest).commands
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    batch = replace(batch, who=who)
    return batches.answer(runner.run(batch, items))
