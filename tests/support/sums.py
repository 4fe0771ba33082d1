"""The rows of sums that a stream would yield if it alone contributed."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, cast

from application.reading.gathering import Gathering
from kernel.projection import Projection, Row, RowKey
from kernel.summary import Shares
from tests.support.fakes import MemoryReadModels


def sums_of(projection: Projection, rows: Mapping[RowKey, Row]) -> dict[RowKey, Row]:
    """Return the parts and sums that the head among the rows contributes to."""
    sums = MemoryReadModels()
    for key, row in rows.items():
        if projection.summary and key.model == projection.head_model:
            head = cast(Shares, row)
            gathering = Gathering(sums, projection, projection.summary, nullcontext())
            gathering.gather(head, key.id, lambda head=head: head)  # type: ignore[misc] # mypy cannot infer it
    return sums.rows


def with_sums(projection: Projection, rows: Mapping[RowKey, Row]) -> dict[RowKey, Any]:
    return {**rows, **sums_of(projection, rows)}
