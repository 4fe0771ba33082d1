"""A projection does what it says of itself: its part of template.yaml follows from that."""

from collections.abc import Iterator

import pytest

from domain.contents import contents
from kernel.messages import Event
from kernel.projection import Projection, RowKey
from tests.support.spec import recorded
from tests.support.steps import occurrences
from tests.support.unions import events_of

EVENTS = {
    f"{projection.name}-{event.__name__}": (projection, event)
    for projection in contents.projections
    for event in events_of(projection.aggregate)
}
every_projection = pytest.mark.parametrize(
    "projection", contents.projections, ids=lambda projection: projection.name
)


def touched(projection: Projection, event: type[Event] = Event) -> Iterator[tuple[RowKey, ...]]:
    """Yield the rows that each event of the kind touches, wherever it happens in a life."""
    for before, happened in occurrences(projection.aggregate):
        if isinstance(happened, event):
            *_, last = recorded(*before, happened)
            yield projection.touches(None, last)


@pytest.mark.parametrize(("projection", "event"), EVENTS.values(), ids=EVENTS)
def test_the_relevant_events_and_no_others_touch_rows(
    projection: Projection, event: type[Event]
) -> None:
    relevant = projection.relevant is None or event in projection.relevant

    assert {bool(keys) for keys in touched(projection, event)} == {relevant}


@every_projection
def test_the_rows_are_of_the_models_and_the_head_is_the_last(projection: Projection) -> None:
    keys = list(touched(projection))

    assert {key.model for keys_of in keys for key in keys_of} == set(projection.models)
    assert {keys_of[-1].model for keys_of in keys if keys_of} == {projection.head_model}


@every_projection
def test_the_models_are_in_the_data_schema(projection: Projection) -> None:
    assert set(projection.models) <= contents.read_models.rows.keys()


@every_projection
def test_the_events_are_those_of_the_aggregate(projection: Projection) -> None:
    assert projection.aggregate in contents.aggregates
    assert set(projection.relevant or ()) <= set(events_of(projection.aggregate))
