"""Several commands in one request: each succeeds or fails for itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Body as BodyParameter
from pydantic import Field, JsonValue, WithJsonSchema

from application.ports import FailureSink, Unavailable
from application.writing.identity import nth_key
from edge.caller import Caller, caller
from edge.commands.answers import accepted_body
from edge.commands.bodies import AcceptedBody
from edge.commands.descriptions import BATCH
from edge.commands.examples import batch_example
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope, new_key, traceparent
from edge.http.api import problem_responses
from edge.http.headers import Correlation, IdempotencyKey
from edge.http.problems import EXPECTED, Problem, problem_of, reported
from edge.observability import correlated
from kernel.messages import Message
from kernel.operation import Body, NamedEnvelope

MAX_COMMANDS = 100
TIME_FOR_ALL = 10.0  # seconds: the function has fifteen

# An item is validated when its turn comes, and a wrong one is answered in its place. So the schema
# names the fields and requires none.
ITEM_SCHEMA = {
    "type": "object",
    "title": "BatchItem",
    "description": "A command as `POST /commands/{type}` takes it, with its name as `type`.",
    "properties": {
        name: {"description": text}
        for name, text in {
            "type": "The name of the command, as in `POST /commands/{type}`.",
            "commandId": "Its own id; if left out, derived from the batch's key and its place.",
            "userId": "The id of the caller; it may be left out.",
            "correlationId": "An id that its events carry; if left out, that of the batch.",
            "timestamp": "The time at which the client made the command.",
            "aggregateId": "The aggregate that the command is for; a creation may leave it out.",
            "expectedVersion": "The version that the command was decided on.",
            "onConflict": "`reject`, `last-write-wins` or `merge`, as `X-On-Conflict` says.",
            "data": "The data of the command.",
        }.items()
    },
}
BatchItem = Annotated[dict[str, JsonValue], WithJsonSchema(ITEM_SCHEMA)]


class BatchBody(Body):
    commands: Annotated[list[BatchItem], Field(min_length=1, max_length=MAX_COMMANDS)]


class BatchResult(Message):
    """The answer to one command: `accepted` with status 202, else `problem`."""

    status: int
    accepted: AcceptedBody | None = None
    problem: Problem | None = None


class BatchAnswer(Message):
    """The results of a batch, one for each command, in their order."""

    results: list[BatchResult]


class OutOfTime(Unavailable):
    """Earlier commands of the batch used up the time; this one was not tried."""


@dataclass(frozen=True)
class Batch:
    """The parts that all commands of one batch share."""

    who: Caller
    key: str
    correlation_id: str | None
    traceparent: str | None

    @classmethod
    def of(
        cls, app: APIGatewayRestResolver, who: Caller, key: str | None, correlation_id: str | None
    ) -> Self:
        trace = traceparent(app.current_event.headers.get("traceparent"))
        return cls(who, key or new_key(), correlation_id, trace)

    def completed(self, item: NamedEnvelope, command_id: str) -> dict[str, JsonValue]:
        """Fill in what the item leaves out: its own command id, and the batch's correlation id."""
        own = item.get("correlationId")
        return {
            "commandId": command_id,
            **item,
            "correlationId": self.correlation_id if own is None else own,
        }


ANSWERS: dict[int, Any] = {
    200: {
        "description": "One result for each command",
        "content": {"application/json": {"model": BatchAnswer}},
    },
    **problem_responses(400, 401, 413, 415, 429, 503),
}


SenderOf = Callable[[Caller, NamedEnvelope], tuple[Caller, NamedEnvelope]]
"""Return the sender of an item of the caller's batch, and the rest of the item."""


def caller_itself(who: Caller, item: NamedEnvelope) -> tuple[Caller, NamedEnvelope]:
    return who, item


@dataclass(frozen=True)
class BatchRunner:
    """Runs batches; `report` makes the problem of an unexpected error."""

    commands: Commands
    report: Callable[[Exception], Problem]
    monotonic: Callable[[], float] = time.monotonic
    sender_of: SenderOf = caller_itself

    def run(self, batch: Batch, items: list[dict[str, JsonValue]]) -> BatchAnswer:
        deadline = self.monotonic() + TIME_FOR_ALL
        return BatchAnswer(
            results=[self._result(batch, n, item, deadline) for n, item in enumerate(items)]
        )

    def _result(self, batch: Batch, n: int, item: NamedEnvelope, deadline: float) -> BatchResult:
        try:
            if self.monotonic() > deadline:
                raise OutOfTime("not tried")
            return self._accepted(batch, n, item)
        except EXPECTED as error:
            problem, _ = problem_of(error)
        except Exception as error:  # it must not stop the commands after it
            problem = self.report(error)
        return BatchResult(status=problem.status, problem=problem)

    def _accepted(self, batch: Batch, n: int, item: NamedEnvelope) -> BatchResult:
        who, command = self.sender_of(batch.who, item)
        envelope = batch.completed(command, nth_key(batch.key, n))
        sent = from_named_envelope(who, self.commands.contents, envelope, batch.traceparent)
        with correlated(sent.metadata.correlation_id):
            accepted = perform(self.commands, sent)
        return BatchResult(status=HTTPStatus.ACCEPTED, accepted=accepted_body(accepted))


def route(
    app: APIGatewayRestResolver,
    commands: Commands,
    failures: Callable[[], FailureSink],
) -> None:
    runner = BatchRunner(commands, lambda e: reported(e, app.current_event.raw_event, failures))
    example = BodyParameter(openapi_examples=batch_example(commands.contents))

    @app.post(
        "/commands",
        summary="Send several commands",
        description=BATCH,
        tags=["Commands"],
        operation_id="send_commands",
        responses=ANSWERS,
    )
    def send_commands(
        body: Annotated[BatchBody, example],
        idempotency_key: IdempotencyKey = None,
        x_correlation_id: Correlation = None,
    ) -> Response[dict[str, Any]]:
        who = caller(app.current_event.raw_event)
        batch = Batch.of(app, who, idempotency_key, x_correlation_id)
        return answer(runner.run(batch, body.commands))


def answer(results: BatchAnswer) -> Response[dict[str, Any]]:
    return Response(
        status_code=HTTPStatus.OK,
        content_type="application/json",
        body=results.model_dump(by_alias=True, mode="json", exclude_none=True),
    )
