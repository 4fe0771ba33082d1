"""The logger of all handlers: JSON lines without payloads.

Every line carries the request id of the invocation, whether it was a cold start, and a correlation
id, by which `skafu logs` follows one command through all functions.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from application.metrics import Measured
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
"""The namespace of our own metrics where the environment names none."""
IDS = ("correlation_id", "function_request_id", "cold_start")
"""What every line carries, those of metrics included."""

# gql at DEBUG prints signed headers and payloads; botocore prints requests.
for name in ("gql", "gql.transport.requests", "botocore", "urllib3"):
    logging.getLogger(name).setLevel(logging.WARNING)
# It warns in each invocation that there are no metrics of OpenTelemetry to flush.
logging.getLogger("opentelemetry.instrumentation.aws_lambda").setLevel(logging.ERROR)


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


def namespace() -> str:
    """Return the namespace of the environment's metrics."""
    return os.environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)


def write_metrics(measured: Measured) -> None:
    """Log what was measured in the form that CloudWatch takes metrics from (EMF), in one line.

    Each environment has a namespace of its own, so that no series mixes two.
    """
    # Without a service, which would be one dimension more.
    line = EphemeralMetrics(namespace=namespace(), service="")
    for metric, values in measured.values.items():
        for value in values if isinstance(values, Sequence) else (values,):
            line.add_metric(metric.name, metric.unit, value)
    for dimension, named in measured.dimensions.items():
        line.add_dimension(dimension, named)
    known = logger.get_current_keys()
    for name, about in {**{key: known.get(key, "") for key in IDS}, **measured.about}.items():
        line.add_metadata(name, about)
    line.flush_metrics()
