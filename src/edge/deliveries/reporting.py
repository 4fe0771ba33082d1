"""Reports of failures from deliveries: an error bus that is down fails no batch."""

from application.failures import Failure
from application.ports import FailureSink
from edge.observability import logger
from kernel.messages import AggregateId


def key_of(aggregate: AggregateId, sequence: int) -> dict[str, str | int]:
    """Return the key of a failure that is about an event."""
    return {"aggregateId": aggregate, "eventSequence": sequence}


def is_reported(failures: FailureSink, failure: Failure) -> bool:
    """Report the failure; tell whether that worked. The log has it in any case."""
    try:
        failures.report(failure)
    except Exception:  # the edge: whatever keeps a failure from its list must stop nothing else
        logger.exception("not reported", extra={"failure": failure.to_dict()})
        return False
    return True
