"""Measure queries: how long each took, and if its answer was cached or stale."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from application.metrics import (
    CACHE_HITS,
    QUERY,
    QUERY_FAILURES,
    QUERY_LATENCY,
    QUERY_READ_UNITS,
    STALE_ANSWERS,
    Measured,
    Metric,
    Metrics,
)
from edge.errors import row_of


@contextmanager
def measuring(metrics: Metrics, kind: str, name: str) -> Iterator[list[Response[Any]]]:
    """Count the query that is answered within; the list takes its answer."""
    answers: list[Response[Any]] = []
    failed = False
    try:
        with metrics.effort() as effort:
            yield answers
    except Exception as error:
        failed = row_of(type(error)).answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise
    finally:
        values: dict[Metric, float] = {
            QUERY_LATENCY: effort.milliseconds,
            QUERY_FAILURES: int(failed),
            QUERY_READ_UNITS: effort.units.read,
        }
        for answer in answers:
            values |= said(answer)
        metrics.write(Measured(QUERY, values, {"Kind": kind}, {"query": name}))


def said(answer: Response[Any]) -> dict[Metric, float]:
    """Return what the answer says of itself, if it has metadata."""
    body = answer.body if isinstance(answer.body, Mapping) else {}
    meta = body.get("meta")
    if not isinstance(meta, Mapping):
        return {}
    return {CACHE_HITS: int(meta["cached"]), STALE_ANSWERS: int(meta["stale"])}
