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
    nth_key,
    recorded_between,
)
from kernel.messages import AggregateId, iso_milliseconds
from tests.support.fakes import NOW
from tests.support.requests import uuid7
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("C15")
MOMENT = timedelta(milliseconds=1)
BEYOND = str(UUID(int=(2**48 - 1) << 80 | 7 << 76 | 2 << 62))
OPAQUE = ["fefc0fbe-aabf-52eb-8db6-3c74a0a07d70", "3b46cbb8-0788-5cd0-96f0-50c6096e49a9"]
TIMED = ["01980000-0000-790f-8caa-65b743446d23", "01980000-0000-7903-b693-a94b8b299901"]


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
    assert look_back_to(BEYOND, NOW) == iso_milliseconds(NOW - WINDOW - 2 * CLOCK_SKEW)


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


class TestWhenACommandCanHaveBeenRecorded:
    """From the skew before its key was made, for as long as it is accepted."""

    def test_of_an_opaque_key_it_is_the_last_day(self) -> None:
        assert list(recorded_between("cmd-123", NOW)) == [(iso_milliseconds(NOW - WINDOW), "9999")]

    @pytest.mark.parametrize("age", [timedelta(0), WINDOW - CLOCK_SKEW - MOMENT], ids=str)
    def test_of_a_fresh_key_it_is_its_own_time_first_and_then_the_rest_of_the_day(
        self, age: timedelta
    ) -> None:
        made = NOW - age
        since = iso_milliseconds(made - CLOCK_SKEW)

        assert list(recorded_between(uuid7(made), NOW)) == [
            (since, iso_milliseconds(made + WINDOW + 2 * CLOCK_SKEW)),
            (iso_milliseconds(NOW - WINDOW), since),
        ]

    @pytest.mark.parametrize("age", [WINDOW - CLOCK_SKEW, timedelta(days=400)], ids=str)
    def test_of_an_older_key_it_is_its_own_time(self, age: timedelta) -> None:
        made = NOW - age
        first, last = made - CLOCK_SKEW, made + WINDOW + 2 * CLOCK_SKEW

        assert list(recorded_between(uuid7(made), NOW)) == [
            (iso_milliseconds(first), iso_milliseconds(last))
        ]

    def test_of_a_key_beyond_all_calendars_it_ends_with_the_calendar(self) -> None:
        latest = datetime(9999, 12, 30, tzinfo=UTC)
        own, rest = recorded_between(BEYOND, NOW)

        assert own == (
            iso_milliseconds(latest - CLOCK_SKEW),
            iso_milliseconds(latest + WINDOW + 2 * CLOCK_SKEW),
        )
        assert rest == (iso_milliseconds(NOW - WINDOW), own[0])


class TestKeysOfSeveralCommandsUnderOne:
    @pytest.mark.parametrize("key", ["cmd-123", uuid7(NOW), BEYOND])
    def test_are_the_same_each_time_and_differ_by_key_and_number(self, key: str) -> None:
        keys = [nth_key(key, n) for n in range(5)]

        assert len({*keys, key}) == 6
        assert keys == [nth_key.__wrapped__(key, n) for n in range(5)]
        assert not {*keys} & {nth_key(f"{key}x", n) for n in range(5)}

    @pytest.mark.parametrize("key", [uuid7(NOW), uuid7(NOW - WINDOW), BEYOND])
    def test_of_a_uuid7_are_those_of_the_same_time(self, key: str) -> None:
        for n in range(5):
            nth = UUID(nth_key(key, n))
            assert (nth.version, nth.int >> 80) == (7, UUID(key).int >> 80)

    def test_are_those_that_were_made_before(self) -> None:
        """A batch that is sent again must find what its first sending has recorded."""
        assert [nth_key("cmd-123", n) for n in (0, 1)] == OPAQUE
        assert [nth_key("01980000-0000-7000-8000-000000000001", n) for n in (0, 1)] == TIMED


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
