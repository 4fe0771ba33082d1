"""Reactor: events of the domain's own that something outside answers, by a command of a machine.

A message is a hint: the event is read from the store. One that was delivered before has no further
effect, as the command for an event always has the same id.
"""

import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from application.failures import reason
from application.ports import EventStore, FailureSink
from application.tracing import span
from application.upcasting import MALFORMED
from application.writing.requests import CommandIdReused
from edge.caller import named_machine
from edge.commands.machines import send_as_machine
from edge.commands.sending import Commands
from edge.deliveries.batches import read_hint
from edge.deliveries.hints import Hint
from edge.deliveries.reporting import is_reported, key_of
from edge.errors import failure, row_of
from edge.observability import correlated, logger
from kernel.errors import DomainError, NotFound
from kernel.messages import AggregateId, Recorded, event_id
from kernel.reaction import History, Reaction
from kernel.saga import Sending

WHERE = "reactions"
"""The name in the queue's name: by it `skafu dlq show` finds why a message failed."""
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
    even that command can be sent, that is reported, and the message waits in `ReactionDlq`.
    """

    commands: Commands
    store: EventStore
    history: History
    failures: FailureSink

    def __call__(self, record: SQSRecord) -> None:
        """Handle a message. Raises what fails, so that the message is delivered again."""
        try:
            found = read_hint(record, self.commands.contents.events)
        except MALFORMED as error:
            self._report(error, "HintNotRead", {"messageId": record.message_id})
            return
        with (
            correlated(found.correlation, aggregate_id=found.aggregate),
            span("react", found.traceparent),
        ):
            try:
                for reaction, recorded in self._caused(found):
                    self._react(reaction, recorded, found.receives)
            except Exception as error:  # whatever it is, the log says why it is delivered again
                logger.warning("later", extra={"why": reason(error), "sequence": found.sequence})
                if found.receives == TRIES + 1:
                    self._report(error, "EventNotAnswered", key_of(found.aggregate, found.sequence))
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
        key = key_of(recorded.aggregate_id, recorded.sequence)
        self._report(found, "EventNotAnswered", key)

    def _send(self, reaction: Reaction, recorded: Recorded[Any], sending: Sending | None) -> None:
        if sending is None:
            logger.info("nothing to do")
            return
        who, id = named_machine(reaction.machine, reaction.machine), command_id(recorded, sending)
        try:
            send_as_machine(self.commands, who, sending, id, recorded.correlation_id)
        except NotFound:
            raise
        except DONE as error:
            logger.info("done already", extra={"why": reason(error)})

    def _report(self, error: Exception, what: str, key: Key) -> None:
        is_reported(self.failures, failure(error, what=what, where=WHERE, key=key))


def command_id(recorded: Recorded[Any], sending: Sending) -> str:
    """Return the id of the command, the same whenever it is sent for this event."""
    cause = uuid.UUID(event_id(recorded.aggregate_id, recorded.sequence))
    return str(uuid.uuid5(cause, sending.command))


def is_for_good(error: Exception) -> bool:
    """Tell whether the same answer would be refused again."""
    return row_of(type(error)).answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
