"""The Express workflow that runs deferred commands."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.writing.deferral import Ticket


class StepFunctionsWorkflow:
    """Starts executions without waiting for them; each runs at least once."""

    def __init__(self, client: Any, state_machine: str) -> None:  # noqa: ANN401 - boto3's own
        self._client = client
        self._state_machine = state_machine

    def start(self, ticket: Ticket) -> None:
        """Start the ticket's execution. Neither its name nor its input shows the command."""
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine,
                name=f"{ticket.key}-{ticket.attempt}",
                input=json.dumps({"key": ticket.key, "attempt": ticket.attempt}),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
