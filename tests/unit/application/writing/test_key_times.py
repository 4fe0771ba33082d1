"""Bounds of the times of keys: never too low, and small however many keys there are."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.writing.identity import (
    CLOCK_SKEW,
    EPOCH,
    LATEST_MILLISECONDS,
    Identity,
    key_milliseconds,
)
from application.writing.identity import LATEST as LATEST_MOMENT
from application.writing.key_times import FAR, KeyTimes, newest
from kernel.messages import iso_milliseconds
from tests.support.commits import commit
from tests.support.fakes import NOW
from tests.support.requests import uuid7

pytestmark = pytest.mark.feature("C15")

LATEST = LATEST_MILLISECONDS
END = iso_milliseconds(LATEST_MOMENT)
TIMED = st.integers(0, LATEST).map(lambda time: str(UUID(int=time << 80 | 7 << 76 | 2 << 62)))
KEYS = st.one_of(TIMED, st.just("opaque"))
IDENTITIES = st.lists(st.tuples(st.sampled_from([f"user-{n}" for n in range(9)]), KEYS))


def after(identities: list[Identity]) -> KeyTimes:
    times = KeyTimes()
    for identity in identities:
        times = times.after(identity, END)
    return times


@given(IDENTITIES, st.tuples(st.just("user-0"), TIMED))
def test_a_key_too_far_ahead_bounds_nothing(identities: list[Identity], far: Identity) -> None:
    made = key_milliseconds(far[1]) or 0
    moment = EPOCH + timedelta(milliseconds=min(made, LATEST_MILLISECONDS))
    times = after(identities)

    if moment - FAR > EPOCH:
        earlier = iso_milliseconds(moment - FAR - timedelta(milliseconds=1))
        assert times.after(far, earlier) == times
        in_time = iso_milliseconds(moment - FAR)
        if made < LATEST_MILLISECONDS:
            assert times.after(far, in_time).bound("user-0") >= made


@given(IDENTITIES)
def test_no_key_is_newer_than_the_bound_of_its_principal(identities: list[Identity]) -> None:
    times = after(identities)

    for principal, key in identities:
        assert (key_milliseconds(key) or 0) <= times.bound(principal)


@given(IDENTITIES)
def test_they_are_stored_in_38_bytes_at_most(identities: list[Identity]) -> None:
    times = after(identities)

    assert len(times.encode()) <= 38
    assert KeyTimes.decode(times.encode()) == times


@given(IDENTITIES, IDENTITIES)
def test_a_bound_never_falls(earlier: list[Identity], later: list[Identity]) -> None:
    before, now = after(earlier), after([*earlier, *later])

    for principal in {principal for principal, _ in [*earlier, *later]}:
        assert before.bound(principal) <= now.bound(principal)


def test_of_a_few_principals_each_has_a_bound_of_their_own() -> None:
    hours = [("ada", 1), ("eve", 4), ("joe", 2), ("kim", 3)]
    times = after([(name, uuid7(NOW + timedelta(hours=hour))) for name, hour in hours])

    for name, hour in hours:
        assert times.bound(name) == key_milliseconds(uuid7(NOW + timedelta(hours=hour)))
    assert times.bound("sue") == 0


def test_of_many_principals_the_newest_have() -> None:
    times = after([(f"user-{n}", uuid7(NOW + timedelta(hours=n))) for n in range(6)])

    assert times.bound("user-5") == key_milliseconds(uuid7(NOW + timedelta(hours=5)))
    assert times.bound("user-0") == times.bound("user-1") == times.bound("another")
    assert times.bound("another") == key_milliseconds(uuid7(NOW + timedelta(hours=1)))


def test_a_commit_without_them_has_no_key_more_than_five_minutes_ahead() -> None:
    older = commit()
    moment = EPOCH + timedelta(milliseconds=KeyTimes.up_to(older).bound("ada"))

    assert moment - CLOCK_SKEW == NOW.replace(day=1, hour=0)


def test_a_commit_with_them_has_those() -> None:
    times = after([("ada", uuid7(NOW))])

    assert KeyTimes.up_to(replace(commit(), key_times=times.encode())) == times


def test_the_first_of_all_keys_is_of_no_later_time() -> None:
    first = str(UUID(int=7 << 76 | 2 << 62))

    assert list(newest([("ada", first)]).values()) == [0]


@pytest.mark.parametrize("length", [0, 5, 7, 15])
def test_bytes_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="no times of keys"):
        KeyTimes.decode(bytes(length))
