"""Series: what CloudWatch keeps and bills, a metric with a value for each of its dimensions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from application.metrics import OCCASIONS, Metric, Occasion
from kernel.contents import Contents


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a metric; `dimensions` are pairs of name and value, in the occasion's order."""

    metric: Metric
    occasion: Occasion
    dimensions: tuple[tuple[str, str], ...] = ()


def series_of(contents: Contents) -> Iterator[Series]:
    """Yield every series that the domain can make, in the order of the metrics."""
    values = values_of(contents)
    for occasion in OCCASIONS:
        for metric in occasion.metrics:
            for dimensions in pairs(occasion, values):
                yield Series(metric, occasion, dimensions)


def pairs(
    occasion: Occasion, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[str, str], ...]]:
    for found in product(*(values[name] for name in occasion.dimensions)):
        yield tuple(zip(occasion.dimensions, found, strict=True))


def values_of(contents: Contents) -> Mapping[str, list[str]]:
    """Return the values that each dimension can have."""
    return {
        "Aggregate": [kind.aggregate_type for kind in contents.aggregates],
        "Projection": [projection.name for projection in contents.projections],
        "Kind": ["Commands", "History", "Queries"],
        "Saga": [saga.name for saga in contents.sagas],
    }
