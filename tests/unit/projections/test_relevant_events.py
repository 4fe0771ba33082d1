"""A projection does what it says of itself: its part of template.yaml follows from that."""

from collections.abc import Iterator

import pytest

from domain.contents import contents
from kernel.messages import Event
from kernel.projection import Projection, RowKey
from projections.generated.rows import ROW_CLASSES
from tests.domain.support.examples import before, event_of
from tests.support.spec import recorded
from tests.support.unions import AnyDecider, events_of

EVENTS = {
    (projection.name, event.__name__): (projection, event_of(decider, event.__name__))
    for projection in contents.projection.values()
    for decider in contents.aggregates
    if decider.aggregate_type == projection.aggregate_type
    for event in events_of(decider)
}
every_projection = pytest.mark.parametrize(
    "projection", contents.projection.values(), ids=lambda projection: projection.name
)


def touched(projection: Projection, event: Event) -> tuple[RowKey, ...]:
    *_, last = recorded(*before(type(event).__name__), event)
    return projection.touches(None, last)


@pytest.mark.parametrize(("projection", "event"), EVENTS.values(), ids=map("-".join, EVENTS))
def test_the_relevant_events_and_no_others_touch_rows(projection: Projection, event: Event) -> None:
    relevant = projection.relevant is None or isinstance(event, projection.relevant)

    assert bool(touched(projection, event)) == relevant


@every_projection
def test_the_rows_are_of_the_models_and_the_head_is_the_last(projection: Projection) -> None:
    keys = [touched(projection, event) for other, event in EVENTS.values() if other is projection]

    assert {key.model for touched in keys for key in touched} == set(projection.models)
    assert {touched[-1].model for touched in keys if touched} == {projection.head_model}


@every_projection
def test_the_models_are_in_the_data_schema(projection: Projection) -> None:
    assert set(projection.models) <= ROW_CLASSES.keys()


@every_projection
def test_the_events_are_those_of_the_aggregate(projection: Projection) -> None:
    (decider,) = aggregates(projection)

    assert projection.events is decider.events
    assert set(projection.relevant or ()) <= set(events_of(decider))


def aggregates(projection: Projection) -> Iterator[AnyDecider]:
    return (d for d in contents.aggregates if d.aggregate_type == projection.aggregate_type)
