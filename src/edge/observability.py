"""The logger of all handlers: JSON lines without payloads.

Every line carries the request id of the invocation, whether it was a cold start, and a correlation
id, by which `skafu logs` follows one command through all functions.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from edge.log_lines import LogLines

T = TypeVar("T")
Handler = Callable[[dict[str, Any], Any], T]

# ASCII only: no character of a record can end its line (U+0085, U+2028) or fail to be written (half
# of a surrogate pair).
serialize = partial(json.dumps, default=str, separators=(",", ":"))
# Without `stack_trace`, which would quote what `exception` leaves out.
lines = LogLines(json_serializer=serialize, serialize_stacktrace=False, use_rfc3339=True)
logger = Logger(service="skafu", logger_formatter=lines)

NAMESPACE = "Skafu"
"""The namespace of our own metrics in CloudWatch."""
IDS = ("correlation_id", "function_request_id", "cold_start")
"""What every line carries, those of metrics included."""

# gql at DEBUG prints signed headers and payloads; botocore prints requests.
for name in ("gql", "gql.transport.requests", "botocore", "urllib3"):
    logging.getLogger(name).setLevel(logging.WARNING)


def logged(handle: Handler[T]) -> Handler[T]:
    """Put the ids of the invocation into every line that a function logs.

    The correlation id is the invocation's own until the handler finds the one of its input.
    """

    @wraps(handle)
    def run(event: dict[str, Any], context: Any) -> T:  # noqa: ANN401 - Lambda's context
        correlate(context.aws_request_id)
        # They are the same in each line of the function's own log group.
        logger.remove_keys(["function_arn", "function_memory_size"])
        try:
            return handle(event, context)
        except Exception as error:
            # The class alone: the text of an error may quote what was sent.
            logger.error("failed", extra={"error": type(error).__name__})
            raise

    return logger.inject_lambda_context(run, clear_state=True)


def correlate(correlation_id: str) -> None:
    """Let all further lines of the invocation carry this correlation id."""
    logger.set_correlation_id(correlation_id)


@contextmanager
def correlated(correlation_id: str | None, **keys: object) -> Iterator[None]:
    """Let the lines about one record of a batch carry its correlation id, if it has one."""
    before = logger.get_correlation_id()
    correlate(correlation_id or before or "")
    try:
        with logger.append_context_keys(**keys):
            yield
    finally:
        correlate(before or "")


def measure(name: str, value: float, **dimensions: str) -> None:
    """Log a metric in the form that CloudWatch takes metrics from (EMF), one value a line."""
    with single_metric(name, MetricUnit.NoUnit, value, namespace=NAMESPACE) as metric:
        known = logger.get_current_keys()
        for key in IDS:
            metric.add_metadata(key, known.get(key, ""))
        for dimension, said in dimensions.items():
            metric.add_dimension(dimension, said)
