"""Names, ids and times of events."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kernel.messages import aggregate_id, event_id, iso_milliseconds, plain_id
from tests.support.kitchen.events import TeapotRenamed
from tests.support.kitchen.teapot import teapot
from tests.support.spec import STREAM

PLAIN = "01980000-0000-7000-8000-000000000001"


@pytest.mark.feature("E6", "E23")
def test_an_aggregate_id_names_type_and_id() -> None:
    assert aggregate_id("TEAPOT", PLAIN) == f"TEAPOT#{PLAIN}"
    assert plain_id(aggregate_id("TEAPOT", PLAIN)) == PLAIN


@pytest.mark.feature("E4")
def test_an_event_id_is_the_same_for_every_reader_and_differs_by_sequence() -> None:
    assert event_id(STREAM, 1) == event_id(STREAM, 1)
    assert event_id(STREAM, 1) != event_id(STREAM, 2)


@pytest.mark.feature("E9")
def test_times_are_stored_in_utc_with_milliseconds() -> None:
    noon_in_delhi = datetime(2026, 1, 1, 12, 0, 0, 123999, timezone(timedelta(hours=5.5)))

    assert iso_milliseconds(noon_in_delhi) == "2026-01-01T06:30:00.123Z"
    assert iso_milliseconds(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


@pytest.mark.feature("V3")
def test_fields_that_a_newer_writer_added_are_read_over() -> None:
    stored = {"type": "TeapotRenamed", "name": "Samovar", "colour": "copper"}

    assert teapot.events.adapter.validate_python(stored) == TeapotRenamed(name="Samovar")
