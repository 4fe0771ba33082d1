"""SagaEvents: begins runs, answers steps that wait, removes what is not kept, and sweeps.

An event is a hint: what it says is read from the store. One that was delivered before has no
further effect.
"""

from dataclasses import asdict, dataclass, replace

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from application.failures import reason
from application.ports import FailureSink, Unavailable
from application.sagas.answering import answer
from application.sagas.beginning import Beginnings
from application.sagas.ports import SagaTable
from application.sagas.removing import Removal
from application.sagas.sweeping import Left, Subject, Sweep, for_ever
from application.tracing import span
from application.upcasting import MALFORMED
from edge.deliveries.batches import read_hint
from edge.deliveries.hints import Hint
from edge.deliveries.reporting import is_reported, key_of
from edge.errors import failure
from edge.observability import correlated, logger

WHERE = "sagas"
"""The name in the queue's name: by it `skafu dlq show` finds why a message failed."""
CLOCK = "aws.events"
"""The source of what a schedule sends."""


@dataclass(frozen=True)
class Listener:
    """Begins the run that an event began, or answers the step that waited for it.

    When an event ends an aggregate, what runs have made elsewhere is removed.

    Whatever fails is delivered again; after ten failures it waits in `SagaDlq`. A message without
    an event of ours is reported, and done with.
    """

    beginnings: Beginnings
    table: SagaTable
    sweep: Sweep
    removal: Removal
    failures: FailureSink

    def __call__(self, record: SQSRecord, lambda_context: LambdaContext | None = None) -> None:
        """Handle a message. Raises what fails, so that the message is delivered again.

        Powertools hands over the context by this name; without one there is no limit.
        """
        if is_time(record):
            self._sweep(record, seconds_of(lambda_context))
            return
        try:
            found = read_hint(record, self.beginnings.runs.contents.events)
        except MALFORMED as error:
            self._report(record, error, what="HintNotRead")
            return
        with (
            correlated(found.correlation, aggregate_id=found.aggregate),
            span("hear", found.traceparent),
        ):
            try:
                logger.info(self._handle(found), extra={"sequence": found.sequence})
            except Unavailable as error:
                logger.warning("later", extra={"why": reason(error)})
                raise
            except Exception as error:  # whatever it is, it is reported, and tried again
                logger.exception("not heard", extra={"sequence": found.sequence})
                if found.receives <= 1:
                    self._report(record, error, "EventNotHeard", (found.aggregate, found.sequence))
                raise

    def _sweep(self, record: SQSRecord, left: Left) -> None:
        """Sweep, and report what failed: the next sweep tries it again, so this one is over."""
        try:
            swept = self.sweep(left)
        except Unavailable as error:
            logger.warning("later", extra={"why": reason(error)})
            raise
        except Exception as error:  # whatever it is, it is reported, and tried again
            logger.exception("not swept")
            self._report(record, error, what="SweepFailed")
            raise
        numbers = asdict(replace(swept, failures=()))
        logger.info("swept", extra={**numbers, "failures": len(swept.failures)})
        for found in swept.failures:
            aggregate, sequence = found.subject
            about = {"aggregate_id": aggregate, "sequence": sequence}
            logger.error("not swept", exc_info=found.error, extra=about)
            self._report(record, found.error, "RunNotSwept", found.subject)

    def _handle(self, found: Hint) -> str:
        run = self.beginnings.runs.begun_by(found.aggregate, found.sequence)
        if run is not None and self.beginnings.paused:
            return "paused"
        if run is not None:
            return "begun" if self.beginnings.begin(run) else "not begun again"
        if self.removal(found.aggregate, found.sequence):
            return "removed"
        waiting = self.table.waiting(found.aggregate)
        if waiting is None:
            return "nobody waits"
        runs, executions = self.beginnings.runs, self.beginnings.executions
        return "answered" if answer(runs, self.table, executions, waiting) else "not ended"

    def _report(
        self, record: SQSRecord, error: Exception, what: str, subject: Subject | None = None
    ) -> None:
        about = key_of(*subject) if subject else {}
        key = {**about, "messageId": record.message_id}
        is_reported(self.failures, failure(error, what=what, where=WHERE, key=key))


def seconds_of(context: LambdaContext | None) -> Left:
    """Return what tells the seconds that the invocation has left."""
    if context is None:
        return for_ever
    return lambda: context.get_remaining_time_in_millis() / 1000


def is_time(record: SQSRecord) -> bool:
    """Tell whether the message is one of the clock: it is time for a sweep."""
    try:
        return bool(record.json_body["source"] == CLOCK)
    except MALFORMED:
        return False
