"""MetricWriter: logs and reports what became of a run."""

from application.failures import reason
from application.metric_rows import Left, MetricWriter, Written
from application.ports import FailureSink, Unavailable
from edge.deliveries.reporting import is_reported
from edge.errors import failure
from edge.observability import logger

WHERE = "metric-rows"


def write_rows(writer: MetricWriter, failures: FailureSink, left: Left) -> None:
    """Write the rows that are due. Raises what fails, which the next run makes good.

    What AppSync refuses for good is reported once by each process, and stops no other row; of many,
    which have one cause, the first stands for all.
    """
    try:
        written = writer(left)
    except Unavailable as error:
        logger.warning("later", extra={"why": reason(error)})
        raise
    log = logger.warning if written.waiting else logger.info
    log("rows written", extra=counts(written))
    if written.refused:
        report(written, failures)


def report(written: Written, failures: FailureSink) -> None:
    id, error = written.refused[0]
    logger.error("not written", exc_info=error, extra={"row": id})
    key: dict[str, str | int] = {"id": id, "rows": len(written.refused)}
    is_reported(failures, failure(error, what="MetricRowRefused", where=WHERE, key=key))


def counts(written: Written) -> dict[str, int]:
    return {
        "new": written.created,
        "mended": written.mended,
        "waiting": written.waiting,
        "refused": len(written.refused),
    }
