"""IntegrationConsumer: events of other domains, validated and translated into commands.

Another domain is one translation of `domain/contents.py`; `make docs` writes its source and detail
types into `IntegrationRule` of template.yaml.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from application.failures import reason
from application.ports import FailureSink, Unavailable
from application.upcasting import MALFORMED
from edge.authorization import actor
from edge.caller import event_source
from edge.commands.integration import on_behalf
from edge.commands.machines import without_input
from edge.commands.sending import Commands, perform
from edge.commands.sent import from_named_envelope
from edge.deliveries.reporting import is_reported
from edge.errors import failure, row_of
from edge.http import strict_json
from edge.http.refusals import InvalidRequest
from edge.observability import correlate, correlated, logger
from kernel.operation import NamedEnvelope, Who

WHERE = "integration"
"""The name in the queue's name: by it `skafu dlq show` finds why a message failed."""


@dataclass(frozen=True)
class Consumer:
    """Send the command that the event of a message causes.

    An event that is refused for good is reported once, and is done with. Any other failure is
    delivered again: what it is about may not be recorded yet. After ten failures it waits,
    unchanged, in `IntegrationDlq`.
    """

    commands: Commands
    failures: FailureSink

    def __call__(self, record: SQSRecord) -> None:
        """Handle a message. Raises what fails, so that the message is delivered again."""
        with correlated(None, message_id=record.message_id):
            try:
                self._send(read_event(record))
            except Unavailable as error:
                logger.warning("later", extra={"why": reason(error)})
                raise
            except Exception as error:  # whatever it is, it is reported, and retried if that helps
                if self._report(record, error) and is_for_good(error):
                    return
                raise

    def _send(self, event: Mapping[str, Any]) -> None:
        correlate(str(event["id"])[:128])
        source, detail_type = event["source"], event["detail-type"]
        if (source, detail_type) not in self.commands.contents.translations:
            raise InvalidRequest("No translation takes events of this source and detail type.")
        machine = event_source(source)
        # A machine that reports on work may look at anybody's.
        reader = actor(machine, Who.WORKER)
        translate = self.commands.contents.translations[source, detail_type]
        with without_input(), well_formed():
            item = translate(event["detail"], self.commands.look_ups, reader)
            logger.info("translated", extra=about(event, item))
            if item is None:
                return
            who, rest = on_behalf(machine, strictly(item))
            envelope = {"correlationId": event["id"], **rest}
            sent = from_named_envelope(who, self.commands.contents, envelope)
            correlate(sent.metadata.correlation_id)
        perform(self.commands, sent)

    def _report(self, record: SQSRecord, error: Exception) -> bool:
        """Report the first failure, and what is refused for good; tell whether that worked.

        The dead-letter queue shows what was given up.
        """
        logger.exception("not integrated")
        if int(record.attributes.approximate_receive_count) > 1 and not is_for_good(error):
            return True
        key = {"messageId": record.message_id, **event_of(record)}
        found = failure(error, what="EventNotIntegrated", where=WHERE, key=key)
        return is_reported(self.failures, found)


def is_for_good(error: Exception) -> bool:
    """Tell whether the same event would be refused again.

    Not when something does not exist: it may not be recorded yet.
    """
    status = row_of(type(error)).answer.status
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_FOUND


def event_of(record: SQSRecord) -> dict[str, str]:
    """Return what identifies an event with its sender, so that it can be sent again."""
    try:
        event = json.loads(record.body)
        return {"eventId": str(event["id"]), "source": str(event["source"])}
    except MALFORMED:
        return {}


def read_event(record: SQSRecord) -> dict[str, Any]:
    """Return the event of a message. Raises `InvalidRequest` for anything else.

    Another domain tells more than is translated, so only fields that are given twice are refused.
    """
    try:
        event = json.loads(record.body, object_pairs_hook=strict_json.unambiguous)
        texts = event["id"], event["source"], event["detail-type"]
        if all(isinstance(text, str) for text in texts) and isinstance(event["detail"], dict):
            return dict(event)
    except MALFORMED:  # its text may quote the detail
        pass
    raise InvalidRequest("The message holds no event.")


def strictly(item: NamedEnvelope) -> NamedEnvelope:
    """Return the command as a request could hold it. Raises `InvalidRequest`, without quotes."""
    try:
        return cast(NamedEnvelope, strict_json.loads(strict_json.dumps(item)))
    except ValueError:
        raise InvalidRequest("The command holds what no request may hold.") from None


@contextmanager
def well_formed() -> Iterator[None]:
    """Replace what a translation makes of a detail without the fields that it needs."""
    try:
        yield
    except (AttributeError, KeyError, TypeError):
        raise InvalidRequest("The detail does not have the shape that is translated.") from None


def about(event: Mapping[str, Any], item: NamedEnvelope | None) -> dict[str, Any]:
    """Return what the log shows of an event: no payload."""
    sent = item and {"command": item["type"], "command_id": item["commandId"]}
    return {"source": event["source"], "detail_type": event["detail-type"], "sent": sent}
