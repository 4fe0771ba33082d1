"""Commands that machines of this system send: sagas, reactions, and consumers of other domains."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import ValidationError

from edge.caller import Caller
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_sending
from edge.http.faults import fault
from edge.http.refusals import InvalidRequest
from kernel.saga import Sending


def send_as_machine(
    commands: Commands, who: Caller, sending: Sending, command_id: str, correlation_id: str
) -> None:
    """Send a command of a saga or a reaction. Raises what `perform` does, and `InvalidRequest`."""
    with without_input():
        sent = from_sending(who, commands.contents, sending, command_id, correlation_id)
        perform(commands, sent)


@contextmanager
def without_input() -> Iterator[None]:
    """Replace errors of validation by ones without the input, which may be personal data."""
    try:
        yield
    except (RequestValidationError, ValidationError) as error:
        found = map(fault, cast(list[dict[str, Any]], error.errors()))
        text = "; ".join(f"{one.path}: {one.message}" for one in found)
        raise InvalidRequest(text) from None
