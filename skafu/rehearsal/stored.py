"""Comparing rows with those that are stored, when there is no other code to compare with."""

from collections.abc import Iterator, Mapping
from typing import Any

from application.reading.survey import Differing
from kernel.contents import Contents
from kernel.messages import AggregateId
from kernel.projection import Projection
from skafu.rehearsal.comparing import (
    ABSENT,
    EVENT,
    ROW,
    THE_ROW,
    VERSION,
    WHOLE,
    Comparison,
    Difference,
    changes,
)

Json = Mapping[str, Any]
NOT_READ = "(cannot be read)"
NOT_SHOWN, SHOWN = "(does not show the stream)", "(shows it)"


def head(contents: Contents) -> Json:
    """Return what a child process says first, of the code of this process."""
    projections = contents.projections
    return {
        "states": {},
        "rows": {one.name: one.version for one in projections},
        "personal": {m: f for one in projections for m, f in one.personal.items()},
    }


def broken(stream: AggregateId, why: str, comparison: Comparison) -> Difference:
    """Return the difference of a stream of which not even the commits can be read."""
    found = Difference(EVENT, stream.partition("#")[0], stream, "", WHOLE, "(not known)", why)
    comparison.tally.add([found])
    return found


def stored_differences(one: Differing, name: str, comparison: Comparison) -> Iterator[Difference]:
    """Yield the fields of a row that differ from the stored one, apart from its version."""
    key = f"{one.key.model} {one.key.id}"
    found = [
        Difference(ROW, name, one.stream, key, *comparison.masked(one.key.model, *pair))
        for pair in pairs(one)
    ]
    comparison.tally.add(found)
    comparison.tally.again[name] += not found
    yield from found


def wrong_sum(projection: Projection, stream: AggregateId, comparison: Comparison) -> Difference:
    """Return the difference of sums that do not show what a stream contributes to them."""
    assert projection.summary is not None
    told = (NOT_SHOWN, SHOWN)
    found = Difference(ROW, projection.name, stream, projection.summary.model, WHOLE, *told)
    comparison.tally.add([found])
    return found


def pairs(one: Differing) -> Iterator[tuple[str, Any, Any]]:
    if one.stored is None:
        yield WHOLE, ABSENT if one.missing else NOT_READ, THE_ROW
    else:
        yield from (pair for pair in changes(one.stored, one.folded) if pair[0] != VERSION)
