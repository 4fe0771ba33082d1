"""The look-back for a second sending of a command."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.writing.identity import (
    CLOCK_SKEW,
    WINDOW,
    KeyExpired,
    derived_id,
    key_time,
    look_back_to,
    nth_inner_id,
)
from kernel.messages import AggregateId, iso_milliseconds
from tests.support.fakes import NOW
from tests.support.requests import uuid7
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("C15")


@given(st.datetimes(datetime(2000, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_uuid7_carries_its_time(moment: datetime) -> None:
    made = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)

    assert key_time(uuid7(made)) == made


@pytest.mark.parametrize(
    "key",
    [
        "cmd-123",
        "27899ec8-660e-4aa1-89a0-9265b05ed6c4",
        "",
        "0198f2a0",
        "x" * 128,
        "01980000-0000-7000-8000",
    ],
)
def test_any_other_key_carries_none(key: str) -> None:
    assert key_time(key) is None


def test_a_uuid7_beyond_all_calendars_is_taken() -> None:
    latest = str(UUID(int=(2**48 - 1) << 80 | 7 << 76 | 2 << 62))

    assert look_back_to(latest, NOW) == iso_milliseconds(NOW - WINDOW - 2 * CLOCK_SKEW)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=11), WINDOW], ids=str)
def test_a_timed_key_is_never_looked_for_beyond_its_life(age: timedelta) -> None:
    earliest = NOW - WINDOW - 2 * CLOCK_SKEW  # of a key that was ahead, and has just expired

    assert look_back_to(uuid7(NOW - age), NOW) == iso_milliseconds(earliest)


def test_an_opaque_key_looks_back_a_day() -> None:
    assert look_back_to("cmd-123", NOW) == iso_milliseconds(NOW - WINDOW)


@pytest.mark.parametrize("ahead", [timedelta(0), CLOCK_SKEW, timedelta(days=9)], ids=str)
def test_a_key_of_a_clock_that_is_ahead_is_taken(ahead: timedelta) -> None:
    look_back_to(uuid7(NOW + ahead), NOW)


def test_a_key_within_its_day_and_the_skew_is_taken() -> None:
    look_back_to(uuid7(NOW - WINDOW - CLOCK_SKEW), NOW)


def test_an_older_key_is_refused() -> None:
    with pytest.raises(KeyExpired):
        look_back_to(uuid7(NOW - WINDOW - CLOCK_SKEW - timedelta(milliseconds=1)), NOW)


class TestDerivedIds:
    def test_are_the_same_for_the_same_command(self) -> None:
        assert derived_id("ada", "k") == derived_id("ada", "k")
        assert nth_inner_id(STREAM, "ada", "k", 1) == nth_inner_id(STREAM, "ada", "k", 1)

    @pytest.mark.parametrize("other", [("eve", "k"), ("ada", "j"), ("ada", "k#0")])
    def test_differ_by_principal_and_command(self, other: tuple[str, str]) -> None:
        assert derived_id("ada", "k") != derived_id(*other)

    @pytest.mark.parametrize(
        "other",
        [
            (AggregateId("TEA#" + STREAM.partition("#")[2]), "ada", "k", 0),
            (STREAM, "eve", "k", 0),
            (STREAM, "ada", "j", 0),
            (STREAM, "ada", "k", 1),
        ],
    )
    def test_within_an_aggregate_differ_by_aggregate_principal_command_and_number(
        self, other: tuple[AggregateId, str, str, int]
    ) -> None:
        assert nth_inner_id(STREAM, "ada", "k", 0) != nth_inner_id(*other)
