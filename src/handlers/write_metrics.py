"""MetricWriter: CloudWatch's figures of each minute as rows, on a schedule."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from application.metric_rows import MetricWriter
from edge.metric_rows import write_rows
from edge.observability import logged
from handlers import wiring


@cache
def _writer() -> MetricWriter:
    return wiring.metric_writer()


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    def left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    write_rows(_writer(), wiring.failures(), left)


wiring.at_init(_writer)
