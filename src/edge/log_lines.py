"""Log lines without payloads: the texts of exceptions that may quote one are left out."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from application.failures import reason

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class LogLines(LambdaPowertoolsFormatter):
    """Writes an exception as where it was raised and why, as failures tell it."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - the name is logging's
        return "" if ei[1] is None else "\n".join(_described(ei[1]))

    def _extract_log_exception(self, log_record: logging.LogRecord) -> Any:  # noqa: ANN401 - as there
        text, name, _ = super()._extract_log_exception(log_record)
        return text, name, None  # notes may quote anything


def _described(error: BaseException) -> Iterator[str]:
    """Yield the lines of a traceback, the causes first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _described(before)
        yield "which led to"
    yield "Traceback (most recent call last):"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    yield reason(error)
