"""Reactor: events of the domain's own that something outside answers, by a command of a machine.

A message is a hint: the event is read from the store. One that was delivered before has no further
effect, as the command for an event always has the same id.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import JsonValue

from application.failures import reason
from application.ports import EventStore, FailureSink
from application.upcasting import MALFORMED
from application.writing.requests import CommandIdReused
from edge.caller import named_machine
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from edge.deliveries.hints import Hint, hint
from edge.deliveries.integration import in_words
from edge.deliveries.reporting import is_reported
from edge.errors import failure, row_of
from edge.observability import correlated, logger
from kernel.errors import DomainError, NotFound
from kernel.messages import AggregateId, Recorded, event_id
from kernel.reaction import History, Reaction
from kernel.saga import Sending

WHERE = "Reactor"
Key = dict[str, str | int]
TRIES = 5
"""How often an event is tried before it is given up; the queue delivers a message ten times."""
DONE = (CommandIdReused, DomainError)
"""Refusals that say that there is nothing to do any more."""


@dataclass(frozen=True)
class Reactor:
    """Answers the event of a message.

    What fails is delivered again. The fifth time, and at once if it would fail again, the event is
    given up by the command for that; a message whose function was killed each time, too. When not
    even that command can be sent, the message waits in `ReactionDlq` in the end.
    """

    commands: Commands
    store: EventStore
    history: History
    failures: FailureSink

    def __call__(self, record: SQSRecord) -> None:
        """Handle a message. Raises what fails, so that the message is delivered again."""
        try:
            found = read(record, self.commands.contents.events)
        except MALFORMED as error:
            self._report(error, "HintNotRead", {"messageId": record.message_id})
            return
        with correlated(found.correlation, aggregate_id=found.aggregate):
            try:
                for reaction, recorded in self._caused(found):
                    self._react(reaction, recorded, found.receives)
            except Exception as error:  # whatever it is, the log says why it is delivered again
                logger.warning("later", extra={"why": reason(error)})
                raise

    def _caused(self, found: Hint) -> list[tuple[Reaction, Recorded[Any]]]:
        recorded = self._recorded(found.aggregate, found.sequence)
        reactions = self.commands.contents.reactions
        return [
            (r, recorded) for r in reactions if recorded and isinstance(recorded.event, r.event)
        ]

    def _recorded(self, aggregate: AggregateId, sequence: int) -> Recorded[Any] | None:
        kind = self.commands.contents.events[aggregate.partition("#")[0]]
        commit = next(self.store.back_from(aggregate, sequence), None)
        events = commit.recorded(kind) if commit else ()
        return next((one for one in events if one.sequence == sequence), None)

    def _react(self, reaction: Reaction, recorded: Recorded[Any], receives: int) -> None:
        if receives > TRIES:
            self._give_up(reaction, recorded, None)
            return
        try:
            self._send(reaction, recorded, reaction.answer(recorded, self.history))
        except Exception as error:  # whoever answers may raise anything
            if receives < TRIES and not is_for_good(error):
                raise
            self._give_up(reaction, recorded, error)

    def _give_up(
        self, reaction: Reaction, recorded: Recorded[Any], error: Exception | None
    ) -> None:
        found = error or TimeoutError("the function was killed each time")
        logger.warning("given up", extra={"why": reason(found)})
        self._send(reaction, recorded, reaction.give_up(recorded, error))
        key: Key = {
            "aggregateId": recorded.aggregate_id,
            "eventSequence": recorded.sequence,
        }
        self._report(found, "EventNotAnswered", key)

    def _send(self, reaction: Reaction, recorded: Recorded[Any], sending: Sending | None) -> None:
        if sending is None:
            logger.info("nothing to do")
            return
        machine = named_machine(reaction.machine, reaction.machine)
        envelope = enveloped(recorded, sending)
        try:
            with in_words():
                perform(
                    self.commands,
                    from_named_envelope(machine, self.commands.contents, envelope),
                )
        except NotFound:
            raise
        except DONE as error:
            logger.info("done already", extra={"why": reason(error)})

    def _report(self, error: Exception, what: str, key: Key) -> None:
        is_reported(self.failures, failure(error, what=what, where=WHERE, key=key))


def enveloped(recorded: Recorded[Any], sending: Sending) -> dict[str, JsonValue]:
    """Return the command, under an id that is the same whenever it is sent for this event."""
    cause = uuid.UUID(event_id(recorded.aggregate_id, recorded.sequence))
    return {
        "type": sending.command,
        "commandId": str(uuid.uuid5(cause, sending.command)),
        "aggregateId": sending.target,
        "correlationId": recorded.correlation_id,
        "data": dict(sending.data),
    }


def is_for_good(error: Exception) -> bool:
    """Tell whether the same answer would be refused again."""
    return row_of(type(error)).answer.status < HTTPStatus.INTERNAL_SERVER_ERROR


def read(record: SQSRecord, kinds: Collection[str]) -> Hint:
    """Return the hint of a message. Raises what a message of another shape makes of it."""
    kind = str(record.json_body["detail"]["aggregateId"]).partition("#")[0]
    if kind not in kinds:
        raise ValueError("the aggregate id is not one of ours")
    return hint(record.raw_event, kind)


def react(
    event: dict[str, Any], reactor: Reactor, context: LambdaContext | None = None
) -> PartialItemFailureResponse:
    """Answer with the messages to deliver again; none of them holds up another."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, reactor, processor, context)
