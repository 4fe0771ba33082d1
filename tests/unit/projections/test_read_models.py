"""docs/read-models.yaml: what each event carries is shown, what is shown comes from an event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from types import UnionType
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from domain.contents import contents
from kernel.messages import AggregateId, Event, Message
from kernel.projection import Projection, RowMissing, fold_rows
from kernel.query import Detail
from skafu.generate.read_models import snake
from skafu.reach.read_models import HAPPENED, listed, load
from tests.support.spec import STREAM, recorded
from tests.support.steps import occurrences
from tests.support.sums import with_sums
from tests.support.unions import AnyDecider, events_of

PAGE = load()
ROWS = list(PAGE.rows())
BUILT = {
    f"{model}.{to_camel(one.name)}"
    for model, row in contents.read_models.rows.items()
    for one in fields(row)
}
PLANNED = PAGE.planned_fields()
OTHER = AggregateId(f"{STREAM[:-1]}2")
pytestmark = pytest.mark.feature("E13")


@pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type)
def test_every_field_of_every_event_has_its_row(decider: AnyDecider) -> None:
    aggregate = decider.aggregate_type.lower()
    carried = {(event.__name__, path) for event in events_of(decider) for path in paths(event)}
    rows = {(event, field) for kind, event, field, _ in ROWS if kind == aggregate}

    assert {row for row in rows if row[1] != HAPPENED} == carried


@pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type)
def test_every_event_shows_something_or_says_why_not(decider: AnyDecider) -> None:
    events = PAGE.events[decider.aggregate_type.lower()]

    assert list(events) == [event.__name__ for event in events_of(decider)]
    assert all(events.values())


def test_a_reason_is_a_sentence_and_a_place_a_field() -> None:
    for *_, places in ROWS:
        assert " " in places if isinstance(places, str) else all("." in place for place in places)


def test_every_place_is_in_the_data_schema_or_is_planned() -> None:
    assert PAGE.shown() <= BUILT | PLANNED


@pytest.mark.feature("K6")
def test_a_row_that_not_every_event_moves_on_names_the_one_to_wait_for() -> None:
    """With `minVersion` its own version would be waited for in vain."""
    models = contents.read_models.models
    heads = {
        one: projection.head_model
        for projection in contents.projections
        for one in projection.models
    }
    details = [query for query in contents.queries if isinstance(query, Detail)]
    waited_for = {models[q.document]: models[(q.head or q).document] for q in details}

    assert waited_for == {model: heads[model] for model in waited_for}


def test_what_the_data_schema_has_is_planned_no_more() -> None:
    assert not PLANNED & BUILT


def test_every_field_of_every_read_model_comes_from_an_event() -> None:
    parts = (place.partition(".") for place in BUILT | PLANNED)
    made = {
        f"{m}.{name}" for m, _, name in parts if name not in PAGE.common and m not in PAGE.foreign
    }

    assert made == PAGE.shown()


@pytest.mark.parametrize(
    ("aggregate", "event", "field", "place"),
    [
        (aggregate, event, field, place)
        for aggregate, event, field, places in ROWS
        for place in listed(places)
        if place in BUILT
    ],
)
def test_the_projection_shows_what_the_page_says(
    aggregate: str, event: str, field: str, place: str
) -> None:
    """Another value of the field, or no such event, and the rows look different there."""
    assert any(
        shown(place, [*before, happened]) != shown(place, [*before, *other(happened, field)])
        for before, happened in occurrences(contents.aggregate[aggregate.upper()])
        if type(happened).__name__ == event
    ), f"no row differs by {field} in any life with {event} (tests/domain/support/lives.py)"


def other(happened: Event, field: str) -> list[Event]:
    """Return the event with another value; as it is where the field does not take that one.

    A part of what is not there has no other value either.
    """
    try:
        return [] if field == HAPPENED else [changed(happened, field)]
    except (TypeError, ValidationError):
        return [happened]


@pytest.mark.parametrize(
    ("aggregate", "place"),
    [(kind, place) for kind, places in PAGE.stream.items() for place in places if place in BUILT],
)
def test_the_row_names_the_stream_that_it_is_a_fold_of(aggregate: str, place: str) -> None:
    streams = occurrences(contents.aggregate[aggregate.upper()])

    assert any(shown(place, before) != shown(place, before, OTHER) for before, _ in streams)


def paths(model: type[Message], prefix: str = "") -> Iterator[str]:
    """The fields as they are stored; those of a nested message one by one."""
    for name, field in model.model_fields.items():
        if name == "type":
            continue
        path = prefix + (field.alias or name)
        nested = message_in(field.annotation)
        yield from paths(nested, f"{path}.") if nested else [path]


def message_in(annotation: object) -> type[Message] | None:
    """Yield nested messages, always or at times; a list of messages is one value."""
    options = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return next((o for o in options if isinstance(o, type) and issubclass(o, Message)), None)


def shown(place: str, history: Sequence[Event], stream: AggregateId = STREAM) -> list[str]:
    """Return the values of all rows of the model in the field; a missing row shows that."""
    model, _, name = place.partition(".")
    return sorted(
        str(getattr(row, snake(name)))
        for projection in contents.projections
        for key, row in folded(projection, history, stream).items()
        if key.model == model
    )


def folded(
    projection: Projection, history: Sequence[Event], stream: AggregateId
) -> Mapping[Any, object]:
    try:
        rows = fold_rows(projection, recorded(*history, stream=stream))
    except RowMissing:
        return {}
    return with_sums(projection, rows)


def changed(event: Event, path: str) -> Event:
    """The event with another value in one field."""
    stored = event.model_dump(by_alias=True)
    *parents, name = path.split(".")
    inner = stored
    for parent in parents:
        inner = inner[parent]
    inner[name] = another(inner[name])
    return type(event).model_validate(stored)


def another(value: Any) -> Any:  # noqa: ANN401 - of any field
    match value:
        case StrEnum():
            return next(member for member in type(value) if member != value)
        case str() if value.startswith("s1:"):
            return f"{value}other"  # sealed
        case str():
            return f"other-{value}"
        case int() | float():
            return value + 1
        case dict():
            return {**value, "other": "value"}
        case list() | tuple():
            return [*value, *(value[-1:] or ["other"])]
        case _:
            return None
