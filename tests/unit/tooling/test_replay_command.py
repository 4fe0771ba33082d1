"""What is odd in a call of `skafu replay` is refused or done, and never an error of Skafu's own."""

from datetime import datetime
from math import inf
from typing import Any

import pytest
import typer

from application.publishing.envelopes import NOBODY
from application.publishing.feed import Cursor
from application.publishing.replay import Selection
from application.publishing.republish import AT_ONCE, Publication
from skafu.commands.replay import Replaying, began, marked, selected
from tests.support.fakes import Bus
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("T6")


@pytest.mark.parametrize(
    ("place", "expected"), [(None, Cursor()), ("7", Cursor(7)), ("7.2", Cursor(7, 2))]
)
def test_a_place_of_the_feed_is_a_page_and_events_of_it(place: str | None, expected: Any) -> None:  # noqa: ANN401 - a place
    assert began(None, place) == expected


@pytest.mark.parametrize(("place", "expected"), [(None, 1), ("1", 1), ("50", 50)])
def test_a_place_of_a_stream_is_a_sequence(place: str | None, expected: int) -> None:
    assert began(STREAM, place) == expected


@pytest.mark.parametrize("mark", ["", "a b", "a\nb", "ü", "x" * 101])
def test_what_is_no_mark_is_refused(mark: str) -> None:
    with pytest.raises(typer.BadParameter, match="1 to 100 letters"):
        marked(mark)


def test_a_mark_is_kept_and_a_new_one_is_made() -> None:
    assert marked("fix-2026.11:a_1") == "fix-2026.11:a_1"
    assert marked(None) != marked(None)


@pytest.mark.parametrize("place", ["-3", "0", "1_0", "٣", "1" * 40, "x", "1."])
@pytest.mark.parametrize("stream", [None, STREAM])
def test_what_is_no_place_is_refused(stream: Any, place: str) -> None:  # noqa: ANN401 - a stream
    """A negative one would begin at the start, and a huge one is no number of DynamoDB's."""
    with pytest.raises(typer.BadParameter, match="a number from 1 on"):
        began(stream, place)


@pytest.mark.parametrize("place", ["1.-2", "1.2.3", "0.1", ".5"])
def test_what_is_no_place_of_the_feed_is_refused(place: str) -> None:
    with pytest.raises(typer.BadParameter, match="a number from 1 on"):
        began(None, place)


@pytest.mark.parametrize("rate", [inf, 1e308])
def test_any_rate_above_the_greatest_is_as_fast_as_it_goes(rate: float) -> None:
    bus = Bus()
    envelope = {"eventSequence": 1, "metadata": {}, "aggregateId": STREAM, "source": "x"}
    work = Replaying("replay-1", NOBODY, Publication(bus, rate))
    work.publish([envelope] * (AT_ONCE + 1))

    assert work.events == AT_ONCE + 1
    assert len(bus.put_entries) == AT_ONCE + 1


def test_the_time_may_begin_with_the_calendar() -> None:
    """Clocks may differ, but nothing was recorded before its first day."""
    selection: Selection = selected(NOBODY, [], datetime(1, 1, 1), None)  # noqa: DTZ001 - as typer gives it

    assert selection.earliest == "0001-01-01T00:00:00.000Z"
